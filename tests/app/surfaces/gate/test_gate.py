"""Who may ask from where, with what key, how much and how large; each refusal is a problem in one sentence."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.responses import JSONResponse
from starlette.types import Message, Receive, Scope, Send

from app import server
from app.build import LocalAnswerer
from app.notices.notice import Notice
from app.server import create_app
from app.settings import read_settings
from app.surfaces.gate.cors import CorsPolicy, at_the_machine
from app.surfaces.gate.gate import Gate
from app.surfaces.gate.observed import ASKED_FROM
from app.surfaces.gate.request_limits import MAX_BODY_BYTES, MAX_PAGE_BODY_BYTES, limits_for
from app.surfaces.options import ServingOptions
from retrieval.types import no_progress

OURS = "http://testserver"
ALLOWED = "https://allowed.example"
EVIL = "https://evil.example"
KEY = "a-key-of-some-length"
ASK = "/api/v1/ask"
READ = ("/api/v1/search", "/metrics")
"""What is read; the rest is posted to."""
GUARDED = (ASK, "/api/v1/compare", "/api/v1/search", "/v1/chat/completions", "/mcp", "/mcp/")
TOOL_CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "ask"}}


class Inside:
    """What lies behind the gate: it tells what reached it."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached.append(scope["path"])
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        told = {"surface": ASKED_FROM.get(), "size": len(body)}
        await JSONResponse(told)(scope, receive, send)


Gated = Callable[..., TestClient]


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
def refused() -> list[str]:
    """The reasons that were counted."""
    return []


@pytest.fixture
def gated(inside: Inside, refused: list[str]) -> Gated:
    """`gated(api_key=…, client_limit=…, local_only=…)`: a client before a gate that lets `ALLOWED` in."""

    def made(
        client_limit: int = 0,
        server_limit: int = 0,
        api_key: str | None = None,
        local_only: bool = False,
        hosts: tuple[str, ...] = (),
        max_open: int = 1000,
        client: tuple[str, int] = ("192.0.2.1", 50000),
        base_url: str = OURS,
    ) -> TestClient:
        rules = replace(limits_for(client_limit, server_limit, api_key, refused.append), max_open=max_open)
        gate = Gate(inside, CorsPolicy((ALLOWED,), hosts, local_only), rules)
        return TestClient(gate, base_url=base_url, client=client)

    return made


def assert_refused(response: Any, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == status
    assert told["detail"].endswith(".") and "\n" not in told["detail"]


def call_at(client: TestClient, path: str, headers: Any) -> Any:
    """The response to the kind of request that the path is for."""
    return client.get(path, headers=headers) if path in READ else client.post(path, json={}, headers=headers)


def cors_of(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("access-control")}


# --- Origins


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://testserver.evil.example"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "http://testserver@evil.example"},
        {"Origin": "http://[testserver"},
        {"Origin": "chrome-extension://testserver"},
        {"Origin": f"{ALLOWED}.evil.example"},
        {"Origin": ALLOWED.replace("https", "http")},
        {"Origin": f"{ALLOWED}:8443"},
        {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    ],
    ids=lambda headers: " ".join(headers.values()) or "empty",
)
def test_another_origin_is_refused_and_reaches_nothing(
    gated: Gated, inside: Inside, refused: list[str], path: str, headers: dict[str, str]
) -> None:
    response = gated().post(path, json=TOOL_CALL, headers=headers)
    assert_refused(response, 403)
    assert cors_of(response) == {} and inside.reached == [] and refused == ["origin"]


@pytest.mark.parametrize("path", GUARDED)
def test_so_is_its_preflight(gated: Gated, inside: Inside, path: str) -> None:
    response = gated().options(path, headers={"Origin": EVIL, "Access-Control-Request-Method": "POST"})
    assert_refused(response, 403)
    assert cors_of(response) == {} and inside.reached == []


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": OURS},
        {"Origin": OURS, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://papers.example", "Sec-Fetch-Site": "same-origin"},  # a proxy gave us another Host
        {"Sec-Fetch-Site": "none"},
    ],
    ids=lambda headers: " ".join(headers.values()) or "none",
)
def test_our_own_page_and_programs_come_in(gated: Gated, path: str, headers: dict[str, str]) -> None:
    response = call_at(gated(), path, headers)
    assert response.status_code == 200
    assert cors_of(response) == {}
    assert response.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    ("address", "origin", "status"),
    [
        ("http://papers.example", "https://papers.example", 200),  # a proxy takes https and speaks http
        ("http://papers.example:8443", "https://papers.example:8443", 200),
        ("http://papers.example:443", "https://papers.example", 200),
        ("http://[::1]:7860", "http://[::1]:7860", 200),
        ("http://PAPERS.example", "http://papers.example", 200),
        ("http://papers.example", "http://papers.example:8080", 403),
        ("https://papers.example", "http://papers.example", 403),
    ],
)
def test_our_own_origin_is_that_of_the_host_called(gated: Gated, address: str, origin: str, status: int) -> None:
    # Without Sec-Fetch-Site, as browsers do over plain http on a local network.
    assert gated(base_url=address).post(ASK, json={}, headers={"Origin": origin}).status_code == status


def test_our_own_page_stays_that_where_its_origin_is_named_too(gated: Gated) -> None:
    response = gated(base_url=ALLOWED).post("/gradio_api/queue/join", json={}, headers={"Origin": ALLOWED})
    assert response.status_code == 200 and response.json()["surface"] is None


def test_an_allowed_origin_may_ask_and_read(gated: Gated, inside: Inside) -> None:
    response = gated().post(ASK, json={}, headers={"Origin": ALLOWED, "Sec-Fetch-Site": "cross-site"})
    assert response.json()["surface"] == "widget"
    assert response.headers["access-control-allow-origin"] == ALLOWED
    exposed = response.headers["access-control-expose-headers"].split(", ")
    assert {"Retry-After", "Mcp-Session-Id"} <= set(exposed)
    assert "access-control-allow-credentials" not in response.headers
    assert response.headers["vary"] == "Origin"
    assert gated().post(ASK, json={}).json()["surface"] is None


def test_its_preflight_is_answered_at_the_gate(gated: Gated, inside: Inside) -> None:
    wanted = "authorization,content-type,idempotency-key,last-event-id,mcp-protocol-version,mcp-session-id"
    asked = {"Origin": ALLOWED, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
    response = gated(api_key=KEY).options(ASK, headers=asked)
    assert response.status_code == 200 and inside.reached == []
    assert response.headers["access-control-allow-origin"] == ALLOWED
    assert response.headers["access-control-allow-methods"] == "GET, POST"
    allowed = {name.lower() for name in response.headers["access-control-allow-headers"].split(", ")}
    assert set(wanted.split(",")) <= allowed
    assert int(response.headers["access-control-max-age"]) > 0
    assert "Origin" in response.headers["vary"]
    assert "access-control-allow-credentials" not in response.headers


def test_a_refusal_can_be_read_by_an_allowed_origin(gated: Gated) -> None:
    client = gated(client_limit=1)
    client.post(ASK, json={}, headers={"Origin": ALLOWED})
    response = client.post(ASK, json={}, headers={"Origin": ALLOWED})
    assert_refused(response, 429)
    assert response.headers["access-control-allow-origin"] == ALLOWED
    assert int(response.headers["retry-after"]) > 0


def test_a_reader_may_follow_a_link_to_the_api(gated: Gated) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert gated().get("/api/v1/openapi.json", headers=followed).status_code == 200
    framed = followed | {"Sec-Fetch-Dest": "iframe"}
    assert gated().get("/api/v1/openapi.json", headers=framed).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Origin": ALLOWED}, {"Sec-Fetch-Site": "cross-site"}])
def test_no_other_page_sends_to_the_chat_pages_own_routes(gated: Gated, inside: Inside, headers: Any) -> None:
    for response in (
        gated().post("/gradio_api/queue/join", json={}, headers=headers),
        gated().get("/gradio_api/queue/data", headers=headers),
        gated().options("/gradio_api/queue/join", headers=headers | {"Access-Control-Request-Method": "POST"}),
        gated().post("/gradio_api/cancel", json={}, headers=headers),
    ):
        assert_refused(response, 403)
        assert cors_of(response) == {}
    assert inside.reached == []
    assert gated().post("/gradio_api/queue/join", json={}, headers={"Origin": OURS}).status_code == 200


def test_what_the_page_sends_is_counted_too(gated: Gated) -> None:
    client = gated(client_limit=1)
    assert statuses(client, "/gradio_api/queue/join", 10) == [200] * 10
    assert client.get("/gradio_api/queue/data").status_code == 429
    assert client.get("/gradio_api/heartbeat/abc").status_code == 429


def test_gradio_does_not_open_our_page_to_others(app: Any) -> None:
    crossing = {"Origin": EVIL, "Host": "papers.example"}
    page = TestClient(app).get("/", headers=crossing)
    assert page.status_code == 200 and not cors_of(page)
    assert_refused(TestClient(app).get("/config", headers=crossing), 403)
    assert TestClient(app).get("/widget.js").headers["access-control-allow-origin"] == "*"


def test_only_who_sits_at_the_machine_chooses_its_model() -> None:
    assert at_the_machine("127.0.0.1", "127.0.0.1:7860") and at_the_machine("::1", "localhost:7860")
    assert not at_the_machine("127.0.0.1", "papers.example")
    assert not at_the_machine("192.0.2.7", "localhost:7860")
    assert not at_the_machine(None, "localhost") and not at_the_machine("127.0.0.1", None)


@pytest.mark.parametrize("path", ["/", "/widget.js", "/demo", "/health/ready"])
def test_documents_and_scripts_are_for_everybody(gated: Gated, path: str) -> None:
    crossing = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    assert gated(api_key=KEY).get(path, headers=crossing).status_code == 200


# --- Names that lead to this machine


@pytest.mark.parametrize("path", ["/", ASK, "/gradio_api/queue/join"])
@pytest.mark.parametrize("host", ["evil.example:7860", "127.0.0.1.evil.example:7860", "192.0.2.7:7860"])
def test_a_server_for_this_machine_alone_has_no_other_name(gated: Gated, path: str, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    ways = "GET" if path == "/" else "POST"
    response = gated(local_only=True, base_url="http://localhost:7860").request(ways, path, headers=headers)
    assert_refused(response, 421)
    assert gated(base_url="http://localhost:7860").request(ways, path, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("localhost:7860", "127.0.0.1:7860", "[::1]:7860", "127.9.9.9:7860", "a.localhost:7860", "LOCALHOST:7860"),
        *("papers.example", "papers.example:8443"),  # a proxy on this machine, which keeps the name it was called by
    ],
)
def test_its_own_names_and_a_proxys_are_heard(gated: Gated, host: str) -> None:
    client = gated(local_only=True, base_url="http://localhost:7860")
    assert client.post(ASK, json={}, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("papers.example", 200), ("papers.example:8443", 200), ("PAPERS.example.", 200)),
        *(("a.sub.example", 200), ("sub.example", 421), ("evil.example", 421), ("papers.example.evil.example", 421)),
        *(("localhost:7860", 200), ("127.0.0.1", 200), ("[::1]:7860", 200), ("192.0.2.7", 200)),
        *(("papers.example@evil.example", 421), ("papers.example:x", 421), ("", 421)),
    ],
)
def test_a_server_with_names_hears_to_no_other(gated: Gated, host: str, status: int) -> None:
    client = gated(hosts=("papers.example", "*.sub.example"), base_url="http://10.0.0.9:7860")
    assert client.post(ASK, json={}, headers={"Host": host}).status_code == status
    assert client.get("/", headers={"Host": host, "Sec-Fetch-Site": "same-origin"}).status_code == status


# --- Keys


@pytest.mark.parametrize("path", (*GUARDED, "/metrics"))
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", KEY, f"Basic {KEY}", "Bearer ÿ"],
)
def test_a_program_without_the_key_is_turned_away(
    gated: Gated, inside: Inside, refused: list[str], path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    response = call_at(gated(api_key=KEY), path, headers)
    assert_refused(response, 401)
    assert response.headers["www-authenticate"] == 'Bearer realm="paperbacked"'
    assert KEY not in response.text and inside.reached == [] and refused == ["key"]


@pytest.mark.parametrize("authorization", [f"Bearer {KEY}", f"bearer {KEY}", f"Bearer  {KEY} "])
def test_a_program_with_the_key_comes_in(gated: Gated, authorization: str) -> None:
    for path in (*GUARDED, "/metrics"):
        assert call_at(gated(api_key=KEY), path, {"Authorization": authorization}).status_code == 200


def test_the_chat_pages_routes_are_no_way_around_the_key(gated: Gated, inside: Inside) -> None:
    join = "/gradio_api/queue/join"
    assert_refused(gated(api_key=KEY).post(join, json={}), 401)
    assert inside.reached == []
    for headers in ({"Origin": OURS}, {"Sec-Fetch-Site": "same-origin"}, {"Authorization": f"Bearer {KEY}"}):
        assert gated(api_key=KEY).post(join, json={}, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": OURS}, {"Origin": ALLOWED}, {"Sec-Fetch-Site": "same-origin"}])
def test_pages_need_no_key(gated: Gated, headers: dict[str, str]) -> None:
    assert gated(api_key=KEY).post(ASK, json={}, headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/api/v1/health"])
def test_health_needs_no_key(gated: Gated, path: str) -> None:
    assert gated(api_key=KEY).get(path).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": OURS}, {"Origin": ALLOWED}, {"Sec-Fetch-Site": "same-origin"}])
def test_the_metrics_are_for_programs_alone(gated: Gated, headers: dict[str, str]) -> None:
    assert_refused(gated().get("/metrics", headers=headers), 403)
    assert gated().get("/metrics").status_code == 200


def test_the_rules_and_options_do_not_show_the_key() -> None:
    assert KEY not in repr(limits_for(1, 1, KEY)) + repr(ServingOptions(api_key=KEY))


# --- Limits


def statuses(client: TestClient, path: str, times: int, body: Any = None) -> list[int]:
    return [client.post(path, json=body or {}).status_code for _ in range(times)]


def test_the_ways_to_ask_share_one_limit(gated: Gated, inside: Inside, refused: list[str]) -> None:
    client = gated(client_limit=4)
    assert statuses(client, ASK, 2) == [200, 200]
    assert statuses(client, "/v1/chat/completions", 1) == [200]
    assert statuses(client, "/mcp", 3, TOOL_CALL) == [200, 429, 429]
    response = client.post(ASK, json={})
    assert_refused(response, 429)
    assert 0 < int(response.headers["retry-after"]) <= 60
    assert len(inside.reached) == 4 and refused == ["limit"] * 3


@pytest.mark.parametrize(
    ("path", "figures", "code"), [(ASK, (1, 0), "client_limit"), ("/v1/chat/completions", (0, 1), "server_limit")]
)
def test_a_question_too_many_is_told_with_its_code(
    gated: Gated, path: str, figures: tuple[int, int], code: str
) -> None:
    client = gated(client_limit=figures[0], server_limit=figures[1])
    assert statuses(client, path, 1) == [200]
    response = client.post(path, json={})
    assert_refused(response, 429)
    told, seconds = response.json(), int(response.headers["retry-after"])
    assert (told["code"], told["params"]) == (code, {"count": seconds})
    assert told["detail"] == str(Notice(code, count=seconds))
    assert "error" not in told or told["error"]["message"] == told["detail"]


def test_only_tool_calls_are_questions(gated: Gated) -> None:
    client = gated(client_limit=1)
    others: list[Any] = [{"method": "initialize"}, {"method": "tools/list"}, [], "tools/call", {"method": 7}]
    for message in others:
        assert client.post("/mcp", json=message).status_code == 200
    assert client.post("/mcp", content=b'{"method": "tools/call"').status_code == 200  # no JSON, so no call
    assert client.post("/mcp", content=b"[" * 100_000).status_code == 200
    assert client.post("/mcp", json=[TOOL_CALL, TOOL_CALL]).status_code == 429  # both at once are two
    assert client.get("/api/v1/papers").status_code == 200


def test_a_comparison_of_papers_is_a_question(gated: Gated) -> None:
    client = gated(client_limit=2)
    assert statuses(client, "/api/v1/compare", 3) == [200, 200, 429]
    assert statuses(client, ASK, 1) == [429]
    assert gated().get("/api/v1/compare").status_code == 405


def test_clients_are_told_apart_and_the_server_has_its_own_limit(gated: Gated) -> None:
    gate = gated(client_limit=2, server_limit=3).app
    one, other = (TestClient(gate, client=(address, 1)) for address in ("192.0.2.1", "192.0.2.2"))
    assert statuses(one, ASK, 3) == [200, 200, 429]
    assert statuses(other, ASK, 3) == [200, 429, 429]


def test_feedback_has_a_limit_of_its_own(gated: Gated) -> None:
    client = gated(client_limit=2)
    assert statuses(client, "/api/v1/feedback", 3) == [200, 200, 429]
    assert statuses(client, ASK, 3) == [200, 200, 429]


def test_other_requests_have_ten_times_the_limit(gated: Gated) -> None:
    client = gated(client_limit=1)
    assert [client.get("/api/v1/search?q=x").status_code for _ in range(11)] == [200] * 10 + [429]
    assert client.get("/api/v1/health").status_code == client.get("/metrics").status_code == 200
    assert statuses(client, ASK, 1) == [200]


def test_a_trailing_slash_is_no_way_around(gated: Gated) -> None:
    client = gated(client_limit=1)
    assert statuses(client, f"{ASK}/", 2) == [200, 429]


def test_what_is_refused_for_its_key_or_origin_is_not_counted(gated: Gated) -> None:
    client = gated(client_limit=1, api_key=KEY)
    client.post(ASK, json={})
    client.post(ASK, json={}, headers={"Origin": EVIL})
    assert client.post(ASK, json={}, headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


# --- Sizes


def pieces(size: int, read: list[int]) -> Iterator[bytes]:
    for _ in range(size // 1000):
        read.append(1000)
        yield b"x" * 1000


@pytest.mark.parametrize(("path", "most"), [(ASK, MAX_BODY_BYTES), ("/gradio_api/queue/join", MAX_PAGE_BODY_BYTES)])
def test_a_body_is_as_large_as_it_may_be_and_no_larger(gated: Gated, inside: Inside, path: str, most: int) -> None:
    assert gated().post(path, content=b"x" * most).json()["size"] == most
    assert_refused(gated().post(path, content=b"x" * (most + 1)), 413)
    assert_refused(gated().post(path, content=pieces(most + 1000, [])), 413)
    assert len(inside.reached) == 1


def call(gate: Any, messages: list[Message], send: Send | None = None, **scope: Any) -> tuple[list[Message], int]:
    """What the gate sends to a request made of these messages, and how many of them it took."""
    sent: list[Message] = []
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    async def keep(message: Message) -> None:
        sent.append(message)

    full = {"type": "http", "method": "POST", "path": ASK, "headers": [], "client": ("192.0.2.1", 1), **scope}
    asyncio.run(gate(full, receive, send or keep))
    return sent, len(messages) - len(left)


def test_a_body_that_says_it_is_too_large_is_not_read_at_all(gated: Gated) -> None:
    headers = [(b"content-length", b"9" * 30)]
    sent, taken = call(gated().app, [{"type": "http.request", "body": b"x"}], headers=headers)
    assert (sent[0]["status"], taken) == (413, 0)


def test_a_body_that_does_not_say_so_is_read_no_further_than_the_limit(gated: Gated) -> None:
    endless: list[Message] = [{"type": "http.request", "body": b"x" * 1000, "more_body": True}] * 1000
    sent, taken = call(gated().app, endless)
    assert sent[0]["status"] == 413
    assert taken == MAX_BODY_BYTES // 1000 + 1


def test_a_body_that_breaks_off_asks_nothing(gated: Gated, inside: Inside) -> None:
    call(gated().app, [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    assert inside.reached == []


def test_a_body_that_does_not_come_is_waited_for_only_so_long(
    gated: Gated, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.surfaces.gate.request_limits.BODY_SECONDS", 0.05)
    sent, _ = call(gated().app, [{"type": "http.request", "body": b"{", "more_body": True}])
    assert sent[0]["status"] == 408 and inside.reached == []


# --- Crowds and sleepers


def test_beyond_a_bound_questions_are_asked_to_come_back(refused: list[str]) -> None:
    async def story() -> list[int]:
        let_go = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await let_go.wait()
            await JSONResponse({})(scope, receive, send)

        rules = replace(limits_for(0, 0, None, refused.append), max_open=3)
        gate = Gate(slow, CorsPolicy(), rules)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url=OURS) as client:
            waiting = [asyncio.ensure_future(client.post(ASK, json={})) for _ in range(3)]
            await asyncio.sleep(0)
            while gate._counted._open < 3:
                await asyncio.sleep(0)
            crowded = await client.post(ASK, json={})
            assert_refused(crowded, 503)
            assert int(crowded.headers["retry-after"]) > 0
            let_go.set()
            answered = [(await response).status_code for response in waiting]
            return [*answered, (await client.post(ASK, json={})).status_code]

    assert asyncio.run(story()) == [200] * 4
    assert refused == ["crowd"]


def test_a_failure_inside_leaves_room() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise OSError("the disk is full")

    gate = Gate(broken, CorsPolicy(), limits_for(0, 0))
    with pytest.raises(OSError, match="disk"):
        call(gate, [{"type": "http.request", "body": b"{}"}])
    assert gate._counted._open == 0


# --- In the application


@pytest.fixture(scope="module")
def app(answerer: LocalAnswerer) -> Any:
    options = ServingOptions(widget_origins=(ALLOWED,), api_key=KEY, client_limit=3, server_limit=1000)
    return create_app(answerer, options=options)


def test_the_application_has_the_gate_and_counts(app: Any) -> None:
    client = TestClient(app, client=("192.0.2.50", 1))
    bearer = {"Authorization": f"Bearer {KEY}"}
    question = {"question": "Do safety techniques remove a backdoor that was trained in?"}
    assert_refused(client.post(ASK, json=question), 401)
    assert_refused(client.post(ASK, json=question, headers={"Origin": EVIL}), 403)
    assert client.post(ASK, json=question, headers=bearer).json()["status"] == "answered"
    streamed = client.post(ASK, json=question, headers={"Origin": ALLOWED, "Accept": "text/event-stream"})
    assert streamed.status_code == 200 and "event: done" in streamed.text
    assert client.post(ASK, json=question, headers={"Origin": OURS}).status_code == 200
    assert_refused(client.post(ASK, json=question, headers=bearer), 429)
    told = client.get("/metrics", headers=bearer)
    assert told.headers["content-type"].startswith("text/plain; version=")
    lines = told.text.splitlines()
    assert 'paperbacked_questions_total{status="answered",surface="api"} 2.0' in lines
    assert 'paperbacked_questions_total{status="answered",surface="widget"} 1.0' in lines
    assert 'paperbacked_refused_requests_total{reason="limit"} 1.0' in lines
    assert "paperbacked_papers 94.0" in lines
    assert "paperbacked_answers_running 0.0" in lines


def test_the_key_is_in_no_page_and_no_document(app: Any) -> None:
    client = TestClient(app, client=("192.0.2.51", 1))
    page = client.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert all(
        KEY not in client.get(path).text for path in ("/", "/config", "/gradio_api/info", "/api/v1/openapi.json")
    )
    assert KEY not in json.dumps(client.get("/", headers={"Authorization": "Bearer wrong"}).text)


def test_the_settings_reach_the_gate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in {
        "WIDGET_ORIGINS": ALLOWED,
        "API_KEY": KEY,
        "CLIENT_LIMIT": "7",
        "SERVER_LIMIT": "8",
        "LOG_QUESTIONS": "1",
        "FRAME_ANCESTORS": "https://frame.example",
        "TRUSTED_PROXIES": "10.0.0.0/8",
        "HOSTS": "papers.example",
    }.items():
        monkeypatch.setenv(f"PAPERBACKED_{name}", value)
    told: dict[str, Any] = {}
    answerer = SimpleNamespace(
        language_models=None, warm_up=lambda: None, load_in_background=lambda after: None, follow=lambda: None
    )

    def record_options(answerer: Any, models: Any, options: ServingOptions, *others: Any) -> None:
        told["options"] = options

    monkeypatch.setattr(server, "build_answerer", lambda *args, **kwargs: answerer)
    monkeypatch.setattr(server, "create_app", record_options)
    monkeypatch.setattr(server.uvicorn.Server, "run", lambda self, sockets: told.update(config=self.config))
    settings = read_settings()
    logger = logging.getLogger("paperbacked.questions")
    kept = (logger.handlers, logger.propagate, logger.level)
    try:
        with server.listening_socket("127.0.0.1", 0) as listener:
            server.run_server(settings, listener, no_progress, lambda sentence: None)
        logger.info('{"event": "answer"}')
    finally:
        logger.handlers, logger.propagate, logger.level = kept
    options = told["options"]
    assert (options.widget_origins, options.api_key) == ((ALLOWED,), KEY)
    assert (options.client_limit, options.server_limit, options.log_questions) == (7, 8, True)
    assert (options.frame_ancestors, options.local_only) == (("https://frame.example",), True)
    assert options.feedback_file == settings.feedback
    outermost = told["config"].app
    assert outermost.trusts("10.1.2.3") and not outermost.trusts("127.0.0.1") and not told["config"].proxy_headers
    assert options.hosts == ("papers.example",)
    assert capsys.readouterr().err == '{"event": "answer"}\n'
    assert not server.serving_options(read_settings(host="0.0.0.0")).local_only
    assert options.only_here and not server.serving_options(read_settings(adding="on")).only_here
    assert options.pages_folder == settings.home / "cache" / "pages"
