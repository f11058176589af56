"""A question as programs send it, the contract's JSON object, made a checked `Question`."""

from __future__ import annotations

from app.answering.query.dates import first_day, last_day
from app.answering.question import Question, Turn, checked_question
from retrieval.errors import InputError
from retrieval.facets import FACETS, Facets, Filters
from retrieval.json_lines import is_list, is_object, is_strings

FILTER_NAMES = (*(facet.name for facet in FACETS), "since", "until")


def question_from_json(record: object, filters: Filters = Filters(), facets: Facets | None = None) -> Question:
    """The question of `{"question", "history"?, "filters"?}`; `filters` count where it has none of its own.

    They are checked against `facets`, those of the collection that is asked. Raises `InputError`
    where the object is not of that form, or the question or a filter cannot be used.
    """
    if not is_object(record) or not isinstance(record.get("question"), str):
        raise InputError('A question must be an object with a string "question".')
    asked = record.get("filters")
    own = filters if asked is None or asked == {} else filters_from_json(asked)
    return checked_question(record["question"], history_from_json(record.get("history")), own, facets)


def history_from_json(turns: object) -> tuple[Turn, ...]:
    """Turns from `[{"role", "content"}…]`. Raises `InputError`."""
    if turns is None:
        return ()
    if not is_list(turns):
        raise InputError("The history must be a list of turns.")
    for turn in turns:
        known = is_object(turn) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
        if not known:
            raise InputError('Each turn of the history must have a "role" of user or assistant and a "content".')
    return tuple(Turn(turn["role"], turn["content"]) for turn in turns)


def filters_from_json(record: object) -> Filters:
    """Filters from an object of `FILTER_NAMES`; a value may be a list. Raises `InputError`."""
    if not is_object(record) or not set(record) <= set(FILTER_NAMES):
        raise InputError(f"The filters must be an object with no other keys than {', '.join(FILTER_NAMES)}.")
    since, until = record.get("since"), record.get("until")
    return Filters(
        **{facet.plural: _values(record.get(facet.name)) for facet in FACETS},
        since=None if since in (None, "") else first_day(str(since)),
        until=None if until in (None, "") else last_day(str(until)),
    )


def _values(value: object) -> tuple[str, ...]:
    values = [] if value in (None, "") else value if is_list(value) else [value]
    if not is_strings(values):
        raise InputError("A filter's value must be a string or a list of strings.")
    return tuple(values)
