"""Every address of the application is on the list or it is not there, the framework's own among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Mount

from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.gate.routes import API_ELSEWHERE, RULES, rule_at

SAME = {"Sec-Fetch-Site": "same-origin"}
FROM_GRADIO_AND_CLOSED = frozenset(
    {
        *("/openapi.json", "/login", "/logout", "/svelte/{path:path}", "/pwa_icon", "/pwa_icon/{size}"),
        *("/manifest.json", "/monitoring", "/monitoring/summary", "/monitoring/{key}"),
        *(
            f"/gradio_api/{name}"
            for name in (
                *("api/{api_name}", "call/v2/{api_name}", "call/v2/{api_name}/{event_id}", "call/{api_name}"),
                *("call/{api_name}/{event_id}", "component_server", "deep_link", "dev/reload"),
                *("custom_component/{id}/{environment}/{type}/{file_name}", "file/{path:path}"),
                *("file={path_or_url:path}", "info", "login_check", "openapi.json", "process_recording"),
                *("proxy={url_path:path}", "queue/status", "run/{api_name}", "runs", "startup-events"),
                *("stream/{event_id}", "stream/{event_id}/close", "theme.css", "token", "undo-vibe-edit"),
                "stream/{session_hash}/{run}/{component_id}/playlist-file",
                "stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
                "stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
                *("upload", "upload_progress", "user", "vibe-code", "vibe-edit", "vibe-starter-queries"),
            )
        ),
    }
)
"""What Gradio brings and the page does not use; a new one comes here, or onto the list, once it was looked at."""
EXAMPLES = {"{size}": "99999", "{path:path}": "a/b", "{session_hash}": "abc"}


@pytest.fixture(scope="module")
def app(answerer: LocalAnswerer) -> Any:
    return create_app(answerer)


def paths(routes: Any) -> Iterator[str]:
    """The paths of all routes, those of mounted and included applications too."""
    for route in routes:
        if hasattr(route, "effective_candidates"):
            yield from paths(route.effective_candidates())
        elif isinstance(route, Mount) and route.routes:
            yield from (f"{route.path}{path}" for path in paths(route.routes))
        elif isinstance(route, Mount):
            yield f"{route.path}/{{path:path}}"
        else:
            # Of an included plain route FastAPI shows the original's path alone.
            yield route.path or getattr(route, "original_route", route).path


def example_of(path: str) -> str:
    """An address that the path matches."""
    for name, value in EXAMPLES.items():
        path = path.replace(name, value)
    while "{" in path:
        path = f"{path[: path.index('{')]}x{path[path.index('}') + 1 :]}"
    return path


def is_named(path: str) -> bool:
    """Whether a rule was written for the path, and not only for what the API has not."""
    rule = rule_at(example_of(path))
    return rule is not None and (rule.path != API_ELSEWHERE or path == API_ELSEWHERE)


def test_no_route_is_there_that_nobody_named(app: Any) -> None:
    known = {rule.path for rule in RULES}
    found = {path.rstrip("/") or "/" for path in paths(app.routes)}
    ours = {path for path in found if is_named(path)}
    named = ours | FROM_GRADIO_AND_CLOSED
    assert found - named == set()
    assert FROM_GRADIO_AND_CLOSED & known == set()
    # The walk sees the framework's routes and our own.
    assert {"/pwa_icon/{size}", "/api/v1/ask", "/page/fonts/{path:path}", "/mcp", "/gradio_api/queue/join"} <= found


@pytest.mark.parametrize("path", sorted(FROM_GRADIO_AND_CLOSED))
def test_what_is_closed_is_not_there(app: Any, path: str) -> None:
    client = TestClient(app)
    for method in ("GET", "HEAD", "POST", "OPTIONS"):
        for address in (example_of(path), f"{example_of(path)}/"):
            if rule_at(address) is None:
                assert client.request(method, address, headers=SAME).status_code == 404, (method, address)


def test_only_calls_of_the_page_itself_are_no_closed_ones() -> None:
    open_after_all = {path for path in FROM_GRADIO_AND_CLOSED if rule_at(example_of(path)) is not None}
    assert open_after_all == set()


@pytest.mark.parametrize("size", ["12000", "99999", "0", "-1", "1e9"])
def test_no_icon_is_made_to_measure(app: Any, size: str) -> None:
    assert TestClient(app).get(f"/pwa_icon/{size}", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 404


def test_methods_are_on_the_list_too(app: Any) -> None:
    refused = TestClient(app).post("/", headers=SAME)
    assert refused.status_code == 405 and refused.headers["allow"] == "GET, HEAD"
    assert TestClient(app).get("/mcp").status_code == 405


def test_what_is_on_the_list_is_there(app: Any) -> None:
    client = TestClient(app)
    fonts = "/page/fonts/source-serif-4-latin-wght-normal.woff2"
    for path in ("/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", fonts, "/gradio_api/app_id", "/metrics"):
        assert client.get(path).status_code == 200, path
