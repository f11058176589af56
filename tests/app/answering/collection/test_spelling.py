"""A paper's name may be spelled with slips, and nothing is read into words that are known."""

from __future__ import annotations

from app.answering.collection.spelling import MAX_WORDS, spellings

WORDS = ("generalized", "honesty", "policy", "preference", "optimization")


def read(term: str, words: tuple[str, ...] = WORDS) -> list[str]:
    return list(spellings(term, lambda word: word in {"owls", "optimisation"}, words))


def test_the_term_itself_is_tried_first_and_alone_where_nothing_is_near() -> None:
    assert read("Owls") == ["Owls"]
    assert read("zebra crossing") == ["zebra crossing"]


def test_words_with_slips_are_read_as_the_nearest() -> None:
    assert read("honestey polcy") == ["honestey polcy", "honesty policy"]


def test_short_and_known_words_are_left() -> None:
    assert read("hones pol owls")[-1] == "honesty pol owls"
    assert read("best owls") == ["best owls"]


def test_british_spelling_is_read_too_also_beside_a_slip() -> None:
    assert read("generalised optimisation")[:2] == ["generalised optimisation", "generalized optimization"]
    assert read("generalised prefrence optimisation")[-1] == "generalized preference optimization"


def test_among_very_many_words_none_is_looked_for() -> None:
    many = tuple(f"honesty{number}" for number in range(MAX_WORDS + 1))
    assert read("honestey", many) == ["honestey"]
