"""Every failure as problem+json (RFC 9457) with one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from retrieval.errors import InputError, PaperbackedError


def problem(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The response for a failure."""
    body = {"status": status, "detail": sentence}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def plain_errors(app: FastAPI) -> None:
    """Answer every failure of the app's routes that way."""

    @app.exception_handler(InputError)
    async def wrong_input(request: Request, error: InputError) -> JSONResponse:
        return problem(400, str(error))

    @app.exception_handler(PaperbackedError)
    async def failure(request: Request, error: PaperbackedError) -> JSONResponse:
        return problem(503, str(error))

    @app.exception_handler(HTTPException)
    async def wrong_address(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, f"{request.method} {request.url.path}: {error.detail}.", error.headers)

    @app.exception_handler(RequestValidationError)
    async def wrong_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return problem(422, f"The parameter {first['loc'][-1]} is wrong: {first['msg']}.")
