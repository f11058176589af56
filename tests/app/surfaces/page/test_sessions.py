"""What the page's framework is sent and what it keeps: only what the page sends, and for nobody who does not listen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx
import pytest
from starlette.routing import Mount

from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.page import sessions

JOIN, CALL, DATA = "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/queue/data"
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
SILENT = 0.6


@pytest.fixture(scope="module")
def app(answerer: LocalAnswerer) -> Any:
    return create_app(answerer)


@pytest.fixture(scope="module")
def page(app: Any, served: Any) -> Iterator[httpx.Client]:
    """A client that is taken for the page, of a real server that is soon tired of silence."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "SILENT_SECONDS", SILENT)
        patch.setattr(sessions, "SWEEP_SECONDS", 0.05)
        with served(app) as address:
            headers = {"Sec-Fetch-Site": "same-origin"}
            with httpx.Client(base_url=address, headers=headers, timeout=20) as client:
                yield client


@pytest.fixture
def blocks(app: Any) -> Any:
    """Gradio's own object, to look into what it keeps."""
    mount = next(route for route in app.routes if isinstance(route, Mount))
    return cast("Any", mount.app).get_blocks()


@pytest.fixture
def body_of(blocks: Any) -> Callable[..., dict[str, Any]]:
    """`body_of("ask", "s1", "question", event={…})`: what the page sends for one of its events."""

    def made(name: str, session: str, *first: Any, event: Any = None) -> dict[str, Any]:
        index, function = next((i, fn) for i, fn in blocks.fns.items() if fn.name == name)
        kinds = {"CheckboxGroup": [], "Dropdown": 0, "Textbox": "en", "State": None}
        data = [kinds[type(one).__name__] for one in function.inputs]
        data[: len(first)] = first
        return {"fn_index": index, "data": data, "event_data": event, "session_hash": session, "trigger_id": 22}

    return made


def kept_for(blocks: Any, app: Any, session: str) -> list[str]:
    """Where something is kept for the session."""
    queue = blocks._queue
    events = [event for event in queue.event_ids_to_events.values() if event.session_hash == session]
    places = {
        "messages": session in queue.pending_messages_per_session,
        "ids": session in queue.pending_event_ids_session,
        "events": bool(events),
        "state": session in blocks.state_holder.session_data,
    }
    return [name for name, kept in places.items() if kept]


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def messages(page: httpx.Client, session: str) -> list[dict[str, Any]]:
    told = []
    with page.stream("GET", DATA, params={"session_hash": session}) as response:
        for line in response.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line[6:]))
    return told


def test_a_question_of_the_page_is_answered(page: httpx.Client, body_of: Any) -> None:
    assert page.post(JOIN, json=body_of("ask", "reader1", QUESTION)).status_code == 200
    told = messages(page, "reader1")
    assert told[-1]["msg"] == "close_stream" and "Sleeper Agents" in json.dumps(told)
    assert told[-2]["msg"] == "process_completed" and told[-2]["success"]


def test_what_is_not_queued_is_called_and_what_is_queued_is_not(page: httpx.Client, body_of: Any) -> None:
    assert page.post(CALL, json=body_of("start_over", "s2")).status_code == 200
    for path, body in (
        (JOIN, body_of("reopen", "s2", event={"turns": []})),
        (JOIN, body_of("start_over", "s2")),
        (CALL, body_of("ask", "s2", QUESTION)),
    ):
        refused = page.post(path, json=body)
        assert refused.status_code == 400 and refused.json()["detail"].endswith(".")


WRONG: list[Callable[[dict[str, Any]], Any]] = [
    lambda body: [],
    lambda body: "x",
    lambda body: body | {"fn_index": 999},
    lambda body: body | {"fn_index": "0"},
    lambda body: body | {"fn_index": None},
    lambda body: body | {"data": []},
    lambda body: body | {"data": None},
    lambda body: body | {"data": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, *body["data"][1:]]},
    lambda body: body | {"data": [*body["data"][:2], ["No such organisation"], *body["data"][3:]]},
    lambda body: body | {"data": [*body["data"][:2], [["OpenAI"]], *body["data"][3:]]},
    lambda body: body | {"data": [*body["data"][:2], "OpenAI", *body["data"][3:]]},
    lambda body: body | {"data": [*body["data"][:6], 1066, *body["data"][7:]]},
    lambda body: body | {"session_hash": None},
    lambda body: body | {"session_hash": "a b"},
    lambda body: body | {"session_hash": "a" * 10_000},
    lambda body: body | {"session_hash": ["a"]},
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_what_the_page_never_sends_is_told_in_one_line(
    page: httpx.Client, body_of: Any, wrong: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = page.post(JOIN, json=wrong(body_of("ask", "s3", QUESTION)))
    assert refused.status_code == 400 and refused.headers["content-type"] == "application/problem+json"
    called = page.post(CALL, json=wrong(body_of("chips", "s3") | {"data": body_of("chips", "s3")["data"] * 3}))
    assert called.status_code == 400
    assert capfd.readouterr().err == ""


def test_a_choice_that_the_page_was_given_later_is_one(page: httpx.Client, body_of: Any, blocks: Any) -> None:
    """After an ingest the page has organisations that were not there when it was laid out."""
    body = body_of("chips", "later1")
    body["data"][0] = ["A new organisation"]
    assert page.post(CALL, json=body).status_code == 400
    function = next(one for one in blocks.fns.values() if one.name == "chips")
    session = blocks.state_holder["later1"]
    box = function.inputs[0]
    session[box._id] = type(box)(choices=["A new organisation"])
    assert page.post(CALL, json=body).status_code == 200


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff", b'{"fn_index":'])
def test_nor_what_is_no_json(page: httpx.Client, content: bytes) -> None:
    for path in (JOIN, CALL):
        assert page.post(path, content=content).status_code == 400


@pytest.mark.parametrize("session", ["nobody", "", "a b", "x" * 5000])
def test_a_session_that_is_not_there_is_told_so_without_a_word_in_the_log(
    page: httpx.Client, session: str, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = page.get(DATA, params={"session_hash": session})
    assert refused.status_code in (400, 404) and refused.headers["content-type"] == "application/problem+json"
    assert page.get(DATA).status_code == 400
    assert capfd.readouterr().err == ""


def test_for_who_does_not_listen_nothing_is_kept(page: httpx.Client, body_of: Any, blocks: Any, app: Any) -> None:
    for n in range(5):
        assert page.post(JOIN, json=body_of("ask", f"deaf{n}", QUESTION)).status_code == 200
    assert "messages" in kept_for(blocks, app, "deaf0")
    for n in range(5):
        assert within(SILENT + 3, lambda: kept_for(blocks, app, f"deaf{n}") == [])  # noqa: B023


def test_nor_for_who_calls_and_never_comes(page: httpx.Client, body_of: Any, blocks: Any, app: Any) -> None:
    assert page.post(CALL, json=body_of("start_over", "called")).status_code == 200
    assert within(SILENT + 3, lambda: kept_for(blocks, app, "called") == [])


def test_an_open_page_keeps_its_conversation_but_no_results_that_nobody_fetches(
    page: httpx.Client, body_of: Any, blocks: Any, app: Any
) -> None:
    with page.stream("GET", "/gradio_api/heartbeat/open1") as heartbeat:
        assert heartbeat.status_code == 200
        assert page.post(JOIN, json=body_of("ask", "open1", QUESTION)).status_code == 200
        messages(page, "open1")
        assert page.post(JOIN, json=body_of("ask", "open1", "And the largest models?")).status_code == 200
        assert within(SILENT + 3, lambda: "messages" not in kept_for(blocks, app, "open1"))
        time.sleep(2 * SILENT)
        assert kept_for(blocks, app, "open1") == ["state"]
