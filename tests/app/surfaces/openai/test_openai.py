"""OpenAI's chat protocol, as its own client speaks it: cited answers, whole and streamed, and errors in its form."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import openai
import pytest
from fastapi import FastAPI

from app.answering.events import Done, Event, Failed, Quotes, Status, Token
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import Question, checked_question
from app.build import LocalAnswerer
from app.surfaces.exports.cited_text import escaped_markdown
from app.surfaces.gate.gate import CorsPolicy, Gate
from app.surfaces.gate.request_limits import MAX_BODY_BYTES, limits_for
from app.surfaces.openai.citing import place_on
from app.surfaces.openai.routes import openai_router
from app.surfaces.problems import plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.errors import PaperbackedError
from retrieval.types import Paper

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
DOCS = Path(__file__).parents[4] / "docs"
COMPLETIONS = "/v1/chat/completions"
KEY = "a-key-of-some-length"
Clients = Callable[[Any], openai.OpenAI]


def app_of(answerer: Any, heartbeat_s: float = 15.0) -> FastAPI:
    app = FastAPI()
    app.include_router(openai_router(answerer, AnswerRuns(), heartbeat_s))
    plain_errors(app)
    return app


def client_of(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


@pytest.fixture(scope="module")
def address(served: Any, answerer: LocalAnswerer) -> Iterator[str]:
    with served(app_of(answerer)) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    with client_of(address) as client:
        yield client


@pytest.fixture(scope="module")
def switch(served: Any, answerer: LocalAnswerer) -> Iterator[tuple[Passing, str]]:
    """An answerer that can be another one from test to test, and the address of its server."""
    passing = Passing(answerer)
    with served(app_of(passing)) as address:
        yield passing, address


@pytest.fixture
def clients(switch: tuple[Passing, str]) -> Iterator[Clients]:
    """`clients(answerer)`: a client of a server with that answerer."""
    passing, address = switch

    def client(answerer: Any) -> openai.OpenAI:
        passing.answerer = answerer
        return opened

    with client_of(address) as opened:
        yield client


class Passing:
    """An answerer that is another one, but for what a test changes."""

    def __init__(self, answerer: Any) -> None:
        self.answerer = answerer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.answerer, name)


def said(*texts: str) -> list[Any]:
    """Messages by the user and the assistant in turn."""
    return [{"role": ("user", "assistant")[place % 2], "content": text} for place, text in enumerate(texts)]


def ask(client: openai.OpenAI, *texts: str, **more: Any) -> Any:
    return client.chat.completions.create(model="paperbacked", messages=said(*texts), **more)


def streamed(client: openai.OpenAI, question: str, **more: Any) -> tuple[str, list[Any]]:
    """The text of a streamed answer and its chunks."""
    chunks = list(ask(client, question, stream=True, **more))
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices), chunks


def assert_cited(text: str, citations: list[Any], answerer: LocalAnswerer) -> None:
    by_id = {paper.id: paper for paper in answerer.papers}
    assert citations
    for citation in citations:
        paper = by_id[citation["paper"]["id"]]
        assert citation["quote"] == paper.abstract[citation["start"] : citation["end"]]
        assert f"[{citation['number']}]" in text
    [_, references] = text.split("\n\nReferences:\n")
    numbers = re.findall(r"\[(\d+)\]", references)
    assert [int(number) for number in numbers] == [citation["number"] for citation in citations]


def test_a_cited_answer(client: openai.OpenAI, answerer: LocalAnswerer) -> None:
    completion = ask(client, BACKDOOR)
    [choice] = completion.choices
    assert (completion.object, completion.model) == ("chat.completion", "paperbacked")
    assert (choice.finish_reason, choice.message.role) == ("stop", "assistant")
    assert_cited(choice.message.content, choice.message.citations, answerer)
    [reference] = re.findall(r"^- ((?:\[\d\])+ .*Sleeper Agents.*)$", choice.message.content, re.MULTILINE)
    assert reference.startswith("[1]") and " (Anthropic, January 2024), https://www.anthropic.com/" in reference
    whole = choice.message.paperbacked
    assert whole["question"] == BACKDOOR and whole["status"] == "answered" and whole["sources"]
    assert whole["citations"] == choice.message.citations
    assert choice.message.content.startswith(whole["answer"])
    assert completion.usage.model_dump(exclude_none=True) == {
        "prompt_tokens": 0,
        "completion_tokens": 0,
        "total_tokens": 0,
    }


@pytest.mark.parametrize("question", [BACKDOOR, "How long should I boil an egg?", "hello", "模型会撒谎吗？"])
def test_a_stream_says_the_same_as_a_whole_answer(client: openai.OpenAI, question: str) -> None:
    text, chunks = streamed(client, question)
    message = ask(client, question).choices[0].message
    assert text == message.content
    assert [chunk.choices[0].delta.role for chunk in chunks][:2] == ["assistant", None]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1
    last = chunks[-1].choices[0].delta
    assert last.citations == message.citations
    assert last.paperbacked["answer"] == message.paperbacked["answer"]


def test_a_stream_as_it_goes_over_the_wire(address: str) -> None:
    body = {"model": "paperbacked", "messages": said(BACKDOOR), "stream": True}
    response = httpx.post(f"{address}{COMPLETIONS}", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    *blocks, last = response.text.removesuffix("\n\n").split("\n\n")
    assert last == "data: [DONE]"
    assert ": Searching the papers" in blocks
    assert all(block.startswith((": ", "data: {")) and "\n" not in block for block in blocks)
    # Quotes come one by one, as they are said.
    texts = [json.loads(block[6:])["choices"][0]["delta"].get("content") for block in blocks if block[0] == "d"]
    assert sum(bool(text and "[" in text) for text in texts) > 2


@pytest.mark.parametrize("word", [None, Token("Word "), Status("Writing with scripted")])
def test_there_is_life_while_a_model_writes(served: Any, answerer: LocalAnswerer, word: Event | None) -> None:
    """Its words come at the end; what stands between must not take the silence before them for an end."""
    let_go = threading.Event()
    answer = answerer.ask(checked_question(BACKDOOR))

    class Writing(Passing):
        def stream(self, question: Question) -> Iterator[Event]:
            yield Quotes(())
            yield Status("Writing with scripted")
            while not let_go.wait(0.005):
                if word:
                    yield word
            yield Done(answer)

    body = {"model": "paperbacked", "messages": said(BACKDOOR), "stream": True}
    with (
        served(app_of(Writing(answerer), heartbeat_s=0.05)) as address,
        httpx.stream("POST", f"{address}{COMPLETIONS}", json=body, timeout=10) as response,
    ):
        lines = (line for line in response.iter_lines() if line)
        assert "assistant" in next(lines)
        assert [next(lines) for _ in range(4)] == [": Writing with scripted"] * 4
        let_go.set()
        *_, end = lines
    assert end == "data: [DONE]"


def test_the_client_puts_a_stream_together(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="paperbacked", messages=said(BACKDOOR)) as stream:
        completion: Any = stream.get_final_completion()
    assert completion.choices[0].message.content == ask(client, BACKDOOR).choices[0].message.content
    assert completion.choices[0].message.citations[0]["paper"]["id"] == "sleeper-agents"


def test_citations_are_annotations_too(client: openai.OpenAI) -> None:
    message = ask(client, BACKDOOR).choices[0].message
    told = [annotation.url_citation for annotation in message.annotations]
    assert len(told) == len(message.citations) > 1
    for one, citation in zip(told, message.citations, strict=True):
        assert message.content[one.start_index : one.end_index] == f"[{citation['number']}]"
        link, words = one.url.split("#:~:text=")
        assert link == citation["paper"]["url"]
        begins, ends = unquote(words).split(",")
        assert citation["quote"].startswith(begins) and citation["quote"].endswith(ends)
        assert one.title.startswith(f"{citation['paper']['title']} (")
    # Clients tell sources apart by their address.
    assert len({one.url for one in told}) == len(told)
    _, chunks = streamed(client, BACKDOOR)
    assert chunks[-1].choices[0].delta.annotations == [one.model_dump() for one in message.annotations]


def test_a_paper_without_a_link_leads_to_its_place_on_the_page(clients: Clients, answerer: LocalAnswerer) -> None:
    """Clients count annotations to find what a marker stands for: none may be left out."""
    answer = answerer.ask(BACKDOOR)
    first, *others = answer.citations
    unlinked = replace(first, paper=replace(first.paper, id="own/a b", url=None))

    class Changed(Passing):
        def stream(self, question: Question) -> Iterator[Event]:
            yield Done(replace(answer, citations=(unlinked, *others)))

    client = clients(Changed(answerer))
    told = [one.url_citation for one in ask(client, BACKDOOR).choices[0].message.annotations]
    assert len(told) == len(answer.citations) > 1
    here = str(client.base_url).removesuffix("v1/")
    assert told[0].url.startswith(f"{here}#paper=own%2Fa%20b:~:text=") and told[1].url.startswith("https://")
    _, chunks = streamed(client, BACKDOOR)
    assert chunks[-1].choices[0].delta.annotations == [
        {"type": "url_citation", "url_citation": one.model_dump()} for one in told
    ]


def test_a_collections_papers_are_told_over_it() -> None:
    place = place_on("https://host/under/", "mine & yours")
    assert place(Paper("owls", None, "x", "en")) == "https://host/under/?collection=mine%20%26%20yours#paper=owls"


def test_usage_at_the_end_of_a_stream(client: openai.OpenAI) -> None:
    _, chunks = streamed(client, BACKDOOR, stream_options={"include_usage": True})
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 0


def test_the_asynchronous_client(address: str, answerer: LocalAnswerer) -> None:
    async def ask_twice() -> tuple[Any, str]:
        async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
            asked: Any = {"model": "paperbacked", "messages": said(BACKDOOR)}
            whole = await client.chat.completions.create(**asked)
            stream: Any = await client.chat.completions.create(**asked, stream=True)
            return whole, "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    whole, text = asyncio.run(ask_twice())
    assert text == whole.choices[0].message.content
    assert_cited(text, whole.choices[0].message.citations, answerer)


def test_the_conversation_counts(client: openai.OpenAI) -> None:
    first = ask(client, BACKDOOR).choices[0].message.content
    whole = ask(client, BACKDOOR, first, "Why?").choices[0].message.paperbacked
    assert whole["question"] == "Why?" and whole["standalone_question"].startswith(BACKDOOR)


def test_references_and_instructions_are_no_part_of_the_history(clients: Clients, answerer: LocalAnswerer) -> None:
    asked: list[Question] = []

    class Noting(Passing):
        def stream(self, question: Question) -> Iterator[Event]:
            asked.append(question)
            return answerer.stream(question)

    client = clients(Noting(answerer))
    first = ask(client, BACKDOOR).choices[0].message
    messages = [{"role": "system", "content": "Answer with a poem."}, *said(BACKDOOR, first.content, "Why?")]
    client.chat.completions.create(model="paperbacked", messages=messages)
    assert "References:" in first.content
    assert [turn.content for turn in asked[1].history] == [BACKDOOR, " ".join(first.paperbacked["answer"].split())]


def test_parts_of_text_are_joined(client: openai.OpenAI) -> None:
    parts: Any = [{"type": "text", "text": "Do safety techniques"}, {"type": "text", "text": "remove a backdoor?"}]
    completion: Any = client.chat.completions.create(model="paperbacked", messages=[{"role": "user", "content": parts}])
    assert completion.choices[0].message.paperbacked["question"] == "Do safety techniques remove a backdoor?"


def test_parameters_without_meaning_here_are_ignored(client: openai.OpenAI) -> None:
    tool: Any = {"type": "function", "function": {"name": "f", "parameters": {}}}
    completion = ask(
        client, BACKDOOR, temperature=2, max_tokens=1, tools=[tool], n=1, seed=7, stop=["the"], extra_body={"new": [1]}
    )
    assert completion.choices[0].message.content == ask(client, BACKDOOR).choices[0].message.content


def test_filters(client: openai.OpenAI) -> None:
    completion = ask(client, BACKDOOR, extra_body={"filters": {"organisation": "openai", "since": 2023}})
    sources = completion.choices[0].message.paperbacked["sources"]
    assert {source["paper"]["organisation"] for source in sources} == {"OpenAI"}


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["paperbacked"]
    assert client.models.retrieve("paperbacked").object == "model"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-9/large")
    assert caught.value.code == "model_not_found"


IMAGE = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("change", "param", "sentence"),
    [
        ({"messages": []}, "messages", "no message by the user"),
        ({"messages": [{"role": "system", "content": "Hi"}]}, "messages", "no message by the user"),
        ({"messages": "Hi"}, "messages", "must be a list"),
        ({"messages": ["Hi"]}, "messages", "must be a list"),
        ({"messages": IMAGE}, "messages", "no images"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages", "a list of parts"),
        ({"messages": [{"role": "user", "content": None}]}, None, "The question is empty"),
        ({"messages": [{"role": {}, "content": "Hi"}]}, "messages", "no message by the user"),
        ({"messages": said("a" * 2001)}, None, "the limit is 2,000"),
        ({"n": 2}, "n", "leave n out"),
        ({"stream": "yes"}, "stream", "must be true or false"),
        ({"model": ""}, "model", "must name its model"),
        ({"filters": {"lab": "x"}}, None, "no other keys"),
        ({"filters": {"organisation": "Foo"}}, None, "choose from Google DeepMind"),
    ],
)
def test_a_wrong_request(
    client: openai.OpenAI, stream: bool, change: dict[str, Any], param: str | None, sentence: str
) -> None:
    body = {"model": "paperbacked", "messages": said(BACKDOOR), "stream": stream} | change
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/chat/completions", body=body, cast_to=object)
    error = caught.value.response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert sentence in error["message"] and error["message"].endswith(".")


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 100_000, b'{"model": 1}', b"\xff"])
def test_a_body_that_is_no_request(address: str, body: bytes) -> None:
    response = httpx.post(f"{address}{COMPLETIONS}", content=body)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_another_model(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="gpt-9", messages=said(BACKDOOR))
    assert caught.value.code == "model_not_found" and "'paperbacked'" in caught.value.message


# What a language model writes: told once it is checked, numbered and final.


def test_a_written_answer_is_told_with_its_final_numbers(
    clients: Clients, writing: Callable[..., LocalAnswerer], answerer: LocalAnswerer
) -> None:
    second = answerer.ask(checked_question(BACKDOOR)).citations[1].quote
    client = clients(writing(ScriptedLLM(replies=[f"{second.rstrip('.')} [2]. The moon is made of cheese."])))
    text, chunks = streamed(client, BACKDOOR)
    whole = chunks[-1].choices[0].delta.paperbacked
    assert whole["mode"] == "generated", whole["note"]
    assert text.startswith(f"{whole['answer']}\n\n")
    assert "[1]" in whole["answer"] and "[2]" not in text
    unbacked = [sentence["text"] for sentence in whole["sentences"] if sentence["support"] != "supported"]
    assert unbacked and text.endswith("Not supported by the quotes: " + " ".join(f"“{text}”" for text in unbacked))
    assert text == ask(client, BACKDOOR).choices[0].message.content
    assert_cited(text.split("\n\nNot supported")[0], chunks[-1].choices[0].delta.citations, answerer)


@pytest.mark.parametrize("fail_after", [0, 9])
def test_a_model_that_fails_half_way_leaves_only_the_quotes(
    clients: Clients, writing: Callable[..., LocalAnswerer], fail_after: int
) -> None:
    text, chunks = streamed(clients(writing(ScriptedLLM(replies=["Nonsense " * 9], fail_after=fail_after))), BACKDOOR)
    whole = chunks[-1].choices[0].delta.paperbacked
    assert "Nonsense" not in text and whole["mode"] == "quotes" and "failed" in whole["note"]
    assert text.startswith(f"{whole['answer']}\n\nReferences:")


def failing(answerer: LocalAnswerer, *events: Event, error: Exception | None = None) -> Any:
    class Failing(Passing):
        def stream(self, question: Question) -> Iterator[Event]:
            yield from events
            if error:
                raise error

    return Failing(answerer)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("raised", [False, True])
def test_a_failure_at_once(clients: Clients, answerer: LocalAnswerer, stream: bool, raised: bool) -> None:
    told = () if raised else (Failed("The index is gone."),)
    client = clients(failing(answerer, *told, error=PaperbackedError("The index is gone.")))
    with pytest.raises(openai.InternalServerError) as caught:
        ask(client, BACKDOOR, stream=stream)
    assert caught.value.status_code == 503 and "The index is gone." in caught.value.message


@pytest.mark.parametrize("raised", [False, True])
def test_a_failure_half_way(clients: Clients, answerer: LocalAnswerer, raised: bool) -> None:
    told = () if raised else (Failed("The index is gone."),)
    error = PaperbackedError("The index is gone.") if raised else None
    client = clients(failing(answerer, Status("a"), Quotes(()), Token("Half"), *told, error=error))
    with pytest.raises(openai.APIError, match=r"The index is gone\."):
        streamed(client, BACKDOOR)


# What the gate refuses.


def assert_refused(error: openai.APIStatusError, status: int, kind: str, code: str, sentence: str) -> None:
    assert (error.status_code, error.type, error.code) == (status, kind, code)
    assert isinstance(error.body, dict) and sentence in error.body["message"]
    problem = error.response.json()
    assert (problem["status"], problem["detail"]) == (status, error.body["message"])


@pytest.fixture(scope="module")
def guarded(served: Any, answerer: LocalAnswerer) -> Iterator[openai.OpenAI]:
    """A client with the key of a server that lets one question a minute in."""
    app = app_of(answerer)
    app.add_middleware(Gate, cors=CorsPolicy(), limits=limits_for(1, 0, KEY))
    with served(app) as address, client_of(address) as client:
        yield client.with_options(api_key=KEY)


def test_a_key_that_is_wrong(guarded: openai.OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError) as caught:
        guarded.with_options(api_key="wrong").models.list()
    assert_refused(caught.value, 401, "invalid_request_error", "invalid_api_key", "asks programs for a key")


def test_an_origin_that_is_not_allowed(guarded: openai.OpenAI) -> None:
    with pytest.raises(openai.PermissionDeniedError) as caught:
        ask(guarded, BACKDOOR, extra_headers={"Origin": "https://evil.example"})
    assert_refused(caught.value, 403, "invalid_request_error", "origin", "may not ask here")


def test_a_request_that_is_too_large(guarded: openai.OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        ask(guarded, "a" * MAX_BODY_BYTES)
    assert_refused(caught.value, 413, "invalid_request_error", "size", "larger than 256,000 bytes")


def test_too_many_questions(guarded: openai.OpenAI) -> None:
    assert ask(guarded, BACKDOOR).choices
    for stream in (False, True):
        with pytest.raises(openai.RateLimitError) as caught:
            ask(guarded, BACKDOOR, stream=stream)
        assert_refused(caught.value, 429, "rate_limit_error", "rate_limit_exceeded", "try again in")
        assert 0 < int(caught.value.response.headers["retry-after"]) <= 60


class Endless(Passing):
    """Says that it is at work until somebody makes it stop."""

    def __init__(self, answerer: LocalAnswerer) -> None:
        super().__init__(answerer)
        self.stopped = threading.Event()

    def stream(self, question: Question) -> Iterator[Event]:
        try:
            while not self.stopped.wait(0.01):
                yield Status("Writing")
        finally:
            self.stopped.set()


def test_hanging_up_on_a_stream_stops_the_work(clients: Clients, answerer: LocalAnswerer) -> None:
    endless = Endless(answerer)
    stream = ask(clients(endless), BACKDOOR, stream=True)
    assert next(stream).choices[0].delta.role == "assistant"
    assert not endless.stopped.is_set()
    stream.close()
    assert endless.stopped.wait(5)


def test_hanging_up_on_a_whole_answer_stops_the_work(clients: Clients, answerer: LocalAnswerer) -> None:
    endless = Endless(answerer)
    with pytest.raises(openai.APITimeoutError):
        ask(clients(endless).with_options(timeout=0.3), BACKDOOR)
    assert endless.stopped.wait(5)


# Hostile text in what clients show as Markdown.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)>"),
        ("</p><!-- <?x <https://a.b>", r"\</p>\<!-- \<?x \<https://a.b>"),
        ("![x](https://a.b/c.png) [x](https://a.b)", r"![x]\(https://a.b/c.png) [x]\(https://a.b)"),
        ("[1]: https://a.b", r"[1]\: https://a.b"),
        (r"\<img src=x>", r"\\\<img src=x>"),
        ("p < 0.05 and 3 <4, x<=y. Kept [1][2], too [3].", "p < 0.05 and 3 <4, x<=y. Kept [1][2], too [3]."),
    ],
)
def test_nothing_in_a_text_comes_alive(text: str, shown: str) -> None:
    assert escaped_markdown(text) == shown


def test_whatever_an_answer_says_is_sendable(clients: Clients, answerer: LocalAnswerer) -> None:
    odd = replace(answerer.ask(checked_question(BACKDOOR)), answer="A lone \ud800 sign.\u2028", citations=())
    client = clients(failing(answerer, Done(odd)))
    assert streamed(client, BACKDOOR)[0] == ask(client, BACKDOOR).choices[0].message.content == odd.answer


def test_a_hostile_answer_is_shown_as_text(clients: Clients, answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question(BACKDOOR))
    paper = replace(answer.citations[0].paper, title="<b>x</b>\n\n# y [z](https://a.b)", url="javascript:alert(1)")
    citation = replace(answer.citations[0], paper=paper)
    hostile = replace(answer, answer="<script>alert(1)</script> [1]", citations=(citation,))
    text, _ = streamed(clients(failing(answerer, Quotes(()), Token(hostile.answer), Done(hostile))), BACKDOOR)
    assert text == (
        "\\<script>alert(1)\\</script> [1]\n\nReferences:\n"
        "- [1] \\<b>x\\</b> # y [z]\\(https://a.b) (Anthropic, January 2024)"
    )


def test_the_example_of_the_page_runs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "openai.md").read_text(encoding="utf-8")
    [example] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert "http://127.0.0.1:7860/v1" in example
    names: dict[str, Any] = {}
    exec(example.replace("http://127.0.0.1:7860", address), names)
    names["client"].close()
    said = capsys.readouterr().out
    assert said.count("References:\n- [1]") == 2 and "\n1 Sleeper Agents" in said
