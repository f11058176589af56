"""What readers hand over and take with them: thumbs, and answers as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.feedback import Feedback, FeedbackLog
from app.surfaces.api.body import checked, json_body
from app.surfaces.api.openapi import body_of, examples, failures
from app.surfaces.api.schema import ExportRequest, FeedbackRequest
from app.surfaces.problems import problem
from app.surfaces.ui_strings import ui_strings

FORMATS = {
    "markdown": ("text/markdown; charset=utf-8", "paperbacked.md"),
    "bibtex": ("application/x-bibtex; charset=utf-8", "paperbacked.bib"),
    "csl-json": ("application/vnd.citationstyles.csl+json", "paperbacked.json"),
}


def add_feedback(router: APIRouter, file: Path | None) -> None:
    """The route that keeps thumbs in that file; without one it says so."""
    log = FeedbackLog(file) if file else None

    @router.post(
        "/feedback",
        status_code=204,
        response_class=Response,
        responses={204: {"description": "It is kept."}, **failures(404, body=True)},
        openapi_extra=body_of(FeedbackRequest, examples()["feedback"]),
        operation_id="feedback",
        summary="Give an answer a thumb",
    )
    async def feedback(request: Request) -> Response:
        """Keep a reader's thumb for an answer on this server, as a line of JSON."""
        given = checked(FeedbackRequest, await json_body(request))
        if log is None:
            return problem(404, "This server keeps no feedback.")
        thumb = Feedback(
            answer_id=given.id,
            verdict=given.verdict,
            question=given.question or "",
            reason=given.reason or "",
            surface=given.surface or "api",
            models=given.models or {},
        )
        await run_in_threadpool(log.add, thumb)
        return Response(status_code=204)


def add_export(router: APIRouter, answerer: Answerer) -> None:
    """The route that writes answers as a file."""
    content: dict[str, dict[str, Any]] = {
        media.split(";")[0]: {"schema": {"type": "string"}} for media, _ in FORMATS.values()
    }
    content[FORMATS["csl-json"][0]] = {"schema": {"type": "array", "items": {"type": "object"}}}

    @router.post(
        "/export",
        response_class=Response,
        responses={200: {"description": "The file.", "content": content}, **failures(body=True)},
        openapi_extra=body_of(ExportRequest, examples()["export"]),
        operation_id="export",
        summary="Answers as a file",
    )
    async def export(request: Request) -> Response:
        """Answers with their references as Markdown, or what they cite as BibTeX or CSL-JSON."""
        asked = checked(ExportRequest, await json_body(request))
        text = await run_in_threadpool(_written, answerer, asked)
        media, name = FORMATS[asked.format]
        return Response(text, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _written(answerer: Answerer, asked: ExportRequest) -> str:
    from app.surfaces.exports import files
    from app.surfaces.exports.kept_answer import answer_from_kept

    answers = tuple(answer_from_kept(record, answerer.paper) for record in asked.answers)
    if asked.format == "markdown":
        return files.conversation_markdown(answers, ui_strings(asked.language))
    if asked.format == "bibtex":
        return files.as_bibtex(answers)
    return json.dumps(files.as_csl(answers), ensure_ascii=False, indent=2)
