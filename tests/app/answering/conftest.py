"""Shared by the tests of the language models: a tiny real model, and a model server on loopback."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.answering.models.local_chat import LocalChat
from app.answering.models.transformers_chat import open_transformers_chat
from app.build import build_answerer
from app.local_answerer import LocalAnswerer
from app.settings import read_settings
from tests.support.transformers_model import model_of


@pytest.fixture
def one_thread() -> Iterator[None]:
    """For models this small, threads on a busy machine only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def tiny(tiny_folder: Path, one_thread: None) -> LocalChat:
    return open_transformers_chat(tiny_folder, "tiny", max_tokens=24, timeout_s=20)


@pytest.fixture
def slow(tiny: LocalChat) -> LocalChat:
    """The tiny model, taking 20 ms over each token."""
    model_of(tiny).register_forward_pre_hook(lambda *_: time.sleep(0.02))
    return tiny


@pytest.fixture
def slow_writer(tiny_qwen: Path, one_thread: None) -> LocalChat:
    """The tiny Qwen3, taking 20 ms over each token of a long answer."""
    chat = open_transformers_chat(tiny_qwen, "tiny-qwen3", max_tokens=400, timeout_s=30, prompt_lookup_tokens=0)
    model_of(chat).register_forward_pre_hook(lambda *_: time.sleep(0.02))
    return chat


@pytest.fixture
def until() -> Callable[[Callable[[], bool], float], float]:
    """Waits for a condition up to some seconds; gives the seconds that it took."""

    def wait(condition: Callable[[], bool], seconds: float) -> float:
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, f"not within {seconds} s"
            time.sleep(0.002)
        return time.monotonic() - began

    return wait


@dataclass
class ModelServer:
    """Speaks chat completions. `pieces` are sent one by one; `ending` says how the answer ends."""

    pieces: list[str] = field(default_factory=lambda: ["Back", "doors ", "stay [1]", "."])
    ending: str = "done"
    """Or "cut" (connection broken), "silent" (closed cleanly, nothing said), "hang", "comments" (alive but mute),
    "endless" (the pieces again and again), "status"."""
    status: int = 200
    location: str | None = None
    """Where a status, also of the list, sends its caller."""
    encoding: str | None = None
    record: Any = None
    """What the choices of each record are, where not its piece."""
    delay_s: float = 0.0
    refused: frozenset[str] = frozenset()
    """Keys of a request that are answered with 400."""
    models: Any = field(default_factory=lambda: {"data": [{"id": "m"}, {"id": "n"}]})
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    reader_left: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers["Content-Length"])
        self.requests.append({"path": handler.path, **json.loads(handler.rfile.read(length))})
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        if self.ending == "status" or self.refused & self.requests[-1].keys():
            handler.send_response(self.status if self.ending == "status" else 400)
            self.send_elsewhere(handler)
            handler.end_headers()
            handler.wfile.write(b'{"error": {"message": "no"}}')
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        if self.encoding:
            handler.send_header("Content-Encoding", self.encoding)
        handler.end_headers()
        try:
            self._send_pieces(handler)
        except OSError:
            self.reader_left.set()

    def send_elsewhere(self, handler: BaseHTTPRequestHandler) -> None:
        if self.location:
            handler.send_header("Location", self.location)

    def _send_pieces(self, handler: BaseHTTPRequestHandler) -> None:
        for piece in self.pieces:
            self._send(handler, {"delta": {"role": "assistant", "content": piece}, "finish_reason": None})
            time.sleep(self.delay_s)
        if self.ending == "hang":
            self.released.wait(10)
        while self.ending == "endless":
            for piece in self.pieces:
                self._send(handler, {"delta": {"content": piece}, "finish_reason": None})
        while self.ending == "comments" and not self.released.wait(0.02):
            self._chunk(handler, b": still here\n\n")
        if self.ending == "done":
            self._send(handler, {"delta": {}, "finish_reason": "stop"})
            self._chunk(handler, b"data: [DONE]\n\n")
        if self.ending != "cut":
            self._chunk(handler, b"")

    def _send(self, handler: BaseHTTPRequestHandler, choice: dict[str, Any]) -> None:
        event: dict[str, Any] = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        event["choices"] = [{"index": 0} | choice] if self.record is None else self.record
        self._chunk(handler, f"data: {json.dumps(event)}\n\n".encode())

    def _chunk(self, handler: BaseHTTPRequestHandler, data: bytes) -> None:
        handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        handler.wfile.flush()


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    told = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.close_connection = True
            told.answer(self)

        def do_GET(self) -> None:
            told.headers.append({name.lower(): value for name, value in self.headers.items()})
            body = json.dumps(told.models).encode()
            self.send_response(told.status if self.path == "/v1/models" else 404)
            self.send_header("Content-Length", str(len(body)))
            told.send_elsewhere(self)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield told
    told.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def with_reader(tmp_path_factory: pytest.TempPathFactory) -> LocalAnswerer:
    """The papers, the embedding model and the reader that ship; a test that asks for it is marked `model`."""
    return build_answerer(read_settings(home=tmp_path_factory.mktemp("with-reader"), llm="none"))
