"""A conversation as the reader's browser keeps it, and opened again. Nothing of it stays on the server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.answering.events import Done
from app.answering.query.request import filters_from_json
from app.surfaces.exports.kept_answer import answer_from_kept, kept
from app.surfaces.exports.kept_quotes import PaperOf
from app.surfaces.markup import text_html
from app.surfaces.page.bounds import MAX_KEPT_BYTES, MAX_TURNS, Drawing, fitting
from app.surfaces.page.exchange import Exchange
from retrieval.errors import CorpusError, InputError
from retrieval.facets import FACETS, Filters

MAX_FILTER_CHARS = 4_000
"""Of all filter values of a question together."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """A question whose answer a reload cut off, after the exchanges `earlier`; `lost` of those could not be opened."""

    question: str
    filters: Filters
    earlier: tuple[Exchange, ...]
    lost: int


def kept_conversation(exchanges: Sequence[Exchange]) -> str:
    """An element that bears the finished exchanges as JSON, `[{"turn", "filters", "answer"}…]`; empty without any.

    Of a long conversation it bears the last that fit into `MAX_KEPT_BYTES`.
    """
    numbered = reversed(list(enumerate(exchanges, start=1)))
    finished = [Drawing(partial(_kept_turn, exchange, number)) for number, exchange in numbered if _keepable(exchange)]
    turns = list(fitting(finished[:MAX_TURNS], MAX_KEPT_BYTES))
    return f'<div data-turns="[{",".join(turns[::-1])}]"></div>' if turns else ""


def _keepable(exchange: Exchange) -> bool:
    """Whether it has an answer whose quotes are all still there."""
    try:
        return exchange.answer is not None and all(quote.quote for quote in exchange.answer.citations)
    except CorpusError:
        return False


def _kept_turn(exchange: Exchange, number: int) -> str:
    assert exchange.answer is not None, "only a finished exchange is kept"
    record = {"turn": number, "filters": _filters_as_json(exchange.filters), "answer": kept(exchange.answer)}
    return text_html(json.dumps(record, ensure_ascii=False, separators=(",", ":")))


def exchanges_from_kept(turns: Any, paper_of: PaperOf) -> tuple[tuple[Exchange, ...], int]:
    """The exchanges of a kept conversation, and how many of its turns could not be opened. Raises `InputError`."""
    if not isinstance(turns, list) or not 0 < len(turns) <= MAX_TURNS:
        raise InputError(f"A kept conversation must be a list of up to {MAX_TURNS} turns.")
    opened: list[Exchange] = []
    for turn in turns:
        try:
            opened.append(_exchange(turn, paper_of))
        except InputError:
            continue  # counted below, and told to the reader
    return tuple(opened), len(turns) - len(opened)


def cut_off(record: Any, paper_of: PaperOf) -> CutOff:
    """The question that the browser asks again, `{"question", "filters", "turns", "left"}`. Raises `InputError`."""
    if not isinstance(record, Mapping) or not isinstance(record.get("question"), str):
        raise InputError("A question that is asked again must be an object with its text.")
    turns, earlier, lost = record.get("turns"), (), 1 if record.get("left") else 0
    if turns:
        try:
            earlier, missing = exchanges_from_kept(turns, paper_of)
        except InputError:
            missing = 1  # told to the reader; the question is asked all the same
        lost += missing
    return CutOff(record["question"], _filters_from_kept(record.get("filters") or {}), earlier, lost)


def filters_attribute(filters: Filters) -> str:
    """The filters as JSON, for an attribute of an element."""
    return text_html(json.dumps(_filters_as_json(filters), ensure_ascii=False, separators=(",", ":")))


def _exchange(turn: Any, paper_of: PaperOf) -> Exchange:
    if not isinstance(turn, dict):
        raise InputError("A kept turn must be an object.")
    answer = answer_from_kept(turn.get("answer"), paper_of)
    filters = turn.get("filters")
    asked = Exchange(answer.question, _filters_from_kept(filters) if filters else Filters())
    return asked.of_papers(paper_of).after(Done(answer))


def _filters_from_kept(record: Any) -> Filters:
    filters = filters_from_json(record)
    if sum(len(value) for facet in FACETS for value in filters.of(facet)) > MAX_FILTER_CHARS:
        raise InputError(f"The filters of a kept turn have more than {MAX_FILTER_CHARS:,} characters.")
    return filters


def _filters_as_json(filters: Filters) -> dict[str, Any]:
    record: dict[str, Any] = {facet.name: list(filters.of(facet)) for facet in FACETS} | {
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
    }
    return {name: value for name, value in record.items() if value}
