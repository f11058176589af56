"""Links that ask a question anew: what they say, and what has changed since they were made.

`/?collection=NAME&q=QUESTION&organisation=…&category=…&language=…&since=2022&until=2023&v=CORPUS~EMBEDDING~LLM`;
everything but `q` may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from app.answering.answer import Answer
from app.answering.query.request import filters_from_json
from app.answering.question import Question, checked_question
from app.notices.notice import Notice
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.shown import COLLECTION
from retrieval.errors import InputError
from retrieval.facets import FACETS, Facets

MAX_VALUES = 40
"""Filter values that a link may name."""
MAX_NAME_CHARS = 80
_SEPARATOR = "~"
_QUOTES = "quotes"


def permalink(exchange: Exchange) -> str:
    """The address, relative to the page, that asks the answered question anew; it needs no conversation."""
    if exchange.answer is None:
        return ""
    filters = exchange.filters
    fields = [(COLLECTION, exchange.collection)] if exchange.collection else []
    fields.append(("q", exchange.answer.standalone_question or exchange.question))
    fields += [(facet.name, value) for facet in FACETS for value in filters.of(facet)]
    fields += [("since", f"{filters.since.year:04}")] if filters.since else []
    fields += [("until", f"{filters.until.year:04}")] if filters.until else []
    fields.append(("v", version_of(exchange.answer)))
    return f"?{urlencode(fields)}"


def version_of(answer: Answer) -> str:
    """The corpus and the models that the answer was made with, in short."""
    models = answer.models
    corpus = (models.corpus or "").rpartition("@")[2]
    names = (corpus, models.embedding or "", models.llm or _QUOTES)
    return _SEPARATOR.join(name.replace(_SEPARATOR, "-")[:MAX_NAME_CHARS] for name in names)


def changed_since(exchange: Exchange) -> str | None:
    """What is not as it was when the link was made: "corpus", "models" or "both"; None where all is."""
    if exchange.answer is None or not exchange.linked:
        return None
    then, now = exchange.linked.split(_SEPARATOR), version_of(exchange.answer).split(_SEPARATOR)
    if len(then) != len(now):
        return None  # not a version that this page has written
    corpus, models = then[0] != now[0], then[1:] != now[1:]
    return "both" if corpus and models else "corpus" if corpus else "models" if models else None


def question_of_link(link: Any, facets: Facets) -> tuple[Question, str]:
    """The question that a link asks, and the version it was made with. Raises `InputError`."""
    if not isinstance(link, Mapping) or not isinstance(link.get("q"), str):
        raise InputError(Notice("bad_link"))
    asked: dict[str, Any] = {}
    for facet in FACETS:
        values = link.get(facet.name) or []
        if not isinstance(values, list) or len(values) > MAX_VALUES:
            raise InputError(Notice("bad_link"))
        asked[facet.name] = values
    for name in ("since", "until"):
        if isinstance(link.get(name), str | int) and link[name]:
            asked[name] = str(link[name])[:MAX_NAME_CHARS]
    version = link.get("v")
    question = checked_question(link["q"], (), filters_from_json(asked), facets)
    return question, version[: 4 * MAX_NAME_CHARS] if isinstance(version, str) else ""
