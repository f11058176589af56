"""POST /api/v1/ask: the whole answer as JSON, or its events as they come."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field, StringConstraints, create_model
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from app.answering.query.request import question_from_json
from app.answering.question import MAX_QUESTION_CHARS
from app.surfaces.api.asked import NamedCollection, answerer_for, name_in
from app.surfaces.api.body import JsonText, json_body
from app.surfaces.api.idempotency import KEY_PATTERN, KeptAnswers, KeyTakenError
from app.surfaces.api.openapi import answers_with, body_of, event_stream, examples, failures
from app.surfaces.api.schema import DAY, Answer
from app.surfaces.api.sse import EVENT_STREAM, SseResponse, Telling
from app.surfaces.collections import Collections
from app.surfaces.problems import problem
from app.surfaces.runs.answer_runs import AnswerRuns
from app.surfaces.runs.reading import answer_for
from retrieval.facets import FACETS

_KEY = "A name for this request, so that sending it again finds the same answer, running or finished, and asks nothing."
_LAST = "With Idempotency-Key: the number of the last event that was read; only later ones are told."
_Named = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
Key = Annotated[_Named | SkipJsonSchema[None], Header(alias="Idempotency-Key", description=_KEY)]
Last = Annotated[int, Header(alias="Last-Event-ID", ge=0, le=10**9, description=_LAST)]


class Turn(BaseModel):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


Values = str | list[str] | None
_chosen: dict[str, Any] = {facet.name: (Values, None) for facet in FACETS}


class AskFilters(create_model("ChosenValues", **_chosen), extra="forbid"):
    """Which papers may answer; GET /api/v1/papers shows the values that there are."""

    since: str | int | None = Field(None, description=DAY)
    until: str | int | None = Field(None, description=DAY)


class AskRequest(BaseModel):
    """A question, with the conversation before it."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION_CHARS)
    history: list[Turn] | None = None
    filters: AskFilters | None = None
    collection: NamedCollection = None


def add_ask(router: APIRouter, collections: Collections, runs: AnswerRuns, heartbeat_s: float) -> None:
    """The route that answers; one keeper of answers serves it."""
    kept = KeptAnswers(runs)
    described = answers_with(
        Answer, examples()["answer"], description="The answer; as events for who accepts text/event-stream."
    )
    described |= failures(404, body=True)
    described[200]["content"] |= event_stream(examples()["stream"])

    @router.post(
        "/ask",
        response_model=None,
        responses=described,
        openapi_extra=body_of(AskRequest, examples()["ask"]),
        operation_id="ask",
        summary="Ask the papers",
    )
    async def ask(request: Request, key: Key = None, last: Last = 0) -> Response:
        """The Answer as JSON, or as server-sent events where the client accepts them.

        The events are status, sources, quotes, token, sentence, followups and done, or error at any point.
        """
        body = await json_body(request)
        answerer = await answerer_for(request, collections, name_in(body))
        question = question_from_json(body, facets=answerer.facets)
        streams = EVENT_STREAM in request.headers.get("accept", "")
        try:
            if key:
                reader = kept.attach(key, body, lambda: answerer.stream(question), last if streams else 0)
            else:
                reader = runs.begin(answerer.stream(question))
        except KeyTakenError as error:
            return problem(422, str(error))
        if streams:
            return SseResponse(Telling(reader), heartbeat_s)
        return JsonText((await answer_for(request.receive, reader)).as_json())
