"""Models on a server, against a real one on loopback that misbehaves as told."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel

from app.answering.llm import describe, open_llm
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


def test_a_server_that_falls_silent(model_server: Any) -> None:
    model_server.ending = "hang"
    began = time.monotonic()
    with pytest.raises(ModelError, match="did not answer in time"):
        text_of(opened(model_server, timeout_s=0.3))
    with pytest.raises(ModelError, match="did not answer in time"):
        asyncio.run(text_async(opened(model_server, timeout_s=0.3)))
    assert time.monotonic() - began < 3


def test_a_server_that_goes_on_and_on_is_ended_at_the_time_limit(model_server: Any) -> None:
    model_server.pieces, model_server.delay_s = ["on "] * 200, 0.02
    chunks = list(opened(model_server, timeout_s=0.3).stream("q"))
    assert 3 < len(chunks) < 60
    assert chunks[-1].response_metadata["finish_reason"] == "time"


def test_closing_early_hangs_up(model_server: Any) -> None:
    model_server.pieces, model_server.delay_s = ["on "] * 400, 0.01
    stream = opened(model_server).stream("q")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert model_server.reader_left.wait(2)
