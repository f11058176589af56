"""What proxies say is heard from known proxies alone."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.gate.forwarded import ForwardedHeaders

SAID = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "99",
    "X-Forwarded-Prefix": "/evil",
    "X-Gradio-Server": "https://evil.example",
    "Forwarded": "host=evil.example",
}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    names = [name.decode() for name, _ in scope["headers"]]
    told = {"client": scope["client"][0], "scheme": scope["scheme"], "names": names}
    await JSONResponse(told)(scope, receive, send)


def heard(peer: str, trusted: str = "10.0.0.0/8") -> dict[str, Any]:
    return TestClient(ForwardedHeaders(echo, trusted), client=(peer, 1)).get("/", headers=SAID).json()


def test_a_known_proxy_is_believed() -> None:
    told = heard("10.1.2.3")
    assert (told["client"], told["scheme"]) == ("203.0.113.9", "https")
    assert "x-forwarded-host" in told["names"] and "x-gradio-server" not in told["names"]


@pytest.mark.parametrize("peer", ["192.0.2.1", "127.0.0.1", "11.0.0.1", ""])
def test_nobody_else_is(peer: str) -> None:
    told = heard(peer)
    assert (told["client"], told["scheme"]) == (peer, "http")
    assert not {name for name in told["names"] if "forwarded" in name and name != "x-forwarded-for"}
    assert "x-gradio-server" not in told["names"]


def test_the_page_names_no_host_that_a_stranger_told_it(answerer: LocalAnswerer) -> None:
    outermost = ForwardedHeaders(create_app(answerer), "10.0.0.0/8")
    page = TestClient(outermost, client=("192.0.2.1", 1)).get("/", headers=SAID).text
    assert "evil" not in page and page.startswith("<!")
