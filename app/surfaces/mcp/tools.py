"""The tools for language models: ask, search_papers, get_paper, compare_papers, and those for collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from app.answering.answer import Answer
from app.answering.citation import sources_as_json
from app.answering.query.request import filters_from_json, question_from_json
from app.answering.question import MAX_QUESTION_CHARS
from app.answering.side_by_side.request import MAX_COMPARED, MIN_COMPARED, compare_request_from_json
from app.answering.sources import closest_papers
from app.answering.writing.quotes import described
from app.surfaces.api import schema
from app.surfaces.api.ask import AskFilters, AskRequest
from app.surfaces.api.asked import NamedCollection
from app.surfaces.api.compare import Comparison
from app.surfaces.exports.cited_text import cited_text, compared_text
from app.surfaces.mcp.collection_tools import COLLECTION_TOOLS
from app.surfaces.mcp.tool import Calling, PaperTool, Said
from app.surfaces.runs.reading import finished_answer
from retrieval.errors import InputError
from retrieval.facets import FACETS
from retrieval.types import Paper

MAX_TOP = 50
_TOP = 5
_FILTERS = ", ".join(f"{facet.name} ({facet.examples})" if facet.examples else facet.name for facet in FACETS)


class SearchRequest(BaseModel):
    """What to look for."""

    query: str = Field(min_length=1, max_length=MAX_QUESTION_CHARS, description="A topic, in plain words.")
    top: int = Field(_TOP, ge=1, le=MAX_TOP, description="How many papers.")
    filters: AskFilters | None = None
    collection: NamedCollection = None


class PaperRequest(BaseModel):
    """Which paper."""

    id: str = Field(min_length=1, description="A paper's id, as ask and search_papers give it.")
    collection: NamedCollection = None


class ComparePapersRequest(Comparison):
    """Which papers of which collection, and in what."""

    collection: NamedCollection = None


class Found(BaseModel):
    """The papers nearest to the query, best first."""

    sources: list[schema.Source]


async def ask(calling: Calling, arguments: Mapping[str, Any]) -> Said:
    """The answer to a question."""
    answerer = await calling.answerer(arguments)
    question = question_from_json(dict(arguments), facets=answerer.facets)
    with calling.runs.begin(answerer.stream(question)) as reader:
        answer = await finished_answer(reader)
    return Said(_readable(answer), answer.as_json())


async def search_papers(calling: Calling, arguments: Mapping[str, Any]) -> Said:
    """The papers nearest to a query."""
    query, top = arguments.get("query"), arguments.get("top")
    if not isinstance(query, str):
        raise InputError('search_papers needs a "query", a text that says what to look for.')
    top = _TOP if top is None else top
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= MAX_TOP:
        raise InputError(f"top must be a whole number from 1 to {MAX_TOP}.")
    filters = filters_from_json(arguments.get("filters") or {})
    answerer = await calling.answerer(arguments)
    passages = await run_in_threadpool(answerer.search, query, filters, top)
    texts = [
        f"{rank}. {_line(passage.paper)}\n   {passage.text or 'No abstract in this collection.'}"
        for rank, passage in enumerate(passages, start=1)
    ]
    return Said("\n\n".join(texts) or "No paper passes these filters.", {"sources": sources_as_json(passages)})


async def get_paper(calling: Calling, arguments: Mapping[str, Any]) -> Said:
    """One paper, whole."""
    paper_id = arguments.get("id")
    if not isinstance(paper_id, str):
        raise InputError('get_paper needs an "id", as ask and search_papers give it.')
    paper = (await calling.answerer(arguments)).paper(paper_id)
    if paper is None:
        raise InputError(f"There is no paper {paper_id[:80]!r} in the collection: search_papers finds papers and ids.")
    authors = f"By {', '.join(paper.authors)}.\n\n" if paper.authors else ""
    return Said(f"{_line(paper)}\n\n{authors}{paper.abstract or 'No abstract in this collection.'}", paper.as_json())


async def compare_papers(calling: Calling, arguments: Mapping[str, Any]) -> Said:
    """Chosen papers side by side."""
    answerer = await calling.answerer(arguments)
    table = await run_in_threadpool(answerer.compare, compare_request_from_json(dict(arguments)))
    return Said(compared_text(table, _line), table.as_json())


TOOLS = {
    tool.name: tool
    for tool in (
        PaperTool(
            "ask",
            "Ask the papers",
            "Ask a question in plain words and get an answer from the abstracts of the collection's research papers "
            "(AI safety, unless the server was given others), with a verbatim, numbered quote behind every sentence. "
            "Where the papers do not answer it, the status is abstained and the closest papers are named: do not "
            "answer in their place. Where they only come near it is partly: say so. Keep the [1] markers and the "
            "references when you pass the answer on. It also answers questions about the collection, such as how "
            "many papers an organisation has. For a follow-up such as 'why?' send the turns before it as history. "
            f"Filters narrow by {_FILTERS} and date; an unknown value is answered with those that there are.",
            AskRequest,
            schema.Answer,
            ask,
        ),
        PaperTool(
            "search_papers",
            "Search the papers",
            "Find the papers nearest in meaning to a topic, best first, each with its id, link and best passage. Use "
            "it to see what there is on a topic or to find a paper's id; use ask for an answer to a question.",
            SearchRequest,
            Found,
            search_papers,
        ),
        PaperTool(
            "get_paper",
            "Read one paper's record",
            "Get one paper by its id: title, authors, organisation, date, category, link and the whole abstract. "
            "Ids come from ask and search_papers.",
            PaperRequest,
            schema.Paper,
            get_paper,
        ),
        PaperTool(
            "compare_papers",
            "Compare papers",
            f"Set {MIN_COMPARED} to {MAX_COMPARED} papers side by side, by their ids, a row each. Without a question "
            "every row has the paper's own sentences on what it asked, did and found and where that ends; aspects "
            "choose among these. With a question each paper is asked it by itself. Every cell is a verbatim quote with "
            "its place in the abstract, or null where the abstract was not seen to say it: do not fill it in yourself. "
            "Where a row's status is partly, its answer only comes near: say so. Ids come from ask and search_papers.",
            ComparePapersRequest,
            schema.PaperTable,
            compare_papers,
        ),
        *COLLECTION_TOOLS,
    )
}


def _readable(answer: Answer) -> str:
    """The answer as text; one that cites nothing still tells the ids of the papers closest to the question."""
    if answer.citations or not answer.sources:
        return cited_text(answer)
    return "\n".join((cited_text(answer), "", *(f"- {_line(paper)}" for paper in closest_papers(answer.sources))))


def _line(paper: Paper) -> str:
    link = f", {paper.url}" if paper.url else ""
    return f"{' '.join(described(paper).split())} [id: {paper.id}]{link}"
