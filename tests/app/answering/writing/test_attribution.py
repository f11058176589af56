"""Whose word a sentence is: named once, in front, whatever the paper calls itself."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from app.answering.answer import AnswerSentence, Support
from app.answering.citation import Citation
from app.answering.citations.stream import cited_sentences, renumbered
from app.answering.writing.attribution import Attribution, attributed, unattributed
from app.answering.writing.quotes import described
from app.languages import ENGLISH as ENGLISH_LANGUAGE
from app.languages.phrases import AnswerPhrases
from app.languages.zh import LANGUAGE as CHINESE_LANGUAGE
from app.surfaces.page.answer_text import inline_layers
from retrieval.types import Paper

ENGLISH, CHINESE = ENGLISH_LANGUAGE.phrases, CHINESE_LANGUAGE.phrases

LUNAR = Paper(
    "lunar",
    "Lunar Rocks: a survey",
    "We find that rocks of the moon are old, and OpenAI pays for models of them. GPT-4 agrees.",
    "en",
    organisation="Moon Lab",
    published=date(2024, 5, 1),
)
OTHER = replace(LUNAR, id="other", title="On Tides", organisation=None, published=None)
WHO = "Lunar Rocks: a survey (Moon Lab, May 2024)"


def quote(number: int = 1, paper: Paper = LUNAR) -> Citation:
    return Citation(number, paper, 0, len(paper.abstract), 0.9)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Rocks are old [1].", f"According to {WHO}, rocks are old [1]."),
        ("The rocks are old [1].", f"According to {WHO}, the rocks are old [1]."),
        ("It's old [1].", f"According to {WHO}, it's old [1]."),
        # Names keep their capitals, and so does what nobody knows.
        ("OpenAI pays [1].", f"According to {WHO}, OpenAI pays [1]."),
        ("GPT-4 agrees [1].", f"According to {WHO}, GPT-4 agrees [1]."),
        ("I pay [1].", f"According to {WHO}, I pay [1]."),
        ("Basalt is old [1].", f"According to {WHO}, Basalt is old [1]."),
        ("3 rocks are old [1].", f"According to {WHO}, 3 rocks are old [1]."),
        ("“Rocks” are old [1].", f"According to {WHO}, “Rocks” are old [1]."),
        # A verdict answers the question and stays in front.
        ("No, rocks are old [1].", f"No, according to {WHO}, rocks are old [1]."),
        ("Yes: the rocks are old [1].", f"Yes, according to {WHO}, the rocks are old [1]."),
        ("No rock is old [1].", f"According to {WHO}, no rock is old [1]."),
        ("No-one is old [1].", f"According to {WHO}, No-one is old [1]."),
        # So does what makes an item of a list.
        ("- Rocks are old [1].", f"- According to {WHO}, rocks are old [1]."),
        ("2. Rocks are old [1].", f"2. According to {WHO}, rocks are old [1]."),
        # What the model says of its own to that end is not said twice.
        ("According to the paper, rocks are old [1].", f"According to {WHO}, rocks are old [1]."),
        ("According to Lunar Rocks: a survey, rocks are old [1].", f"According to {WHO}, rocks are old [1]."),
        ("No, according to these authors, rocks are old [1].", f"No, according to {WHO}, rocks are old [1]."),
        ("Lunar rocks: a survey shows that rocks are old [1].", f"{WHO} shows that rocks are old [1]."),
        # No second line stands there as ours.
        ("Rocks are old.\n\nThe moon\nis cheese [1].", f"According to {WHO}, rocks are old. The moon is cheese [1]."),
    ],
)
def test_a_sentence_as_a_papers_word(said: str, told: str) -> None:
    assert attributed(said, [quote()]) == told


@pytest.mark.parametrize("title", ["The moon is made of cheese", "The moon", "Moon", "NASA"])
def test_a_title_that_is_in_the_claim_names_nobody(title: str) -> None:
    """A paper chooses its title: one that is the lie, or a part of it, does not make the lie less ours."""
    paper = replace(LUNAR, title=title)
    for claim in (
        "The moon is made of cheese [1].",
        f"{title} is made of cheese [1].",
        f"As {title} knows, it is [1].",
    ):
        assert attributed(claim, [quote(paper=paper)]).startswith(f"According to {title} (Moon Lab, May 2024), ")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("月岩很古老 [1]。", "根据 Lunar Rocks: a survey（Moon Lab，2024年5月），月岩很古老 [1]。"),
        ("不，月岩很古老 [1]。", "不，根据 Lunar Rocks: a survey（Moon Lab，2024年5月），月岩很古老 [1]。"),
        ("Rocks are old [1].", "根据 Lunar Rocks: a survey（Moon Lab，2024年5月），rocks are old [1]."),
    ],
)
def test_in_chinese(said: str, told: str) -> None:
    assert attributed(said, [quote()], CHINESE) == told


def test_what_follows_of_the_same_paper_goes_on() -> None:
    assert attributed("Rocks are old [1].", [quote()], again=True) == "It also says that rocks are old [1]."
    assert attributed("No, it is not [1].", [quote()], again=True) == "No, it also says that it is not [1]."
    assert attributed("月岩很古老 [1]。", [quote()], CHINESE, again=True) == "该文还说，月岩很古老 [1]。"


def said(text: str, support: Support = "supported") -> AnswerSentence:
    [(sentence, numbers)] = cited_sentences(text)
    return AnswerSentence(sentence, numbers, support, 0.9)


def leads(*sentences: AnswerSentence) -> list[str]:
    attribution = Attribution([quote(1), quote(2), quote(3, OTHER)])
    told = [attribution.named(sentence) for sentence in sentences]
    assert [(one.citations, one.support, one.score) for one in told] == [
        (one.citations, one.support, one.score) for one in sentences
    ]
    return [one.text.partition("the rock")[0] for one in told]


ROCK = "The rock is old"


def test_a_run_of_one_paper_names_it_once() -> None:
    first, again, other = f"According to {WHO}, ", "It also says that ", "According to On Tides, "
    one, two, tides = said(f"{ROCK} [1]."), said(f"{ROCK} [2]."), said(f"{ROCK} [3].")
    assert leads(one, two, said(f"{ROCK} [1][2].")) == [first, again, again]
    assert leads(one, tides, two) == [first, other, first]


def test_what_several_papers_say_or_none_stands_as_it_is() -> None:
    first = f"According to {WHO}, "
    both, loose, false = said(f"{ROCK} [1][3]."), said(f"{ROCK}.", "uncited"), said(f"{ROCK} [1].", "unsupported")
    bare = ["The rock is old [1][3].", "The rock is old.", "The rock is old [1]."]
    assert leads(both, loose, false) == bare
    for between, text in zip((both, loose, false), bare, strict=True):
        assert leads(said(f"{ROCK} [1]."), between, said(f"{ROCK} [2].")) == [first, text, first]


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Rocks [2]",
            "Rocks [1, 2] and 【2】 ［２］",
            "Rocks “and [2]",
            "” [2] We say: “",
            "[2](https://evil.example)",
        ),
        *(
            "Rocks\n\n[2] more",
            "Rocks \u202e[2]\u202c",
            "[[2]]",
            "x" * 3000 + " [2]",
            "Rocks {paper} {0}",
            "\\1 \\g<0>",
        ),
    ],
)
def test_a_title_makes_no_marker_and_no_quote(title: str) -> None:
    paper = replace(LUNAR, title=title, organisation="Lab [2] “x”")
    one, two = replace(quote(1), paper=paper), quote(2, OTHER)
    [sentence] = [Attribution([one, two]).named(said("The rock is old [1]."))]
    text = sentence.text
    assert text.startswith("According to ") and text.endswith("the rock is old [1].")
    assert re.findall(r"[\[【［]\s*(\d+)", text) == ["1"]
    assert not set("“”\n\u202e") & set(text) and len(text) < 600
    # Neither for who reads it again, nor on the page.
    assert cited_sentences(text)[-1][1] == (1,)
    [kept], _ = renumbered([sentence], [one, two])
    assert kept == sentence
    markers = [layer for layer in inline_layers(text, {title}) if layer.label == "marker"]
    assert [text[layer.start : layer.end].strip() for layer in markers] == ["[1]"]


@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
@pytest.mark.parametrize("text", ["The rocks are old [1].", "No, the rocks are old [1].", "GPT-4 agrees [1]."])
@pytest.mark.parametrize("again", [False, True])
def test_what_the_model_said_can_be_had_again(text: str, words: AnswerPhrases, again: bool) -> None:
    told = attributed(text, [quote()], words, again=again)
    back = unattributed(told, [OTHER, LUNAR], words)
    assert told != text and back.casefold() == text.casefold() and back[0] == text[0]


def test_a_long_name_is_cut() -> None:
    assert described(replace(OTHER, title="rock " * 99)).endswith("rock…") and len(described(OTHER)) < 210
