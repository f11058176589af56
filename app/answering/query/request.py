"""A question as programs send it, the contract's JSON object, made a checked `Question`."""

from __future__ import annotations

from typing import Any

from app.answering.query.dates import first_day, last_day
from app.answering.question import Question, Turn, checked_question
from retrieval.errors import InputError
from retrieval.types import Filters

FILTER_NAMES = ("organisation", "category", "language", "since", "until")


def question_from_json(record: Any, filters: Filters = Filters()) -> Question:
    """The question of `{"question", "history"?, "filters"?}`; `filters` count where it has none of its own.

    Raises `InputError` where the object is not of that form or the question cannot be used.
    """
    if not isinstance(record, dict) or not isinstance(record.get("question"), str):
        raise InputError('A question must be an object with a string "question".')
    asked = record.get("filters")
    own = filters if asked is None or asked == {} else filters_from_json(asked)
    return checked_question(record["question"], history_from_json(record.get("history")), own)


def history_from_json(turns: Any) -> tuple[Turn, ...]:
    """Turns from `[{"role", "content"}…]`. Raises `InputError`."""
    if turns is None:
        return ()
    if not isinstance(turns, list):
        raise InputError("The history must be a list of turns.")
    for turn in turns:
        known = (
            isinstance(turn, dict)
            and turn.get("role") in ("user", "assistant")
            and isinstance(turn.get("content"), str)
        )
        if not known:
            raise InputError('Each turn of the history must have a "role" of user or assistant and a "content".')
    return tuple(Turn(turn["role"], turn["content"]) for turn in turns)


def filters_from_json(record: Any) -> Filters:
    """Filters from an object of `FILTER_NAMES`; a value may be a list. Raises `InputError`."""
    if not isinstance(record, dict) or not set(record) <= set(FILTER_NAMES):
        raise InputError(f"The filters must be an object with no other keys than {', '.join(FILTER_NAMES)}.")
    since, until = record.get("since"), record.get("until")
    return Filters(
        organisations=_values(record.get("organisation")),
        categories=_values(record.get("category")),
        languages=_values(record.get("language")),
        since=None if since in (None, "") else first_day(str(since)),
        until=None if until in (None, "") else last_day(str(until)),
    )


def _values(value: Any) -> tuple[str, ...]:
    values = [] if value in (None, "") else value if isinstance(value, list) else [value]
    if not all(isinstance(entry, str) for entry in values):
        raise InputError("A filter's value must be a string or a list of strings.")
    return tuple(values)
