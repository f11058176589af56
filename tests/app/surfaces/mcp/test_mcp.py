"""The Model Context Protocol, as its own client speaks it: over HTTP in both of its ages, and over stdin and stdout."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx
import jsonschema
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from app.answering.events import Done, Event, Failed, Status
from app.answering.question import Question
from app.build import LocalAnswerer
from app.cli.commands import app
from app.cli.mcp import built_collections, mcp
from app.collections import quota
from app.server import create_app
from app.settings import read_settings
from app.surfaces.collections import Collections
from app.surfaces.mcp.routes import Caller, made_meanwhile, mcp_router, mcp_server
from app.surfaces.options import ServingOptions
from app.surfaces.runs.answer_runs import AnswerRuns
from retrieval.errors import InputError
from retrieval.types import no_progress
from tests.support.own_collections import SLEEP, WALKS, add, new_collection, record, serve

BACKDOOR = "Is backdoor behavior removed by standard safety training techniques such as adversarial training?"
PAIR = ["sleeper-agents", "sycophancy-to-subterfuge"]
ROOT = Path(__file__).parents[4]
MODES = ["legacy", "auto"]
READING_TOOLS = ["ask", "search_papers", "get_paper", "compare_papers", "list_collections"]
Call = Callable[..., Any]


class Switch:
    """An answerer that can be another one from test to test."""

    def __init__(self, answerer: Any) -> None:
        self.answerer = answerer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.answerer, name)


@pytest.fixture(scope="module")
def served_switch(served: Any, answerer: LocalAnswerer) -> Iterator[tuple[Switch, str]]:
    switch = Switch(answerer)
    application = FastAPI()
    application.include_router(mcp_router(cast("LocalAnswerer", switch), AnswerRuns()))
    with served(application) as address:
        yield switch, f"{address}/mcp"


@pytest.fixture
def switch(served_switch: tuple[Switch, str], answerer: LocalAnswerer) -> Iterator[Switch]:
    yield served_switch[0]
    served_switch[0].answerer = answerer


@pytest.fixture
def address(served_switch: tuple[Switch, str]) -> str:
    return served_switch[1]


@pytest.fixture
def call(address: str) -> Call:
    """`call("ask", question=…)`: the tool's result, of which the client has checked that it fits its schema."""

    def call(tool: str, mode: str = "auto", **arguments: Any) -> Any:
        async def called() -> Any:
            async with Client(address, mode=mode) as client:
                return await client.call_tool(tool, arguments)

        return asyncio.run(called())

    return call


def text_of(result: Any) -> str:
    [content] = result.content
    return content.text


def assert_refused(result: Any, sentence: str) -> None:
    text = text_of(result)
    assert result.is_error and result.structured_content is None
    assert sentence in text and text.endswith(".") and "\n" not in text and "Traceback" not in text


def assert_cited(result: Any, answerer: LocalAnswerer | None = None) -> None:
    text, answer = text_of(result), result.structured_content
    assert not result.is_error and answer["status"] == "answered" and answer["citations"]
    assert text.startswith(f"{answer['answer']}\n\nReferences:\n- [1]")
    for citation in answer["citations"]:
        assert citation["quote"] == citation["paper"]["abstract"][citation["start"] : citation["end"]]
        assert f"[{citation['number']}]" in answer["answer"]
        assert citation["paper"]["url"] in text
    if answerer:
        paper = answerer.paper(answer["citations"][0]["paper"]["id"])
        assert paper and paper.as_json() == answer["citations"][0]["paper"]


@pytest.mark.parametrize("mode", MODES)
def test_the_tools_say_what_they_do(address: str, mode: str) -> None:
    async def listed() -> Any:
        async with Client(address, mode=mode) as client:
            return client.server_info, (await client.list_tools()).tools

    server, tools = asyncio.run(listed())
    assert server.name == "paperbacked" and server.version
    assert [tool.name for tool in tools] == READING_TOOLS
    assert [list(tool.input_schema["properties"]) for tool in tools] == [
        ["question", "history", "filters", "collection"],
        ["query", "top", "filters", "collection"],
        ["id", "collection"],
        ["paper_ids", "question", "aspects", "collection"],
        [],
    ]
    for tool in tools:
        assert tool.title and len(tool.description) > 100
        assert tool.annotations.read_only_hint
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.output_schema["type"] == "object"


@pytest.mark.parametrize("mode", MODES)
def test_a_cited_answer(call: Call, answerer: LocalAnswerer, mode: str) -> None:
    result = call("ask", mode, question=BACKDOOR)
    assert_cited(result, answerer)
    assert "Sleeper Agents" in text_of(result).split("References:")[1]


def test_an_answer_with_history_and_filters(call: Call) -> None:
    history = [{"role": "user", "content": BACKDOOR}, {"role": "assistant", "content": "No."}]
    answer = call("ask", question="Why?", history=history, filters={"organisation": "anthropic"}).structured_content
    assert answer["standalone_question"] == f"{BACKDOOR} Why?"
    assert {source["paper"]["organisation"] for source in answer["sources"]} == {"Anthropic"}


def test_objects_sent_as_texts_are_read(call: Call) -> None:
    answer = call("ask", question=BACKDOOR, filters='{"organisation": ["OpenAI"]}', history="[]").structured_content
    assert {source["paper"]["organisation"] for source in answer["sources"]} == {"OpenAI"}
    assert len(call("search_papers", query=BACKDOOR, top="2").structured_content["sources"]) == 2


def test_an_abstention_names_papers_and_ids(call: Call) -> None:
    result = call("ask", question="How long should I boil an egg?")
    assert result.structured_content["status"] == "abstained" and not result.is_error
    best = result.structured_content["sources"][0]["paper"]["id"]
    assert f"[id: {best}]" in text_of(result) and "References:" not in text_of(result)


def test_search(call: Call, answerer: LocalAnswerer) -> None:
    result = call("search_papers", query=BACKDOOR, top=3, filters={"since": "2023"})
    sources = result.structured_content["sources"]
    assert [source["rank"] for source in sources] == [1, 2, 3]
    assert sources[0]["paper"]["id"] == "sleeper-agents"
    text = text_of(result)
    assert text.startswith("1. Sleeper Agents") and "[id: sleeper-agents]" in text
    assert all(source["passage"] in text for source in sources)
    assert len(call("search_papers", query="models").structured_content["sources"]) == 5


def test_a_paper(call: Call, answerer: LocalAnswerer) -> None:
    result = call("get_paper", id="sleeper-agents")
    paper = answerer.paper("sleeper-agents")
    assert paper and result.structured_content == paper.as_json()
    assert paper.abstract in text_of(result) and str(paper.url) in text_of(result)


def test_papers_side_by_side(call: Call, answerer: LocalAnswerer) -> None:
    chinese, blank = "language-model-risks", "implicit-neural-representations"
    result = call("compare_papers", paper_ids=[*PAIR, chinese, blank])
    table, text = result.structured_content, text_of(result)
    assert not result.is_error and table["columns"] == ["asked", "did", "found", "limits"]
    for row in table["rows"]:
        paper = answerer.paper(row["paper"]["id"])
        assert paper and paper.as_json() == row["paper"] and f"[id: {paper.id}]" in text
        for cell in filter(None, row["cells"].values()):
            assert cell["quote"] == paper.abstract[cell["start"] : cell["end"]]
            assert cell["quote"] in text and cell.get("gloss", "") in text and f"[{cell['number']}]" in text
    assert text.count("not said") == sum(cell is None for row in table["rows"] for cell in row["cells"].values())
    assert text.endswith("has no abstract in the collection, so nothing of it is quoted.")


def test_papers_are_asked_one_by_one(call: Call) -> None:
    result = call("compare_papers", paper_ids=json.dumps(PAIR), question=BACKDOOR, aspects='["found"]')
    table = result.structured_content
    assert table["columns"] == ["found", "answer"] and table["question"] == BACKDOOR
    assert table["rows"][0]["status"] == "answered" and table["rows"][0]["cells"]["answer"]


def test_a_bug_in_a_comparison_is_no_secret(call: Call, switch: Switch, answerer: LocalAnswerer) -> None:
    class Broken(Switch):
        def compare(self, *args: Any) -> Any:
            raise RuntimeError("/secret/path")

    switch.answerer = Broken(answerer)
    assert_refused(call("compare_papers", paper_ids=PAIR), "Something went wrong inside the server")


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("ask", {}, 'a string "question"'),
        ("ask", {"question": 7}, 'a string "question"'),
        ("ask", {"question": ""}, "The question is empty"),
        ("ask", {"question": "a" * 2001}, "the limit is 2,000"),
        ("ask", {"question": "a", "history": "never"}, "The history must be a list"),
        ("ask", {"question": "a", "history": [{"role": "system", "content": "b"}]}, "role"),
        ("ask", {"question": "a", "filters": {"lab": "b"}}, "organisation, category, language, paper, since, until"),
        ("ask", {"question": "a", "filters": {"organisation": "Foo"}}, "choose from Google DeepMind"),
        (
            "ask",
            {"question": "a", "llm": "gpt"},
            "ask has no argument 'llm': it takes question, history, filters, collection.",
        ),
        ("search_papers", {}, 'needs a "query"'),
        ("search_papers", {"query": ""}, "The question is empty"),
        ("search_papers", {"query": "a", "top": 0}, "from 1 to 50"),
        ("search_papers", {"query": "a", "top": "many"}, "from 1 to 50"),
        ("search_papers", {"query": "a", "top": True}, "from 1 to 50"),
        ("search_papers", {"query": "a", "filters": {"since": "soon"}}, "no date"),
        ("get_paper", {}, 'needs an "id"'),
        ("get_paper", {"id": "no-such-paper"}, "There is no paper 'no-such-paper' in the collection: search_papers"),
        ("compare_papers", {}, 'an object with "paper_ids"'),
        ("compare_papers", {"paper_ids": ["sleeper-agents"]}, "choose at least two"),
        ("compare_papers", {"paper_ids": ["sleeper-agents"] * 2}, "The paper 'sleeper-agents' was chosen twice"),
        ("compare_papers", {"paper_ids": ["sleeper-agents", "no-such-paper"]}, "There is no paper 'no-such-paper'"),
        ("compare_papers", {"paper_ids": ["p"] * 40}, "40 papers are too many to be compared at once: choose 12"),
        ("compare_papers", {"paper_ids": PAIR, "question": ""}, "The question is empty"),
        ("compare_papers", {"paper_ids": PAIR, "aspects": ["cost"]}, "There is no aspect 'cost': choose from asked"),
        (
            "compare_papers",
            {"ids": PAIR},
            "compare_papers has no argument 'ids': it takes paper_ids, question, aspects, collection.",
        ),
        (
            "delete_paper",
            {"id": "a"},
            "There is no tool 'delete_paper': choose from ask, search_papers, get_paper, comp",
        ),
    ],
)
def test_a_wrong_argument(call: Call, tool: str, arguments: dict[str, Any], sentence: str) -> None:
    assert_refused(call(tool, **arguments), sentence)


@pytest.mark.parametrize("text", ["[2401.05566]", '{"a": 1}', "7", '["a"]'])
def test_what_is_a_text_stays_one(call: Call, text: str) -> None:
    assert call("ask", question=text).structured_content["question"] == text
    assert call("search_papers", query=text, top=1).structured_content["sources"]
    assert_refused(call("get_paper", id=text), f"There is no paper {text!r}")


class Failing(Switch):
    def __init__(self, answerer: Any, event: Event | None = None, error: Exception | None = None) -> None:
        super().__init__(answerer)
        self.event, self.error = event, error

    def stream(self, question: Question) -> Iterator[Event]:
        if self.error:
            raise self.error
        assert self.event
        yield self.event


def test_whatever_an_answer_says_is_sendable(call: Call, switch: Switch, answerer: LocalAnswerer) -> None:
    odd = replace(answerer.ask(Question(BACKDOOR)), answer="A lone \ud800 sign.")
    switch.answerer = Failing(answerer, Done(odd))
    result = call("ask", question=BACKDOOR)
    assert result.structured_content["answer"] == "A lone ? sign." and text_of(result).startswith("A lone ? sign.")


def test_a_failure_is_a_sentence(call: Call, switch: Switch, answerer: LocalAnswerer) -> None:
    switch.answerer = Failing(answerer, Failed("The index is gone: build it anew."))
    assert_refused(call("ask", question=BACKDOOR), "The index is gone")


def test_a_bug_is_no_secret_and_no_traceback(
    call: Call, switch: Switch, answerer: LocalAnswerer, caplog: pytest.LogCaptureFixture
) -> None:
    switch.answerer = Failing(answerer, error=RuntimeError("/secret/path"))
    result = call("ask", question=BACKDOOR)
    assert_refused(result, "Something went wrong inside the server")
    assert "/secret/path" not in text_of(result) and "/secret/path" in caplog.text


def test_nor_is_a_bug_in_a_search(
    call: Call, switch: Switch, answerer: LocalAnswerer, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Switch):
        def search(self, *args: Any) -> Any:
            raise RuntimeError("/secret/path")

    switch.answerer = Broken(answerer)
    result = call("search_papers", query="backdoor")
    assert_refused(result, "Something went wrong inside the server")
    assert "/secret/path" not in text_of(result) and "/secret/path" in caplog.text


class Endless(Switch):
    """Says that it is at work until somebody makes it stop."""

    def __init__(self, answerer: Any) -> None:
        super().__init__(answerer)
        self.began, self.stopped = threading.Event(), threading.Event()

    def stream(self, question: Question) -> Iterator[Event]:
        try:
            while not self.stopped.wait(0.01):
                self.began.set()
                yield Status("Writing")
        finally:
            self.stopped.set()


HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
ASK = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": BACKDOOR}},
}


@pytest.mark.parametrize("mode", MODES)
def test_hanging_up_stops_the_work(address: str, switch: Switch, answerer: LocalAnswerer, mode: str) -> None:
    endless = switch.answerer = Endless(answerer)

    async def leave() -> None:
        async with Client(address, mode=mode) as client:
            asking = asyncio.create_task(client.call_tool("ask", {"question": BACKDOOR}))
            assert await asyncio.to_thread(endless.began.wait, 5)
            assert not endless.stopped.is_set()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            if mode == "legacy":
                # There the client sends its cancelling apart, which a server without sessions cannot place.
                return
            assert await asyncio.to_thread(endless.stopped.wait, 5)

    asyncio.run(leave())
    assert endless.stopped.wait(5)


def test_every_request_stands_alone(address: str) -> None:
    """No handshake before it and no session after it, so that any replica can answer."""
    response = httpx.post(address, json=ASK, headers=HEADERS)
    assert response.status_code == 200 and "mcp-session-id" not in response.headers
    [data] = [line[6:] for line in response.text.splitlines() if line.startswith("data: {")]
    assert json.loads(data)["result"]["structuredContent"]["status"] == "answered"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_there_is_nothing_to_listen_to_or_to_end(address: str, method: str) -> None:
    assert httpx.request(method, address, headers=HEADERS).status_code == 405


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"a": 1}'])
def test_a_body_that_is_no_message(address: str, body: bytes) -> None:
    assert httpx.post(address, content=body, headers=HEADERS).status_code == 400


def test_the_whole_application_answers_and_may_be_started_again(answerer: LocalAnswerer) -> None:
    application = create_app(answerer, options=ServingOptions(widget_origins=("https://inspector.example",)))
    for _ in range(2):
        with TestClient(application, base_url="http://127.0.0.1:7860") as client:
            assert client.post("/mcp", json=ASK, headers=HEADERS).status_code == 200
            allowed = client.post("/mcp", json=ASK, headers=HEADERS | {"Origin": "https://inspector.example"})
            assert allowed.status_code == 200
            assert (
                client.post("/mcp", json=ASK, headers=HEADERS | {"Origin": "https://evil.example"}).status_code == 403
            )


def blocks_of_the_page(language: str) -> list[str]:
    page = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def test_the_example_of_the_page_runs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    [example] = blocks_of_the_page("python")
    assert "http://127.0.0.1:7860/mcp" in example
    exec(example.replace("http://127.0.0.1:7860/mcp", address), {})
    said = capsys.readouterr().out
    assert "References:\n- [1]" in said and "\n1 sleeper-agents" in said


def test_the_configuration_of_the_page_starts_the_program() -> None:
    [configuration] = blocks_of_the_page("json")
    entry = json.loads(configuration)["mcpServers"]["paperbacked"]
    assert entry["command"] == "paperbacked"
    assert {command.callback for command in app.registered_commands if command.callback} >= {mcp}
    assert entry["args"] == [mcp.__name__]


# Over stdin and stdout.


def test_over_stdin_and_stdout(tmp_path: Path) -> None:
    """The program itself, over two papers, with an embedder that needs no weights."""
    lines = (ROOT / "data" / "papers.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    small = [line for line in lines if json.loads(line)["id"] in ("sleeper-agents", "rule-based-rewards")]
    (tmp_path / "papers.jsonl").write_text("".join(small), encoding="utf-8")
    environment = {
        "PAPERBACKED_HOME": str(tmp_path / "home"),
        "PAPERBACKED_PAPERS": str(tmp_path / "papers.jsonl"),
        "PAPERBACKED_EMBEDDING": "hash",
        "PAPERBACKED_LLM": "none",
        "PYTHONPATH": str(ROOT),
    }
    said, status, notes = tmp_path / "said", tmp_path / "status", tmp_path / "notes"
    # A copy of all that the program says on stdout, of which the client would pass over what it does not know.
    kept = f"{{ '{sys.executable}' -m app mcp; echo $? > '{status}'; }} | tee '{said}'"
    program = StdioServerParameters(command="sh", args=["-c", kept], env=environment)

    async def use() -> tuple[Any, ...]:
        with notes.open("w") as errors:
            async with Client(stdio_client(program, errlog=errors)) as client:
                names = [tool.name for tool in (await client.list_tools()).tools]
                answer = await client.call_tool("ask", {"question": BACKDOOR})
                refused = await client.call_tool("get_paper", {"id": "no-such-paper"})
                papers = [{"id": "sleep", "title": "Sleep", "abstract": "Sleep helps memory to last."}]
                added = await client.call_tool("add_papers", {"new_collection": "Sleep", "papers": papers})
                listed = await client.call_tool("list_collections", {})
                asked = {"question": "Does sleep help memory?", "collection": added.structured_content["collection"]}
                return names, answer, refused, added, listed, await client.call_tool("ask", asked)

    names, answer, refused, added, listed, own = asyncio.run(use())
    assert names == [*READING_TOOLS, "add_papers"]
    assert not added.is_error and added.structured_content["job"]["report"]["counts"]["added"] == 1
    name = added.structured_content["collection"]
    assert f"- {name}: Sleep, 1 paper" in text_of(listed)
    assert [citation["paper"]["id"] for citation in own.structured_content["citations"]] == ["sleep"]
    assert_cited(answer)
    assert_refused(refused, "There is no paper 'no-such-paper'")
    lines = said.read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 4 and all(json.loads(line)["jsonrpc"] == "2.0" for line in lines)
    assert status.read_text() == "0\n"
    assert "Traceback" not in notes.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, 'needs a "collection" that is there or a "new_collection"'),
        ({"collection": "a", "new_collection": "b", "text": "x"}, 'needs a "collection" that is there or'),
        ({"new_collection": "Sleep"}, "Nothing was sent"),
        ({"collection": "default", "text": "x"}, "can be asked and not changed"),
        ({"collection": "nothing-abcd", "text": "x"}, "There is no collection nothing-abcd here"),
        ({"new_collection": "Sleep", "papers": ["x"]}, "valid dictionary"),
    ],
)
def test_adding_says_what_is_wrong(tmp_path: Path, served: Any, arguments: dict[str, Any], sentence: str) -> None:
    async def called(address: str) -> tuple[list[str], Any]:
        async with Client(f"{address}/mcp") as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            notes = tools["add_papers"].annotations
            assert notes is not None and not notes.read_only_hint
            return list(tools), await client.call_tool("add_papers", arguments)

    with served(serve(tmp_path).app) as address:
        names, refused = asyncio.run(called(address))
    assert names == [*READING_TOOLS, "add_papers"]
    assert_refused(refused, sentence)


@pytest.mark.parametrize("may_add", [True, False])
def test_who_may_not_add_papers_is_told_of_no_collection_to_be_changed(tmp_path: Path, may_add: bool) -> None:
    collections = serve(tmp_path).collections
    collections.create("Sleep")

    async def ready() -> Collections:
        return collections

    async def listed() -> Any:
        async with Client(mcp_server(ready, AnswerRuns(), lambda request: Caller(may_add=may_add))) as client:
            return (await client.call_tool("list_collections", {})).structured_content

    told = asyncio.run(listed())
    assert told["adding"] is may_add
    assert [one["may_change"] for one in told["collections"]] == [False, may_add]


def test_papers_go_into_the_readers_own_collection_where_that_is_served(tmp_path: Path) -> None:
    first = serve(tmp_path).client()
    name = new_collection(first)
    add(first, name, json={"papers": [record(SLEEP)]})
    collections = serve(tmp_path, collection=name).collections

    async def ready() -> Collections:
        return collections

    async def added() -> Any:
        async with Client(mcp_server(ready, AnswerRuns(), lambda request: Caller(may_add=True))) as client:
            await client.call_tool("add_papers", {"collection": name, "papers": [record(WALKS)]})
            return (await client.call_tool("list_collections", {})).structured_content

    [own, _] = asyncio.run(added())["collections"]
    assert (own["name"], own["papers"], own["may_change"], own["default"]) == (name, 2, True, True)
    assert collections.answerer(None).paper("walks") is not None


def test_the_client_is_greeted_while_the_answerer_is_made(answerer: LocalAnswerer) -> None:
    go = threading.Event()

    def make() -> LocalAnswerer:
        assert go.wait(10)
        return answerer

    async def use() -> Any:
        async with Client(mcp_server(made_meanwhile(make), AnswerRuns()), mode="legacy") as client:
            assert (await client.list_tools()).tools
            impatient = asyncio.create_task(client.call_tool("get_paper", {"id": "sleeper-agents"}))
            waiting = asyncio.create_task(client.call_tool("ask", {"question": BACKDOOR}))
            await client.call_tool("none", {})  # answered in turn: both calls wait by now
            impatient.cancel()
            await client.call_tool("none", {})
            go.set()
            return await waiting

    assert_cited(asyncio.run(use()), answerer)


def test_what_cannot_be_made_is_told_to_client_and_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text("{", encoding="utf-8")
    monkeypatch.setenv("PAPERBACKED_PAPERS", str(papers))
    settings = read_settings(embedding="hash", llm="none")

    async def use() -> list[Any]:
        ready = made_meanwhile(lambda: built_collections(settings, no_progress))
        async with Client(mcp_server(ready, AnswerRuns())) as client:
            return [await client.call_tool("ask", {"question": BACKDOOR}) for _ in range(2)]

    results = asyncio.run(use())
    for result in results:
        assert_refused(result, f"{papers}, line 1")
    said = capsys.readouterr()
    assert said.out == "" and said.err == f"{text_of(results[-1])}\n"


def test_wrong_settings_end_it_before_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="The setting collection is wrong"):
        mcp(collection="?")
    assert capsys.readouterr().out == ""


def test_a_collection_made_for_papers_that_do_not_come_goes_again(
    tmp_path: Path, served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(tmp_path)
    monkeypatch.setattr(quota, "ROOM_BYTES", 1 << 70)

    async def called(address: str) -> Any:
        async with Client(f"{address}/mcp") as client:
            return await client.call_tool("add_papers", {"new_collection": "Sleep", "text": "2401.01234"})

    with served(server.app) as address:
        assert_refused(asyncio.run(called(address)), "disk has no room")
    assert [info.name for info in server.collections.listed()] == ["default"]
