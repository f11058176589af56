"""What the sentences of an abstract do is told by how they are worded."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.answering.collection.roles import ROLES, sentences_by_role
from retrieval.types import Paper


def told(abstract: str) -> dict[str, list[str]]:
    paper = Paper("p", "P", abstract, "en")
    return {role: [one.text for one in sentences] for role, sentences in sentences_by_role(paper).items()}


def test_each_sentence_has_the_role_that_its_words_say_or_that_of_the_one_before() -> None:
    abstract = (
        "Owls are birds. It is unclear what they eat. In this paper, we study owls. The owls were kept in barns. "
        "We find that owls eat mice. Mice run. We do not find that they eat cats. We recommend feeding owls mice. "
        "Code is at https://example.org/owls."
    )
    assert told(abstract) == {
        "asked": ["Owls are birds.", "It is unclear what they eat.", "In this paper, we study owls."],
        "did": ["The owls were kept in barns."],
        "found": ["We find that owls eat mice.", "Mice run.", "We do not find that they eat cats."],
        "recommends": ["We recommend feeding owls mice."],
    }


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("But do owls sleep?", "asked"),
        ("We study whether owls sleep.", "asked"),
        ("We introduce OwlNet, which outperforms all others.", "did"),
        ("In this work, we show that owls sleep.", "found"),
        ("Our results show that owls sleep.", "found"),
        ("We do not find that owls sleep.", "found"),
        ("We argue that owls should be left alone.", "recommends"),
        ("We hope that these owls help others.", "recommends"),
        ("Our findings call for more owls.", "recommends"),
        ("Owls should sleep by day.", "asked"),
    ],
)
def test_words_that_say_the_role(sentence: str, role: str) -> None:
    others = {"found": "We use a barn.", "did": "We find that it is dark."}
    other = others["found" if role != "did" else "did"]
    assert told(f"{sentence} {other}")[role][0] == sentence


@pytest.mark.parametrize("abstract", ["", "Owls are birds. Owls sleep.", "We find that owls sleep. Owls are birds."])
def test_where_all_would_have_one_role_nothing_is_told(abstract: str) -> None:
    assert told(abstract) == {}


def test_every_sentence_of_the_collection_is_told_once_and_word_for_word(all_papers: tuple[Paper, ...]) -> None:
    sorted_papers = 0
    for paper in all_papers:
        by_role = sentences_by_role(paper)
        places = sorted((one.start, one.end) for sentences in by_role.values() for one in sentences)
        assert len(set(places)) == len(places) and list(by_role) == [role for role in ROLES if role in by_role]
        assert all(end <= start for (_, end), (start, _) in pairwise(places))
        sorted_papers += bool(by_role)
    assert sorted_papers > 0.7 * len(all_papers)
