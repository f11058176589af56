"""The papers of one generation: looked up by ids and numbers, whatever is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from retrieval.chunking import passage_spans
from retrieval.corpus import corpus_hash
from retrieval.facets import Filters
from retrieval.papers.database import writable
from retrieval.papers.papers import open_papers, papers_of
from retrieval.papers.writing import PapersWriter
from retrieval.types import Paper

PAPERS = tuple(Paper(f"p{n}", f"T{n}", "Whales sing.", "en") for n in range(7))


def test_all_of_them(all_papers: tuple[Paper, ...]) -> None:
    collection = papers_of(all_papers)
    assert (len(collection), tuple(collection)) == (94, all_papers)
    assert tuple(collection) == all_papers, "as often as one likes"
    assert collection.hash == corpus_hash(all_papers[::-1])


def test_by_id() -> None:
    collection = papers_of(PAPERS)
    assert collection.get("p3") == PAPERS[3]
    assert collection.get("nothing") is None and collection.get("") is None
    assert "p3" in collection and "nothing" not in collection and 3 not in collection
    assert list(collection.of(["p3", "nothing", "p1", "p3"]).items()) == [("p3", PAPERS[3]), ("p1", PAPERS[1])]
    assert collection.numbers_of(["p6", "p0", "nothing"]) == {"p6": 7, "p0": 1}
    assert collection.of([]) == {} and collection.numbers_of([]) == {}


def test_by_number() -> None:
    collection = papers_of(PAPERS)
    found = collection.numbered([4, 99, 2, 4, 0, -1])
    assert [(number, one.number, one.paper) for number, one in found.items()] == [(4, 4, PAPERS[3]), (2, 2, PAPERS[1])]
    assert all(one.spans == tuple(passage_spans(one.paper)) for one in found.values())
    assert collection.numbered([4, 2]) == {4: found[4], 2: found[2]}, "those that are kept are the same"
    assert collection.passages_of([3, 99]) == {3: tuple(passage_spans(PAPERS[2]))}
    assert collection.admitted([1, 2, 99], Filters(papers=("p1", "p6"))) == {2}


def test_numbers_of_other_generations_are_none(tmp_path: Path) -> None:
    writer = PapersWriter(writable(tmp_path))
    writer.stage(PAPERS[:3], passage_spans, "own")
    writer.settle()
    writer.commit("made", ())
    first = open_papers(tmp_path)
    changed = replace(PAPERS[0], summary="Changed.")
    writer.stage([changed, PAPERS[3]], passage_spans, "own")
    writer.settle()
    writer.commit("made", ())
    second = open_papers(tmp_path)
    assert first is not None and second is not None
    assert list(first.numbered(range(10))) == [1, 2, 3] and list(second.numbered(range(10))) == [2, 3, 4, 5]
    assert (first.get("p0"), second.get("p0")) == (PAPERS[0], changed)
    assert first.passages_of(range(10)).keys() == {1, 2, 3}
    assert first.admitted(range(10), Filters()) == {1, 2, 3}
    assert [paper.id for paper in second] == ["p0", "p1", "p2", "p3"]
    for collection in (first, second, writer):
        collection.close()


def test_more_than_one_batch() -> None:
    many = [Paper(f"p{n}", "T", "", "en") for n in range(1201)]
    collection = papers_of(many)
    ids = [paper.id for paper in many]
    assert list(collection.of(ids).values()) == many
    assert list(collection.numbered(range(1202)).keys()) == list(range(1, 1202))
    assert collection.admitted(range(2000), Filters()) == set(range(1, 1202))
    assert len(collection.passages_of(range(2000))) == 1201


@given(st.integers(0, 8), st.integers(0, 9))
def test_page_after_page(place: int, count: int) -> None:
    collection = papers_of(PAPERS)
    after = f"p{place - 1}" if place else None
    expected = PAPERS[place : place + count] if place <= len(PAPERS) else None
    assert collection.after(after, count) == expected


def test_nothing() -> None:
    empty = papers_of(())
    assert (len(empty), list(empty), empty.get("a"), list(empty.select()), empty.after(None, 3)) == (
        0,
        [],
        None,
        [],
        (),
    )
    assert (empty.facets.earliest, dict(empty.facets.papers)) == (None, {})
    assert empty.hash == corpus_hash(())


def test_ids_to_filter_by() -> None:
    """Each paper has its own, so they are looked up, not listed."""
    ids = papers_of(PAPERS).facets.papers
    assert (len(ids), ids["p1"], ids.get("nothing"), "p1" in ids, list(ids)[-1]) == (7, 1, None, True, "p6")
