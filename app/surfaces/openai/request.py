"""What clients of OpenAI's chat protocol send, made a question; and how that protocol says that something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from app.answering.query.request import filters_from_json
from app.answering.question import Question, Turn, checked_question
from app.surfaces.api.body import json_body
from app.surfaces.collections import NoCollectionError
from app.surfaces.exports.cited_text import without_ending
from app.surfaces.problems import InsideError, openai_error
from retrieval.errors import InputError, PaperbackedError
from retrieval.facets import Facets

MODEL = "paperbacked"
_OF = f"{MODEL}:"
"""A model that is called so and then by a collection answers over that one."""
_HEARD = ("user", "assistant")
"""What other roles say, such as a system's instructions, is for a language model that chats."""


class RequestError(InputError):
    """A request that cannot be met: `status` of HTTP, the `param` that is wrong and the protocol's `code` for it."""

    def __init__(self, message: str, param: str | None = None, *, code: str | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A checked request."""

    question: Question
    stream: bool = False
    include_usage: bool = False
    model: str = MODEL
    """As it was asked for."""


async def read_record(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises `InputError`."""
    record = await json_body(request)
    if not isinstance(record, dict):
        raise RequestError("The request must be a JSON object.")
    return record


def collection_in(record: dict[str, Any]) -> str | None:
    """The collection that the request names, by its model or by the further key `collection`; None for none.

    Raises `RequestError` where the model is none of ours.
    """
    named = collection_of(record.get("model"))
    asked = record.get("collection")
    if asked is not None and not isinstance(asked, str):
        raise RequestError("collection must be a text, the name of a collection.", "collection")
    return asked or named


def read_request(record: dict[str, Any], facets: Facets) -> ChatRequest:
    """The request, for a collection with these facets. Raises `InputError`.

    Parameters that mean nothing here are ignored.
    """
    if record.get("n") not in (None, 1):
        raise RequestError("There is one answer to a question: leave n out, or at 1.", "n")
    stream = record.get("stream") or False
    if not isinstance(stream, bool):
        raise RequestError("stream must be true or false.", "stream")
    options = record.get("stream_options")
    include_usage = isinstance(options, dict) and options.get("include_usage") is True
    return ChatRequest(_question(record, facets), stream, stream and include_usage, record["model"])


def model_of(collection: str) -> str:
    """The model that answers over a collection."""
    return f"{_OF}{collection}"


def collection_of(model: Any) -> str | None:
    """The collection over which a model answers, None for the server's own. Raises `RequestError` for no model."""
    if not isinstance(model, str) or not model:
        raise RequestError(f"A request must name its model, which is {MODEL!r}.", "model")
    if model == MODEL:
        return None
    if not model.startswith(_OF):
        raise no_such_model(model)
    return model.removeprefix(_OF)


def no_such_model(name: str) -> RequestError:
    """The error for a model that is not there."""
    return RequestError(
        f"There is no model {name[:80]!r}: the only one is {MODEL!r}.", "model", code="model_not_found", status=404
    )


def failure(error: PaperbackedError) -> JSONResponse:
    """The protocol's answer to what went wrong."""
    match error:
        case NoCollectionError():
            told = openai_error(str(error), param="collection", code="collection_not_found")
            return JSONResponse(told, error.status)
        case RequestError():
            return JSONResponse(openai_error(str(error), param=error.param, code=error.code), error.status)
        case InputError():
            return JSONResponse(openai_error(str(error)), 400)
        case InsideError():
            return JSONResponse(openai_error(str(error), "server_error"), 500)
        case _:
            return JSONResponse(openai_error(str(error), "server_error"), 503)


def _question(record: dict[str, Any], facets: Facets) -> Question:
    messages = record.get("messages")
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        raise RequestError("messages must be a list of messages.", "messages")
    said = [(message["role"], message.get("content")) for message in messages if message.get("role") in _HEARD]
    asked = max((place for place, (role, _) in enumerate(said) if role == "user"), default=None)
    if asked is None:
        raise RequestError("There is no message by the user in messages: ask something about the papers.", "messages")
    history = [_turn(role, content) for role, content in said[:asked]]
    filters = filters_from_json(record.get("filters") or {})
    return checked_question(_text(said[asked][1]), tuple(turn for turn in history if turn.content), filters, facets)


def _turn(role: Any, content: Any) -> Turn:
    text = _text(content)
    return Turn(role, without_ending(text) if role == "assistant" else text)


def _text(content: Any) -> str:
    """The text of a message's content, which may come in parts."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise RequestError("A message's content must be a text, or a list of parts.", "messages")
    parts = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in ("text", "refusal") or not isinstance(part.get(kind), str):
            raise RequestError(
                "Only text can be read here, no images, sounds or files: send parts of type text.", "messages"
            )
        parts.append(part[kind])
    return "\n".join(parts)
