"""The conversation as HTML: questions, answers with their markers, and what stands below them.

Pure functions from exchanges to strings. Everything that comes from a paper, a
question or a model passes through `text_html`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from app.answering.answerer import Models
from app.answering.sources import closest_papers
from app.notices.notice import said
from app.surfaces.markup import text_html
from app.surfaces.page.actions import actions, edit_button
from app.surfaces.page.answer_text import answer_html, marker, spoken
from app.surfaces.page.bounds import (
    MAX_ANNOUNCED_CHARS,
    MAX_EARLIER_BYTES,
    MAX_EARLIER_EVIDENCE_BYTES,
    MAX_TURN_BYTES,
    MAX_TURNS,
    Drawing,
    byte_size,
    fitting,
)
from app.surfaces.page.cards import card_id
from app.surfaces.page.comparison_table import comparison_table
from app.surfaces.page.evidence_pane import evidence, evidence_in_short
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.kept_conversation import filters_attribute
from app.surfaces.page.paper_naming import origin, paper_place
from app.surfaces.page.permalink import changed_since
from app.surfaces.page.quote_places import words_of
from app.surfaces.ui_strings import UiStrings
from retrieval.facets import FACETS, Facet, Filters
from retrieval.types import Paper


def conversation(exchanges: Sequence[Exchange], words: UiStrings) -> str:
    """The last exchange, which changes while it is answered; it has retry and the questions to ask next."""
    last = len(exchanges)
    alone = last == 1
    label = words("page_conversation" if alone else "page_latest")
    return f"{_heading(words) if alone else ''}{_turns((turn(exchanges[-1], last, True, words),), label)}"


def earlier(exchanges: Sequence[Exchange], words: UiStrings) -> str:
    """All exchanges before the last, oldest first; where they are too many the newest, under a line that says so."""
    before = list(enumerate(exchanges[:-1], start=1))
    if not before:
        return ""
    drawings = (Drawing(partial(turn, exchange, number, False, words)) for number, exchange in reversed(before))
    turns = list(fitting(drawings, MAX_EARLIER_BYTES))[::-1]
    shown = len(turns) + 1
    cut = _aside(words("turn_last_ones", count=shown)) if shown < len(exchanges) or shown == MAX_TURNS else ""
    return f"{_heading(words)}{cut}{_turns(turns, words('page_conversation'))}"


def _heading(words: UiStrings) -> str:
    return f'<h1 class="read-out">{text_html(words("page_heading"))}</h1>'


def _turns(turns: Iterable[str], label: str) -> str:
    return f'<section class="turns" aria-label="{text_html(label)}">{"".join(turns)}</section>'


def evidence_pane(exchanges: Sequence[Exchange], words: UiStrings) -> str:
    """The evidence of the last exchange."""
    return evidence(exchanges[-1], len(exchanges), True, words)


def earlier_evidence_pane(exchanges: Sequence[Exchange], words: UiStrings) -> str:
    """The evidence of all exchanges before the last, hidden until a marker asks for it; that of the oldest in short."""
    before = reversed(list(enumerate(exchanges[:-1], start=1)))
    drawings = (
        Drawing(partial(evidence, exchange, number, False, words), partial(evidence_in_short, exchange, number, words))
        for number, exchange in before
    )
    return "".join(list(fitting(drawings, MAX_EARLIER_EVIDENCE_BYTES))[::-1])


def announced(exchanges: Sequence[Exchange], words: UiStrings) -> str:
    """What a screen reader is told of the last answer: finished sentences, each an item that never changes."""
    if not exchanges:
        return ""
    exchange, number = exchanges[-1], len(exchanges)
    # An item that was read out stays where it is, so a line that is to stand above others is waited for.
    waits = exchange.drafted and exchange.running
    said_so_far = [] if waits else [spoken(sentence, words) for sentence in exchange.sentences]
    if exchange.answer and not said_so_far:
        said_so_far = [" ".join(exchange.text.split("\n\n")[0].split())]
    if exchange.failure:
        said_so_far.append(said(exchange.failure, words.language))
    if exchange.stopped:
        said_so_far.append(words("turn_stopped"))
    items = "".join(
        f'<p data-key="{number}.{place}">{text_html(text)}</p>' for place, text in enumerate(_cut(said_so_far)) if text
    )
    ended = "" if exchange.running else "answer" if exchange.answer else "early"
    return f'<div data-announced="{number}" data-ended="{ended}">{items}</div>'


def _cut(texts: Iterable[str]) -> Iterator[str]:
    room = MAX_ANNOUNCED_CHARS
    for text in texts:
        if len(text) <= room:
            room -= len(text)
            yield text


def turn(exchange: Exchange, number: int, last: bool, words: UiStrings) -> str:
    """One question with its answer as far as it has come; of one that is too large only the question."""
    whole = _turn(exchange, number, last, words)
    if byte_size(whole) <= MAX_TURN_BYTES:
        return whole
    edit = "" if exchange.running else edit_button(number, words)
    inside = f'{_question(exchange)}{_aside(words("turn_too_large"))}<div class="actions">{edit}</div>'
    return _article(exchange, number, inside)


def _turn(exchange: Exchange, number: int, last: bool, words: UiStrings) -> str:
    answer = exchange.answer
    parts = [_question(exchange), scope(exchange.filters, exchange.only, words)]
    if answer and answer.understood_as:
        parts.append(_aside(words("turn_understood", question=answer.understood_as)))
    if changed := changed_since(exchange):
        parts.append(_aside(words(f"anew_{changed}")))
    if exchange.text:
        waits = exchange.drafted and exchange.running
        name = "answer opens-directly" if waits or (answer and answer.direct) else "answer"
        coming = line_coming(exchange, words) if waits else ""
        parts.append(f'<div class="{name}">{coming}{answer_html(exchange, number, words)}</div>')
        parts.append(comparison_table(exchange, number, words))
    if last and answer and answer.outside_filter:
        parts.append(unfiltered(words))
    if exchange.running and not exchange.drafted:
        status = said(exchange.status, words.language) if exchange.status else words("turn_starting")
        parts.append(f'<p class="status">{text_html(words("turn_working", status=status))}</p>')
    if answer is None and not exchange.drafted and (exchange.writing or exchange.stopped or exchange.failure):
        parts.append(provisional(exchange, number, words))
    if exchange.abstained and not exchange.only and not exchange.far:
        parts.append(closest(exchange, number, words))
    if exchange.failure:
        parts.append(f'<p class="failure">{text_html(said(exchange.failure, words.language))}</p>')
    if exchange.stopped:
        parts.append(f'<p class="status">{text_html(words("turn_stopped"))}</p>')
    if not exchange.running:
        parts += [provenance(exchange, words), actions(exchange, number, last, words)]
        if last:
            label = words("turn_could_ask" if exchange.abstained else "turn_next")
            parts.append(ask_next(exchange.followups, label))
    return _article(exchange, number, "".join(parts))


def _article(exchange: Exchange, number: int, inside: str) -> str:
    # A reload in the middle of the answer asks again with the same filters.
    busy = f' aria-busy="true" data-filters="{filters_attribute(exchange.filters)}"' if exchange.running else ""
    named = f' data-answer="{text_html(exchange.answer.id)}"' if exchange.answer else ""
    return f'<article class="turn" id="t{number}" data-turn="{number}"{named}{busy}>{inside}</article>'


def _question(exchange: Exchange) -> str:
    return f'<h2 class="question">{text_html(exchange.question)}</h2>'


def _aside(text: str) -> str:
    return f'<p class="aside-line">{text_html(text)}</p>'


def line_coming(exchange: Exchange, words: UiStrings) -> str:
    """The place of the line that a language model is writing above the quotes, and what it is doing."""
    status = said(exchange.status, words.language) if exchange.status else words("turn_starting")
    return f'<p class="line-coming">{text_html(words("turn_working", status=status))}</p>'


def provisional(exchange: Exchange, number: int, words: UiStrings) -> str:
    """The evidence in the reading column, while a language model writes above it or where it was kept from it."""
    if not exchange.citations:
        return ""
    rows = "".join(
        f"<li>{marker(number, quote.number, quote.paper.name, words)}"
        f'<blockquote lang="{text_html(quote.paper.language)}">{text_html(words_of(quote, words))}</blockquote>'
        f'<span class="meta">{text_html(" · ".join((quote.paper.name, *origin(quote.paper, words))))}</span></li>'
        for quote in exchange.citations
    )
    return f'<div class="provisional"><p>{text_html(words("turn_provisional"))}</p><ol>{rows}</ol></div>'


def scope(filters: Filters, only: Sequence[Paper], words: UiStrings) -> str:
    """Which papers were searched, where that was not all of them; `only` are those that the filters name."""
    if filters.is_empty:
        return ""
    named = [[value_name(facet, value, words) for value in filters.of(facet)] for facet in FACETS if facet.offered]
    parts = [text_html(words("list_or").join(names)) for names in named if names]
    if only:
        links = (f'<a href="{text_html(paper_place(paper.id))}">{text_html(paper.name)}</a>' for paper in only)
        parts.insert(0, words("list_or").join(links))
    if filters.since:
        parts.append(text_html(words("turn_from", year=filters.since.year)))
    if filters.until:
        parts.append(text_html(words("turn_until", year=filters.until.year)))
    # The papers can be gone from a collection since the question was kept.
    parts = parts or [text_html(words("turn_gone"))]
    return f'<p class="aside-line">{words("turn_scope", scope=" · ".join(parts))}</p>'


def value_name(facet: Facet, value: str, words: UiStrings) -> str:
    """A facet's value by its name in the interface's language, where there is one: "Chinese" for zh."""
    key = f"{facet.name}_{value}"
    return words(key) if facet.translated and key in words else value


def unfiltered(words: UiStrings) -> str:
    """The way out of a filter that hides the answer: the same question, of all papers."""
    label = text_html(words("filters_without"))
    return f'<p class="unfiltered"><button type="button" data-unfiltered>{label}</button></p>'


def closest(exchange: Exchange, number: int, words: UiStrings) -> str:
    """The three nearest papers by name, under an answer that abstains."""
    rows = "".join(
        f'<li><a href="#{card_id(number, paper)}" data-card="{card_id(number, paper)}">{text_html(paper.name)}</a>'
        f' <span class="meta">{text_html(" · ".join(origin(paper, words)))}</span></li>'
        for paper in closest_papers(exchange.passages)
    )
    return f'{_aside(words("turn_closest"))}<ol class="closest">{rows}</ol>' if rows else ""


def provenance(exchange: Exchange, words: UiStrings) -> str:
    """That the quotes are quotes, whether they answer, and how long it took; and why it is not what was asked for."""
    answer = exchange.answer
    if answer is None:
        return ""
    supported, total = sum(each.support == "supported" for each in answer.sentences), len(answer.sentences)
    parts: list[str] = []
    if answer.status == "abstained":
        parts.append(words("supported_none" if exchange.filters.is_empty else "supported_none_chosen"))
    elif answer.mode == "generated":
        some = words("supported_some", supported=supported, total=total)
        parts.append(words("supported_all") if supported == total else some)
        parts.append(words("mode_written", name=answer.models.llm or words("mode_some_model")))
    elif count := len(answer.citations):
        parts.append(words("quotes_one") if count == 1 else words("quotes_many", count=count))
        if answer.direct and answer.direct.by == "model":
            parts.append(words("mode_line", name=answer.models.llm or words("mode_some_model")))
    if answer.status == "partly":
        parts.append(words("answers_perhaps"))
    # Without a reader nobody knows.
    elif answer.status == "answered" and answer.models.reranker:
        parts.append(words("answers_it"))
    elapsed = answer.timings.total_ms
    if elapsed is not None:
        quick = elapsed < 1000
        parts.append(
            words("took_ms", count=f"{elapsed:.0f}") if quick else words("took_s", count=f"{elapsed / 1000:.1f}")
        )
    whole = " whole" if total and supported == total and answer.status == "answered" else ""
    note = f'<p class="note">{text_html(said(answer.note, words.language))}</p>' if answer.note else ""
    return f'<p class="provenance{whole}">{text_html(" · ".join(parts))}</p>{note}'


def ask_next(questions: Sequence[str], label: str) -> str:
    """Questions to click, under a line that says what they are; nothing where there are none."""
    if not questions:
        return ""
    shown = [text_html(question) for question in questions]
    rows = "".join(f'<li><button type="button" data-ask="{text}">{text}</button></li>' for text in shown)
    return f'<nav class="next" aria-label="{text_html(label)}"><p>{text_html(label)}</p><ul>{rows}</ul></nav>'


def mode_line(models: Models, count: int, words: UiStrings, texts: bool = False) -> str:
    """The small line that says who writes and what is read, of some papers more than abstracts where there are `texts`;
    the models' names are told in the about section."""
    line = words("line_written") if models.llm else words("line_quotes")
    note = f'<span class="note"> · {text_html(said(models.note, words.language))}</span>' if models.note else ""
    key = ("line_texts" if texts else "line_papers") + ("_one" if count == 1 else "")
    read = words(key, line=line, count=f"{count:,}")
    return f"<p>{text_html(read)}{note}</p>"
