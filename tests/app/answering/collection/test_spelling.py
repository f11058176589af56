"""A paper's name may be spelled with slips, and nothing is read into words that are known."""

from __future__ import annotations

from app.answering.collection.spelling import MAX_WORDS, nearest_words, spellings

WORDS = ("generalized", "honesty", "policy", "preference", "optimization")


def read(term: str, words: tuple[str, ...] = WORDS) -> list[str]:
    def nearest(word: str) -> str:
        return next(iter(nearest_words(word, words)), word)

    return list(spellings(term, lambda word: word in {"owls", "optimisation"}, nearest))


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


def test_of_very_many_words_only_the_first_are_compared() -> None:
    many = tuple(f"{number:06}" for number in range(MAX_WORDS))
    assert read("honestey", (*many[1:], "honesty"))[1:] == ["honesty"]
    assert read("honestey", (*many, "honesty")) == ["honestey"]


def test_the_nearest_come_first() -> None:
    words = ("optimal", "optimizations", "optimization")
    assert nearest_words("optimizaton", words) == ["optimization", "optimizations"]
