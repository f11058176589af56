"""What goes in and out of the API, typed, for the OpenAPI document; answers are sent as they are and not made anew."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.answering.question import MAX_QUESTION_CHARS
from app.feedback import MAX_ID_CHARS, MAX_REASON_CHARS, MAX_SURFACE_CHARS, MAX_TEXT_CHARS, Verdict

MAX_EXPORTED = 100
Score = Annotated[float, Field(description="The higher the nearer; comparable within one answer.")]


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


class Sentence(BaseModel):
    """A sentence of the answer, held against the quotes that it cites."""

    text: str
    citations: list[int] = Field(description="Numbers of `citations`.")
    support: Literal["supported", "unsupported", "uncited"]
    score: float = Field(ge=0, le=1, description="How well the quotes support it.")


class Citation(BaseModel):
    """`quote` is exactly `paper.abstract[start:end]`, counted in Unicode characters."""

    number: int = Field(ge=1)
    paper: Paper
    quote: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: Score
    gloss: str = Field("", description="The quote in English; only there where the abstract is in another language.")


class Source(BaseModel):
    """A paper that was found with its best passage, exactly `paper.abstract[start:end]`."""

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


class Answer(BaseModel):
    """The answer, the same from every surface."""

    id: str
    question: str
    standalone_question: str = Field(description="The question as it reads without the conversation.")
    status: Literal["answered", "abstained"]
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


class Turn(BaseModel):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


Values = str | list[str] | None


class AskFilters(BaseModel, extra="forbid"):
    """Which papers may answer; GET /api/v1/papers shows the values that there are."""

    organisation: Values = None
    category: Values = None
    language: Values = None
    since: str | int | None = Field(None, description="YYYY, YYYY-MM or YYYY-MM-DD, inclusive.")
    until: str | int | None = Field(None, description="YYYY, YYYY-MM or YYYY-MM-DD, inclusive.")


class AskRequest(BaseModel):
    """A question, with the conversation before it."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION_CHARS)
    history: list[Turn] | None = None
    filters: AskFilters | None = None


class FeedbackRequest(BaseModel, strict=True):
    """A thumb for one answer; the question is only kept where it is sent along."""

    id: str = Field(min_length=1, max_length=MAX_ID_CHARS, description="The answer's id.")
    verdict: Verdict
    reason: str | None = Field(None, max_length=MAX_REASON_CHARS)
    question: str | None = Field(None, max_length=MAX_TEXT_CHARS)
    models: dict[str, str | None] | None = Field(None, max_length=20, description="The answer's models.")
    surface: str | None = Field(None, max_length=MAX_SURFACE_CHARS, description="Where it was given, such as widget.")


class KeptCitation(BaseModel):
    """A citation by its place in the collection."""

    number: int = Field(ge=1)
    paper: str = Field(description="The paper's id.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: float = Field(ge=-1, le=1)
    gloss: str | None = None
    check: str | None = Field(None, description="Tells whether the quote still reads as it did.")


class KeptNotice(BaseModel):
    """A notice by its code."""

    code: str | None
    params: dict[str, str | float] = {}


class KeptSource(BaseModel):
    """A source by its place in the collection."""

    paper: str = Field(description="The paper's id.")
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    score: float = Field(ge=-1, le=1)


class KeptAnswer(BaseModel):
    """An Answer whose citations and sources name papers by id, so that no text of a paper is taken from a request."""

    version: Literal[1] = 1
    id: str
    question: str
    standalone_question: str
    status: Literal["answered", "abstained"]
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


class ExportRequest(BaseModel, strict=True):
    """Answers to be written as one file."""

    format: Literal["markdown", "bibtex", "csl-json"]
    answers: list[dict[str, Any]] = Field(min_length=1, max_length=MAX_EXPORTED)
    language: Literal["en", "zh"] = Field("en", description="Of the words around the answers, in Markdown.")


class Health(BaseModel):
    """What answers here."""

    status: Literal["ok"]
    papers: int = Field(description="How many papers the collection has.")
    embedding: str
    llm: str | None = Field(description="Null where quotes answer.")
    note: str | None = Field(description="Why no language model answers, where one was asked for.")


class Problem(BaseModel):
    """Why a request could not be served (RFC 9457)."""

    title: str
    status: int
    detail: str = Field(description="One plain sentence.")
    code: str | None = Field(None, description="Names the sentence, for other languages; null where it has no code.")
    params: dict[str, str | float] = {}
