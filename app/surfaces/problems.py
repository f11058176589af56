"""Every failure as problem+json (RFC 9457) with one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.notices.notice import Notice, code_of
from app.surfaces.collections import CollectionError
from retrieval.errors import InputError, PaperbackedError

PROBLEM_TYPE = "application/problem+json"
_MAX_PATH_CHARS = 200
HUNG_UP = 499
"""The status of a response that nobody waits for any more."""


class InsideError(PaperbackedError):
    """Something broke that no user can mend; the log says what."""

    def __init__(self) -> None:
        super().__init__(Notice("inside"))


def problem(
    status: int, sentence: str, headers: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None
) -> JSONResponse:
    """The response for a failure; `more` are members beside the problem's own.

    `code` and `params` are only there where the sentence is a `Notice`, and so has a code.
    """
    told = code_of(sentence)
    body = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        **(told if told["code"] else {}),
        **(more or {}),
    }
    return JSONResponse(body, status, headers, media_type=PROBLEM_TYPE)


def refusal_of(error: CollectionError, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response for what cannot be done with a collection."""
    later = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return problem(error.status, error.message, {**later, **(headers or {})})


def openai_error(
    sentence: str, kind: str = "invalid_request_error", *, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """The object that a failure is in OpenAI's protocol."""
    return {"error": {"message": sentence, "type": kind, "param": param, "code": code}}


def plain_errors(app: FastAPI) -> None:
    """Answer every failure of the app's routes that way."""

    @app.exception_handler(InputError)
    async def wrong_input(request: Request, error: InputError) -> Response:
        return problem(400, error.message)

    @app.exception_handler(CollectionError)
    async def refused(request: Request, error: CollectionError) -> Response:
        return refusal_of(error)

    @app.exception_handler(PaperbackedError)
    async def failure(request: Request, error: PaperbackedError) -> Response:
        return problem(503, error.message)

    @app.exception_handler(InsideError)
    async def broken(request: Request, error: InsideError) -> Response:
        return problem(500, error.message)

    @app.exception_handler(HTTPException)
    async def wrong_address(request: Request, error: HTTPException) -> Response:
        return problem(error.status_code, f"{_address(request)}: {error.detail}.", error.headers)

    @app.exception_handler(RequestValidationError)
    async def wrong_parameter(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        name = first["loc"][1] if len(first["loc"]) > 1 else first["loc"][0]
        return problem(422, f"The parameter {name} is wrong: {first['msg']}.")

    @app.exception_handler(ClientDisconnect)
    async def hung_up(request: Request, error: ClientDisconnect) -> Response:
        return Response(status_code=HUNG_UP)  # nobody is there to read it

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        # Starlette hands the exception on to the server, which logs it with its traceback.
        return problem(500, Notice("inside"))


def _address(request: Request) -> str:
    return f"{request.method[:20]} {request.url.path[:_MAX_PATH_CHARS]}"
