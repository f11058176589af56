"""What one request, or two thousand of a kind, may cost a server: memory, time and the log."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from app.surfaces.page.sessions import SILENT_SECONDS, SWEEP_SECONDS
from tests.faults.conftest import Serve, Server

pytestmark = [pytest.mark.fault, pytest.mark.timeout(400)]

SAME = {"Sec-Fetch-Site": "same-origin"}
MANY = 2_000
_JOIN, _CALL, _DATA = "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/queue/data"


def settled(server: Server) -> float:
    """Memory once a little has been done of everything."""
    with httpx.Client(base_url=server.address, headers=SAME, timeout=30) as client:
        for path in ("/", "/api/v1/papers", _DATA, "/pwa_icon/8"):
            client.get(path)
        client.post("/api/v1/ask", json={"question": "What is a backdoor?"})
    return server.megabytes


def tell(server: Server, what: str, before: float, began: float) -> None:
    grown = server.megabytes - before
    print(f"{what}: {time.monotonic() - began:.1f} s, memory {before:.0f} to {before + grown:.0f} MB")
    assert grown < 60


@pytest.mark.parametrize("size", [12_000, 99_999])
def test_an_icon_of_any_size_costs_nothing(server: Server, size: int) -> None:
    before, began = settled(server), time.monotonic()
    answer = httpx.get(f"{server.address}/pwa_icon/{size}", timeout=10)
    assert answer.status_code == 404 and time.monotonic() - began < 2
    tell(server, f"/pwa_icon/{size}", before, began)


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Long: ", b"a" * 1_000_000),
        (b"GET /", b"a" * 1_000_000),
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X-Short: a\r\n" * 80_000),
    ],
    ids=["header", "request line", "many headers"],
)
def test_a_head_of_two_hundred_megabytes_is_not_taken(server: Server, start: bytes, piece: bytes) -> None:
    before, began, slowest = settled(server), time.monotonic(), 0.0
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as peer:
        try:
            peer.sendall(start)
            for _ in range(200):
                peer.sendall(piece)
        except OSError:
            pass  # closed by the server
        else:
            pytest.fail("all of it was taken")
        slowest = max(slowest, server.answers())
    assert time.monotonic() - began < 10 and slowest < 2
    tell(server, "head", before, began)


@pytest.fixture(scope="module")
def unlimited(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[Server]:
    """A server that counts nobody's requests, so that all of them come through to where they could cost something."""
    home = tmp_path_factory.mktemp("unlimited")
    with serve(home, "--llm", "none", embedding="hash", client_limit="0", server_limit="0") as server:
        yield server


def many(server: Server, times: int, ask: Callable[[httpx.Client, int], httpx.Response]) -> list[int]:
    with httpx.Client(base_url=server.address, headers=SAME, timeout=30) as client:
        return [ask(client, n).status_code for n in range(times)]


KINDS: dict[str, Callable[[httpx.Client, int], httpx.Response]] = {
    "icons": lambda client, n: client.get(f"/pwa_icon/{99_000 + n}"),
    "unknown sessions": lambda client, n: client.get(_DATA, params={"session_hash": f"nobody{n}"}),
    "events that are not queued": lambda client, n: client.post(_JOIN, json=question(f"deaf{n}") | {"fn_index": 7}),
    "calls of anything": lambda client, n: client.post(_CALL, json={"data": [{"n": n}], "fn_index": n % 30}),
}


def question(session: str) -> dict[str, object]:
    data = ["What is a backdoor?", None, [], [], [], None, 0, 0, "en", None]
    return {"fn_index": 0, "data": data, "event_data": None, "session_hash": session, "trigger_id": 22}


@pytest.mark.parametrize("kind", KINDS)
def test_two_thousand_requests_leave_nothing_behind(unlimited: Server, kind: str) -> None:
    before, began, log = settled(unlimited), time.monotonic(), unlimited.log.stat().st_size
    statuses = many(unlimited, MANY, KINDS[kind])
    told = {status: statuses.count(status) for status in sorted(set(statuses))}
    print(f"{kind}: {json.dumps(told)}, {unlimited.log.stat().st_size - log} bytes of log")
    assert not {200, 500} & set(told)
    assert unlimited.log.stat().st_size == log
    assert unlimited.answers() < 2
    tell(unlimited, kind, before, began)


def test_questions_that_nobody_listens_to_leave_nothing_behind(unlimited: Server) -> None:
    """Measured from the second round on: what the first one took, Python keeps for the next.

    Python's own objects grow by less than a megabyte a round. The rest is what the allocator keeps for threads that
    come and go: 27 to 49 MB in two rounds, the most on a busy machine.
    """
    sizes = []
    for turn in range(3):
        began = time.monotonic()
        statuses = many(unlimited, 150, lambda client, n: client.post(_JOIN, json=question(f"deaf{turn}x{n}")))  # noqa: B023
        assert set(statuses) <= {200, 503} and statuses.count(200) > 90
        time.sleep(SILENT_SECONDS + 2 * SWEEP_SECONDS)
        sizes.append(settled(unlimited))
        print(f"150 questions without a listener: {time.monotonic() - began:.0f} s, memory {sizes[-1]:.0f} MB")
    assert sizes[2] - sizes[0] < 60
    assert "Traceback" not in unlimited.log.read_text()


def test_what_is_too_much_of_the_page_is_told_so(server: Server) -> None:
    """After all these, the address has used up what it may send in a minute."""
    with httpx.Client(base_url=server.address, headers=SAME) as client:
        statuses = [client.get(_DATA, params={"session_hash": "nobody"}).status_code for _ in range(601)]
    assert statuses[-1] == 429
