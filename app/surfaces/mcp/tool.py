"""What a tool is: a name, what goes in and comes out, and what it does for whoever calls it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.answering.answerer import Answerer
from app.surfaces.api.asked import answerer_of, name_in
from app.surfaces.collections import Collections, collections_of
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.errors import InputError

_STRUCTURED = frozenset({"filters", "history", "top", "paper_ids", "aspects", "papers", "online"})
"""Arguments that are no texts, which some clients send as a text of JSON all the same."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a tool gives: a text to read and the same as an object of the tool's `result`."""

    text: str
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calling:
    """Who calls a tool, and what it works with."""

    collections: Collections
    runs: AnswerRuns
    visitor: str | None = None
    may_add: bool = False
    client: str = ""

    async def answerer(self, arguments: Mapping[str, Any]) -> Answerer:
        """What answers over the collection that the arguments name. Raises `NoCollectionError`."""
        return await answerer_of(self.collections, name_in(arguments), self.visitor)


@dataclass(frozen=True, slots=True)
class PaperTool:
    """One tool. `use` raises `PaperbackedError` with the sentence that the model reads.

    One that `adds` is only there for who may add papers.
    """

    name: str
    title: str
    description: str
    request: type[BaseModel]
    result: type[BaseModel]
    use: Callable[[Calling, Mapping[str, Any]], Awaitable[Said]]
    adds: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(self.request.model_fields)

    async def __call__(
        self,
        served: Answerer | Collections,
        runs: AnswerRuns,
        arguments: Mapping[str, Any],
        visitor: str | None = None,
        may_add: bool = False,
        client: str = "",
    ) -> Said:
        if unknown := sorted(set(arguments) - set(self.arguments)):
            raise InputError(f"{self.name} has no argument {unknown[0][:80]!r}: it takes {', '.join(self.arguments)}.")
        calling = Calling(collections_of(served), runs, visitor, may_add, client)
        return await self.use(calling, {name: _read(name, value) for name, value in arguments.items()})


def _read(name: str, value: Any) -> Any:
    """The argument; one of `_STRUCTURED` that is a text of JSON is read."""
    if isinstance(value, str) and name in _STRUCTURED:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
