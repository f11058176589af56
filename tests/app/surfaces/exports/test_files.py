"""A conversation as a file: everything that backs it is there, and nothing in it comes alive."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.answering.answer import REFUSAL, Answer, AnswerModels, AnswerSentence
from app.answering.citation import Citation
from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.surfaces.exports.files import as_bibtex, as_csl, as_ris, conversation_markdown, escaped
from app.surfaces.ui_strings import ui_strings
from retrieval.errors import InputError
from retrieval.sanitize import sanitize
from retrieval.types import Paper, Passage

SLEEPER = Paper(
    "sleeper",
    "Sleeper Agents",
    "Backdoors persist. Training does not remove them.",
    "en",
    organisation="Anthropic",
    published=date(2024, 1, 15),
    url="https://example.org/sleeper",
)
UNTITLED = Paper("zh", None, "我们研究语言模型。", "zh", label="Paper on models")
ANSWER = Answer(
    id="a1",
    question="Do they stay?",
    standalone_question="Do backdoors stay?",
    status="answered",
    mode="generated",
    answer="They persist. [1][2]\n\nThe moon helps. Models are studied [3], not [7].",
    confidence=0.9,
    sentences=(AnswerSentence("The moon helps.", (), "uncited", 0.0),),
    citations=(
        Citation(1, SLEEPER, 0, 18, 0.6),
        Citation(2, SLEEPER, 19, 49, 0.5),
        Citation(3, UNTITLED, 0, 9, 0.4, "We study language models."),
    ),
    models=AnswerModels(embedding="tiny-embedder", llm="tiny-llm", corpus="c0ffee"),
)
DAY = date(2026, 3, 4)


def read(markdown: str) -> list[Token]:
    """All tokens of the document, also those within lines, as a reader with tables, links and HTML would see them."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [inner for token in parser.parse(markdown) for inner in (token, *(token.children or ()))]


def text_of(markdown: str) -> str:
    return "".join(
        {"text": token.content, "softbreak": " "}.get(token.type, "\n" if token.type.endswith("_close") else "")
        for token in read(markdown)
    )


def test_a_long_gap_takes_no_longer_than_its_length() -> None:
    began = time.perf_counter()
    wide = replace(ANSWER, answer="a" + " " * 30_000 + "\n" + " " * 30_000 + "b")
    assert "a" in conversation_markdown([wide] * 5, today=DAY) and time.perf_counter() - began < 3


def test_what_was_said_before_in_a_row_with_the_question_is_not_told_as_understood() -> None:
    joined = replace(ANSWER, standalone_question="What are backdoors? Sleeper Agents do they stay?")
    assert joined.understood_as == "" and "Understood as" not in conversation_markdown([joined], today=DAY)
    assert replace(ANSWER, standalone_question=ANSWER.question).understood_as == ""
    assert replace(ANSWER, standalone_question="").understood_as == ""


def test_a_conversation_with_its_quotes_and_references() -> None:
    assert conversation_markdown([ANSWER], today=DAY) == (
        "# Questions to the papers\n\n"
        "## Do they stay?\n\n"
        "Understood as: Do backdoors stay?\n\n"
        "They persist. [1][2]\n\n"
        "The moon helps. Models are studied [3], not \\[7\\].\n\n"
        "- No quote behind: “The moon helps.”\n\n"
        "### References\n\n"
        "[1] [Sleeper Agents](https://example.org/sleeper) · Anthropic · 2024-01\n\n"
        "> Backdoors persist.\n\n"
        "[2] [Sleeper Agents](https://example.org/sleeper) · Anthropic · 2024-01\n\n"
        "> Training does not remove them.\n\n"
        "[3] \\[Paper on models\\]\n\n"
        "> 我们研究语言模型。\n\n"
        "In English: “We study language models.”\n\n"
        "---\n\n"
        "Exported from paperbacked on 2026-03-04. "
        "Each quote stands word for word in the abstract that it is taken from.\n\n"
        "Made with embedding model tiny-embedder · language model tiny-llm · corpus c0ffee.\n"
    )


def test_a_sentence_that_its_quotes_deny_is_named_as_such() -> None:
    denied = replace(ANSWER, sentences=(AnswerSentence("They fade. [1]", (1,), "contradicted", 0.1),))
    assert "- Its quotes say the opposite of: “They fade. \\[1\\]”" in conversation_markdown([denied], today=DAY)


def test_an_answer_from_nothing_says_so_and_names_the_closest_papers() -> None:
    found = tuple(Passage(Paper(f"p{n}", f"Paper {n}", "Text.", "en"), 0, 5, 0.2) for n in range(5))
    refused = replace(
        ANSWER, status="abstained", answer=f"{REFUSAL}\n\nClosest: …", sentences=(), citations=(), sources=found
    )
    text = conversation_markdown([refused], today=DAY)
    assert f"{REFUSAL}\n\nAnswered from nothing: no paper" in text
    assert "### Closest in the collection\n\n- Paper 0\n- Paper 1\n- Paper 2\n\n---" in text
    assert "### References" not in text and "Closest: …" not in text
    assert as_bibtex([refused]) == as_ris([refused]) == "" and as_csl([refused]) == []


def test_of_what_no_paper_is_near_to_none_is_named() -> None:
    far = replace(
        ANSWER,
        status="abstained",
        answer=f"{REFUSAL}\n\nThe papers here are about birds.",
        confidence=0.01,
        sentences=(),
        citations=(),
        sources=(Passage(SLEEPER, 0, 18, 0.1),),
        models=replace(ANSWER.models, reranker="reader"),
    )
    markdown = conversation_markdown([far], today=DAY)
    assert "The papers here are about birds." in markdown and "Sleeper Agents" not in markdown


def test_each_cited_paper_is_listed_once() -> None:
    other = replace(SLEEPER, id="other")
    twice = replace(ANSWER, citations=(Citation(1, other, 0, 18, 0.5), *ANSWER.citations[1:]))
    bibtex, items = as_bibtex([ANSWER, twice, ANSWER]), as_csl([ANSWER, twice, ANSWER])
    assert bibtex.count("@") == 3 and bibtex.endswith("}\n")
    assert [item["id"] for item in items] == ["anthropic2024sleeperagents", "zh", "anthropic2024sleeperagentsb"]
    assert all(f"{{{item['id']},\n" in bibtex for item in items)
    json.dumps(items)
    told = [line.removeprefix("ID  - ") for line in as_ris([ANSWER, twice]).splitlines() if line.startswith("ID  - ")]
    assert told == [item["id"] for item in items]


def test_a_file_that_would_become_too_long_is_refused_before_it_is_made() -> None:
    """A citation is a few numbers in a request and a whole abstract in the file."""
    long = replace(SLEEPER, abstract="x" * 50_000)
    much = replace(ANSWER, citations=tuple(Citation(number, long, 0, 50_000, 0.5) for number in range(1, 51)))
    crowd = tuple(f"{'A' * 1_900} {number}" for number in range(600))
    many = replace(ANSWER, citations=tuple(Citation(1, replace(SLEEPER, authors=crowd), 0, 9, 0.5) for _ in range(2)))
    for form, answers in (
        (conversation_markdown, [much] * 100),
        (as_bibtex, [many]),
        (as_ris, [many]),
        (as_csl, [many]),
    ):
        began = time.perf_counter()
        with pytest.raises(InputError, match="longer than 1,000,000 characters: export fewer answers"):
            form(answers)
        assert time.perf_counter() - began < 2
    assert len(conversation_markdown([replace(ANSWER, answer="word " * 3_900)] * 40, today=DAY)) > 780_000


def test_the_versions_of_every_answer_are_named_once() -> None:
    quoted = replace(ANSWER, models=AnswerModels(embedding="tiny-embedder", llm=None))
    text = conversation_markdown([ANSWER, quoted, ANSWER], today=DAY)
    assert text.count("Made with") == 2
    assert "Made with embedding model tiny-embedder · no language model." in text


def test_it_is_written_in_the_reader_s_language() -> None:
    text = conversation_markdown([ANSWER], ui_strings("zh"), DAY)
    assert "### 参考文献" in text and "由 paperbacked 于 2026-03-04 导出" in text


def test_a_real_answer_keeps_its_quotes_word_for_word(answerer: LocalAnswerer) -> None:
    questions = ("Do backdoors survive safety training?", "How long should I boil an egg?")
    answers = [answerer.ask(checked_question(question)) for question in questions]
    text = text_of(conversation_markdown(answers))
    quotes = [citation.quote for answer in answers for citation in answer.citations]
    assert quotes and all(" ".join(quote.split()) in text for quote in quotes)


# ---- hostile text

_HOSTILE = st.sampled_from(
    [
        *(
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "</h2>",
            "&lt;b&gt;",
            "&#x41;",
            "<https://evil>",
        ),
        *("[1]: javascript:alert(1)", "[1](javascript:alert(1))", "![x](http://evil/x.png)", "[x][1]", "[^1]: x"),
        *("# Heading", "---", "===", "1. item", "- item", "+ x", "> quote", "    code", "```\ncode\n```", "`code`"),
        *(
            "a | b\n--- | ---\n1 | 2",
            "*em* **b** _u_ ~~s~~",
            "\\",
            "\\[1\\]",
            "$x$",
            "a\n\nb",
            "\u2028# x",
            "[1]",
            "(",
            ":",
        ),
    ]
)
hostile = st.lists(_HOSTILE | st.text(st.characters(exclude_categories=["Cs"]), max_size=8), max_size=5).map("".join)
_SHAPES = {"heading", "paragraph", "inline", "text", "blockquote", "link", "hr", "bullet_list", "list_item"}


@given(hostile)
def test_escaped_text_shows_exactly_itself(text: str) -> None:
    assert text_of(escaped(text)).removesuffix("\n") == " ".join(sanitize(text).split())
    assert {token.type for token in read(escaped(text))} <= {
        "paragraph_open",
        "inline",
        "text",
        "text_special",
        "paragraph_close",
    }


@given(hostile, hostile)
@example("", "(http://evil.example)")
@example("", ": http://evil.example")
@example("[1]: http://evil.example", "x")
@example("See ", "[1]")
@example("<b", "c>")
def test_nothing_from_outside_comes_alive(text: str, other: str) -> None:
    paper = Paper("p", text or None, other or "x", "en", label=other, organisation=text, url=f"https://host/{other}")
    answer = Answer(
        *("1", text, other, "answered", "generated", f"{text}[1]{other}", 0.5),
        sentences=(AnswerSentence(text, (), "uncited", 0.0), AnswerSentence(other, (1,), "unsupported", 0.0)),
        citations=(Citation(1, paper, 0, len(paper.abstract), 0.5, text or None),),
        models=AnswerModels(embedding=text, llm=other),
        note=text,
    )
    abstained = replace(answer, status="abstained", citations=(), sources=(Passage(paper, 0, 1, 0.1),))
    tokens = read(conversation_markdown([answer, abstained], today=DAY))
    for token in tokens:
        assert token.type.removesuffix("_open").removesuffix("_close") in _SHAPES | {"text_special"}
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith("https://host/")
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings == ["h1", "h2", "h3", "h2", "h3"]
    assert sum(token.type == "hr" for token in tokens) == 1
    assert sum(token.type == "blockquote_open" for token in tokens) == 1
    assert sum(token.type == "link_open" for token in tokens) == 2
