"""POST /api/v1/export: answers as a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, WithJsonSchema
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.surfaces.api.asked import NamedCollection, answerer_for
from app.surfaces.api.body import checked, json_body
from app.surfaces.api.openapi import body_of, examples, failures
from app.surfaces.api.schema import Direct, Part, Sentence
from app.surfaces.collections import Collections
from app.surfaces.ui_strings import LANGUAGES, ui_strings

MAX_EXPORTED = 100
# Which there are, the interface's files say; a type checker cannot read those.
if TYPE_CHECKING:
    InterfaceLanguage = str
else:
    InterfaceLanguage = Literal[LANGUAGES]
FORMATS = {
    "markdown": ("text/markdown; charset=utf-8", "paperbacked.md"),
    "bibtex": ("application/x-bibtex; charset=utf-8", "paperbacked.bib"),
    "ris": ("application/x-research-info-systems; charset=utf-8", "paperbacked.ris"),
    "csl-json": ("application/vnd.citationstyles.csl+json", "paperbacked.json"),
    "csv": ("text/csv; charset=utf-8", "paperbacked.csv"),
}


KeptPart = Annotated[
    Literal["abstract", "text"] | None, Field(description="Into which of the paper's texts offsets are; else abstract.")
]


class KeptCitation(BaseModel):
    """A citation by its place in the collection."""

    number: int = Field(ge=1)
    paper: str = Field(description="The paper's id.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: float = Field(ge=-1, le=1)
    part: KeptPart = None
    gloss: str | None = None
    check: str | None = Field(None, description="Tells whether the quote still reads as it did.")


class KeptNotice(BaseModel):
    """A notice by its code, or in words where it has none."""

    code: str | None = None
    text: str | None = None
    params: dict[str, str | float] = {}


class KeptSource(BaseModel):
    """A source by its place in the collection."""

    paper: str = Field(description="The paper's id.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: float = Field(ge=-1, le=1)
    part: KeptPart = None


class KeptRow(BaseModel):
    """A row of a comparison."""

    name: str
    citation: int | None = Field(None, description="A number of `citations`; null where no paper says what it is.")


class KeptOutsideFilter(BaseModel):
    """What the filters hid, by its place in the collection."""

    text: str
    quote: KeptCitation | None = None


class KeptAnswer(BaseModel):
    """An Answer whose citations and sources name papers by id, so that no text of a paper is taken from a request."""

    version: Literal[1] = 1
    id: str
    question: str
    standalone_question: str
    status: Literal["answered", "partly", "abstained"]
    mode: Literal["quotes", "generated"]
    answer: str
    confidence: float = Field(ge=0, le=1)
    sentences: list[Sentence] = []
    citations: list[KeptCitation] = []
    sources: list[KeptSource] = []
    followups: list[str] = []
    timings: dict[str, float | None] = {}
    models: dict[str, str | None] = {}
    note: str | None = None
    notes: list[KeptNotice] = []
    direct: Direct | None = None
    parts: list[Part] = []
    table: list[KeptRow] = []
    outside_filter: KeptOutsideFilter | None = None


class ExportRequest(BaseModel, strict=True):
    """Answers to be written as one file."""

    format: Literal["markdown", "bibtex", "ris", "csl-json", "csv"]
    # Checked one by one when they are opened, so their model is only told of.
    answers: list[Annotated[dict[str, Any], WithJsonSchema({"$ref": "#/components/schemas/KeptAnswer"})]] = Field(
        min_length=1, max_length=MAX_EXPORTED
    )
    language: InterfaceLanguage = Field("en", description="Of the words around the answers, in Markdown.")
    collection: NamedCollection = None


def add_export(router: APIRouter, collections: Collections) -> None:
    """The route that writes answers as a file."""
    content: dict[str, dict[str, Any]] = {
        media.split(";")[0]: {"schema": {"type": "string"}} for media, _ in FORMATS.values()
    }
    content[FORMATS["csl-json"][0]] = {"schema": {"type": "array", "items": {"type": "object"}}}

    @router.post(
        "/export",
        response_class=Response,
        responses={200: {"description": "The file.", "content": content}, **failures(404, body=True)},
        openapi_extra=body_of(ExportRequest, examples()["export"]),
        operation_id="export",
        summary="Answers as a file",
    )
    async def export(request: Request) -> Response:
        """Answers as Markdown, what they cite as BibTeX, RIS or CSL-JSON, or what they compare as CSV."""
        asked = checked(ExportRequest, await json_body(request))
        answerer = await answerer_for(request, collections, asked.collection)
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
    if asked.format == "ris":
        return files.as_ris(answers)
    if asked.format == "csv":
        return files.as_csv(answers)
    return json.dumps(files.as_csl(answers), ensure_ascii=False, indent=2)
