"""The widget against a server that dribbles, falls silent, breaks off or refuses."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.scripted_server import *

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

def test_a_stream_in_single_bytes_gives_the_same_answer(page: Page, server: Server) -> None:
    told = stream(events(answer()))

    def dribble(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        for byte in told:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    server.script = says(told)
    ask(page)
    at_once = whole_text(page)
    page.reload()
    server.script = dribble
    ask(page)
    assert whole_text(page) == at_once
    assert "Cats 安全性 🙂 fly" in at_once and len(server.asked) == 2


def test_stop(page: Page, server: Server) -> None:
    told = events(answer())

    def endless(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        handler.wfile.write(stream(told[:8]))
        while not server.go_on.wait(0.02):
            handler.wfile.write(b": still here\n")

    server.script = endless
    ask(page)
    expect(page.locator(".answer")).to_contain_text("Backdoors")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".turn .status")).to_have_text("Stopped before it was finished.")
    assert server.hung_up.wait(10), "the server was not told"
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    server.script = says(stream(told))
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".about")).to_be_visible()
    assert len(server.keys) == 2 and page.locator(".turn").count() == 1


@pytest.mark.parametrize("numbered", [True, False])
def test_a_broken_line_is_taken_up_again(page: Page, server: Server, numbered: bool) -> None:
    told = events(answer())
    first = stream(told, numbered)
    rest = b"".join(piece + b"\n\n" for piece in first.split(b"\n\n")[6:-1]) if numbered else first
    server.script = says(first[: len(stream(told[:6], numbered)) + 40], rest)
    ask(page)
    text = whole_text(page)
    assert text.count("Backdoors stay") == 1 and "And then?" in text
    (one, body), (two, again) = server.asked
    assert body == again and len(server.keys) == 1 and re.fullmatch(r"[A-Za-z0-9_-]{8,64}", *server.keys)
    assert "last-event-id" not in one
    assert two.get("last-event-id") == ("6" if numbered else None)


def test_events_that_were_read_already_do_not_count_twice(page: Page, server: Server) -> None:
    told = events(answer())
    server.script = says(
        stream(told[:8]), stream(told[:-1]), stream([*told[:-1], ("done", answer(answer="", sentences=[]))])
    )
    ask(page)
    expect(page.locator(".answer")).to_have_count(0)
    assert whole_text(page)
    assert [headers.get("last-event-id") for headers, _ in server.asked] == [None, "8", str(len(told) - 1)]


def test_a_dead_server_gives_one_sentence_and_a_retry(page: Page, server: Server) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listener:
        dead = listener.server_address[1]
    page.goto(f"http://localhost:{server.port}/{dead}")
    page.evaluate("document.addEventListener('paperbacked:error', (event) => { window.failed = event.detail })")
    ask(page)
    expect(page.locator(".status")).to_have_text("The connection was lost, trying again …")
    sentence = "The papers cannot be reached from here just now. Check your connection, or try again in a moment."
    expect(page.locator(".failure")).to_have_text(sentence, timeout=15_000)
    assert page.evaluate("failed") == {"question": QUESTION, "message": sentence, "status": 0}
    server.script = says(stream(events(answer())))
    page.evaluate(
        "(address) => document.querySelector('paperbacked-answer').setAttribute('server', address)", server.address
    )
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".about")).to_be_visible()
    assert not page.locator(".failure").count()


def test_a_server_that_says_nothing_is_not_waited_for(page: Page, server: Server) -> None:
    server.script = lambda server, handler, n: server.go_on.wait(60) and None
    page.clock.install()
    ask(page)
    for attempts in range(1, 5):
        reached(page, server, attempts)
        page.clock.run_for(30_000)  # gives up
        page.clock.run_for(5_000)  # and tries again
    expect(page.locator(".failure")).to_contain_text("cannot be reached")
    assert len(server.asked) == 4 and len(server.keys) == 1


@pytest.mark.parametrize(
    ("status", "headers", "detail", "words"),
    [
        (
            429,
            {"Retry_After": "40"},
            "Too many.",
            r"Too many questions at once\. Come back in 40 seconds, at \d\d:\d\d",
        ),
        (429, {"Retry_After": "600"}, "Too many.", r"Come back in 10 minutes, at \d\d:\d\d"),
        (422, {}, f"No organisation is called {XSS}.", re.escape(f"No organisation is called {XSS}.")),
        (403, {}, "Not from here.", r"Not from here\."),
        (503, {}, None, r"The papers could not be asked just now\. Try again in a moment\."),
    ],
)
def test_a_refusal_is_one_sentence(
    page: Page, server: Server, status: int, headers: dict[str, str], detail: str | None, words: str
) -> None:
    def refuse(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler, status, "application/problem+json", **headers)
        handler.wfile.write(json.dumps({"status": status, "detail": detail}).encode() if detail else b"<html>")

    server.script = refuse
    ask(page)
    expect(page.locator(".failure")).to_have_text(re.compile(words))
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    assert len(server.asked) == 1


def test_a_new_question_takes_the_place_of_a_running_one(page: Page, server: Server) -> None:
    def first_hangs(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        if n:
            handler.wfile.write(stream(events(answer())))
        else:
            while not server.go_on.wait(0.02):
                handler.wfile.write(b": still here\n")

    server.script = first_hangs
    asking = "(question) => { (window.came ??= []).push(document.querySelector('paperbacked-answer').ask(question)) }"
    page.evaluate(asking, "First?")
    reached(page, server, 1)
    page.evaluate(asking, QUESTION)
    assert page.evaluate("Promise.all(came).then(([one, two]) => [one, two.id])") == [None, "a1"]
    assert server.hung_up.wait(10)
    assert server.asked[1][1]["history"] == []
    expect(page.locator(".turn").first).to_contain_text("Stopped before it was finished.")
