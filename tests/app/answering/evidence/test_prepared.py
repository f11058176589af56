"""Answers prepared by hand are read with the sentences that prove them, and stand only on those."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.answering.answer import Direct
from app.answering.citation import ReadSentence
from app.answering.evidence.prepared import FILE, VERDICT_FROM, NearestWay, PreparedAnswer, read_prepared
from retrieval.errors import InputError
from retrieval.papers.papers import papers_of
from retrieval.shipped import shipped_file
from retrieval.types import Filters, Paper, Passage

ABSTRACT = "Owls fly silently. Their feathers are soft. Mice run."
OWLS = Paper("owls", "On Owls", ABSTRACT, "en", organisation="Barn")
BEES = Paper("bees", "On Bees", "Bees hum.", "en")
EULEN = Paper("eulen", "猫头鹰", "猫头鹰飞。老鼠跑。", "zh", translations={"en": "Owls fly. Mice run."})
TEXT = {"en": "Silently, on soft feathers.", "zh": "无声。"}


def record(*quotes: tuple[str, str], covers: str = "whole", verdict: str | None = None) -> dict[str, object]:
    said = [{"paper": paper, "sentences": [sentence]} for paper, sentence in quotes]
    return {"ask": ["how do owls fly"], "text": TEXT, "verdict": verdict, "covers": covers, "quotes": said}


def read(
    tmp_path: Path, *records: dict[str, object], papers: tuple[Paper, ...] = (OWLS, BEES, EULEN)
) -> list[PreparedAnswer]:
    file = tmp_path / FILE
    file.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return list(read_prepared(file, papers_of(papers), (OWLS, BEES, EULEN)))


def test_its_sentences_are_quoted_in_the_order_given_and_neighbours_are_one_quote(tmp_path: Path) -> None:
    [answer] = read(
        tmp_path,
        record(
            ("bees", "Bees hum."), ("owls", "Owls fly silently."), ("owls", "Their feathers are soft."), verdict="yes"
        ),
    )
    quoted = [(quote.number, quote.paper.id, quote.quote) for quote in answer.quotes]
    assert quoted == [(1, "bees", "Bees hum."), (2, "owls", "Owls fly silently. Their feathers are soft.")]
    assert (answer.asked, answer.status) == (("how do owls fly",), "answered")
    whole = Direct("无声。", "project", (1, 2), "yes")
    assert answer.direct("Do owls fly silently?", "zh") == whole
    assert answer.direct("Do owls fly silently?", "de") is None
    assert answer.direct("how do owls fly", "zh") == Direct("无声。", "project", (1, 2))
    for nearest in (NearestWay("do owls fly", VERDICT_FROM - 0.01), NearestWay("owls that don't fly loudly", 0.9)):
        assert answer.direct("Do owls fly silently?", "zh", nearest) == Direct("无声。", "project", (1, 2))
    assert answer.direct("Do owls fly silently?", "zh", NearestWay("do owls fly", VERDICT_FROM)) == whole
    assert answer.direct("Is it so that owls can't fly silently?", "zh") == Direct("无声。", "project", (1, 2))


def test_how_much_is_told_to_who_asks_how_much(tmp_path: Path) -> None:
    [answer] = read(tmp_path, record(("owls", "Owls fly silently.")))
    answer = replace(answer, text={"en": "Little: owls are silent."})
    told = [answer.direct(asked, "en") for asked in ("how loud are owls", "are owls loud")]
    assert [one and one.text for one in told] == ["Little: owls are silent.", "Owls are silent."]


def test_of_an_abstract_in_another_language_the_sentence_with_that_translation_is_quoted(tmp_path: Path) -> None:
    [answer] = read(tmp_path, record(("eulen", "Mice run.")))
    assert [(quote.quote, quote.gloss) for quote in answer.quotes] == [("老鼠跑。", "Mice run.")]


def test_without_one_of_its_sentences_it_is_none(tmp_path: Path) -> None:
    assert not read(tmp_path, record(("owls", "Owls fly silently."), ("owls", "Owls swim.")))
    assert not read(tmp_path, record(("bees", "Bees hum.")), papers=(OWLS,))


def test_what_is_not_said_is_not_known_of_papers_that_were_not_read(tmp_path: Path) -> None:
    records = [record(covers="no"), record(("owls", "Mice run."), covers="part"), record(("owls", "Mice run."))]
    assert [one.status for one in read(tmp_path, *records)] == ["abstained", "partly", "answered"]
    more = (OWLS, Paper("crows", "On Crows", "Crows fly.", "en"))
    assert [one.status for one in read(tmp_path, *records, papers=more)] == ["answered"]
    for others in ((OWLS, BEES, EULEN, more[1]), (OWLS, replace(BEES, abstract="Bees buzz."))):
        assert [one.status for one in read(tmp_path, *records, papers=others)] == ["answered"]
    assert len(read(tmp_path, *records, papers=(OWLS, BEES))) == 3


def test_what_is_near_to_what_is_not_said_makes_it_a_part(tmp_path: Path) -> None:
    [answer] = read(tmp_path, record(("owls", "Mice run."), covers="no"))
    assert answer.status == "partly"
    assert answer.evidence("owls", 0.8, "en").confidence == pytest.approx(0.4)


def test_a_quote_has_the_score_of_what_was_read_in_it(tmp_path: Path) -> None:
    [answer] = read(tmp_path, record(("bees", "Bees hum."), ("owls", "Mice run.")))
    start = ABSTRACT.index("Mice")
    seen = (ReadSentence(OWLS, 0, 18, 0.9), ReadSentence(OWLS, start, start + 9, 0.3))
    assert [quote.score for quote in answer.evidence("owls", 0.8, "en", seen).quotes] == [0.8, 0.3]


def test_it_is_within_filters_that_admit_all_its_papers(tmp_path: Path) -> None:
    [answer] = read(tmp_path, record(("owls", "Mice run."), ("bees", "Bees hum.")))
    assert answer.within(Filters())
    assert not answer.within(Filters(organisations=("Barn",)))


def test_the_papers_that_it_quotes_come_first(tmp_path: Path) -> None:
    [answer] = read(tmp_path, record(("bees", "Bees hum."), ("owls", "Mice run.")))
    found = (Passage(EULEN, 0, 5, 0.6), Passage(OWLS, 0, 10, 0.5))
    placed = [(passage.paper.id, passage.start, passage.end) for passage in answer.passages(found)]
    assert placed == [("owls", 0, 10), ("bees", 0, 9), ("eulen", 0, 5)]


@pytest.mark.parametrize("change", [{"verdict": "maybe"}, {"covers": "all"}, {"text": "Silently."}])
def test_a_broken_line_is_said_to_be(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"prepared\.jsonl, line 1: "):
        read(tmp_path, record() | change)


def test_of_what_ships_all_stands_in_the_papers(all_papers: tuple[Paper, ...]) -> None:
    lines = [json.loads(line) for line in shipped_file(FILE).read_text(encoding="utf-8").splitlines()]
    answers = read_prepared(shipped_file(FILE), papers_of(all_papers), all_papers)
    assert len(answers) == len(lines) > 1000
    for answer in answers:
        assert set(answer.text) == {"en", "zh"} and len(answer.text["en"].split()) <= 70, answer.text
        assert answer.quotes or not answer.proved
        assert len({quote.paper.id for quote in answer.quotes}) <= 8
    asked = [way.casefold().strip(" ?？.!") for answer in answers for way in answer.asked]
    assert len(asked) == len(set(asked))
