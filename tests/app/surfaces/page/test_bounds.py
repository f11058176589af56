"""How much a request can make the page draw: records that fill half a megabyte, and conversations as they are."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Generator, Sequence
from html import unescape
from typing import Any

import pytest

from app.answering.answer import Answer, AnswerSentence
from app.answering.answerer import Models
from app.answering.citation import Citation
from app.answering.events import Done, Event, SentenceChecked, Token
from app.answering.question import Question, checked_question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.build import LocalAnswerer
from app.surfaces.page import render
from app.surfaces.page.chosen_filters import Chosen
from app.surfaces.page.drawing import PageUpdate, drawn
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.reader import ConversationPage
from app.surfaces.ui_strings import ui_strings
from retrieval.papers.papers import papers_of
from retrieval.types import Filters, Paper, Passage
from tests.support.own_time import own_seconds

EN, ZH = ui_strings("en"), ui_strings("zh")
BODY_BYTES = 510_000
"""What a request of our page may hold (512,000 bytes), less what goes around the turns."""
DRAWN_BYTES = 2_200_000
SECONDS = 1.0
Record = dict[str, Any]


class SomePapers:
    """An answerer that has papers and says what it is told to."""

    models = Models("hash", None)

    def __init__(self, papers: Sequence[Paper], *events: Event) -> None:
        self.papers = papers_of(papers)
        self.facets = self.papers.facets
        self.events = events

    def stream(self, question: Question) -> Generator[Event, None, None]:
        yield from self.events

    def ask(self, question: Question) -> Answer:
        raise AssertionError("the page streams, it does not ask")

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        return ()

    def paper(self, paper_id: str) -> Paper | None:
        return self.papers.get(paper_id)

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        return ()

    def compare(self, asked: CompareRequest) -> PaperTable:
        raise AssertionError("the page compares no papers")


def size(frame: PageUpdate) -> int:
    """Bytes of HTML in it."""
    names = ("earlier", "conversation", "earlier_evidence_pane", "evidence_pane", "announced", "kept", "notice")
    return sum(len((getattr(frame, name, None) or "").encode()) for name in names)


def html_of(frame: PageUpdate) -> str:
    return (frame.earlier or "") + (frame.conversation or "")


# ---- what can be made of half a megabyte


def answer_record(**changes: Any) -> Record:
    record = {"id": "a", "question": "Q?", "standalone_question": "", "status": "answered", "mode": "quotes"}
    return record | {"answer": "", "confidence": 1} | changes


def cited(number: int, paper: Paper, end: int | None = None) -> Record:
    return {"number": number, "paper": paper.id, "start": 0, "end": end or len(paper.abstract), "score": 0}


def found(paper: Paper) -> Record:
    return {"paper": paper.id, "start": 0, "end": 0, "score": 0}


def filled(answer: Record, filters: Record | None = None) -> list[Record]:
    """As many turns of that answer as one request can bring."""
    turn: Record = {"answer": answer} | ({"filters": filters} if filters else {})
    return [turn] * min(50, BODY_BYTES // (len(json.dumps(turn, ensure_ascii=False).encode()) + 1))


def _citations(papers: Sequence[Paper]) -> list[Record]:
    longest = sorted((paper for paper in papers if paper.abstract), key=lambda paper: -len(paper.abstract))
    return [cited(number, paper) for number, paper in enumerate(longest[:50], start=1)]


def _uncited(text: str) -> Record:
    return {"text": text, "citations": [], "support": "uncited", "score": 0}


HOSTILE: dict[str, Callable[[Sequence[Paper]], list[Record]]] = {
    "one long marker": lambda papers: filled(
        answer_record(answer=f"[{','.join(['1'] * 9990)}]", citations=[cited(1, papers[0], 1)])
    ),
    "markers": lambda papers: filled(answer_record(answer="[1]" * 6666, citations=[cited(1, papers[0], 1)])),
    "one abstract": lambda papers: filled(
        answer_record(citations=[cited(n, max(papers, key=lambda paper: len(paper.abstract))) for n in range(1, 51)])
    ),
    "many abstracts": lambda papers: filled(answer_record(citations=_citations(papers))),
    "sources": lambda papers: filled(answer_record(sources=[*map(found, papers)])),
    "cited and found": lambda papers: filled(
        answer_record(citations=_citations(papers), sources=[*map(found, papers)])
    ),
    "nothing but found": lambda papers: filled(answer_record(status="abstained", sources=[*map(found, papers)])),
    "to be escaped": lambda papers: filled(answer_record(answer="'" * 20_000)),
    "verdicts": lambda papers: filled(answer_record(answer="a " * 200, sentences=[_uncited("a")] * 200)),
    "spoken": lambda papers: filled(answer_record(answer="a", sentences=[_uncited("'" * 9_000)] * 50)),
    "paragraphs": lambda papers: filled(answer_record(answer="a\n\n" * 6_000, sources=[*map(found, papers[:10])])),
    "many filters": lambda papers: filled(answer_record(), {"organisation": ["'" * 10] * 700}),
    "a long filter": lambda papers: filled(answer_record(), {"organisation": "é'" * 160_000}),
    "next questions": lambda papers: filled(answer_record(followups=["'" * 2_000] * 12)),
    "models": lambda papers: filled(answer_record(models=dict.fromkeys(("embedding", "llm", "x"), "'" * 2_000))),
    "notes": lambda papers: filled(
        answer_record(question="'" * 2_000, standalone_question="'" * 4_000, note="'" * 2_000)
    ),
}


@pytest.mark.fault
@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_fills_a_request_little_is_drawn_of_it(name: str, all_papers: tuple[Paper, ...]) -> None:
    reader, turns = ConversationPage(SomePapers(all_papers)), HOSTILE[name](all_papers)
    for words in (EN, ZH):
        seconds = own_seconds()
        frame = reader.reopen(turns, words)
        assert seconds() < SECONDS
        gc.unfreeze()
        assert size(frame) < DRAWN_BYTES
        assert frame.notice or "Only the last" in html_of(frame) or "只显示" in html_of(frame) or len(turns) < 50


def test_half_a_megabyte_of_markers_is_drawn_and_kept_within_bounds(all_papers: tuple[Paper, ...]) -> None:
    frame = ConversationPage(SomePapers(all_papers)).reopen(HOSTILE["markers"](all_papers), EN)
    assert size(frame) < DRAWN_BYTES and "[1][1]" in html_of(frame)
    assert frame.notice == "" and len(frame.exchanges or ()) == 25
    assert re.search(r"Only the last \d+ questions of this conversation are shown\.", html_of(frame))


def test_one_question_in_a_full_conversation_is_drawn_within_bounds_however_long_its_answer_takes(
    all_papers: tuple[Paper, ...],
) -> None:
    """The conversation before it is drawn once, and not anew with each word."""
    text = "word " * 2_000
    sentences = (AnswerSentence("word " * 10, (), "uncited", 0.0),) * 200
    told = [event for sentence in sentences for event in (Token(sentence.text), SentenceChecked(sentence))]
    reader = ConversationPage(
        SomePapers(all_papers, *told, Done(Answer("1", "Q?", "Q?", "answered", "generated", text, 0.9)))
    )
    before = reader.reopen(HOSTILE["cited and found"](all_papers), EN).exchanges or ()
    frames = reader.ask("Why?", {}, before, 0, Chosen(), "", EN)
    assert sum(map(size, frames)) < DRAWN_BYTES


# ---- conversations as they are


def test_a_conversation_does_not_grow_for_ever() -> None:
    reader = ConversationPage(SomePapers((), Done(Answer("1", "Q?", "Q?", "answered", "quotes", "Yes.", 0.9))))
    exchanges: tuple[Exchange, ...] = ()
    frame = PageUpdate()
    for number in range(53):
        for frame in reader.ask(f"Question {number}?", {}, exchanges, 0, Chosen(), "", EN):
            exchanges = frame.exchanges or exchanges
    assert len(exchanges) == 50 and exchanges[0].question == "Question 3?"
    assert len(json.loads(unescape(re.findall(r'data-turns="([^"]*)"', frame.kept or "")[0]))) == 50


@pytest.mark.fault
def test_fifty_real_answers_open_whole_and_twenty_are_far_below(answerer: LocalAnswerer, all_papers: Any) -> None:
    asked = [f"What is known of {paper.name}?" for paper in all_papers if paper.abstract][:50]
    exchanges = tuple(Exchange(question).after(Done(answerer.ask(checked_question(question)))) for question in asked)
    record = re.findall(r'data-turns="([^"]*)"', drawn(exchanges, EN).kept or "")[0]
    frame = ConversationPage(answerer).reopen(json.loads(unescape(record)), EN)
    assert frame.notice == "" and size(frame) < DRAWN_BYTES
    assert html_of(frame).count('<article class="turn"') == 50
    evidence = (frame.earlier_evidence_pane or "") + (frame.evidence_pane or "")
    for number, exchange in enumerate(exchanges, start=1):
        for citation in exchange.citations:
            assert f'href="#t{number}-q{citation.number}"' in html_of(frame)  # the marker …
            assert f'id="t{number}-q{citation.number}"' in evidence  # … and the quote that it leads to
    assert size(drawn(exchanges[:20], EN)) < 1_000_000


# ---- what does not fit is said


def answered(text: str, *citations: Citation, sources: tuple[Passage, ...] = ()) -> Exchange:
    answer = Answer("1", "Q?", "Q?", "answered", "quotes", text, 0.9, (), citations, sources)
    return Exchange("Q?").after(Done(answer))


def long_paper(name: str, chars: int) -> Paper:
    return Paper(name, f"Paper {name}", "It stays. " + "x" * chars, "en", url=f"https://example.org/{name}")


def test_papers_that_fill_the_column_leave_the_others_their_names_and_quotes() -> None:
    first, second = long_paper("one", 90_000), long_paper("two", 95_000)
    third = long_paper("three", 90_000)
    quotes = [Citation(number, paper, 0, 9, 0.9) for number, paper in enumerate((first, second, third), start=1)]
    sources = tuple(Passage(long_paper(f"more-{n}", 90_000), 0, 9, 0.5) for n in range(3))
    frame = drawn((answered("x [1][2][3]", *quotes, sources=sources),), EN)
    evidence_pane = frame.evidence_pane or ""
    assert len(evidence_pane.encode()) < 260_000
    for number, paper in enumerate((first, second, third), start=1):
        assert (
            paper.name in evidence_pane
            and f'<mark id="t1-q{number}" data-numbers="{number}" tabindex="-1">' in evidence_pane
        )
    assert all(source.paper.name in evidence_pane for source in sources)
    assert "x" * 90_000 in evidence_pane and evidence_pane.count("x" * 90_000) == 1


def test_an_answer_that_is_too_large_to_be_shown_leaves_its_question_and_says_so() -> None:
    paper = long_paper("long", 99_000)
    quotes = [Citation(number, paper, 0, 99_000, 0.9) for number in range(1, 5)]
    for words, said in ((EN, "This answer is too large to be shown."), (ZH, "该回答过大，无法显示。")):
        frame = drawn((answered("x [1]", *quotes), answered("y")), words)
        html = html_of(frame)
        assert said in html and html.count("Q?</h2>") == 2 and 'data-edit="1"' in html and "<p>y</p>" in html


def test_older_turns_that_do_not_fit_are_left_out_and_said_in_both_languages() -> None:
    large = answered("'" * 15_000)
    for words, said in (
        (EN, "Only the last 3 questions of this conversation are shown."),
        (ZH, "此处只显示本次对话的最后 3 个问题。"),
    ):
        frame = drawn((large,) * 6, words)
        assert said in html_of(frame) and html_of(frame).count('<article class="turn"') == 3
        assert 'id="t6"' in html_of(frame) and 'id="t3"' not in html_of(frame)
    assert "Only the last" not in html_of(drawn((answered("Short."),) * 6, EN))


def test_what_the_browser_keeps_fits_into_a_request_and_is_the_end_of_the_conversation() -> None:
    exchanges = tuple(answered(f"{number} " + "“汉字" * 6_000) for number in range(20))
    record = unescape(re.findall(r'data-turns="([^"]*)"', drawn(exchanges, EN).kept or "")[0])
    turns = json.loads(record)
    assert 2 < len(turns) < 20 and len(record.encode()) < BODY_BYTES
    assert [turn["turn"] for turn in turns] == list(range(21 - len(turns), 21))
    reopened = ConversationPage(SomePapers(())).reopen(turns, EN)
    assert [exchange.text for exchange in reopened.exchanges or ()] == [e.text for e in exchanges[-len(turns) :]]


def test_turns_that_the_browser_could_not_send_are_said_to_be_missing() -> None:
    turns = [{"answer": answer_record()}]
    assert "Some of this conversation could not be reopened." in (
        ConversationPage(SomePapers(())).reopen(turns, EN, 3).notice or ""
    )
    assert ConversationPage(SomePapers(())).reopen(turns, EN, 0).notice == ""


@pytest.mark.parametrize("broken", ["no turn", {}, {"answer": 7}, {"filters": {"organisation": ["x" * 5_000]}}])
def test_a_turn_that_cannot_be_opened_is_left_out_and_said_and_the_others_stay(broken: Any) -> None:
    good = {"answer": answer_record()}
    bad = good | broken if isinstance(broken, dict) and "filters" in broken else broken
    frame = ConversationPage(SomePapers(())).reopen([bad, good], EN)
    assert len(frame.exchanges or ()) == 1
    assert "could not be reopened" in (frame.notice or "")


def test_a_failure_after_a_long_answer_is_still_read_out() -> None:
    long = tuple(AnswerSentence("word " * 500, (), "uncited", 0.0) for _ in range(20))
    told = render.announced((Exchange("Q?", sentences=long, failure="The model stopped."),), EN)
    assert len(told) < 20_000 and "The model stopped." in told
