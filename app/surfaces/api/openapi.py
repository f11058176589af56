"""The OpenAPI document, where the routes themselves cannot tell it: bodies, streams, failures, examples."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.surfaces.api.schema import Problem
from app.surfaces.api.sse import EVENT_STREAM
from app.surfaces.problems import PROBLEM_TYPE

ABOUT = (
    "Answers from research papers, every sentence backed by a quote: "
    "`quote` is exactly `paper.abstract[start:end]`. Every failure is a problem of RFC 9457 with one plain sentence."
)
_KEY = "A server may ask programs for a key; its own pages need none."
_REFERENCE = "#/components/schemas/{model}"
_FAILURES = {
    400: "The request cannot be used as it is; `detail` says why.",
    401: "The server asks programs for a key.",
    403: "Pages of that origin may not ask.",
    404: "There is nothing of that name.",
    408: "The body did not come in time.",
    409: "Something else has to end first.",
    413: "The body is too large, or there is no room for it.",
    422: "A parameter is wrong.",
    429: "Too many questions; `Retry-After` says when to ask again.",
    500: "Something went wrong inside the server.",
    503: "No answer can be made now.",
}
_ALWAYS = (400, 401, 403, 422, 500, 503)
_WITH_BODY = (408, 413, 429)


def describe(app: FastAPI, bodies: Sequence[type[BaseModel]]) -> None:
    """Have the app's OpenAPI document tell of the bodies and failures that its routes refer to."""
    plain = app.openapi

    def document() -> dict[str, Any]:
        told = plain()
        told["info"].setdefault("description", ABOUT)
        components = told.setdefault("components", {})
        components["schemas"] = _schemas(bodies) | components.get("schemas", {})
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": _KEY}}
        told["security"] = [{}, {"key": []}]
        return told

    setattr(app, "openapi", document)  # noqa: B010  FastAPI's own way, which a type checker takes for a mistake


@cache
def examples() -> dict[str, Any]:
    """Requests and the answers they got from the default collection, the longest lists shortened, by name."""
    return json.loads(files(__name__.rpartition(".")[0]).joinpath("examples.json").read_text(encoding="utf-8"))


def answers_with(model: Any, example: Any, *others: int, description: str) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: JSON of that model, the failures that every route has, and the others."""
    found = {"model": model, "description": description, "content": {"application/json": {"example": example}}}
    return {200: found, **failures(*others)}


def failures(*others: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The failures that every route has, those of a route with a body, and the others."""
    told = sorted({*_ALWAYS, *others, *(_WITH_BODY if body else ())})
    content = {PROBLEM_TYPE: {"schema": _reference(Problem)}}
    return {status: {"description": _FAILURES[status], "content": content} for status in told}


def body_of(model: type[BaseModel], example: Any) -> dict[str, Any]:
    """`openapi_extra=` of a route that reads its body itself."""
    content = {"application/json": {"schema": _reference(model), "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def event_stream(example: str) -> dict[str, Any]:
    """The content of a response that may be a stream."""
    return {EVENT_STREAM: {"schema": {"type": "string"}, "example": example}}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def _schemas(bodies: Sequence[type[BaseModel]]) -> dict[str, Any]:
    models = (*bodies, Problem)
    _, told = models_json_schema([(model, "validation") for model in models], ref_template=_REFERENCE)
    return told["$defs"]
