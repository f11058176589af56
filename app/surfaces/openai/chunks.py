"""An answer as the chunks of OpenAI's protocol."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from app.answering.answer import Answer
from app.answering.events import Done, Event, Failed, Quotes, Status, Token
from app.surfaces.api.sse import EVENT_STREAM, Telling
from app.surfaces.exports.cited_text import cited_text, ending, escaped_markdown
from app.surfaces.openai.citing import as_annotations, extras
from app.surfaces.openai.request import MODEL, failure
from app.surfaces.problems import openai_error
from app.surfaces.runs.answer_run import EventReader
from app.surfaces.runs.reading import failure_of
from retrieval.types import Paper

USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
"""No tokens are counted: in quotes mode there are none, and a guess would be no count."""
_END = "data: [DONE]\n\n"


def new_id() -> str:
    """The id of a completion."""
    return f"chatcmpl-{uuid.uuid4().hex}"


def at_once(text: str, model: str) -> Response:
    """A stream that says a text that is there already."""
    head = _head(new_id(), int(time.time()), model)
    deltas = (({"role": "assistant", "content": text}, None), ({}, "stop"))
    chunks = (_data(head | {"choices": [_choice(delta, reason)]}) for delta, reason in deltas)
    return Response("".join((*chunks, _END)), headers={"Cache-Control": "no-store"}, media_type=EVENT_STREAM)


def _nothing(answer: Answer) -> None:
    """What is done with a finished answer where nobody wants it."""


class Chunks(Telling):
    """One answer on its way as chunks.

    A client of this protocol cannot take back what it was told. The text of quotes is final as
    it comes. What a language model writes is not: its sentences are checked, and their markers
    numbered, at the end. So it is told whole, once it is done; `_final` says which of both it is.
    `done` gets the finished answer; `place` gives the address of a paper that has none of its own.
    """

    def __init__(
        self,
        reader: EventReader,
        place: Callable[[Paper], str],
        include_usage: bool,
        model: str = MODEL,
        done: Callable[[Answer], None] = _nothing,
    ) -> None:
        super().__init__(reader)
        self._place = place
        self._done = done
        self._model = model
        self._include_usage = include_usage
        self._id = new_id()
        self._created = int(time.time())
        self._first: list[Event] = []
        self._begun = False
        self._final = False
        self._said = ""
        self._status = ""

    async def refusal(self, patience_s: float) -> Response | None:
        """An answer that fails at once is refused, while the status can still say so."""
        self._first = await self.reader.more(patience_s) or []
        if self._first and isinstance(self._first[0], Failed):
            return failure(failure_of(self.reader.run))
        return None

    async def more(self, patience_s: float) -> bytes | None:
        """The chunks that have come, or what is being done, as a comment, where none did in time."""
        until = time.monotonic() + patience_s
        lines = self._begin()
        while not lines:
            events = await self.reader.more(max(0.0, until - time.monotonic()))
            if events is None:
                return None
            lines = self._lines(events)
            if not lines and time.monotonic() >= until:
                lines = self._comment()
                break
        return "".join(lines).encode()

    def _begin(self) -> list[str]:
        if self._begun:
            return []
        self._begun = True
        return [self._chunk({"role": "assistant", "content": ""}), *self._lines(self._first)]

    def _lines(self, events: list[Event]) -> list[str]:
        return [line for event in events for line in self._tell(event)]

    def _tell(self, event: Event) -> list[str]:
        match event:
            case Status(text):
                self._final, self._status = False, text
                return self._comment()
            case Quotes():
                # Whatever is said next without another word on what is being done is the quotes' own.
                self._final = True
                return []
            case Token(text) if self._final:
                self._said += text
                return [self._chunk({"content": escaped_markdown(text)})]
            case Done(answer):
                return self._end(answer)
            case Failed(message):
                return [_data(openai_error(message, "server_error")), _END]
            case _:
                return []

    def _comment(self) -> list[str]:
        """What is being done: clients pass over it, and whoever stands between sees that there is life."""
        return [f": {' '.join(self._status.split())}\n\n"] if self._status else []

    def _end(self, answer: Answer) -> list[str]:
        rest = answer.answer.removeprefix(self._said) + ending(answer)
        lines = [self._chunk({"content": escaped_markdown(rest)})] if rest else []
        cited = as_annotations(answer, escaped_markdown(cited_text(answer)), self._place)
        lines.append(self._chunk({"annotations": cited, **extras(answer)}, "stop"))
        self._done(answer)
        if self._include_usage:
            lines.append(_data(self._envelope([]) | {"usage": USAGE}))
        return [*lines, _END]

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> str:
        choices = [_choice(delta, finish_reason)]
        return _data(self._envelope(choices) | ({"usage": None} if self._include_usage else {}))

    def _envelope(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return _head(self._id, self._created, self._model) | {"choices": choices}


def _head(completion: str, created: int, model: str) -> dict[str, Any]:
    return {"id": completion, "object": "chat.completion.chunk", "created": created, "model": model}


def _choice(delta: dict[str, Any], finish_reason: str | None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}


def _data(record: dict[str, Any]) -> str:
    # ASCII, because some clients take other characters than a line feed for the end of a line.
    return f"data: {json.dumps(record)}\n\n"
