"""Citation markers: never one that points nowhere, never a word lost, however the stream is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.answering.citations import MarkerStream, cited_sentences, without_markers

KNOWN = (1, 2, 3)
PIECES = st.sampled_from(
    [
        *(
            "[1]",
            "[2]",
            "[3]",
            "[7]",
            "[0]",
            "[ 1 ]",
            "[1, 2]",
            "[1,7]",
            "[1-3]",
            "[2–9]",
            "[1;2]",
            "[3-1]",
            "[12, 13]",
        ),
        *(
            "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
            "[1" + " " * 40 + "]",
            "[1",
            "[",
            "[1, ",
            "[-",
            "[]",
            "[sic]",
            "[2023a]",
            "(1)",
        ),
        *("a word", "Claim.", ".", "。", "模型", " ", "  ", "\n\n", "1", "-", "]", ", ", "“quoted”"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def cut_at(text: str, places: Iterable[int]) -> list[str]:
    ends = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[start:end] for start, end in pairwise(ends)]


def streamed(pieces: Iterable[str]) -> str:
    stream = MarkerStream(KNOWN)
    return "".join([*(stream.feed(piece) for piece in pieces), stream.finish()])


def in_one(text: str) -> str:
    return streamed([text])


@given(TEXTS, st.lists(st.integers(0, 400), max_size=30))
@example("a [1, 2, 3, 4, 5, 6, 7, 8, 9] b", [28])
@example("a [1" + " " * 60 + "] b", [50])
@example("a [[7]9] b", [])
@example("a [1, [7]2] b", [])
def test_how_the_text_is_cut_changes_nothing(text: str, places: list[int]) -> None:
    assert streamed(cut_at(text, places)) == in_one(text)
    assert streamed(text) == in_one(text)


@given(TEXTS, st.lists(st.integers(0, 400), max_size=30))
@example("[[7]9] words", [3])
def test_only_markers_and_the_space_before_them_are_ever_lost(text: str, places: list[int]) -> None:
    def rest(text: str) -> str:
        """The text without white space and markers, also those that come of removing one."""
        text = re.sub(r"\s", "", text)
        while (without := re.sub(r"\[\d{1,3}([,;–-]\d{1,3})*\]", "", text)) != text:
            text = without
        return text

    assert rest(streamed(cut_at(text, places))) == rest(text)


@given(TEXTS)
@example("[[7]9]")
@example("[1[7]1]")
def test_unknown_numbers_never_appear(text: str) -> None:
    assert {int(number) for number in re.findall(r"\[(\d{1,3})\]", in_one(text))} <= set(KNOWN)


@given(TEXTS, st.lists(st.integers(0, 400), max_size=30))
def test_nothing_but_a_begun_marker_waits(text: str, places: list[int]) -> None:
    stream = MarkerStream(KNOWN)
    for piece in cut_at(text, places):
        stream.feed(piece)
    assert re.fullmatch(r"\s*(\[[\d\s,;–\[-]*)?", stream.finish())


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("It holds [1].", "It holds [1]."),
        ("It holds[1].", "It holds [1]."),
        ("It holds [ 1 ].", "It holds [1]."),
        ("It holds [1, 2].", "It holds [1][2]."),
        ("It holds [1;2].", "It holds [1][2]."),
        ("It holds [1-3].", "It holds [1][2][3]."),
        ("It holds [1–3].", "It holds [1][2][3]."),
        ("It holds [1-2, 3].", "It holds [1][2][3]."),
        ("It holds [2, 2, 1].", "It holds [2][1]."),
        ("It holds [7].", "It holds."),
        ("It holds [1, 7].", "It holds [1]."),
        ("It holds [2-9].", "It holds [2][3]."),
        ("It holds [7] well.", "It holds well."),
        ("It holds [0-999].", "It holds [1][2][3]."),
        ("It holds [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].", "It holds [1][2][3]."),
    ],
)
def test_markers(written: str, clean: str) -> None:
    assert in_one(written) == clean
    assert streamed(written) == clean


def test_neighbouring_markers_stay_two() -> None:
    assert in_one("It holds [1][2].").replace(" [", "[") == "It holds[1][2]."
    assert in_one("It holds [1] [7] [2].").replace(" [", "[") == "It holds[1][2]."


@pytest.mark.parametrize(
    "text",
    ["He said [sic].", "See [2023a] and [A1].", "An open [", "An open [1", "[1, x]", "a[i] = [];", "[1.5]", "f(1)"],
)
def test_brackets_that_are_no_marker_survive(text: str) -> None:
    assert in_one(text) == streamed(text) == text


def test_words_before_an_open_bracket_do_not_wait() -> None:
    stream = MarkerStream(KNOWN)
    assert stream.feed("It holds [") == "It holds"
    assert stream.feed("1") == ""
    assert stream.feed("].") == " [1]."


def test_a_bracket_that_cannot_become_a_marker_is_not_held() -> None:
    stream = MarkerStream(KNOWN)
    assert stream.feed("so [s") == "so [s"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One [1]. Two [2].", [("One [1].", (1,)), ("Two [2].", (2,))]),
        ("One. [1] Two. [2]", [("One [1].", (1,)), ("Two [2].", (2,))]),
        ("One.[1] Two.", [("One [1].", (1,)), ("Two.", ())]),
        ("One. [1][2] Two.", [("One [1][2].", (1, 2)), ("Two.", ())]),
        ("One. [1] [2] Two.", [("One [1] [2].", (1, 2)), ("Two.", ())]),
        ("Really? [1] Yes! [2]", [("Really [1]?", (1,)), ("Yes [2]!", (2,))]),
        ("He said “stop.” [1] Then.", [("He said “stop [1].”", (1,)), ("Then.", ())]),
        ("One.\n[1]\nTwo.", [("One [1].", (1,)), ("Two.", ())]),
        ("One [2] and [1], [2].", [("One [2] and [1], [2].", (2, 1))]),
        ("No marker.", [("No marker.", ())]),
        ("", []),
        ("  ", []),
    ],
)
def test_each_sentence_has_its_markers(text: str, sentences: list[tuple[str, tuple[int, ...]]]) -> None:
    assert cited_sentences(text) == sentences


@pytest.mark.parametrize(
    ("text", "citing"),
    [
        ("模型会撒谎。[1] 我们发现了。", [(1,), ()]),
        ("It was shown (in two models.) [1] Next it is said.", [(1,), ()]),
        ("Hubinger et al. [1] show it. It is so.", [(1,), ()]),
    ],
)
def test_a_marker_stays_with_its_sentence(text: str, citing: list[tuple[int, ...]]) -> None:
    assert [numbers for _, numbers in cited_sentences(text)] == citing


def test_a_marker_within_a_sentence_is_not_moved() -> None:
    assert cited_sentences("Hubinger et al. [1] show it.") == [("Hubinger et al. [1] show it.", (1,))]


def test_a_year_in_brackets_is_no_citation() -> None:
    [(_, numbers)] = cited_sentences(in_one("Shown before [2023] by others [1]."))
    assert numbers == (1,)


@given(TEXTS)
def test_no_sentence_is_lost(text: str) -> None:
    said = "".join(sentence for sentence, _ in cited_sentences(in_one(text)))
    assert sorted(re.sub(r"\s", "", said)) == sorted(re.sub(r"\s", "", in_one(text)))


def test_without_markers() -> None:
    assert without_markers("It holds [1][2], and [3, 4] too.") == "It holds, and too."
