"""A conversation as the reader's browser keeps it, and opened again. Nothing of it stays on the server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from app.answering.events import Done
from app.answering.request import filters_from_json
from app.surfaces.forms.kept_answer import PaperOf, answer_from_kept, kept
from app.surfaces.markup import text_html
from app.surfaces.page.exchange import Exchange
from retrieval.errors import InputError
from retrieval.types import Filters

MAX_TURNS = 50
"""Turns of a conversation that are kept; of a longer one the last."""


def kept_conversation(exchanges: Sequence[Exchange]) -> str:
    """An element that bears the finished exchanges as JSON, `[{"turn", "filters", "answer"}…]`; empty without any."""
    turns = [
        {"turn": number, "filters": _filters_as_json(exchange.filters), "answer": kept(exchange.answer)}
        for number, exchange in enumerate(exchanges, start=1)
        if exchange.answer
    ]
    if not turns:
        return ""
    record = json.dumps(turns[-MAX_TURNS:], ensure_ascii=False, separators=(",", ":"))
    return f'<div data-turns="{text_html(record)}"></div>'


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


def _exchange(turn: Any, paper_of: PaperOf) -> Exchange:
    if not isinstance(turn, dict):
        raise InputError("A kept turn must be an object.")
    answer = answer_from_kept(turn.get("answer"), paper_of)
    filters = turn.get("filters")
    return Exchange(answer.question, filters_from_json(filters) if filters else Filters()).after(Done(answer))


def _filters_as_json(filters: Filters) -> dict[str, Any]:
    record: dict[str, Any] = {
        "organisation": list(filters.organisations),
        "category": list(filters.categories),
        "language": list(filters.languages),
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
    }
    return {name: value for name, value in record.items() if value}
