"""From the outside in: a reader who leaves frees the model, a server that dies leaves the quotes."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from app.answering.answer import Answer
from app.answering.events import Done, Status, Token
from app.answering.models.language_model import LanguageModel
from app.answering.models.local_chat import LocalChat
from app.answering.models.opening import open_llm
from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.surfaces.api.routes import api_router
from app.surfaces.page.gradio_page import ChatPage
from app.surfaces.runs.answer_runs import AnswerRuns
from tests.support.transformers_model import generator_of, model_of

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
Until = Callable[[Callable[[], bool], float], float]


@pytest.fixture
def over(built_full: Any) -> Callable[[Any, str], LocalAnswerer]:
    """`over(chat, name)`: an answerer that writes with this chat model."""
    return lambda chat, name: LocalAnswerer(built_full.retriever, lambda: LanguageModel(chat, name))


@pytest.fixture
def address(slow_writer: LocalChat, over: Callable[[Any, str], LocalAnswerer]) -> Iterator[tuple[str, int]]:
    """A real server whose answers are written slowly."""
    app = FastAPI()
    app.include_router(api_router(over(slow_writer, "tiny-qwen3"), AnswerRuns()))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()
        server.should_exit = True
        thread.join(10)


def listening(address: tuple[str, int]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(*address, timeout=20)
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/ask", json.dumps({"question": BACKDOOR}), headers)
    return connection, connection.getresponse()


def hang_up(connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
    connection.sock.shutdown(socket.SHUT_RDWR)
    response.close()
    connection.close()


def test_a_client_that_hangs_up_while_the_model_writes_frees_it(
    address: tuple[str, int], slow_writer: LocalChat, until: Until
) -> None:
    connection, response = listening(address)
    while not response.readline().startswith(b"event: token"):
        pass
    assert slow_writer.busy
    hang_up(connection, response)
    assert until(lambda: not slow_writer.busy, 5) < 1


def test_a_client_that_hangs_up_while_the_model_reads_the_prompt_frees_it(
    address: tuple[str, int], slow_writer: LocalChat, until: Until
) -> None:
    """No token comes in this time, and what the chain says again and again is not told twice."""
    released = threading.Event()
    layer = model_of(slow_writer).model.layers[0]
    layer.register_forward_pre_hook(lambda *_: time.sleep(0) if released.is_set() else time.sleep(0.02))
    first = True

    def very_long(*_: Any) -> None:
        nonlocal first
        while first and not released.is_set():
            run = generator_of(slow_writer)._run
            assert run is not None
            run.check()
            time.sleep(0.01)
        first = False

    layer.register_forward_pre_hook(very_long)
    connection, response = listening(address)
    while b"Writing with" not in response.readline():
        pass
    assert until(lambda: slow_writer.busy, 5) < 5
    hang_up(connection, response)
    assert until(lambda: not slow_writer.busy, 5) < 1
    released.set()


def test_another_is_answered_while_one_is_being_written(address: tuple[str, int]) -> None:
    connection, response = listening(address)
    while not response.readline().startswith(b"event: token"):
        pass
    other = http.client.HTTPConnection(*address, timeout=5)
    began = time.monotonic()
    other.request("GET", "/api/v1/search?q=backdoor")
    assert other.getresponse().status == 200
    assert time.monotonic() - began < 2
    hang_up(connection, response)


def test_who_comes_second_is_told_so(address: tuple[str, int], slow_writer: LocalChat, until: Until) -> None:
    one = listening(address)
    until(lambda: slow_writer.busy, 10)
    other = listening(address)
    line = b""
    while b"before you" not in line:
        line = other[1].readline()
    told = json.loads(line.removeprefix(b"data: "))
    assert (told["text"], told["code"], told["params"]["count"]) == ("One reader is before you", "readers_before", 1)
    hang_up(*other)
    hang_up(*one)
    until(lambda: not slow_writer.busy, 5)


def test_stop_on_the_page_frees_the_model(
    slow_writer: LocalChat, over: Callable[[Any, str], LocalAnswerer], until: Until
) -> None:
    event: Any = SimpleNamespace(_data=None)
    drawing: Any = ChatPage(over(slow_writer, "tiny-qwen3")).ask(
        event, None, BACKDOOR, (), [], [], [], [], 0, 0, "en", 0
    )
    until(lambda: next(drawing) and slow_writer.busy, 10)
    next(drawing)
    drawing.close()
    assert until(lambda: not slow_writer.busy, 2) < 0.2


def test_while_nothing_is_written_the_status_is_repeated(
    slow_writer: LocalChat, over: Callable[[Any, str], LocalAnswerer]
) -> None:
    model_of(slow_writer).register_forward_pre_hook(lambda *_: time.sleep(0.3))
    said = []
    for event in over(slow_writer, "tiny-qwen3").stream(checked_question(BACKDOOR)):
        if isinstance(event, Token):
            break
        said += [event.text] if isinstance(event, Status) else []
    assert said.count("Writing with tiny-qwen3") >= 3


def answered(answerer: LocalAnswerer) -> Answer:
    *_, last = answerer.stream(checked_question(BACKDOOR))
    assert isinstance(last, Done)
    return last.answer


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("cut", "stopped in the middle of its answer"),
        ("silent", "stopped in the middle of its answer"),
        ("status", "refused the request for m with status 500"),
        ("hang", "did not finish its answer within 1 seconds"),
    ],
)
def test_a_server_that_dies_leaves_the_quotes_and_the_reason(
    model_server: Any,
    over: Callable[[Any, str], LocalAnswerer],
    answerer: LocalAnswerer,
    tmp_path: Any,
    ending: str,
    reason: str,
) -> None:
    model_server.ending, model_server.status = ending, 500
    chat = open_llm("openai:m", url=model_server.url, home=tmp_path, timeout_s=1 if ending == "hang" else 20)
    answer = answered(over(chat, "openai:m"))
    assert (answer.status, answer.mode, answer.models.llm) == ("answered", "quotes", None)
    assert answer.answer == answered(answerer).answer
    assert answer.note and reason in answer.note and answer.note.endswith("so these are the quotes.")
