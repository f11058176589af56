"""POST /api/v1/collections/{name}/papers: files, ids or papers to be added."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.notices.notice import Notice
from app.surfaces.api import collections_schema as schema
from app.surfaces.api.body import JsonText, checked
from app.surfaces.api.collections import Name
from app.surfaces.api.openapi import answers_with, body_of, failures
from app.surfaces.api.uploads import Form, Senders, boundary_of, read_form, whole_json
from app.surfaces.collections import CollectionError, Collections, Upload, UploadRoom
from app.surfaces.gate.request_limits import client_of
from app.surfaces.options import ServingOptions
from app.surfaces.owners import Owners, sender_of
from app.surfaces.problems import problem, refusal_of
from retrieval.adding.request import AddRequest
from retrieval.errors import InputError

_CLOSE = {"Connection": "close"}
"""What was not read of a body that was refused is not waited for."""
_YES = frozenset({"1", "true", "on", "yes"})
_FORM = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {
                "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                "text": {"type": "string"},
                "online": {"type": "boolean"},
                "pdfs": {"type": "boolean"},
            },
        }
    }
}


def add_adding(router: APIRouter, collections: Collections, options: ServingOptions) -> None:
    """The route that adds papers."""
    owners, senders = Owners(collections, options.only_here), Senders()
    began = answers_with(schema.Began, schema.EXAMPLES["began"], description="They are being added.")
    began[202] = began.pop(200)
    body = body_of(schema.AddPapers, schema.EXAMPLES["add"])
    body["requestBody"]["content"] |= _FORM

    @router.post(
        "/collections/{name}/papers",
        status_code=202,
        response_model=None,
        responses={**began, **failures(404, body=True)},
        openapi_extra=body,
        operation_id="add_papers",
        summary="Add papers to a collection",
    )
    async def add(request: Request, name: Name) -> Response:
        """Files of papers (PDF, BibTeX, RIS, CSL-JSON, CSV, Markdown, text) as a form, or ids and papers as JSON.

        What a file is, is found by reading it. Nothing that is being added is found before all of it is.
        """
        try:
            visitor = owners.check(request.scope)
            with senders.sending(client_of(request.scope)):
                job = await _begun(request, collections, name, visitor)
        except CollectionError as error:
            return refusal_of(error, _CLOSE)
        except InputError as error:
            return problem(400, error.message, _CLOSE)
        return JsonText({"job": job}, 202)


async def _begun(request: Request, collections: Collections, name: str, visitor: str | None) -> str:
    """The id of the job that adds what the request brings. Raises `InputError`."""
    room = await run_in_threadpool(collections.room, name, visitor, sender_of(request.scope))
    try:
        boundary = boundary_of(request.headers.get("content-type", ""))
        if boundary:
            asked, uploads = _asked(await read_form(request, boundary, room))
        else:
            asked, uploads = await run_in_threadpool(_asked_in_json, await whole_json(request), room)
        if not (asked.text.strip() or uploads):
            raise CollectionError(Notice("upload_nothing"))
        return await run_in_threadpool(collections.add, name, asked, uploads, visitor, room)
    except BaseException:
        room.discard()
        raise


def _asked(form: Form) -> tuple[AddRequest, tuple[Upload, ...]]:
    online, pdfs = (form.texts.get(name, "").strip().casefold() in _YES for name in ("online", "pdfs"))
    return AddRequest(text=form.texts.get("text", ""), online=online, pdfs=pdfs), form.uploads


def _asked_in_json(record: Any, room: UploadRoom) -> tuple[AddRequest, tuple[Upload, ...]]:
    asked = checked(schema.AddPapers, record)
    return AddRequest(text=asked.text, online=asked.online, pdfs=asked.pdfs), room.with_papers(asked.papers)
