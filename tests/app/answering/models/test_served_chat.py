"""Models on a server, against a real one on loopback that misbehaves as told."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Generator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel

from app.answering.models.opening import describe, open_llm
from app.answering.models.served_http import MAX_LIST_BYTES, first_model_at
from retrieval.errors import ModelError


def opened(server: Any, **options: Any) -> BaseChatModel:
    return open_llm("openai:m", url=server.url, home=Path("unused"), **options)


def text_of(llm: BaseChatModel) -> str:
    return "".join(str(chunk.content) for chunk in llm.stream("q"))


async def text_async(llm: BaseChatModel) -> str:
    return "".join([str(chunk.content) async for chunk in llm.astream("q")])


def test_streams_piece_by_piece(model_server: Any) -> None:
    model_server.delay_s = 0.05
    began, came = time.monotonic(), []
    for chunk in opened(model_server).stream("q"):
        came.append((str(chunk.content), time.monotonic() - began))
    assert "".join(text for text, _ in came) == "Backdoors stay [1]."
    assert came[-1][1] - came[0][1] > 0.1, "all pieces came at once"


def test_what_is_sent(model_server: Any) -> None:
    text_of(opened(model_server, max_tokens=33))
    (request,), (headers,) = model_server.requests, model_server.headers
    assert request["path"] == "/v1/chat/completions"
    assert request["messages"] == [{"role": "user", "content": "q"}]
    assert (request["model"], request["max_tokens"], request["temperature"]) == ("m", 33, 0.0)
    assert request["stream"] is True
    assert headers["authorization"] == "Bearer none"


def test_the_key_is_sent_and_not_shown(model_server: Any) -> None:
    llm = opened(model_server, api_key="sk-secret")
    text_of(llm)
    assert model_server.headers[0]["authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in repr(llm) + describe(llm)


def test_thoughts_are_dropped(model_server: Any) -> None:
    model_server.pieces = ["<thi", "nk>hm</th", "ink>\n\nYes", "."]
    assert text_of(opened(model_server)) == "Yes."
    assert asyncio.run(text_async(opened(model_server))) == "Yes."


def test_invoke_and_async(model_server: Any) -> None:
    llm = opened(model_server)
    assert llm.invoke("q").content == "Backdoors stay [1]." == asyncio.run(text_async(llm))


def test_a_server_that_is_down(model_server: Any) -> None:
    llm = open_llm("openai:m", url="http://user:pw@127.0.0.1:9/v1", home=Path("unused"))
    began = time.monotonic()
    for ask in (lambda: text_of(llm), lambda: asyncio.run(text_async(llm)), lambda: llm.invoke("q")):
        with pytest.raises(ModelError, match=r"server at 127\.0\.0\.1:9 cannot be reached") as failure:
            ask()
        assert "pw" not in str(failure.value)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("ending", ["cut", "silent"])
def test_a_server_that_dies_in_the_middle(model_server: Any, ending: str) -> None:
    model_server.ending = ending
    got: list[str] = []
    with pytest.raises(ModelError, match="in the middle of its answer"):
        for chunk in opened(model_server).stream("q"):
            got.append(str(chunk.content))
    assert "".join(got) == "Backdoors stay [1]."
    with pytest.raises(ModelError, match="in the middle of its answer"):
        asyncio.run(text_async(opened(model_server)))


@pytest.mark.parametrize(("status", "advice"), [(401, "API key"), (404, "ends in /v1"), (500, "status 500")])
def test_a_server_that_refuses(model_server: Any, status: int, advice: str) -> None:
    model_server.ending, model_server.status = "status", status
    with pytest.raises(ModelError, match=advice):
        text_of(opened(model_server))
    assert len(model_server.requests) == 1, "it was asked again"


@pytest.fixture
def elsewhere(model_server: Any) -> Iterator[list[str]]:
    """Another server, to which the first one sends its callers; what it was asked, with the keys that came along."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path} {self.headers.get('Authorization')}")
            self.send_error(500)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    model_server.location = f"http://127.0.0.1:{server.server_port}/v1/elsewhere"
    yield asked
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_server_that_sends_its_callers_elsewhere_is_not_followed(
    model_server: Any, elsewhere: list[str], status: int
) -> None:
    model_server.ending, model_server.status = "status", status
    sentence = rf"sends its callers on to another address \(status {status}\), which is not followed: set --llm-url"
    llm = opened(model_server, api_key="sk-secret")
    for ask in (
        lambda: text_of(llm),
        lambda: llm.invoke("q"),
        lambda: asyncio.run(text_async(llm)),
        lambda: first_model_at(model_server.url, "sk-secret"),
    ):
        with pytest.raises(ModelError, match=sentence) as failure:
            ask()
        assert "secret" not in str(failure.value) and "elsewhere" not in str(failure.value)
    assert elsewhere == []
    assert len(model_server.headers) == 4, "it was asked again"


def test_a_list_of_models_has_bounds(model_server: Any) -> None:
    model_server.models = {"data": [{"id": "m"}], "more": "x" * MAX_LIST_BYTES}
    with pytest.raises(ModelError, match="sent more than 1 MB"):
        first_model_at(model_server.url)
    model_server.models = json.loads("[" * 900 + "]" * 900)
    with pytest.raises(ModelError, match="does not list its models"):
        first_model_at(model_server.url)


@pytest.mark.parametrize("choices", ["5", '"x"', "[5]", '[{"delta": 5}]', '[{"delta": {"content": {"a": 1}}}]'])
def test_records_of_another_form_are_a_failure_like_others(model_server: Any, choices: str) -> None:
    model_server.record = json.loads(choices)
    with pytest.raises(ModelError):
        text_of(opened(model_server))


def test_a_compressed_answer_is_not_unpacked(model_server: Any) -> None:
    model_server.encoding = "gzip"
    with pytest.raises(ModelError, match="sent a compressed answer"):
        text_of(opened(model_server))


def test_a_server_that_falls_silent(model_server: Any) -> None:
    model_server.ending = "hang"
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"did not finish its answer within 0\.3 seconds"):
        text_of(opened(model_server, timeout_s=0.3))
    with pytest.raises(ModelError, match="did not finish its answer"):
        asyncio.run(text_async(opened(model_server, timeout_s=0.3)))
    assert time.monotonic() - began < 3


def test_a_server_that_goes_on_and_on_is_given_up_at_the_time_limit(model_server: Any) -> None:
    model_server.pieces, model_server.delay_s = ["on "] * 200, 0.02
    got: list[str] = []
    with pytest.raises(ModelError, match="did not finish its answer within"):
        for chunk in opened(model_server, timeout_s=0.3).stream("q"):
            got.append(str(chunk.content))
    assert 3 < len(got) < 60


@pytest.mark.parametrize("ending", ["hang", "comments"])
def test_the_first_word_has_a_limit_of_its_own(model_server: Any, ending: str) -> None:
    """Also where the server sends comments, which tell that it lives, and no word."""
    model_server.pieces, model_server.ending = [], ending
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"did not begin its answer within 0\.3 seconds"):
        text_of(opened(model_server, timeout_s=20, first_token_s=0.3))
    assert time.monotonic() - began < 5


def test_closing_early_hangs_up(model_server: Any) -> None:
    model_server.pieces, model_server.delay_s = ["on "] * 400, 0.01
    stream = opened(model_server).stream("q")
    next(stream)
    assert isinstance(stream, Generator)
    stream.close()
    assert model_server.reader_left.wait(5)


def test_while_the_server_is_mute_its_reader_can_leave(model_server: Any) -> None:
    model_server.pieces, model_server.ending = [], "comments"
    stream = opened(model_server).stream("q")
    began = time.monotonic()
    assert [next(stream).content for _ in range(2)] == ["", ""]
    assert isinstance(stream, Generator)
    stream.close()
    assert model_server.reader_left.wait(5)
    assert time.monotonic() - began < 5


def test_models_are_asked_not_to_think(model_server: Any) -> None:
    text_of(opened(model_server))
    [request] = model_server.requests
    assert request["chat_template_kwargs"] == {"enable_thinking": False}
    assert request["reasoning_effort"] == "none"


@pytest.mark.parametrize(
    ("refused", "tries"), [({"reasoning_effort"}, 2), ({"chat_template_kwargs"}, 3), ({"max_tokens"}, 3)]
)
def test_a_server_that_refuses_to_be_asked_that_is_asked_without(
    model_server: Any, refused: set[str], tries: int
) -> None:
    model_server.refused = frozenset(refused)
    llm = opened(model_server)
    if "max_tokens" in refused:
        with pytest.raises(ModelError, match="status 400"):
            text_of(llm)
    else:
        assert text_of(llm) == text_of(llm) == "Backdoors stay [1]."
        assert len(model_server.requests) == tries + 1, "what it refused was tried on it again"
        return
    assert len(model_server.requests) == tries


def test_the_models_of_a_server(model_server: Any) -> None:
    assert first_model_at(model_server.url, "sk-1") == "m"
    assert model_server.headers[-1]["authorization"] == "Bearer sk-1"
    for wrong in ({"data": []}, {"data": [{"id": 5}, {"id": "\x1b[2J"}, {"id": "x" * 999}]}):
        model_server.models = wrong
        with pytest.raises(ModelError, match="has no models"):
            first_model_at(model_server.url)
    for wrong in ([], {"data": None}, {"data": [1]}, {"models": []}):
        model_server.models = wrong
        with pytest.raises(ModelError, match="does not list its models"):
            first_model_at(model_server.url)
    with pytest.raises(ModelError, match=r"at 127\.0\.0\.1:9 does not list") as failure:
        first_model_at("http://user:pw@127.0.0.1:9/v1")
    assert "pw" not in str(failure.value)
