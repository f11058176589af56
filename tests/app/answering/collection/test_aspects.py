"""What an abstract says of its work is known by its words, and what it does not say is nothing."""

from __future__ import annotations

import pytest

from app.answering.collection.aspects import ASPECTS, LOOKED_AT_CHARS, aspects_of
from retrieval.types import Paper

BACKGROUND = "Owls are birds. However, existing methods for counting owls are limited to daylight. "
ASKED = "In this paper we study whether owls can be counted at night. "
DID = "We build a camera that sees in the dark. "
FOUND = "We find that it counts twice as many owls. "
LIMITS = "However, we were not able to count owls in fog."


def said(abstract: str, language: str = "en", english: str = "") -> dict[str, str | None]:
    paper = Paper("p", "P", abstract, language, translations={"en": english} if english else {})
    return {name: quote.quote if quote else None for name, quote in aspects_of(paper).items()}


def test_each_sentence_stands_under_what_it_says() -> None:
    assert said(BACKGROUND + ASKED + DID + FOUND + LIMITS) == {
        "asked": ASKED.strip(),
        "did": DID.strip(),
        "found": FOUND.strip(),
        "limits": LIMITS,
    }


@pytest.mark.parametrize(
    "abstract",
    [
        "",
        "Owls are birds. They hunt at night.",
        "Existing methods have limitations.",
        "It remains unclear why.",
        BACKGROUND,
        "   \n ",
    ],
)
def test_what_is_not_said_is_nothing(abstract: str) -> None:
    assert said(abstract) == dict.fromkeys(ASPECTS)


def test_a_limit_of_earlier_work_is_none_of_this_one() -> None:
    assert said("An inherent limitation of cameras is fog. " + DID + FOUND)["limits"] is None


def test_what_was_known_before_is_not_what_was_found() -> None:
    earlier = "In a recent paper, we found that owls see. "
    assert said(earlier + ASKED + DID + FOUND)["found"] == FOUND.strip()
    assert said(f"In prior work, experiments show that owls see. {DID}")["found"] is None


def test_a_sentence_that_says_two_things_stands_under_both_where_no_other_does() -> None:
    both = "We introduce a camera and show that it counts owls."
    assert said(both) == {"asked": None, "did": both, "found": None, "limits": None}
    at_once = "We build a camera, and we find that it counts owls."
    assert (said(at_once)["did"], said(at_once)["found"]) == (at_once, at_once)
    assert said(f"{at_once} {FOUND}")["found"] == FOUND.strip()


@pytest.mark.parametrize("sentence", ["We release it at https://example.org/owls.", "We find the following:"])
def test_what_only_announces_or_says_where_something_is_says_nothing(sentence: str) -> None:
    assert said(f"Owls hunt. {sentence}") == dict.fromkeys(ASPECTS)


def test_a_quote_is_its_place_in_the_abstract_and_has_its_english() -> None:
    chinese, english = (
        "猫头鹰是鸟。我们造了相机。我们数了猫头鹰。",
        "Owls are birds. We build a camera. We find that owls are many.",
    )
    found = aspects_of(Paper("p", "P", chinese, "zh", translations={"en": english}))
    did, counted = found["did"], found["found"]
    assert did and (did.quote, did.gloss) == ("我们造了相机。", "We build a camera.")
    assert counted and counted.gloss == "We find that owls are many."
    assert chinese[did.start : did.end] == did.quote


def test_chinese_without_a_translation_is_read_as_it_stands() -> None:
    abstract = "猫头鹰是鸟。本文研究猫头鹰的数量。我们提出一种相机。结果表明它数得更多。该方法的局限在于雾天。"
    assert said(abstract, "zh") == {
        "asked": "本文研究猫头鹰的数量。",
        "did": "我们提出一种相机。",
        "found": "结果表明它数得更多。",
        "limits": "该方法的局限在于雾天。",
    }


def test_an_endless_abstract_is_looked_at_up_to_a_bound() -> None:
    assert said("Owls hunt. " * (LOOKED_AT_CHARS // 10) + DID)["did"] is None
    assert said("Owls hunt. " * 100 + DID)["did"] == DID.strip()
