"""A server that is stopped tells everybody whose answer it breaks off, in the form that each of them reads; asked to
stop by a SIGTERM it first lets answers come to their end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.surfaces.runs.stopping import FINISHING_SECONDS

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
QUESTION = "Do whales sing in winter?"
STOPPED = "The server is being stopped: ask again in a moment."
WAIT_SECONDS = 60.0
GRACE_SECONDS = 3.0
"""How long uvicorn waits before it cuts connections."""
STOP_SECONDS = 10.0
"""After a SIGTERM all is over within it."""

EVENTS = {"Accept": "text/event-stream"}
TOOL = {"name": "ask", "arguments": {"question": QUESTION}}
CHAT = {"model": "paperbacked", "messages": [{"role": "user", "content": QUESTION}]}
REQUESTS: dict[str, dict[str, Any]] = {
    "api-stream": {"url": "/api/v1/ask", "json": {"question": QUESTION}, "headers": EVENTS},
    "api-whole": {"url": "/api/v1/ask", "json": {"question": QUESTION}},
    "openai-stream": {"url": "/v1/chat/completions", "json": CHAT | {"stream": True}},
    "openai-whole": {"url": "/v1/chat/completions", "json": CHAT},
    "mcp": {
        "url": "/mcp",
        "json": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": TOOL},
        "headers": {"Accept": "application/json, text/event-stream"},
    },
}


class SilentModelServer:
    """Takes every question and never says a word."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.released = threading.Event()
        silent = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                silent.asked.release()
                silent.released.wait(2 * WAIT_SECONDS)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"


@pytest.fixture
def model() -> Iterator[SilentModelServer]:
    model = SilentModelServer()
    threading.Thread(target=model.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield model
    model.released.set()
    model.server.shutdown()
    model.server.server_close()


@contextmanager
def serving(folder: Path, model_url: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program itself over one paper, and its address."""
    papers = folder / "papers.jsonl"
    papers.write_text(
        '{"id": "a", "title": "On whales", "abstract": "Whales sing in winter, and in spring they rest."}'
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PAPERBACKED_")},
        "PAPERBACKED_HOME": str(folder / "home"),
        "PAPERBACKED_PAPERS": str(papers),
        "PAPERBACKED_EMBEDDING": "hash",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "app", "serve", "--port", "0", "--llm", "openai:x", "--llm-url", model_url]
    said = folder / "said"
    with said.open("w") as errors, subprocess.Popen(command, env=environment, stderr=errors, text=True) as program:
        try:
            yield program, _address(program, said)
        finally:
            program.kill()


def _address(program: subprocess.Popen[str], said: Path) -> str:
    end = time.monotonic() + WAIT_SECONDS
    while not (found := re.search(r"answers at (http://\S+)/", said.read_text())):
        assert program.poll() is None and time.monotonic() < end, said.read_text()
        time.sleep(0.05)
    # It is ready with quotes before its model is.
    while not httpx.get(f"{found[1]}/api/v1/health").json()["llm"]:
        assert time.monotonic() < end, said.read_text()
        time.sleep(0.05)
    return found[1]


def asked_from(reader: str, address: str, request: dict[str, Any]) -> httpx.Response:
    """From an address of its own: one address has few answers at once."""
    transport = httpx.HTTPTransport(local_address=reader)
    with httpx.Client(base_url=address, timeout=WAIT_SECONDS, transport=transport) as client:
        return client.post(**request)


def data_of(text: str) -> list[str]:
    return [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]


def assert_told(answers: dict[str, httpx.Response]) -> None:
    """Each reader got the sentence in the form of its own protocol, and its response is whole."""
    stream = answers["api-stream"]
    assert stream.status_code == 200
    assert stream.text.endswith(f'event: error\ndata: {{"message":"{STOPPED}","code":"stopped","params":{{}}}}\n\n')
    assert "event: quotes" in stream.text
    whole = answers["api-whole"]
    assert (whole.status_code, whole.headers["content-type"]) == (503, "application/problem+json")
    assert whole.json()["detail"] == STOPPED
    chunks = data_of(answers["openai-stream"].text)
    assert json.loads(chunks[-2])["error"] == {"message": STOPPED, "type": "server_error", "param": None, "code": None}
    assert chunks[-1] == "[DONE]"
    completion = answers["openai-whole"]
    assert (completion.status_code, completion.json()["error"]["message"]) == (503, STOPPED)
    [result] = [json.loads(data)["result"] for data in data_of(answers["mcp"].text) if data.startswith("{")]
    assert result["isError"] and result["content"][0]["text"] == STOPPED


@pytest.mark.parametrize(
    ("sent", "status", "told_from", "told_within"),
    [
        (signal.SIGTERM, 0, FINISHING_SECONDS, FINISHING_SECONDS + GRACE_SECONDS),
        (signal.SIGINT, 130, 0.0, GRACE_SECONDS),
    ],
)
def test_a_signal_ends_every_answer_with_a_sentence(
    tmp_path: Path, model: SilentModelServer, sent: int, status: int, told_from: float, told_within: float
) -> None:
    """At once after Ctrl-C, and after a SIGTERM when they have had time to come to their end."""
    with serving(tmp_path, model.url) as (program, address), ThreadPoolExecutor(len(REQUESTS)) as pool:
        asking = {
            name: pool.submit(asked_from, f"127.0.0.{number}", address, request)
            for number, (name, request) in enumerate(REQUESTS.items(), 1)
        }
        for _ in REQUESTS:
            assert model.asked.acquire(timeout=WAIT_SECONDS), "a question did not reach the model"
        program.send_signal(sent)
        began = time.monotonic()
        answers = {name: asked.result() for name, asked in asking.items()}
        took = time.monotonic() - began
        assert program.wait(WAIT_SECONDS) == status
        ended = time.monotonic() - began
    assert_told(answers)
    assert told_from <= took < told_within, "they were told when their connections were about to be cut"
    assert ended < STOP_SECONDS
    said = (tmp_path / "said").read_text()
    assert "Traceback" not in said and "timeout graceful shutdown exceeded" not in said
    # Their work was closed, and counted as what it is.
    stopped = [line for line in said.splitlines() if line.startswith("{") and json.loads(line)["status"] == "stopped"]
    assert len(stopped) == len(REQUESTS)
