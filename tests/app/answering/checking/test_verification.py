"""What the chain lets a model say: every marker points to a quote, every sentence bears its state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from app.answering.answer import Answer
from app.answering.citation import Citation
from app.answering.events import Done, Event, Quotes, SentenceChecked
from app.answering.models.language_model import LanguageModel
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import checked_question
from app.answering.writing.quotes import described
from app.build import LocalAnswerer
from app.surfaces.page.exchange import Exchange
from retrieval.chunking import split_sentences

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
INVENTED = "Whales migrate towards warmer oceans in winter"

Said = Callable[..., list[Event]]


@pytest.fixture
def said(built_full: Any) -> Said:
    """`said("Reply [1].", unsupported="drop")`: the events of an answer that a model has written."""

    def made(reply: str, piece: int = 3, unsupported: Any = "show") -> list[Event]:
        llm = ScriptedLLM(replies=[reply], piece=piece)
        model = LanguageModel(llm, "scripted")
        answerer = LocalAnswerer(built_full.retriever, lambda: model, unsupported=unsupported)
        return list(answerer.stream(checked_question(BACKDOOR)))

    return made


@pytest.fixture
def quotes(said: Said) -> tuple[Citation, ...]:
    """The evidence that the question finds, by its own numbers; at least two."""
    [found] = [event.citations for event in said("Nothing.") if isinstance(event, Quotes)]
    assert len(found) >= 2
    return found


def answer_of(events: list[Event]) -> Answer:
    last = events[-1]
    assert isinstance(last, Done), last
    return last.answer


def words_of(quote: Citation) -> str:
    first = split_sentences(quote.quote)[0]
    return quote.quote[first.start : first.end].rstrip(".")


def named(quote: Citation) -> str:
    """The words of a quote as the answer tells them: as its paper's."""
    words = words_of(quote)
    return f"According to {described(quote.paper)}, {words[:1].lower()}{words[1:]}"


def test_a_number_of_no_quote_is_gone_and_an_invented_sentence_marked(said: Said, quotes: tuple[Citation, ...]) -> None:
    events = said(f"{words_of(quotes[0])} [1]. {INVENTED} [2]. {INVENTED} [99].")
    record = json.loads(json.dumps(answer_of(events).as_json()))
    assert record["mode"] == "generated"
    assert [(s["citations"], s["support"]) for s in record["sentences"]] == [
        ([1], "supported"),
        ([2], "unsupported"),
        ([], "uncited"),
    ]
    assert "99" not in record["answer"]
    assert record["sentences"][1]["score"] < 0.3 < record["sentences"][0]["score"]


@pytest.mark.parametrize("marker", ["【1】", "(1)", "[Source 1]", "[^1]", "[1†source]", "[[1]]", "[1, 88]"])
def test_markers_of_other_kinds_cite(said: Said, quotes: tuple[Citation, ...], marker: str) -> None:
    answer = answer_of(said(f"{words_of(quotes[0])} {marker}.", piece=1))
    assert answer.answer == f"{named(quotes[0])} [1]."
    assert answer.citations == (quotes[0],)


def test_the_answer_numbers_its_quotes_in_order_of_first_use(said: Said, quotes: tuple[Citation, ...]) -> None:
    events = said(f"{words_of(quotes[1])} [2]. {words_of(quotes[0])} [1].")
    answer = answer_of(events)
    assert answer.answer == f"{named(quotes[1])} [1]. {named(quotes[0])} [2]."
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,)]
    assert [(c.number, c.paper.id, c.start) for c in answer.citations] == [
        (1, quotes[1].paper.id, quotes[1].start),
        (2, quotes[0].paper.id, quotes[0].start),
    ]
    # On the way there numbers are those of the evidence.
    assert [e.sentence.citations for e in events if isinstance(e, SentenceChecked)] == [(2,), (1,)]


def test_the_page_never_sees_a_number_without_its_quote(said: Said, quotes: tuple[Citation, ...]) -> None:
    exchange, known = Exchange(BACKDOOR), dict[int, tuple[str, int]]()
    by_words = {named(quote): (quote.paper.id, quote.start) for quote in (quotes[1], quotes[0])}
    for event in said(f"{words_of(quotes[1])} [2]. {words_of(quotes[0])} [1].", piece=7):
        exchange = exchange.after(event)
        known = {citation.number: (citation.paper.id, citation.start) for citation in exchange.citations}
        for sentence in exchange.sentences:
            for number in sentence.citations:
                assert known[number] == by_words[sentence.text.split(" [")[0]]
        assert {int(number) for number in re.findall(r"\[(\d+)\]", exchange.text)} <= set(known)
    assert set(known) == {1, 2}


def test_what_was_found_but_not_cited_is_among_the_sources_alone(said: Said, quotes: tuple[Citation, ...]) -> None:
    answer = answer_of(said(f"{words_of(quotes[1])} [2]."))
    assert [(citation.number, citation.start) for citation in answer.citations] == [(1, quotes[1].start)]
    assert {quote.paper.id for quote in quotes} <= {passage.paper.id for passage in answer.sources}


def test_a_sentence_that_cites_nothing_gets_what_it_deserves(said: Said, quotes: tuple[Citation, ...]) -> None:
    answer = answer_of(said(f"{words_of(quotes[1])}. {INVENTED}."))
    assert answer.answer == f"{named(quotes[1])} [1]. {INVENTED}."
    assert answer.citations[0].quote == quotes[1].quote
    assert [sentence.support for sentence in answer.sentences] == ["supported", "uncited"]


def test_a_figure_that_no_quote_holds_is_unsupported(said: Said, quotes: tuple[Citation, ...]) -> None:
    answer = answer_of(said(f"{words_of(quotes[0])} [1]. {words_of(quotes[0])} in 1066 cases [1]."))
    assert [(sentence.support, sentence.score > 0) for sentence in answer.sentences] == [
        ("supported", True),
        ("unsupported", False),
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_dropped_sentences_leave_neither_text_nor_citation(
    said: Said, quotes: tuple[Citation, ...], order: int
) -> None:
    reply = " ".join([f"{INVENTED} [2].", f"{words_of(quotes[0])} [1]."][::order])
    events = said(reply, unsupported="drop")
    answer = answer_of(events)
    assert answer.answer == f"{named(quotes[0])} [1]."
    assert answer.citations == (quotes[0],)
    assert len([event for event in events if isinstance(event, SentenceChecked)]) == len(answer.sentences) == 1


def test_what_a_single_paper_says_is_said_to_be_its_word_and_what_none_says_is_not(
    said: Said, quotes: tuple[Citation, ...]
) -> None:
    assert quotes[0].paper.id != quotes[1].paper.id
    one, two = words_of(quotes[0]), words_of(quotes[1])
    events = said(f"{one} [1]. {INVENTED} [1]. {one} [1]. {one}, and {two[:1].lower()}{two[1:]} [1][2].")
    sentences = answer_of(events).sentences
    assert [sentence.text.startswith("According to ") for sentence in sentences] == [True, False, True, False]
    assert [sentence.support for sentence in sentences] == ["supported", "unsupported", "supported", "supported"]
    # What is told on the way is the answer's own text.
    assert [event.sentence for event in events if isinstance(event, SentenceChecked)] == list(sentences)


def test_an_address_is_shown_in_its_quote_alone(said: Said, quotes: tuple[Citation, ...]) -> None:
    answer = answer_of(
        said(f"{words_of(quotes[0])}, see https://evil.example/?q=1, www.evil.example and a@evil.example [1].")
    )
    assert "evil" not in answer.answer
    assert answer.answer.endswith(", see …, … and … [1].")


def test_where_all_would_be_dropped_quotes_answer(said: Said) -> None:
    answer = answer_of(said(f"{INVENTED} [1].", unsupported="drop"))
    assert (answer.status, answer.mode) == ("answered", "quotes")
