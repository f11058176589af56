"""What is known of papers while others are added: by id, key and file, staged or there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.chunking import passage_spans
from retrieval.identity import keys_of
from retrieval.papers import found_by, staging
from retrieval.papers.connections import Database, Row, Value
from retrieval.papers.database import in_memory, writable
from retrieval.papers.papers import open_papers, papers_of
from retrieval.papers.staging import Staged, in_batches
from retrieval.papers.writing import PapersWriter
from retrieval.types import Paper
from tests.support.in_memory import InMemory
from tests.support.owl_texts import SHA256, owl_paper, owl_text

BATS = Paper("bats", "Bats of the northern woods", "Bats fly.", "en", arxiv_id="2001.00001v2", doi="10.1234/BATS")
MICE = Paper("mice", "Mice under the winter snow", "Mice hide.", "en")


def stage(writer: PapersWriter, *papers: Paper, origin: str = "own") -> Staged:
    return writer.stage(papers, passage_spans, origin)


def commit(writer: PapersWriter, *papers: Paper) -> None:
    stage(writer, *papers)
    writer.settle()
    writer.commit("made", ())


def test_by_each_key_of_each_paper() -> None:
    papers = papers_of([BATS, MICE, owl_paper()])
    keys = [key for paper in (BATS, MICE) for key in keys_of(paper)]
    assert keys == [
        "doi:10.1234/bats",
        "arxiv:2001.00001",
        "title:batsofthenorthernwoods",
        "title:miceunderthewintersnow",
    ]
    assert papers.by_keys([*keys, "doi:10.1234/none"]) == dict(zip(keys, [BATS, BATS, BATS, MICE], strict=True))
    assert papers.by_keys([]) == {}


def test_of_several_the_first() -> None:
    again = replace(BATS, id="again", doi=None, arxiv_id=None)
    key = "title:batsofthenorthernwoods"
    assert papers_of([BATS, again]).by_keys([key])[key].id == "bats"
    assert papers_of([again, BATS]).by_keys([key])[key].id == "again"


def test_of_several_the_one_added_first_though_it_changed_last() -> None:
    again = replace(BATS, id="again", doi=None, arxiv_id=None)
    memory = InMemory()
    memory.add([BATS, again])
    papers = memory.add([replace(BATS, summary="Bats, counted.")])
    key = "title:batsofthenorthernwoods"
    assert papers.by_keys([key])[key].id == "bats"


def test_a_key_that_only_looks_alike_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two keys may have one number; the paper itself says whether it is meant."""
    monkeypatch.setattr(found_by, "key_number", lambda key: 7)
    papers = papers_of([BATS, MICE])
    assert papers.by_keys(["title:miceunderthewintersnow"]) == {"title:miceunderthewintersnow": MICE}
    assert papers.by_keys(["doi:10.1/other"]) == {}
    writer = PapersWriter(in_memory())
    stage(writer, BATS, MICE)
    known = writer.known(passage_spans, "own")
    assert known.by_keys(["title:miceunderthewintersnow"]) == {"title:miceunderthewintersnow": MICE}
    assert known.by_keys(["doi:10.1/other"]) == {}


def test_what_is_staged_is_known_and_what_it_replaces_is_not() -> None:
    writer = PapersWriter(in_memory())
    commit(writer, BATS, MICE)
    writer = PapersWriter(writer._database)  # the next run
    known = writer.known(passage_spans, "own")
    assert (known.by_id("bats"), known.by_id("owls")) == (BATS, None)
    changed = replace(BATS, doi="10.1234/new")
    stage(writer, changed, owl_paper())
    assert (known.by_id("bats"), known.by_id("owls"), known.by_id("mice")) == (changed, owl_paper(), MICE)
    assert known.by_keys(["doi:10.1234/bats", "doi:10.1234/new", "doi:10.1234/owls"]) == {
        "doi:10.1234/new": changed,
        "doi:10.1234/owls": owl_paper(),
    }
    assert known.by_file(SHA256) == owl_paper() and known.by_file("cd" * 32) is None


def test_what_a_killed_run_staged_is_known_by_its_file_alone(tmp_path: Path) -> None:
    killed = PapersWriter(writable(tmp_path))
    stage(killed, BATS, owl_paper(), owl_paper(paper_id="more", file="cd" * 32), origin="own")
    killed.close()
    writer = PapersWriter(writable(tmp_path))
    known = writer.known(passage_spans, "sync:/owls")
    assert known.by_id("bats") is None and known.by_id("owls") is None
    assert known.by_keys(["doi:10.1234/bats", "doi:10.1234/owls"]) == {}
    paper = known.by_file(SHA256)
    assert paper and paper == owl_paper() and paper.part("text") == owl_text().text
    assert known.by_id("owls") == known.by_file(SHA256) == owl_paper()
    assert writer.settle()
    assert [(one.number, one.paper.id) for one in writer.staged()] == [(2, "owls")], "taken over under its number"
    writer.commit("made", ())
    writer.close()
    papers = open_papers(tmp_path)
    assert papers is not None and papers.by_file(SHA256) == owl_paper() and papers.by_file("cd" * 32) is None


def test_a_reading_asks_while_it_is_read() -> None:
    """It sees what it yielded itself as soon as that is staged."""
    writer = PapersWriter(in_memory())
    known = writer.known(passage_spans, "own")
    seen: list[int] = []

    def papers() -> Iterator[Paper]:
        for number in range(2_500):
            yield Paper(f"p{number}", f"A title of many letters {number}", "", "en")
            if number % 500 == 499:
                seen.append(sum(known.by_id(f"p{one}") is not None for one in range(number + 1)))

    assert writer.stage(papers(), passage_spans, "own") == Staged(new=2_500)
    assert seen == [0, 1000, 1000, 2000, 2000]


def test_batches_of_papers_with_texts_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    long = owl_paper("Owls. " * 1000)
    assert long.text is not None
    monkeypatch.setattr(staging, "BATCH_CHARACTERS", 2 * long.text.characters)
    assert [len(batch) for batch in in_batches([long] * 5 + [MICE] * 1500)] == [2, 2, 1000, 501]


def test_a_batch_ends_where_papers_come_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH_SECONDS", 0.0)
    assert [len(batch) for batch in in_batches([MICE] * 3)] == [1, 1, 1]


def test_counted_by_origin(tmp_path: Path) -> None:
    writer = PapersWriter(writable(tmp_path))
    stage(writer, BATS, MICE, origin="sync:/a")
    stage(writer, owl_paper(), origin="own")
    assert writer.count_of("sync:/a") == 0, "none of them answers yet"
    writer.settle()
    writer.commit("made", ())
    assert [writer.count_of(origin) for origin in ("sync:/a", "own", "none")] == [2, 1, 0]
    writer.close()
    papers = open_papers(tmp_path)
    assert papers is not None and papers.count_of("sync:/a") == 2
    assert papers.ids_of("sync:/a") == ("bats", "mice") and papers.ids_of("own") == ("owls",)


def test_lookups_by_file_and_key_use_their_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = PapersWriter(in_memory())
    commit(writer, BATS, owl_paper())
    known, plans = writer.known(passage_spans, "own"), list[str]()
    rows = Database.rows

    def told(self: Database, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        plans.extend(row[3] for row in rows(self, f"EXPLAIN QUERY PLAN {sql}", values))
        return rows(self, sql, values)

    monkeypatch.setattr(Database, "rows", told)
    assert known.by_id("bats") and known.by_keys(["doi:10.1234/bats"]) and known.by_file(SHA256)
    assert plans and not [plan for plan in plans if plan.startswith("SCAN") and "json_each" not in plan], plans


@given(st.lists(st.text(max_size=20), max_size=30, unique=True))
def test_keys_of_any_text_have_numbers_that_sqlite_takes(texts: list[str]) -> None:
    numbers = [found_by.key_number(text) for text in texts]
    assert all(0 <= number < 1 << 63 for number in numbers)
    assert len(set(numbers)) == len({text.encode("utf-8", "replace") for text in texts})
