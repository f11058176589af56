"""What one address can take from the others: connections, places, the model's time."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Serve, Server
from tests.faults.model_servers import bad_model_servers

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

QUESTION = "Do safety techniques remove a backdoor that was trained in?"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: "], ids=["idle", "half sent"])
def test_a_thousand_connections_of_one_address_keep_nobody_out(server: Server, sent: bytes) -> None:
    slowest = 0.0
    with ExitStack() as stack:
        for _ in range(1_000):
            try:
                peer = socket.create_connection(("127.0.0.1", server.port), 5, ("127.0.0.2", 0))
                stack.enter_context(peer).sendall(sent)
            except OSError:
                continue  # closed by the server, as it should be
        for _ in range(5):
            slowest = max(slowest, server.answers("127.0.0.3"))
    print(f"another reader waits {slowest:.2f} s at most")
    assert slowest < 2


def test_nor_do_two_thousand_of_many_addresses(server: Server) -> None:
    with ExitStack() as stack:
        for n in range(2_000):
            try:
                source = (f"127.0.{1 + n % 20}.2", 0)
                stack.enter_context(socket.create_connection(("127.0.0.1", server.port), 5, source))
            except OSError:
                continue
        assert server.answers("127.0.0.3") < 2


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[Server]:
    """A server whose model takes every question and never says a word."""
    home: Path = tmp_path_factory.mktemp("writing")
    with (
        bad_model_servers() as models,
        serve(home, "--llm", "openai:silent", "--llm-url", f"{models}/hangs/v1", embedding="hash") as server,
    ):
        yield server


def page_question(session: str) -> dict[str, Any]:
    data = [QUESTION, None, [], [], [], None, 0, 0, "en", None]
    return {"fn_index": 0, "data": data, "event_data": None, "session_hash": session, "trigger_id": 22}


def client_from(server: Server, address: str) -> httpx.Client:
    return httpx.Client(
        base_url=server.address, headers=SAME, transport=httpx.HTTPTransport(local_address=address), timeout=60
    )


def first_quotes(client: httpx.Client, session: str) -> float:
    """Seconds until a reader of the page sees the quoted paper."""
    began = time.monotonic()
    assert client.post("/gradio_api/queue/join", json=page_question(session)).status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if "Sleeper Agents" in line:
                return time.monotonic() - began
    pytest.fail("no quotes came")


def test_an_address_that_asks_all_it_may_makes_nobody_wait(writing: Server) -> None:
    with client_from(writing, "127.0.0.2") as greedy, client_from(writing, "127.0.0.3") as other:
        alone = first_quotes(other, "alone")
        taken = [greedy.post("/gradio_api/queue/join", json=page_question(f"greedy{n}")).status_code for n in range(70)]
        assert taken.count(200) == 70  # the limit of sixty a minute is counted when its turn comes
        waited = first_quotes(other, "other")
        print(f"first quotes after {alone:.2f} s alone, {waited:.2f} s beside one who asks seventy questions")
        assert waited < 4 + 4 * alone  # without places of its own it would be a minute and more


def told_quotes(client: httpx.Client) -> float:
    """Seconds until a program is told the quotes."""
    began = time.monotonic()
    told = {"Accept": "text/event-stream"}
    with client.stream("POST", "/api/v1/ask", json={"question": QUESTION}, headers=told) as stream:
        for line in stream.iter_lines():
            if line == "event: quotes":
                return time.monotonic() - began
    pytest.fail("no quotes came")


def test_programs_of_one_address_wait_for_themselves(writing: Server) -> None:
    def hang(n: int) -> None:
        with client_from(writing, "127.0.0.4") as client, suppress(httpx.TimeoutException):
            client.post("/api/v1/ask", json={"question": f"{QUESTION} {n}"}, timeout=20)

    with client_from(writing, "127.0.0.5") as other:
        alone = told_quotes(other)
        hanging = [threading.Thread(target=hang, args=(n,)) for n in range(20)]
        for thread in hanging:
            thread.start()
        time.sleep(1)
        waited = told_quotes(other)
        print(f"quotes after {alone:.2f} s alone, {waited:.2f} s beside one whose twenty questions hang")
        assert waited < min(
            3 + 4 * alone, 15
        )  # without places of its own it would be the twenty seconds that they hang
        assert json.loads(other.get("/api/v1/health").text)["status"] == "ok"
    for thread in hanging:
        thread.join()
