"""Citation markers: never one that points nowhere, never a word lost, however the stream is cut."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.answering.answer import AnswerSentence
from app.answering.citation import Citation
from app.answering.citations.stream import MarkerStream, cited_sentences, renumbered, without_markers
from retrieval.lexical.han import HAN
from retrieval.types import Paper

KNOWN = (1, 2, 3)
PIECES = st.sampled_from(
    [
        *("[1]", "[2]", "[3]", "[7]", "[0]", "[ 1 ]", "[1, 2]", "[1,7]", "[1-3]", "[2–9]", "[1;2]", "[3-1]"),
        *(
            "[12, 13]",
            "[1, 2, 3, 4, 5, 6, 7, 8, 9]",
            "[1" + " " * 40 + "]",
            "[99999]",
            "[2023]",
            "[2023, 1]",
            "[1 and 9]",
        ),
        *(
            "(1)",
            "(7)",
            "(1, 2)",
            "(2023)",
            "(n = 12)",
            "（1）",
            "f(1)",
            "([1])",
            "([9])",
            "(Source 9)",
            "(see [1])",
            "(1-9)",
        ),
        *(
            "【1】",
            "【9】",
            "【4:0†source】",
            "[Source 1]",
            "[Sources 2 and 9]",
            "[^1]",
            "[^9]",
            "[1†source]",
            "[7†L1-L4]",
        ),
        *(
            "[１]",
            "［2］",
            "[来源 1]",
            "[quote #2]",
            "[[1]]",
            "[[9]]",
            "[1.5]",
            "[A1]",
            "[sic]",
            "[2023a]",
            "[]",
            "[and]",
        ),
        *("[1", "[", "[1, ", "[-", "[Sour", "ce 9]", "(", "(1", ")", "【", "】", "†", "†x", "to", "3", "20"),
        *(
            "a word",
            "Claim.",
            ".",
            "。",
            "模型",
            " ",
            "  ",
            "\n\n",
            "1",
            "9",
            "-",
            "]",
            ", ",
            ":",
            "`",
            "```",
            "“quoted”",
        ),
        "seven",
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
CUTS = st.lists(st.integers(0, 400), max_size=30)
# Read here as a reader would, apart from the parser: any bracket that holds numbers and what may go with them.
LOOKS_LIKE_A_MARKER = re.compile(
    r"[\[【［]((?:[\s\d,;:#^&|-]|[–†]|\b(?:and|to|n|sources?|quote)\b|来源)*\d(?:[\s\d,;:#^&|-]|[–]|†[\w-]*)*)[\]】］]",
    re.IGNORECASE,
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def cut_at(text: str, places: Iterable[int]) -> list[str]:
    ends = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[start:end] for start, end in pairwise(ends)]


def streamed(pieces: Iterable[str]) -> str:
    stream = MarkerStream(KNOWN)
    return "".join([*(stream.feed(piece) for piece in pieces), stream.finish()])


def in_one(text: str) -> str:
    return streamed([text])


@given(TEXTS, CUTS)
@example("a [1, 2, 3, 4, 5, 6, 7, 8, 9] b", [28])
@example("a [1" + " " * 60 + "] b", [50])
@example("a [" + "[7]" * 99 + "9] b", [50, 200, 201])
@example("a [[7]9] b", [])
@example("a [1, [7]2] b", [])
@example("word (1) (2).", [9])
def test_how_the_text_is_cut_changes_nothing(text: str, places: list[int]) -> None:
    assert streamed(cut_at(text, places)) == in_one(text)
    assert streamed(text) == in_one(text)


@given(st.text(alphabet="[](【】（）0123459 ,-–†^#.\nSource and", max_size=60), CUTS)
def test_nor_does_it_in_any_text_of_such_signs(text: str, places: list[int]) -> None:
    assert streamed(cut_at(text, places)) == in_one(text)
    assert in_one(in_one(text)) == in_one(text)


@given(TEXTS)
@example("[[7]9]")
@example("[1[7]1]")
@example("[" + "[7]" * 99 + "9]")
@example("[9†[7]x]")
@example("[Sour[7]ce 9]")
@example("3[7]5")
@example("(1) ([9]).")
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    assert in_one(in_one(text)) == in_one(text)


@given(TEXTS)
@example("[[7]9]")
@example("[1[7]1]")
@example("[" + "[7]" * 99 + "9]")
@example("[Sour[7]ce 9]")
def test_unknown_numbers_never_appear(text: str) -> None:
    clean = in_one(text)
    for inside in LOOKS_LIKE_A_MARKER.findall(clean):
        assert YEAR.search(inside) or {int(number) for number in re.findall(r"\d+", inside)} <= set(KNOWN), clean


@given(TEXTS, CUTS)
@example("[[7]9] words", [3])
def test_no_word_is_ever_lost(text: str, places: list[int]) -> None:
    def letters(text: str) -> list[str]:
        without = re.sub(r"(?i)Sources?|quote|来源|and|see|to|†\w*(?:-L4)?", "", text)
        return re.findall(rf"[A-Za-z{HAN}.。`“”]", without)

    assert letters(streamed(cut_at(text, places))) == letters(text)


@given(TEXTS, CUTS)
def test_only_a_bracket_or_space_waits(text: str, places: list[int]) -> None:
    stream = MarkerStream(KNOWN)
    for piece in cut_at(text, places):
        stream.feed(piece)
    assert re.fullmatch(r"\s*(?:[\[【［(（ ].*)?", stream.finish(), re.DOTALL)


@pytest.mark.parametrize("piece", ["[", "[1, ", "(1) ", "[Source ", "([(", " ", "word (1)"])
def test_what_waits_is_bounded(piece: str) -> None:
    stream = MarkerStream(KNOWN)
    said = "".join(stream.feed(piece) for _ in range(300))
    assert len(stream.finish().strip()) <= 3 * 200
    assert said.strip() or not piece.strip("[(, 1Source")


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
        ("It holds [99999].", "It holds."),
        ("It holds [3-1].", "It holds [1][2][3]."),
        ("It holds [1 to 2].", "It holds [1][2]."),
        ("It holds [1 and 3].", "It holds [1][3]."),
        ("It holds [1][7][2].", "It holds [1][2]."),
        ("It holds 【1】.", "It holds [1]."),
        ("它成立【1】【9】。", "它成立 [1]。"),
        ("它成立［１］。", "它成立 [1]。"),
        ("它成立（1）。", "它成立 [1]。"),
        ("它成立[来源 2]。", "它成立 [2]。"),
        ("It holds [Source 1].", "It holds [1]."),
        ("It holds [source: 1, 2].", "It holds [1][2]."),
        ("It holds [Sources 1 and 9].", "It holds [1]."),
        ("It holds [Source 9].", "It holds."),
        ("It holds [Quote #2].", "It holds [2]."),
        ("It holds [^1].", "It holds [1]."),
        ("It holds [1†source].", "It holds [1]."),
        ("It holds 【9†L1-L4】.", "It holds."),
        ("It holds 【4:0†source】.", "It holds."),
        ("It holds [[1]].", "It holds [1]."),
        ("It holds ([1]).", "It holds [1]."),
        ("It holds ([9]).", "It holds."),
        ("It holds (Source 2).", "It holds [2]."),
        ("It holds (see [1], [2]).", "It holds [1][2]."),
        ("It holds (1).", "It holds [1]."),
        ("It holds (1, 2).", "It holds [1][2]."),
        ("It holds (1)(2).", "It holds [1][2]."),
        ("It holds (1), and so does that (2).", "It holds [1], and so does that [2]."),
        ("It holds. (1)", "It holds. [1]"),
        ("It holds (1)\nNext.", "It holds [1]\nNext."),
        ("It rose by 3% (1).", "It rose by 3% [1]."),
        ("It holds (1) [2].", "It holds [1][2]."),
        # A removed marker joins nothing.
        ("It holds [7]well.", "It holds well."),
        ("From 3[7]5.", "From 3 5."),
        ("模型[7]会撒谎。", "模型会撒谎。"),
        # In code, markers are read as elsewhere: an answer fenced whole keeps its citations.
        ("```\nIt holds [1]. And [7].\n```", "```\nIt holds [1]. And.\n```"),
        ("Call `f (1)` or `a[7]`.", "Call `f (1)` or `a`."),
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
    [
        *(
            "He said [sic].",
            "See [2023a] and [A1].",
            "An open [",
            "An open [1",
            "[1, x]",
            "a[i] = [];",
            "[1.5]",
            "f(1)",
        ),
        *("Shown by Li [2023].", "[Source]", "[]", "[and]", "An open (1", "[0, 1)", "Open 【1"),
        # Round brackets that number, count, date or name.
        *("(1) first, (2) second", "It is (1) fast, (2) small.", "Two things: (1) speed; (2) size.", "1) one 2) two"),
        *(
            "Next. (1) First do this.",
            "Say:\n(1)\nthis",
            "Say this\n(1)\nthat",
            "(1).",
            "f(1).",
            "in 2023 (2023).",
            "(n = 12).",
            "Li (2023).",
        ),
        *("It holds (7).", "It holds (1, 7).", "It holds (1-9).", "three (3).", "Table (1).", "as in (1).", "x = (1)."),
        *("Hubinger (1) shows it.", "It holds (1.5).", "It holds (1st).", "ages (10-12)."),
    ],
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
    assert stream.feed("so [sic") == "so [sic"
    assert stream.feed(" (n") == ""
    assert stream.feed("o") == ""
    assert stream.feed("w") == " (now"


def test_round_brackets_wait_for_what_they_might_number() -> None:
    stream = MarkerStream(KNOWN)
    assert stream.feed("It holds (1)") == "It holds"
    assert stream.feed(" ") == ""
    assert stream.feed("well") == " (1) well"
    assert stream.feed(" (2)") == ""
    assert stream.finish() == " [2]"


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


def quote(number: int) -> Citation:
    return Citation(number, Paper(f"p{number}", None, f"Words of {number}.", "en"), 0, 5, 0.5)


def said(text: str) -> AnswerSentence:
    [(sentence, numbers)] = cited_sentences(text)
    return AnswerSentence(sentence, numbers, "supported", 1.0)


def test_quotes_are_numbered_in_order_of_first_use() -> None:
    sentences, citations = renumbered([said("B [3][1]."), said("A [1]."), said("C [2][3].")], [*map(quote, (1, 2, 3))])
    assert [sentence.text for sentence in sentences] == ["B [1][2].", "A [2].", "C [3][1]."]
    assert [sentence.citations for sentence in sentences] == [(1, 2), (2,), (3, 1)]
    assert [(citation.number, citation.paper.id) for citation in citations] == [(1, "p3"), (2, "p1"), (3, "p2")]


def test_what_no_sentence_cites_is_not_among_the_citations() -> None:
    _, citations = renumbered([said("A [2].")], [*map(quote, (1, 2, 3))])
    assert [(citation.number, citation.paper.id) for citation in citations] == [(1, "p2")]
    assert renumbered([], [quote(1)]) == ((), ())


def test_a_year_in_brackets_is_not_renumbered() -> None:
    [sentence], _ = renumbered([said("Shown [2023] by others [2].")], [*map(quote, (1, 2))])
    assert sentence.text == "Shown [2023] by others [1]."


@given(st.lists(st.lists(st.integers(1, 9), max_size=4, unique=True), max_size=5))
def test_renumbering_keeps_what_each_sentence_rests_on_and_changes_nothing_twice(cited: list[list[int]]) -> None:
    before = [said("So" + "".join(f"[{number}]" for number in numbers) + ".") for numbers in cited]
    sentences, citations = renumbered(before, [*map(quote, range(1, 10))])
    papers = {citation.number: citation.paper.id for citation in citations}
    assert [[papers[number] for number in sentence.citations] for sentence in sentences] == [
        [f"p{number}" for number in numbers] for numbers in cited
    ]
    assert [said(sentence.text).citations for sentence in sentences] == [sentence.citations for sentence in sentences]
    assert list(papers) == list(range(1, len(papers) + 1))
    assert renumbered(sentences, citations) == (sentences, citations)
