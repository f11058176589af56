"""What an index says of a passage counts only where it is what the paper says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from retrieval.chunking import chunk_paper
from retrieval.passages import CollectionPassages
from retrieval.stores.stored_passage import StoredPassage, stored_passage
from retrieval.types import Paper

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
OWN = CollectionPassages([PAPER, OTHER])
STORED = {chunk.id: stored_passage(chunk, paper) for paper in (PAPER, OTHER) for chunk in chunk_paper(paper)}
FIRST = next(iter(STORED.values()))


def with_field(**fields: Any) -> StoredPassage:
    return replace(FIRST, fields={**FIRST.fields, **fields})


def test_a_passage_is_the_papers_own() -> None:
    for chunk in chunk_paper(PAPER):
        passage = OWN.passage(STORED[chunk.id], 0.25)
        assert passage is not None and passage.paper is PAPER
        assert (passage.text, passage.start, passage.score) == (chunk.text, chunk.start, 0.25)
    [empty] = chunk_paper(OTHER)
    found = OWN.passage(STORED[empty.id], 0.5)
    assert found is not None and (found.paper, found.text) == (OTHER, "")


CHANGED = {
    "words": replace(FIRST, text=FIRST.text.replace("lies", "dies")),
    "no words": replace(FIRST, text=""),
    "a word more": replace(FIRST, text=f"{FIRST.text} Truly."),
    "another paper": with_field(paper_id="owls"),
    "an unknown paper": with_field(paper_id="nowhere"),
    "another place": with_field(start=9, end=int(FIRST.fields["end"]) + 9),
    "outside the abstract": with_field(start=-5, end=10**9),
    "no number": with_field(start="0"),
    "another organisation": with_field(organisation="Elsewhere"),
    "another date": with_field(published=19000101),
    "a field more": with_field(paper='{"id": "lies", "abstract": "It dies."}'),
    "a field less": replace(FIRST, fields={"paper_id": "lies"}),
    "no fields": replace(FIRST, fields={}),
    "an id that no passage has": replace(FIRST, id="0" * 32),
    "another passage's id": replace(FIRST, id=list(STORED)[-1]),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_passage_that_says_anything_else_is_none(what: str) -> None:
    assert OWN.passage(CHANGED[what], 1.0) is None


def test_wrong_and_missing_passages_are_counted() -> None:
    stored = list(STORED.values())
    assert len(OWN) == len(stored) == 3
    assert OWN.wrong(stored) == 0
    assert OWN.wrong([CHANGED["words"], *stored[1:]]) == 1
    assert OWN.wrong([*stored, CHANGED["an id that no passage has"]]) == 1
    assert OWN.wrong(stored[1:]) == 1
    assert OWN.wrong([CHANGED["an id that no passage has"], *stored[1:]]) == 2
    assert OWN.wrong([]) == 3


def test_passages_that_are_embedded_alike_are_one() -> None:
    """As in an index, which holds the first of them: none is missed."""
    crowd = Paper("crowd", "T", "x" * 5_000, "en")
    alike = chunk_paper(crowd)
    own = CollectionPassages([crowd])
    assert len(own) < len(alike)
    assert own.ids["crowd"][0] == alike[0].id
    assert own.wrong(stored_passage(chunk, crowd) for chunk in alike if chunk.id in own.ids["crowd"]) == 0
