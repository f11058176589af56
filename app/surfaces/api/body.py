"""Bodies: a request's, whose size the gate has checked, and a response's."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.responses import JSONResponse

from app.surfaces.api.sse import json_bytes
from retrieval.errors import InputError

_Body = TypeVar("_Body", bound=BaseModel)


class JsonText(JSONResponse):
    """JSON that can be sent whatever a model has written."""

    def render(self, content: Any) -> bytes:
        return json_bytes(content)


async def json_body(request: Request) -> Any:
    """The request's JSON. Raises `InputError` where it is not JSON."""
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise InputError("The request is not JSON.") from error


def checked(model: type[_Body], record: Any) -> _Body:
    """The record as that model. Raises `InputError` with the first thing that is wrong."""
    try:
        return model.model_validate(record)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])[:80]
        raise InputError(f"{place or 'The request'}: {first['msg'].rstrip('.')}.") from error
