"""The widget against a server that dribbles, falls silent, breaks off or refuses."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.support.scripted_server import (
    QUESTION,
    SPOKEN,
    XSS,
    Server,
    answer,
    ask,
    begin,
    events,
    reached,
    says,
    stream,
    whole_text,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_stream_in_single_bytes_gives_the_same_answer(scripted_page: Page, scripted: Server) -> None:
    told = stream(events(answer()))

    def dribble(scripted: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        for byte in told:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    scripted.script = says(told)
    ask(scripted_page)
    at_once = whole_text(scripted_page)
    scripted_page.reload()
    scripted.script = dribble
    ask(scripted_page)
    assert whole_text(scripted_page) == at_once
    assert "Cats 安全性 🙂 fly" in at_once and len(scripted.asked) == 2


def test_stop(scripted_page: Page, scripted: Server) -> None:
    told = events(answer())

    def endless(scripted: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        handler.wfile.write(stream(told[:8]))
        while not scripted.go_on.wait(0.02):
            handler.wfile.write(b": still here\n")

    scripted.script = endless
    ask(scripted_page)
    expect(scripted_page.locator(".answer")).to_contain_text("Backdoors")
    scripted_page.get_by_role("button", name="Stop").click()
    expect(scripted_page.locator(".turn .status")).to_have_text("Stopped before it was finished.")
    assert scripted.hung_up.wait(10), "the server was not told"
    expect(scripted_page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    scripted.script = says(stream(told))
    scripted_page.get_by_role("button", name="Retry").click()
    expect(scripted_page.locator(".about")).to_be_visible()
    assert len(scripted.keys) == 2 and scripted_page.locator(".turn").count() == 1


@pytest.mark.parametrize("numbered", [True, False])
def test_a_broken_line_is_taken_up_again(scripted_page: Page, scripted: Server, numbered: bool) -> None:
    told = events(answer())
    first = stream(told, numbered)
    rest = b"".join(piece + b"\n\n" for piece in first.split(b"\n\n")[6:-1]) if numbered else first
    scripted.script = says(first[: len(stream(told[:6], numbered)) + 40], rest)
    ask(scripted_page)
    text = whole_text(scripted_page)
    assert text.count("Backdoors stay") == 1 and "And then?" in text
    (one, body), (two, again) = scripted.asked
    [key] = scripted.keys
    assert body == again and re.fullmatch(r"[A-Za-z0-9_-]{8,64}", key)
    assert "last-event-id" not in one
    assert two.get("last-event-id") == ("6" if numbered else None)


def test_events_that_were_read_already_do_not_count_twice(scripted_page: Page, scripted: Server) -> None:
    told = events(answer())
    scripted.script = says(
        stream(told[:12]), stream(told[:-1]), stream([*told[:-1], ("done", answer(answer="", sentences=[]))])
    )
    ask(scripted_page)
    expect(scripted_page.locator(".answer")).to_have_count(0)
    assert whole_text(scripted_page)
    announced = scripted_page.get_by_role("log").locator("p").all_text_contents()
    assert announced[:-2] == SPOKEN
    assert [headers.get("last-event-id") for headers, _ in scripted.asked] == [None, "12", str(len(told) - 1)]


def test_a_dead_server_gives_one_sentence_and_a_retry(scripted_page: Page, scripted: Server) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listener:
        dead = listener.server_address[1]
    scripted_page.goto(f"http://localhost:{scripted.port}/{dead}")
    scripted_page.evaluate(
        "document.addEventListener('paperbacked:error', (event) => { window.failed = event.detail })"
    )
    ask(scripted_page)
    expect(scripted_page.locator(".status")).to_have_text("The connection was lost, trying again …")
    sentence = "The papers cannot be reached just now. Check your connection, or try again in a moment."
    expect(scripted_page.locator(".failure")).to_have_text(sentence, timeout=15_000)
    assert scripted_page.evaluate("failed") == {"question": QUESTION, "message": sentence, "status": 0}
    scripted.script = says(stream(events(answer())))
    scripted_page.evaluate(
        "(address) => document.querySelector('paperbacked-answer').setAttribute('server', address)", scripted.address
    )
    scripted_page.get_by_role("button", name="Retry").click()
    expect(scripted_page.locator(".about")).to_be_visible()
    assert not scripted_page.locator(".failure").count()


@pytest.mark.parametrize("begins", [False, True])
def test_a_server_that_falls_silent_is_not_waited_for(scripted_page: Page, scripted: Server, begins: bool) -> None:
    def silent(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        if begins:
            begin(handler)
            handler.wfile.write(stream(events(answer())[:3]))
        server.go_on.wait(60)

    scripted.script = silent
    scripted_page.clock.install()
    ask(scripted_page)
    for attempts in range(1, 5):
        reached(scripted_page, scripted, attempts)
        if begins:
            expect(scripted_page.locator(".card")).to_have_count(1)
        scripted_page.clock.run_for(40_000 if begins else 30_000)  # gives up
        scripted_page.clock.run_for(5_000)  # and tries again
    expect(scripted_page.locator(".failure")).to_contain_text("cannot be reached")
    assert len(scripted.asked) == 4 and len(scripted.keys) == 1


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
    scripted_page: Page, scripted: Server, status: int, headers: dict[str, str], detail: str | None, words: str
) -> None:
    def refuse(scripted: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler, status, "application/problem+json", **headers)
        handler.wfile.write(json.dumps({"status": status, "detail": detail}).encode() if detail else b"<html>")

    scripted.script = refuse
    ask(scripted_page)
    expect(scripted_page.locator(".failure")).to_have_text(re.compile(words))
    expect(scripted_page.get_by_role("button", name="Retry")).to_be_visible()
    assert len(scripted.asked) == 1


def test_a_new_question_takes_the_place_of_a_running_one(scripted_page: Page, scripted: Server) -> None:
    def first_hangs(scripted: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        if n:
            handler.wfile.write(stream(events(answer())))
        else:
            while not scripted.go_on.wait(0.02):
                handler.wfile.write(b": still here\n")

    scripted.script = first_hangs
    asking = "(question) => { (window.came ??= []).push(document.querySelector('paperbacked-answer').ask(question)) }"
    scripted_page.evaluate(asking, "First?")
    reached(scripted_page, scripted, 1)
    scripted_page.evaluate(asking, QUESTION)
    assert scripted_page.evaluate("Promise.all(came).then(([one, two]) => [one, two.id])") == [None, "a1"]
    assert scripted.hung_up.wait(10)
    assert scripted.asked[1][1]["history"] == []
    expect(scripted_page.locator(".turn").first).to_contain_text("Stopped before it was finished.")
