"""Quotes mode: the answer is set from the papers' own words; and how events look as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, get_args

import pytest

from app.answering.answer import REFUSAL, Answer, AnswerSentence, Direct, Verdict
from app.answering.citation import Citation
from app.answering.events import (
    Done,
    Failed,
    Followups,
    Quotes,
    SentenceChecked,
    Sources,
    Status,
    Token,
    as_json,
    name_of,
)
from app.answering.evidence.prepared import FILE, read_prepared
from app.answering.sources import closest_papers
from app.answering.writing.quotes import (
    described,
    quoted_answer,
    reading_on,
    refusal_answer,
    said_directly,
    verdict_before,
)
from app.languages import ENGLISH, LANGUAGES
from app.languages.zh import LANGUAGE as CHINESE_LANGUAGE
from retrieval.papers.papers import papers_of
from retrieval.shipped import shipped_file
from retrieval.types import Paper, Passage

Cite = Callable[..., Citation]
DAY = date(2024, 1, 15)
SLEEPER = Paper(
    "sleeper",
    "Sleeper Agents",
    "It lies. It hides. It stays.",
    "en",
    organisation="Anthropic",
    published=DAY,
    summary="Models lie.",
)
PLAIN = Paper("plain", None, "Debate works.", "en", label="A note on debate")
IN_CHINESE = CHINESE_LANGUAGE.phrases
CHINESE = Paper("zh", "标题", "模型会撒谎。", "zh", translations={"en": "Models lie."})


def test_each_quote_stands_in_the_answer_with_its_number() -> None:
    quotes = [Citation(1, SLEEPER, 0, 8, 0.9), Citation(2, SLEEPER, 19, 28, 0.8), Citation(3, PLAIN, 0, 13, 0.7)]
    sentences = quoted_answer(quotes)
    assert "".join(sentence.text for sentence in sentences) == (
        "Sleeper Agents (Anthropic, January 2024) says: “It lies.” [1] It goes on: “It stays.” [2]"
        "\n\n"
        "A note on debate adds: “Debate works.” [3]"
    )
    assert [sentence.citations for sentence in sentences] == [(1,), (2,), (3,)]
    assert {(sentence.support, sentence.score) for sentence in sentences} == {("supported", 1.0)}
    assert all(f"“{quote.quote}”" in sentence.text for quote, sentence in zip(quotes, sentences, strict=True))


def test_a_paper_is_introduced_once() -> None:
    sentences = quoted_answer([Citation(1, SLEEPER, 0, 8, 0.9), Citation(2, SLEEPER, 19, 28, 0.8)])
    assert sum("Sleeper Agents" in sentence.text for sentence in sentences) == 1


def test_nothing_stands_in_the_answer_that_no_quote_says() -> None:
    [sentence] = quoted_answer([Citation(1, SLEEPER, 0, 8, 0.9)])
    assert SLEEPER.summary not in sentence.text


def test_no_paper_is_introduced_like_the_one_before_it() -> None:
    papers = [Paper(name, name, "It lies.", "en") for name in "ABCDEF"]
    sentences = quoted_answer([Citation(n, paper, 0, 8, 0.9) for n, paper in enumerate(papers, start=1)])
    leads = [sentence.text.split("“")[0].strip() for sentence in sentences]
    kinds = [lead.replace(paper.name, "…") for lead, paper in zip(leads, papers, strict=True)]
    assert all(one != other for one, other in pairwise(kinds))


def test_it_goes_on_is_said_once() -> None:
    quotes = [Citation(1, SLEEPER, 0, 8, 0.9), Citation(2, SLEEPER, 9, 18, 0.8), Citation(3, SLEEPER, 19, 28, 0.8)]
    assert "".join(s.text for s in quoted_answer(quotes)).count("It goes on") == 1


def test_what_stands_before_it_in_the_abstract_goes_on_with_nothing() -> None:
    quotes = [Citation(1, SLEEPER, 19, 28, 0.8), Citation(2, SLEEPER, 0, 8, 0.9)]
    assert "".join(s.text for s in quoted_answer(quotes)).endswith("“It stays.” [1] “It lies.” [2]")


@pytest.mark.parametrize(
    ("verdict", "text", "before"),
    [
        ("yes", "It can: tests of one chatbot found leaks.", "Yes. "),
        ("yes", "Yes, two of them do.", ""),
        ("yes", "Largely yes. Models do.", ""),
        ("no", "Better not: it may fail.", ""),
        ("no", "Hardly. On GPT-4 it fails.", ""),
        ("no", "Novel attacks get through.", "No. "),
        ("mixed", "Not reliably. It helps a little.", "Mixed. "),
        ("mixed", "Partly: some of them do.", ""),
        ("mixed", "It depends on the model.", ""),
        (None, "Backdoors stay.", ""),
    ],
)
def test_a_verdict_is_a_word_before_the_line_that_does_not_begin_with_it(
    verdict: Verdict | None, text: str, before: str
) -> None:
    said = said_directly(Direct(text, "project", (1, 2), verdict))
    assert said.text == f"{before}In this project's words: {text} [1][2]"


@pytest.mark.parametrize(
    ("verdict", "text", "before"),
    [
        ("yes", "在新协议下会：总能成功。", "是。"),
        ("no", "在测试中照旧。", "否。"),
        ("mixed", "过滤之外还有办法。", "视情况而定。"),
        ("yes", "会，一份报告这样说。", ""),
        ("no", "并不能保证。", ""),
        ("mixed", "部分可以。", ""),
    ],
)
def test_a_verdict_is_said_in_chinese_too(verdict: Verdict, text: str, before: str) -> None:
    said = said_directly(Direct(text, "project", (1,), verdict), IN_CHINESE)
    assert said.text == f"{before}本项目的概括：{text} [1]"


def test_every_language_has_a_word_for_every_verdict() -> None:
    for language in LANGUAGES:
        assert set(language.phrases.verdicts) == set(language.phrases.says_verdict) == set(get_args(Verdict))


def test_a_prepared_line_that_says_yes_or_no_is_given_no_second_one(all_papers: tuple[Paper, ...]) -> None:
    prepared = read_prepared(shipped_file(FILE), papers_of(all_papers), all_papers)
    lines = [Direct(answer.text["en"], "project", (), answer.verdict) for answer in prepared if answer.verdict]
    begins = re.compile(r"(?:Yes|No|Not|Partly)\b")
    said = [line for line in lines if verdict_before(line, ENGLISH.phrases)]
    assert len(lines) > 200 and 0 < len(said) < len(lines) / 10
    assert all(line.verdict == "mixed" for line in said if begins.match(line.text))


def test_a_line_that_says_it_directly_stands_for_the_papers_summary() -> None:
    quotes, summaries = [Citation(1, SLEEPER, 0, 8, 0.9)], {"sleeper": "模型撒谎。"}
    assert "模型撒谎。" in quoted_answer(quotes, IN_CHINESE, summaries=summaries)[0].text
    direct = Direct("会撒谎。", "project", (1,))
    said = "".join(s.text for s in quoted_answer(quotes, IN_CHINESE, direct=direct, summaries=summaries))
    assert "会撒谎。" in said and "模型撒谎。" not in said


def test_a_chinese_question_is_answered_in_chinese() -> None:
    quotes = [Citation(1, SLEEPER, 0, 8, 0.9), Citation(2, CHINESE, 0, 6, 0.8, "Models lie.")]
    assert "".join(sentence.text for sentence in quoted_answer(quotes, IN_CHINESE)) == (
        "Sleeper Agents（Anthropic，2024年1月） 写道：“It lies.” [1]\n\n标题 补充道：“模型会撒谎。” [2]"
    )
    assert refusal_answer(passages(SLEEPER), IN_CHINESE).startswith(REFUSAL)
    assert "最接近的论文：Sleeper Agents（Anthropic，2024年1月）" in refusal_answer(passages(SLEEPER), IN_CHINESE)


def test_an_english_paper_is_summed_up_for_a_chinese_reader_once() -> None:
    quotes = [Citation(1, SLEEPER, 0, 8, 0.9), Citation(2, SLEEPER, 19, 28, 0.8), Citation(3, CHINESE, 0, 6, 0.7)]
    summaries = {"sleeper": "模型会藏。", "zh": "不该出现。"}
    said = "".join(sentence.text for sentence in quoted_answer(quotes, IN_CHINESE, "最接近的：", summaries=summaries))
    assert said.startswith("最接近的：\n\n本项目的概括：模型会藏。\n\nSleeper Agents")
    assert said.count("本项目的概括") == 1 and "不该出现" not in said


def test_two_papers_are_summed_up() -> None:
    papers = [Paper(name, name, "It lies.", "en") for name in "ABC"]
    quotes = [Citation(number, paper, 0, 8, 0.9) for number, paper in enumerate(papers, start=1)]
    summaries = dict.fromkeys("ABC", "它撒谎。")
    said = "".join(one.text for one in quoted_answer(quotes, IN_CHINESE, summaries=summaries))
    assert said.count("它撒谎。") == 2


def test_papers_to_read_on_come_near_and_are_not_quoted() -> None:
    papers = {name: Paper(name, name.upper(), "Words.", "en") for name in "abcde"}
    scores = {"a": 1.0, "b": 0.9, "c": 0.8, "d": 0.75, "e": 0.5}
    found = [Passage(papers[name], 0, 6, score) for name, score in scores.items() for _ in range(2)]
    assert reading_on([Citation(1, papers["b"], 0, 6, 0.9)], found) == "Read on in A; C."
    assert reading_on([Citation(1, papers["a"], 0, 6, 0.9)], [found[0], found[-1]]) == ""
    assert reading_on([], []) == ""


def test_a_chinese_quote_is_followed_by_its_english() -> None:
    [sentence] = quoted_answer([Citation(1, CHINESE, 0, 6, 0.9, "Models lie.")])
    assert sentence.text.endswith("“Models lie.” (in the original: “模型会撒谎。”) [1]")


def test_no_quotes_no_answer() -> None:
    assert quoted_answer([]) == ()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": "T", "organisation": "OpenAI", "published": DAY}, "T (OpenAI, January 2024)"),
        ({"title": "T", "organisation": "OpenAI"}, "T (OpenAI)"),
        ({"title": "T", "published": DAY}, "T (January 2024)"),
        ({"title": "T"}, "T"),
        ({"title": None, "label": "A talk", "published": DAY}, "A talk (January 2024)"),
        ({"title": None, "label": "A talk", "organisation": "OpenAI"}, "A talk (OpenAI)"),
        ({"title": None}, "the-id"),
    ],
)
def test_a_paper_is_described_as_far_as_it_is_known(fields: dict[str, Any], words: str) -> None:
    usual: dict[str, Any] = {"id": "the-id", "abstract": "", "language": "en"}
    assert described(Paper(**usual | fields)) == words


def passages(*papers: Paper) -> list[Passage]:
    return [Passage(paper, 0, len(paper.abstract), 0.5) for paper in papers]


def test_the_refusal_names_the_three_closest_papers() -> None:
    papers = [Paper(name, name.upper(), "Words.", "en") for name in "abcd"]
    assert refusal_answer(passages(papers[0], papers[0], *papers[1:])) == (
        f"{REFUSAL}\n\nClosest to it: A; B; C. Only abstracts are read here; the papers themselves may say it."
    )
    assert closest_papers(passages(papers[0], papers[0], *papers[1:])) == tuple(papers[:3])


def test_the_refusal_names_nothing_where_nothing_was_found() -> None:
    assert refusal_answer([]) == REFUSAL


def test_events_have_the_names_of_the_contract() -> None:
    answer = Answer("id", "q", "q", "abstained", "quotes", REFUSAL, 0.1)
    sentence = AnswerSentence("One.", (1,), "supported", 1.0)
    events = (Status("Searching"), Sources(()), Quotes(()), Token("One."), SentenceChecked(sentence))
    events += (Followups(("What?",)), Done(answer), Failed("It broke."))
    assert [name_of(event) for event in events] == [
        "status",
        "sources",
        "quotes",
        "token",
        "sentence",
        "followups",
        "done",
        "error",
    ]
    assert [as_json(event) for event in events] == [
        {"text": "Searching", "code": None, "params": {}},
        {"sources": []},
        {"citations": []},
        {"text": "One."},
        {"text": "One.", "citations": [1], "support": "supported", "score": 1.0},
        {"questions": ("What?",)},
        answer.as_json(),
        {"message": "It broke.", "code": None, "params": {}},
    ]


def test_a_citation_as_json_holds_the_words_and_their_place() -> None:
    record = Citation(2, SLEEPER, 9, 18, 0.123456).as_json()
    assert record == {
        "number": 2,
        "paper": SLEEPER.as_json(),
        "quote": "It hides.",
        "start": 9,
        "end": 18,
        "score": 0.1235,
    }
    assert record["paper"]["published"] == "2024-01-15"
    assert Citation(1, CHINESE, 0, 6, 0.5, "Models lie.").as_json().get("gloss") == "Models lie."


def test_sources_are_one_a_paper_its_best_passage_ranked() -> None:
    found = (Passage(SLEEPER, 9, 18, 0.8), Passage(SLEEPER, 0, 8, 0.7), Passage(PLAIN, 0, 13, 0.6))
    sources = as_json(Sources(found))["sources"]
    assert [(source["rank"], source["paper"]["id"], source["passage"]) for source in sources] == [
        (1, "sleeper", "It hides."),
        (2, "plain", "Debate works."),
    ]
    assert set(sources[0]) == {"rank", "paper", "passage", "start", "end", "score"}
    json.dumps(sources)
