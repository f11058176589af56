"""The policy that keeps the page on this machine, and the page that satisfies it."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.testclient import TestClient

from app.surfaces.gate.page_security import LocalOnly, content_policy, local_page

PAGE = (
    '<html><head><meta property="og:image" content="https://elsewhere.example/x.jpg" /><script>1</script></head>'
    '<body><script type="module" src="./a.js"></script></body></html>'
)


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    app.get("/", response_class=HTMLResponse)(lambda: PAGE)
    app.get("/plain", response_class=PlainTextResponse)(lambda: "<script>")
    app.add_middleware(LocalOnly, frame_ancestors=("https://huggingface.co",))
    return TestClient(app)


def test_every_script_of_a_page_bears_the_nonce_of_its_response(client: TestClient) -> None:
    first, second = client.get("/"), client.get("/")
    (nonce,) = re.findall(r"'nonce-([^']+)'", first.headers["content-security-policy"])
    assert first.text.count("<script") == first.text.count(f'<script nonce="{nonce}"') == 3
    assert nonce not in second.text
    plain = client.get("/", headers={"accept-encoding": "identity"})
    assert int(plain.headers["content-length"]) == len(plain.content)


def test_no_other_host_is_named(client: TestClient) -> None:
    answer = client.get("/")
    assert "elsewhere.example" not in answer.text
    assert "https://huggingface.co" in answer.headers["content-security-policy"].split("frame-ancestors")[1]
    directives = content_policy("n").split("; ")
    assert not any("http" in directive or "*" in directive for directive in directives)
    assert not any("unsafe-inline" in directive for directive in directives if directive.startswith("script-src"))


def test_what_is_not_a_page_passes_untouched(client: TestClient) -> None:
    answer = client.get("/plain")
    assert answer.text == "<script>"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_without_head_is_left_whole() -> None:
    assert local_page(b"<p>x</p>", "n") == b"<p>x</p>"
