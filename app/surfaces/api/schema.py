"""Answers and papers as they go out, typed, for the OpenAPI document; they are sent as they are and not made anew.

What one route alone takes in stands with that route.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from app.answering.side_by_side.table import Column

DAY = "YYYY, YYYY-MM or YYYY-MM-DD, inclusive."
Top = Annotated[int, Query(ge=1, le=100, description="How many papers at most.")]
Score = Annotated[float, Field(description="The higher the nearer; comparable within one answer.")]


class FullText(BaseModel):
    """What is told of a paper's full text."""

    characters: int = Field(ge=0)
    pages: int = Field(ge=0, description="0 in a text without pages, such as Markdown.")
    file: bool = Field(description="Whether its pages can be shown.")


class Paper(BaseModel):
    """One work of the collection (data/README.md says what each field holds)."""

    id: str
    title: str | None = Field(description="Null where the source gives none; `label` then says what the paper is.")
    abstract: str
    language: str
    label: str | None
    authors: list[str]
    organisation: str | None
    published: str | None = Field(description="YYYY-MM-DD")
    category: str | None
    url: str | None
    other_urls: list[str]
    arxiv_id: str | None
    doi: str | None
    summary: str
    translations: dict[str, str]
    kind: str
    source: str
    retracted: bool = Field(False, description="Only there where it is.")
    full_text: FullText | None = Field(None, description="Only there where the collection has it.")


class Sentence(BaseModel):
    """A sentence of the answer, held against the quotes that it cites."""

    text: str
    citations: list[int] = Field(description="Numbers of `citations`.")
    support: Literal["supported", "contradicted", "unsupported", "uncited"]
    score: float = Field(ge=0, le=1, description="How well the quotes support it.")


class Box(BaseModel):
    """A rectangle on a page, in points from its top left."""

    page: int = Field(ge=1)
    x0: float
    y0: float
    x1: float
    y1: float


class Placed(BaseModel):
    """Where a quote stands; all of it only there where its paper has a full text."""

    part: Literal["abstract", "text"] = Field("abstract", description="Into which of the paper's texts offsets are.")
    page: int | None = Field(None, ge=1, description="The page of the full text on which it begins.")
    section: str = Field("", description="The title of the section that it stands in.")


class Boxed(Placed):
    """The same with where its lines are drawn."""

    boxes: list[Box] = Field([], description="One for each line of a page, in reading order.")


class Citation(Boxed):
    """`quote` is exactly `[start:end]` of the paper's abstract, or of its full text where `part` says so, counted in
    Unicode characters."""

    number: int = Field(ge=1)
    paper: Paper
    quote: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: Score
    gloss: str = Field("", description="The quote in English; only there where the abstract is in another language.")


class Source(Placed):
    """A paper that was found with its best passage, exactly `[start:end]` of its `part`."""

    rank: int = Field(ge=1)
    paper: Paper
    passage: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: Score


class Timings(BaseModel):
    """Milliseconds since the question came in; a step that was not taken is missing."""

    retrieve_ms: float | None = None
    evidence_ms: float | None = None
    first_token_ms: float | None = None
    total_ms: float | None = None


class AnswerModels(BaseModel):
    """What the answer was made with."""

    embedding: str | None
    reranker: str | None
    llm: str | None = Field(description="Null where no language model wrote.")
    prompt: str | None
    corpus: str | None


class Notice(BaseModel):
    """Something that readers are told besides the answer."""

    text: str
    code: str | None = Field(description="Null where it is a sentence of something else, such as a model server.")
    params: dict[str, str | float]


class ReadSentence(BaseModel):
    """A sentence that was read with the question: exactly `[start:end]` of that `part` of the paper of that id."""

    paper: str
    sentence: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: float = Field(ge=0, le=1, description="The chance that it answers.")
    part: Literal["abstract", "text"] = "abstract"


class Direct(BaseModel):
    """The line that answers before the quotes do."""

    text: str
    by: Literal["project", "model"] = Field(description="Whose words it has: this project's or a language model's.")
    verdict: Literal["yes", "no", "mixed"] | None = Field(None, description="Of a question that wants one.")
    citations: list[int] = Field(description="The numbers of the quotes that say it.")


class Part(BaseModel):
    """One of several things that were asked, or a side of a comparison, in the asker's words."""

    question: str
    status: Literal["answered", "partly", "abstained"]
    citations: list[int] = Field([], description="Numbers of `citations`.")


class TableRow(BaseModel):
    """A side of a comparison; null where no paper says what it is."""

    name: str
    paper: str | None = Field(description="The paper's name.")
    quote: str | None
    citation: int | None = Field(description="A number of `citations`.")


class Table(BaseModel):
    """The sides of a comparison; `columns` are keys of the rows."""

    columns: list[str]
    rows: list[TableRow]


class OutsideFilter(Boxed):
    """What the question's filters hide, for the whole collection answers: `quote`, `[start:end]` of the `part`."""

    text: str = Field(description="The sentence that says so, in the answer's language; it stands in `answer` too.")
    paper: Paper | None = Field(description="Which paper answers; null where no one paper does, as of a count.")
    quote: str | None
    start: int | None
    end: int | None


class Answer(BaseModel):
    """The answer, the same from every surface."""

    id: str
    question: str
    standalone_question: str = Field(description="The question as it reads without the conversation.")
    status: Literal["answered", "partly", "abstained"] = Field(
        description="Partly: the papers come near, and may not say what was asked."
    )
    mode: Literal["quotes", "generated"]
    answer: str = Field(description="Text with [1] markers.")
    confidence: float = Field(ge=0, le=1, description="The chance that the papers answer this.")
    sentences: list[Sentence]
    citations: list[Citation]
    sources: list[Source] = Field(description="All that was found, best first, also where the answer abstains.")
    followups: list[str]
    timings: Timings
    models: AnswerModels
    note: str | None = Field(
        description="Why the answer is not in the mode that was asked for, and that passages were left out, "
        "where that is so."
    )
    notes: list[Notice] = Field([], description="The same, each with a code and parameters for other languages.")
    direct: Direct | None = Field(None, description="Where there is one, it stands first in `answer` too.")
    read: list[ReadSentence] = Field([], description="What was read, the surest first; empty without a reader.")
    parts: list[Part] = Field([], description="What was asked, where it was several things; else empty.")
    table: Table | None = Field(None, description="What was compared; null where nothing was.")
    outside_filter: OutsideFilter | None = Field(
        None, description="Where the filters leave too little to answer what the whole collection would answer."
    )


class Cell(Boxed):
    """A quote in a table of papers: exactly `[start:end]` of that `part` of its row's paper."""

    number: int = Field(ge=1, description="The same words have the same number.")
    quote: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: Score
    gloss: str = Field("", description="The quote in English; only there where the abstract is in another language.")


class PaperRow(BaseModel):
    """A paper with its quotes."""

    paper: Paper
    status: Literal["answered", "partly", "abstained"] | None = Field(
        description="What the quote under `answer` comes to; partly: it may not answer. Null without a question."
    )
    cells: dict[Column, Cell | None] = Field(description="By column; null where the abstract was not seen to say it.")


class PaperTable(BaseModel):
    """Chosen papers side by side, in the order in which they were chosen."""

    question: str | None
    columns: list[Column]
    rows: list[PaperRow]
    note: str | None = Field(description="What readers are told besides, such as that a paper has no abstract.")
    notes: list[Notice] = Field(description="The same, each with a code and parameters for other languages.")


class Problem(BaseModel):
    """Why a request could not be served (RFC 9457)."""

    title: str
    status: int
    detail: str = Field(description="One plain sentence.")
    code: str = Field("", description="Names the sentence, for other languages; only there where it has a code.")
    params: dict[str, str | float] = Field({}, description="What the sentence names; only there beside `code`.")
