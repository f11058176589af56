"""What a store says of a passage counts only where the papers have that passage."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.chunking import chunk_paper
from retrieval.papers.papers import papers_of
from retrieval.passages import CollectionPassages
from retrieval.stores.base import Hit, VectorId
from retrieval.stores.memory import MemoryStore
from retrieval.types import Filters, Paper
from tests.support.in_memory import InMemory

PAPER = Paper(
    "lies",
    "On lies",
    "It lies. " * 100 + "It hides.",
    "en",
    organisation="Lab",
    category="Honesty",
    published=date(2024, 5, 17),
)
OTHER = Paper("owls", None, "", "en", label="On owls")
CHANGED = Paper("lies", "On lies", "It tells the truth.", "en")
MEMORY = InMemory()
OWN = CollectionPassages(MEMORY.add([PAPER, OTHER]))
IDS = OWN.ids(["lies", "owls"])


def hits(ids: Iterable[VectorId]) -> list[Hit]:
    return [Hit(vector_id, 0.25) for vector_id in ids]


def test_a_passage_is_the_papers_own() -> None:
    found, strange = OWN.passages(hits(IDS))
    chunks = [(paper, chunk) for paper in (PAPER, OTHER) for chunk in chunk_paper(paper)]
    assert not strange and len(chunks) == len(IDS) == 3
    assert [(one.paper, one.text, one.start, one.score) for one in found] == [
        (paper, chunk.text, chunk.start, 0.25) for paper, chunk in chunks
    ]


STRANGE = {
    "another place": VectorId(1, 9, IDS[0].end + 9),
    "a little more": VectorId(1, 0, IDS[0].end + 1),
    "outside the abstract": VectorId(1, 0, 10**9),
    "nothing": VectorId(1, 5, 5),
    "backwards": VectorId(1, IDS[0].end, 0),
    "another paper's passage": VectorId(2, IDS[0].start, IDS[0].end),
    "a number that no paper had": VectorId(3, 0, 0),
    "no number": VectorId(0, 0, 0),
    "a very large number": VectorId(10**17, 0, 0),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_is_no_passage_is_left_out_and_told(what: str) -> None:
    found, strange = OWN.passages(hits([IDS[0], STRANGE[what], IDS[1]]))
    assert [passage.start for passage in found] == [IDS[0].start, IDS[1].start]
    assert strange == [str(STRANGE[what])]


@given(st.lists(st.builds(VectorId, *[st.integers(0, 1_000)] * 3)))
def test_whatever_is_said_only_own_passages_are_found(ids: list[VectorId]) -> None:
    found, strange = OWN.passages(hits(ids))
    assert len(found) == sum(vector_id in IDS for vector_id in ids)
    assert len(found) + len(strange) == len(ids)


def test_what_is_left_of_a_paper_that_was_replaced_is_dropped_and_not_told() -> None:
    memory = InMemory()
    before = CollectionPassages(memory.add([PAPER, OTHER]))
    dead = before.ids(["lies"])
    after = CollectionPassages(memory.add([CHANGED]))
    assert after.passages(hits(dead)) == ([], [])
    [changed] = after.ids(["lies"])
    found, _ = after.passages(hits([*dead, changed]))
    assert [passage.text for passage in found] == [CHANGED.abstract]
    # Who still reads as of before has the paper as it was, and nothing of what is to come.
    assert [passage.paper for passage in before.passages(hits(dead))[0]] == [PAPER] * 2
    assert before.passages(hits([changed])) == ([], [str(changed)])


def test_hits_pass_by_their_papers_filters() -> None:
    no_number = VectorId(9, 0, 0)
    given_hits = hits([*IDS, no_number])
    assert OWN.passing(given_hits, Filters()) == given_hits
    # What is no paper's stays among them, to be told.
    assert [hit.id for hit in OWN.passing(given_hits, Filters(organisations=("Lab",)))] == [*IDS[:2], no_number]


def test_ids_are_grouped_by_the_segment_that_holds_them() -> None:
    memory = InMemory()
    memory.add([PAPER])
    collection = CollectionPassages(memory.add([OTHER]))
    first, second = collection.segments
    ids = collection.ids(["owls", "nowhere", "lies"])
    assert [vector_id.number for vector_id in ids] == [2, 1, 1]
    assert collection.by_segment([*ids, VectorId(3, 0, 0)]) == {second: ids[:1], first: ids[1:]}
    for segment, own in collection.by_segment(ids).items():
        assert set(memory.store.ids(segment)) == set(own)


def test_without_segments_there_is_nothing_to_ask() -> None:
    collection = CollectionPassages(papers_of([PAPER]))
    assert collection.segments == () and collection.name == ""
    assert collection.by_segment(collection.ids(["lies"])) == {}
    assert collection.passages(hits([VectorId(7, 0, 0)])) == ([], ["7:0:0"])


def test_wrong_and_missing_passages_are_counted() -> None:
    memory = InMemory()
    collection = CollectionPassages(memory.add([PAPER, OTHER]))
    store, [segment] = memory.store, collection.segments
    vector = np.ones((1, 256), dtype=np.float32)
    assert len(collection) == 3
    assert collection.wrong(store) == 0
    store.add(segment, [STRANGE["another place"]], vector)
    assert collection.wrong(store) == 1
    store.add(segment, [STRANGE["a number that no paper had"]], vector)
    assert collection.wrong(store) == 2
    store.remove(segment)
    store.begin(segment)
    assert collection.wrong(store) == 3
    store.add(segment, [collection.ids(["owls"])[0], STRANGE["no number"]], np.repeat(vector, 2, axis=0))
    assert collection.wrong(store) == 3


def test_vectors_of_replaced_papers_are_no_fault_but_those_in_another_segment_are() -> None:
    memory = InMemory()
    memory.add([PAPER, OTHER])
    collection = CollectionPassages(memory.add([CHANGED]))
    assert len(collection) == 2
    assert collection.wrong(memory.store) == 0
    first, _ = collection.segments
    memory.store.add(first, collection.ids(["lies"]), np.ones((1, 256), dtype=np.float32))
    assert collection.wrong(memory.store) == 1


def test_passages_that_are_embedded_alike_are_one() -> None:
    """As in a store, which holds the first of them: none is missed."""
    crowd = Paper("crowd", "T", "x" * 5_000, "en")
    memory = InMemory()
    collection = CollectionPassages(memory.add([crowd]))
    assert len(collection) < len(chunk_paper(crowd))
    assert collection.ids(["crowd"])[0].start == 0
    assert collection.wrong(memory.store) == 0


class Untold(MemoryStore):
    """Holds a row whose id is none of ours: it is counted, and its id is not given."""

    def count(self, segment: str) -> int:
        return super().count(segment) + 1


def test_a_row_with_no_id_of_ours_is_wrong() -> None:
    memory = InMemory(store=Untold())
    assert CollectionPassages(memory.add([PAPER])).wrong(memory.store) == 1
