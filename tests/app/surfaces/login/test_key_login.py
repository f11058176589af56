"""The login with the key: the only way in besides the key itself, for every address there is."""

from __future__ import annotations

import zlib
from typing import Any

import pytest
from fastapi.testclient import TestClient
from itsdangerous import TimestampSigner

from app.build import LocalAnswerer
from app.server import create_app
from app.settings import read_settings
from app.surfaces.gate.request_limits import LOGINS_A_MINUTE
from app.surfaces.gate.routes import RULES, WITHOUT_LOGIN
from app.surfaces.login.key_login import COOKIE, KeyLogin
from app.surfaces.options import ServingOptions
from retrieval.errors import InputError

KEY = "a-key-of-some-length"
ALLOWED = "https://allowed.example"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def app(answerer: LocalAnswerer) -> Any:
    return create_app(answerer, options=ServingOptions(widget_origins=(ALLOWED,), api_key=KEY, login="key"))


@pytest.fixture
def reader(app: Any, request: pytest.FixtureRequest) -> TestClient:
    """A browser of an address of its own."""
    address = f"192.0.2.{zlib.crc32(request.node.name.encode()) % 200 + 1}"
    return TestClient(app, base_url="https://papers.example", client=(address, 1), headers=SAME, follow_redirects=False)


def log_in(reader: TestClient, key: str = KEY) -> Any:
    return reader.post("/login", data={"key": key})


def test_a_reader_is_led_to_the_form_types_the_key_and_is_in(reader: TestClient) -> None:
    led = reader.get("/")
    assert led.status_code == 303 and led.headers["location"] == "login"
    form = reader.get("/login")
    assert form.status_code == 200 and 'name="key"' in form.text and KEY not in form.text
    wrong = log_in(reader, "another-key")
    assert wrong.status_code == 401 and "That is not the key." in wrong.text and "set-cookie" not in wrong.headers
    entered = log_in(reader, f" {KEY} ")
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "secure", "samesite=lax", "path=/")) and KEY not in cookie
    assert reader.get("/").status_code == 200
    assert reader.post("/api/v1/ask", json={"question": "What is a backdoor?"}).status_code == 200
    reader.post("/logout")
    assert reader.get("/").status_code == 303


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.path)
def test_without_it_nothing_is_there(app: Any, rule: Any) -> None:
    client = TestClient(app, base_url="https://papers.example", follow_redirects=False)
    path = rule.path.replace("{path:path}", "x").replace("{session_hash}", "x").replace("{name:path}", "x")
    origins: tuple[dict[str, str], ...] = (SAME, {}, {"Origin": ALLOWED}, {"Origin": "https://papers.example"})
    for headers in origins:
        status = client.request(rule.methods[0], path, headers=headers, json={}).status_code
        if rule.path in WITHOUT_LOGIN:
            assert status == 200
        else:
            assert status in (401, 403) or (path == "/" and status == 303), (headers, status)


def test_programs_come_in_with_the_key(app: Any) -> None:
    bearer = {"Authorization": f"Bearer {KEY}"}
    client = TestClient(app, client=("192.0.2.230", 1))
    assert client.get("/api/v1/papers", headers=bearer).status_code == 200
    assert client.get("/metrics", headers=bearer).status_code == 200
    assert client.get("/api/v1/papers", headers={"Authorization": "Bearer x"}).status_code == 401


@pytest.mark.parametrize("forged", ["reader", "reader.abc.def", "", "x" * 5000, "signed with the key itself"])
def test_a_forged_cookie_opens_nothing(reader: TestClient, forged: str) -> None:
    if " " in forged:
        forged = TimestampSigner(KEY).sign("reader").decode()
    assert reader.get("/", headers={"Cookie": f"{COOKIE}={forged}"}).status_code == 303


def test_a_login_outlives_the_server_but_not_its_key_nor_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = KeyLogin(KEY)._signer.sign("reader").decode()
    scope = {"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]}
    assert KeyLogin(KEY).admits(scope) and not KeyLogin("another").admits(scope)
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: int(__import__("time").time()) + 31 * 86_400)
    assert not KeyLogin(KEY).admits(scope)


def test_keys_are_not_tried_for_ever(reader: TestClient) -> None:
    tried = [log_in(reader, f"guess{n}").status_code for n in range(LOGINS_A_MINUTE + 5)]
    assert tried.count(401) == LOGINS_A_MINUTE and tried[-1] == 429


def test_nor_in_headers(app: Any) -> None:
    client = TestClient(app, client=("192.0.2.231", 1))
    tried = [
        client.get("/metrics", headers={"Authorization": f"Bearer guess{n}"}).status_code
        for n in range(LOGINS_A_MINUTE + 2)
    ]
    assert tried[0] == 401 and tried[-1] == 429


def test_another_site_cannot_log_a_reader_in(app: Any) -> None:
    client = TestClient(app, base_url="https://papers.example")
    crossing = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/login", data={"key": KEY}, headers=crossing).status_code == 403


def test_without_a_login_gradios_own_is_not_there(answerer: LocalAnswerer) -> None:
    client = TestClient(create_app(answerer, options=ServingOptions(api_key=KEY)), headers=SAME)
    assert client.post("/login", data={"username": "a", "password": "b"}).status_code == 404


def test_a_login_with_a_key_needs_one() -> None:
    with pytest.raises(InputError, match="PAPERBACKED_API_KEY"):
        read_settings(login="key")
    assert read_settings(login="key", api_key=KEY).login == "key"
