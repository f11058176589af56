"""What a paper says it does and found is found among its sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.collection.gist import gist_of
from retrieval.types import Paper


def gist(abstract: str) -> list[str]:
    return [sentence.text for sentence in gist_of(Paper("p", "P", abstract, "en"))]


@pytest.mark.parametrize(
    ("abstract", "said"),
    [
        (
            "Owls are birds. In this paper, we study owls. We fed ten owls. We find that owls eat mice. Mice run.",
            ["In this paper, we study owls.", "We find that owls eat mice."],
        ),
        (
            "Owls are birds. We introduce OwlNet. It has two layers. OwlNet outperforms all others.",
            ["We introduce OwlNet.", "OwlNet outperforms all others."],
        ),
        # Where nothing says that it was found, the end is likelier to.
        ("We study owls. Owls are birds. Owls sleep by day.", ["We study owls.", "Owls sleep by day."]),
        ("Owls are birds. Owls sleep.", ["Owls are birds.", "Owls sleep."]),
        ("Owls are birds.", ["Owls are birds."]),
        (
            "We show that owls sleep. This paper studies owls. So be it.",
            ["We show that owls sleep.", "This paper studies owls."],
        ),
        ("", []),
    ],
)
def test_the_aim_and_the_first_finding_after_it(abstract: str, said: list[str]) -> None:
    assert gist(abstract) == said


def test_where_a_term_is_asked_for_what_says_it_stands_for_the_finding() -> None:
    abstract = "We study owls. We find that owls eat mice. Owling is a way to hunt."
    said = gist_of(Paper("p", "P", abstract, "en"), "owling")
    assert [one.text for one in said] == ["We study owls.", "Owling is a way to hunt."]
    assert [one.text for one in gist_of(Paper("p", "P", abstract, "en"), "mousing")] == gist(abstract)


@given(st.text(max_size=300))
def test_whatever_the_text_they_are_sentences_of_it_in_its_order(abstract: str) -> None:
    paper = Paper("p", "P", abstract, "en")
    found = gist_of(paper)
    assert len(found) <= 2 and [one.start for one in found] == sorted({one.start for one in found})
    assert all(one.text and one.text == abstract[one.start : one.end] for one in found)
