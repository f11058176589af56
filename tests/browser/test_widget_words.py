"""What the widget makes of what it is told: marks, quotes, and hostile words that stay words."""

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

XSS = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\'"]]>'


def test_support_is_said_in_words_and_by_form(page: Page, server: Server) -> None:
    server.script = says(stream(events(answer())))
    ask(page)
    assert whole_text(page)
    expect(page.locator(".answer")).to_have_text(
        "Backdoors stay: “It stays.”1 They always do. (no quote behind this sentence)"
        " Cats 安全性 🙂 fly1. (the quoted text does not say this)"
    )
    style = "node => [getComputedStyle(node).textDecorationLine, getComputedStyle(node).textDecorationStyle]"
    assert page.locator(".uncited").first.evaluate(style) == ["underline", "dotted"]
    assert page.locator(".unsupported").first.evaluate("node => getComputedStyle(node).borderBottomStyle") == "dashed"
    expect(page.locator(".about")).to_have_text("1 of 3 sentences supported · written by scripted · 84 ms")


def test_quotes_stand_there_before_the_answer(page: Page, server: Server) -> None:
    told = events(answer())

    def waits(server: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        handler.wfile.write(stream(told[:3]))
        server.go_on.wait(30)
        handler.wfile.write(stream(told).removeprefix(stream(told[:3])))

    server.script = waits
    ask(page)
    expect(page.locator(".status")).to_have_text("Searching the papers …")
    expect(page.locator(".evidence.running h4")).to_have_text("Quotes found")
    expect(page.locator(".card .words")).to_have_text("“It stays.”")
    assert not page.locator(".answer").count()
    server.go_on.set()
    expect(page.locator(".evidence h4")).to_have_text("Cited")
    expect(page.locator(".also summary")).to_have_text("Also found (1)")
    log = page.get_by_role("log").locator("p")
    assert log.all_text_contents() == [*(each["text"] for each in SENTENCES), "The answer is complete. Quotes: 1."]


def test_an_error_on_the_way_is_told(page: Page, server: Server) -> None:
    server.script = says(stream([*events(answer())[:8], ("error", {"message": f"The model {XSS} is not here."})]))
    ask(page)
    expect(page.locator(".failure")).to_have_text(f"The model {XSS} is not here.")
    assert not page.evaluate("window.hacked")
    expect(page.locator(".card")).to_have_count(1)


def test_hostile_text_stays_text(page: Page, server: Server) -> None:
    paper = {
        **PAPER,
        "id": XSS,
        "title": f"T {XSS}",
        "organisation": f"O {XSS}",
        "category": XSS,
        "url": "javascript:window.hacked=1",
    }
    bad = answer(
        answer=f"{XSS} “{XSS}” [1]\n\n{XSS}",
        sentences=[{"text": f"{XSS} “{XSS}” [1]", "citations": [1], "support": "uncited", "score": 0}],
        citations=[{**CITATION, "paper": paper, "quote": f"Q {XSS}", "gloss": f"G {XSS}"}],
        sources=[{**OTHER, "paper": paper}, {**OTHER, "paper": {**paper, "id": "x", "url": "data:text/html,<script>"}}],
        followups=[f"F {XSS}"],
        note=f"N {XSS}",
        standalone_question=f"S {XSS}",
        models={"llm": f"M {XSS}"},
    )
    server.script = says(stream(events(bad)))
    page.locator("paperbacked-answer").evaluate(
        "(node, text) => { node.title = text; node.setAttribute('examples', text) }", XSS
    )
    ask(page, f"A {XSS}")
    text = whole_text(page)
    page.locator(".marker").first.hover()
    shown = text + page.locator(".popover").inner_text() + page.locator(".head").inner_text()
    for letter in "ATOQGFNSM":
        assert f"{letter} {XSS}" in shown, letter
    tags = page.locator("paperbacked-answer").evaluate(
        "node => [...node.shadowRoot.querySelectorAll('img, script, iframe, [onerror], [style*=url]')].length"
    )
    links = page.locator("paperbacked-answer a").evaluate_all("nodes => nodes.map((node) => node.protocol)")
    assert tags == 0 and set(links) == {"http:"}
    page.locator(".turn .next button").click()
    assert not page.evaluate("window.hacked")


def test_a_marker_without_a_quote_is_plain_text(page: Page, server: Server) -> None:
    whole = answer(answer="One [1], two [2], both [1, 2], year [2024].", sentences=[])
    server.script = says(stream(events(whole)))
    ask(page)
    assert whole_text(page)
    expect(page.locator(".answer")).to_have_text("One1, two [2], both [1, 2], year [2024].")
    assert page.locator(".marker").count() == 1


