"""Papers with full texts, from a reading to a collection that answers: stored, embedded, found, replaced, removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from retrieval.chunking import TEXT_BASE, chunk_paper
from retrieval.errors import CorpusError
from retrieval.full_text import FullText, PaperText, Section, text_at_hand
from retrieval.identity import keys_of
from retrieval.ingest import Reading, Report
from retrieval.models.embedder import HashEmbedder
from retrieval.papers.files import CollectionFiles
from retrieval.papers.known import Known
from retrieval.papers.papers import Papers
from retrieval.passages import CollectionPassages
from retrieval.stores.base import Hit, VectorId, VectorStore, nearest_in
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.memory import MemoryStore
from retrieval.types import Paper
from retrieval.vectors import embedding, segments
from tests.retrieval.updated import Updated, assert_whole, refusing, seen, some_papers, texts_of
from tests.support.owl_texts import SHA256, owl_paper, owl_text

if TYPE_CHECKING:
    from tests.conftest import CountingEmbedder

Stores = Callable[[Path], VectorStore]


@pytest.fixture
def updated(tmp_path: Path, counting: CountingEmbedder) -> Updated:
    return Updated(tmp_path, embedder=counting)


def book(paper_id: str, sections: int = 40) -> Paper:
    """A paper of many passages."""
    said = [f"Section {n} of {paper_id} counts owl {n}. They {'hunt ' * 90}mice." for n in range(sections)]
    text, places = "", list[Section]()
    for number, one in enumerate(said):
        places.append(Section(f"{number} Heading", len(text), len(text) + len(one)))
        text += one + "\n\n"
    full = FullText(text, tuple(places))
    return Paper(paper_id, f"The book of {paper_id}", "A short abstract.", "en", text=text_at_hand(full))


def found(collection: Papers, store: VectorStore, question: str) -> list[str]:
    """The passage nearest to a question, with its part."""
    [vector] = HashEmbedder().embed([question])
    passages = CollectionPassages(collection)
    hits = nearest_in(store, passages.segments, vector, 1).hits
    own, strange = passages.passages(hits)
    assert strange == []
    return [f"{passage.part}: {passage.text}" for passage in own]


@pytest.mark.parametrize("opens", [lambda home: ChromaStore(home / "chroma"), lambda home: MemoryStore()])
def test_a_text_is_found_by_its_words_and_quoted_exactly(tmp_path: Path, opens: Stores) -> None:
    store = opens(tmp_path)
    updated = Updated(tmp_path, store=store)
    collection = updated([owl_paper(), *some_papers(5), book("mice")])
    assert_whole(collection, [owl_paper(), *some_papers(5), book("mice")], store, HashEmbedder())
    said = "We counted 40 owls in 3 woods. Most of them were barn owls."
    assert found(collection, store, f"Listening to owls 2 Results {said}") == [f"text: {said}"]
    assert CollectionPassages(collection).wrong(store) == 0
    again = updated.latest()
    paper = again.get("owls")
    assert paper and paper.text and paper.text.load().boxes(20, 40) == owl_text().boxes(20, 40) != ()


def test_places_that_are_no_passages_are_strange(updated: Updated) -> None:
    collection = updated([owl_paper()])
    passages = CollectionPassages(collection)
    right = passages.ids(["owls"])
    assert [one.start >= TEXT_BASE for one in right] == [False, True, True, True]
    wrong = [VectorId(1, one.start + 1, one.end) for one in right]
    wrong += [VectorId(1, one.start, one.end + 1) for one in right]
    wrong += [VectorId(1, right[1].start - TEXT_BASE, right[1].end - TEXT_BASE), VectorId(1, 1 << 22, (1 << 22) + 9)]
    own, strange = passages.passages([Hit(one, 0.5) for one in [*wrong, *right]])
    assert strange == [str(one) for one in wrong]
    assert [(passage.part, passage.text) for passage in own] == [(c.part, c.text) for c in chunk_paper(owl_paper())]


def test_a_second_run_of_the_same_does_nothing(updated: Updated) -> None:
    updated([owl_paper(), book("mice")])
    seen(updated)
    updated.store = refusing(updated.store, "begin", "add", "remove", "set_aside")
    updated([owl_paper(), book("mice")])
    assert updated.report == Report(same=2) and seen(updated) == []


def test_a_text_comes_later_and_goes_again(updated: Updated) -> None:
    without = replace(owl_paper(), text=None)
    updated([without, *some_papers(3)])
    seen(updated)
    collection = updated([owl_paper()])
    assert updated.report == Report(changed=1)
    assert sorted(seen(updated)) == sorted(texts_of([owl_paper()]))
    assert_whole(collection, [owl_paper(), *some_papers(3)], updated.store, HashEmbedder())
    collection = updated([without])
    paper = collection.get("owls")
    assert paper and paper == without and paper.text is None
    assert_whole(collection, [without, *some_papers(3)], updated.store, HashEmbedder())


def test_papers_without_texts_are_embedded_as_ever(updated: Updated) -> None:
    """So that a collection of before needs nothing anew."""
    plain = Paper("p", "The Title", "One sentence. And another one.", "en")
    updated([plain])
    assert seen(updated) == ["The Title\nOne sentence. And another one."]


def test_each_text_is_cut_once_however_many_passages_it_has(updated: Updated, monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []

    def counted(paper: Paper) -> Any:
        cut.append(paper.id)
        return chunk_paper(paper)

    monkeypatch.setattr(segments, "READ_BATCH", 10)
    monkeypatch.setattr(segments, "chunk_paper", counted)
    papers = [book("a"), *some_papers(25), book("b"), owl_paper()]
    assert_whole(updated(papers), papers, updated.store, HashEmbedder())
    assert sorted(cut) == sorted(paper.id for paper in papers)


def test_a_store_that_fails_in_the_middle_of_a_book(updated: Updated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "STORE_BATCH", 15)
    monkeypatch.setattr(embedding, "SHARD_PASSAGES", 10)
    monkeypatch.setattr(embedding, "PIECE", 10)
    whole, added = updated.store, list[int]()

    class Failing:
        def __getattr__(self, name: str) -> Any:
            return getattr(whole, name)

        def add(self, segment: str, ids: Any, vectors: Any) -> None:
            if sum(added) > 20:
                raise CorpusError("stopped")
            added.append(len(ids))
            whole.add(segment, ids, vectors)

    updated.store = Failing()
    with pytest.raises(CorpusError, match="stopped"):
        updated([book("a"), book("b")])
    seen(updated)
    updated.store = whole
    assert_whole(updated([book("a"), book("b")]), [book("a"), book("b")], whole, HashEmbedder())
    assert seen(updated) == []


def test_a_reading_is_told_what_is_there(updated: Updated) -> None:
    updated([owl_paper(), *some_papers(2)])
    told: list[object] = []

    def within(known: Known) -> Iterator[Paper]:
        there = known.by_file(SHA256)
        told.extend([there, known.by_id("p1"), known.by_id("none"), known.by_keys(keys_of(owl_paper()))])
        assert there is not None
        yield replace(there, summary="One sentence.")
        yield Paper("new", "A new paper of owls", "They sleep.", "en")

    collection = updated.read([Reading("own", within=within)])
    assert told == [owl_paper(), some_papers(2)[1], None, dict.fromkeys(keys_of(owl_paper()), owl_paper())]
    assert updated.report == Report(new=1, changed=1)
    paper = collection.get("owls")
    assert paper and paper.summary == "One sentence." and paper.part("text") == owl_text().text


def test_a_source_of_its_own_that_is_read_whole(updated: Updated) -> None:
    mine, theirs = some_papers(3), some_papers(3, 10)
    updated(mine)
    updated(theirs, origin="sync:/owls", whole=True)
    assert updated.latest().count_of("sync:/owls") == 3

    def fewer(known: Known) -> list[Paper]:
        return [paper for paper in theirs[1:] if known.by_id(paper.id)]

    collection = updated.read([Reading("sync:/owls", within=fewer, whole=True)])
    assert updated.report == Report(same=2, removed=1)
    assert {paper.id for paper in collection} == {paper.id for paper in (*mine, *theirs[1:])}


def test_files_stay_as_long_as_a_text_names_them(updated: Updated, tmp_path: Path) -> None:
    files = CollectionFiles(updated.folder)
    (tmp_path / "owls.pdf").write_bytes(b"%PDF owls")

    def within(known: Known) -> Iterator[Paper]:
        yield owl_paper(file=files.keep(tmp_path / "owls.pdf"))

    paper = updated.read([Reading("own", within=within)]).get("owls")
    assert paper and paper.text and paper.text.file
    name = paper.text.file
    assert files.path(name) is not None
    updated(some_papers(2))
    assert files.path(name) is not None
    before = updated.latest()
    updated(removed=["owls"])
    assert before.get("owls") == paper and files.path(name) is not None, "who answers from before may show it"
    updated(some_papers(3))
    assert files.path(name) is None
    assert updated.notes == []


def test_what_a_killed_run_kept_is_removed_with_the_next_papers(updated: Updated, tmp_path: Path) -> None:
    files = CollectionFiles(updated.folder)
    (tmp_path / "owls.pdf").write_bytes(b"%PDF owls")

    def killed(known: Known) -> Iterator[Paper]:
        yield owl_paper(file=files.keep(tmp_path / "owls.pdf"))
        raise KeyboardInterrupt

    updated(some_papers(1))
    with pytest.raises(KeyboardInterrupt):
        updated.read([Reading("own", within=killed)])
    [kept] = (updated.folder / "files").iterdir()
    updated(some_papers(2))
    assert not kept.exists()


def test_a_run_that_was_killed_goes_on_without_reading_files_again(updated: Updated) -> None:
    """Its papers are staged some at a time, and are known by their files."""
    read: list[str] = []

    def papers(known: Known, last: int) -> Iterator[Paper]:
        for number in range(1_500):
            sha256 = f"{number:064x}"
            if known.by_file(sha256):
                continue
            read.append(sha256)
            yield owl_paper(f"Wood {number}.", sha256, f"owl{number}")
            if number == last:
                raise KeyboardInterrupt

    updated(some_papers(1))
    with pytest.raises(KeyboardInterrupt):
        updated.read([Reading("own", within=lambda known: papers(known, 1_100))])
    collection = updated.read([Reading("own", within=lambda known: papers(known, -1))])
    assert len(collection) == 1_501 and 1_500 <= len(read) <= 1_601


def test_a_text_that_cannot_be_read_changes_nothing(updated: Updated) -> None:
    def gone() -> FullText:
        raise CorpusError("The text is gone.")

    old = updated(some_papers(2))
    with pytest.raises(CorpusError, match=r"^The text is gone\.$"):
        updated([replace(owl_paper(), text=PaperText(gone, "digest", 10))])
    assert updated.latest().generation == old.generation
