"""The pages of a paper's PDF, as pictures and as words, and its full text: GET /api/v1/papers/{id}/pages/…, …/text."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.answering.answerer import Answerer
from app.surfaces.api import collections_schema as schema
from app.surfaces.api.asked import Name, answerer_for
from app.surfaces.api.body import JsonText
from app.surfaces.api.openapi import answers_with, failures
from app.surfaces.api.papers import PaperId, unknown_paper
from app.surfaces.collections import Collections
from app.surfaces.options import ServingOptions
from app.surfaces.pictures import MAX_WIDTH, MIN_WIDTH, PagePictures, rounded
from app.surfaces.problems import problem
from app.surfaces.visitors import visitor_in
from retrieval.errors import DocumentError
from retrieval.full_text import FullText

MAX_PAGE = 65_535
MAX_WORDS = 20_000
PRIVATE = {"Cache-Control": "private, max-age=3600"}
_NONE = "The paper has no page {page} that can be shown."
PageNumber = Annotated[int, Path(ge=1, le=MAX_PAGE, description="From 1.", examples=[1])]
Width = Annotated[
    int, Query(ge=MIN_WIDTH, le=MAX_WIDTH, description="Of the picture, in pixels; rounded up to a multiple of 100.")
]
_PNG = {
    "description": "The page as a picture.",
    "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}},
}


def add_pages(router: APIRouter, collections: Collections, options: ServingOptions) -> None:
    """The routes that show papers as they are; before those of `add_papers`, as an id may hold a slash."""
    pictures = PagePictures(render, options.pages_folder)
    words = answers_with(schema.Page, schema.EXAMPLES["page"], 404, description="The page's words.")
    text = answers_with(schema.WholeText, schema.EXAMPLES["text"], 404, description="The full text.")

    @router.get(
        "/papers/{paper_id:path}/pages/{page}.png",
        response_class=Response,
        responses={200: _PNG, **failures(404)},
        operation_id="page_picture",
        summary="A page as a picture",
    )
    async def picture(
        request: Request, paper_id: PaperId, page: PageNumber, collection: Name = None, width: Width = 1_000
    ) -> Response:
        """A page of the paper's PDF, drawn by this server."""
        file = await run_in_threadpool(_file, collections, collection, paper_id, page, visitor_in(request.scope))
        if file is None:
            return problem(404, _NONE.format(page=page))
        tag = f'"{file.stem[:32]}-{page}-{rounded(width)}"'
        headers = {**PRIVATE, "ETag": tag, "X-Content-Type-Options": "nosniff"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        try:
            drawn = await pictures.picture(file, page, width)
        except DocumentError as error:
            return problem(503, error.message.replace(file.name, "The PDF"))  # Its name here says nothing to readers.
        return Response(drawn, media_type="image/png", headers=headers)

    @router.get(
        "/papers/{paper_id:path}/pages/{page}",
        response_model=None,
        responses=words,
        operation_id="page",
        summary="The words of a page",
    )
    async def page_words(request: Request, paper_id: PaperId, page: PageNumber, collection: Name = None) -> Response:
        """The words of a page of the paper's PDF, each with its box, for a layer of text over the picture."""
        answerer = await answerer_for(request, collections, collection)
        told = await run_in_threadpool(_words, answerer, paper_id, page)
        return problem(404, _NONE.format(page=page)) if told is None else JsonText(told, headers=PRIVATE)

    @router.get(
        "/papers/{paper_id:path}/text",
        response_model=None,
        responses=text,
        operation_id="text",
        summary="A paper's full text",
    )
    async def full_text(request: Request, paper_id: PaperId, collection: Name = None) -> Response:
        """The text of the paper by its sections, where the collection has it in full."""
        answerer = await answerer_for(request, collections, collection)
        told = await run_in_threadpool(_text, answerer, paper_id)
        return unknown_paper(paper_id) if told is None else JsonText(told, headers=PRIVATE)


def render(file: FilePath, page: int, width: int) -> bytes:
    """A page as a PNG; what draws it is loaded by whoever first wants one."""
    from retrieval.documents.reading import render_page

    return render_page(file, page, width)


def _file(
    collections: Collections, collection: str | None, paper_id: str, page: int, visitor: str | None
) -> FilePath | None:
    """The PDF of the paper, None where it has none or no such page."""
    paper = collections.answerer(collection, visitor).paper(paper_id)
    if paper is None or paper.text is None or page > paper.text.pages:
        return None
    return collections.document(collection, paper_id, visitor)


def _words(answerer: Answerer, paper_id: str, page: int) -> dict[str, object] | None:
    paper = answerer.paper(paper_id)
    if paper is None or paper.text is None or page > paper.text.pages:
        return None
    text = paper.text.load()
    if page > len(text.pages):
        return None
    size = text.pages[page - 1]
    return {
        "page": page,
        "pages": len(text.pages),
        "width": size.width,
        "height": size.height,
        "words": _words_of(text, page),
    }


def _words_of(text: FullText, page: int) -> list[dict[str, object]]:
    layout, found = text.layout, list[dict[str, object]]()
    for number, its_page in enumerate(layout.pages):
        if its_page != page:
            continue
        box = layout.box(number)
        word = text.text[layout.starts[number] : layout.ends[number]]
        found.append({"text": word, "x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1})
        if len(found) == MAX_WORDS:
            break
    return found


def _text(answerer: Answerer, paper_id: str) -> dict[str, object] | None:
    paper = answerer.paper(paper_id)
    if paper is None or paper.text is None:
        return None
    text = paper.text.load()
    sections = [
        {
            "title": section.title,
            "kind": section.kind,
            "start": section.start,
            "end": section.end,
            "text": text.text[section.start : section.end],
        }
        for section in text.sections
    ]
    return {
        "id": paper.id,
        "characters": len(text.text),
        "pages": len(text.pages),
        "file": text.file is not None,
        "sections": sections,
    }
