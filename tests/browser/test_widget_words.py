"""What the widget makes of what it is told: marks, quotes, and hostile words that stay words."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

import pytest
from playwright.sync_api import Page, expect

from app.answering.events import Status, as_json
from app.notices.notice import Notice, notices_as_json
from tests.support.scripted_server import (
    CITATION,
    OTHER,
    PAPER,
    SPOKEN,
    XSS,
    Server,
    answer,
    ask,
    begin,
    events,
    says,
    stream,
    whole_text,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_support_is_said_in_words_and_by_form(scripted_page: Page, scripted: Server) -> None:
    scripted.script = says(stream(events(answer())))
    ask(scripted_page)
    assert whole_text(scripted_page)
    expect(scripted_page.locator(".answer")).to_have_text(
        "Backdoors stay: “It stays.”1 They always do. (no quote behind this sentence)"
        " Cats 安全性 🙂 fly1. (the quoted text does not say this)"
    )
    style = "node => [getComputedStyle(node).textDecorationLine, getComputedStyle(node).textDecorationStyle]"
    assert scripted_page.locator(".uncited").first.evaluate(style) == ["underline", "dotted"]
    assert (
        scripted_page.locator(".unsupported").first.evaluate("node => getComputedStyle(node).borderBottomStyle")
        == "dashed"
    )
    told = "1 of 3 sentences backed by their quotes · written by scripted · 84 ms"
    expect(scripted_page.locator(".about")).to_have_text(told)


def test_quotes_stand_there_before_the_answer(scripted_page: Page, scripted: Server) -> None:
    told = events(answer())

    def waits(scripted: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        handler.wfile.write(stream(told[:3]))
        scripted.go_on.wait(30)
        handler.wfile.write(stream(told).removeprefix(stream(told[:3])))

    scripted.script = waits
    ask(scripted_page)
    expect(scripted_page.locator(".status")).to_have_text("Searching the papers …")
    expect(scripted_page.locator(".evidence.running h4")).to_have_text("Quotes found")
    expect(scripted_page.locator(".card .words")).to_have_text("“It stays.”")
    assert not scripted_page.locator(".answer").count()
    scripted.go_on.set()
    expect(scripted_page.locator(".evidence h4")).to_have_text("Cited")
    expect(scripted_page.locator(".also summary")).to_have_text("Also found (1)")
    log = scripted_page.get_by_role("log").locator("p")
    assert log.all_text_contents() == [*SPOKEN, "The answer is complete. Quotes: 1."]


def test_in_chinese_it_says_what_is_happening_by_the_codes(scripted_page: Page, scripted: Server) -> None:
    told = [
        (Notice("searching"), "正在检索论文 …"),
        (Notice("conversation"), "正在阅读对话 …"),
        (Notice("records"), "正在检索论文 …"),
        (Notice("writing", name="scripted"), "正在撰写 …"),
    ]  # no two that follow each other look alike
    note = Notice("unsupported", name="scripted")
    whole = stream(events(answer(note=note, notes=notices_as_json(note))))

    def breaks_off(scripted: Server, handler: BaseHTTPRequestHandler, n: int) -> None:
        begin(handler)
        if n == 2:
            handler.wfile.write(whole)
        for notice, _ in told if n == 0 else ():
            told_of = {**as_json(Status(notice)), "text": "In other words"}
            handler.wfile.write(stream([("status", told_of)], numbered=False))
            scripted.go_on.wait(30)
            scripted.go_on.clear()

    scripted.script = breaks_off
    scripted_page.locator("paperbacked-answer").evaluate("node => node.setAttribute('language', 'zh')")
    ask(scripted_page)
    for _, words in told:
        expect(scripted_page.locator(".status")).to_have_text(words)
        scripted.go_on.set()
    expect(scripted_page.locator(".status")).to_have_text("连接中断，正在重试 …")
    assert note in whole_text(scripted_page)  # notes are English here


def test_an_error_on_the_way_is_told(scripted_page: Page, scripted: Server) -> None:
    scripted.script = says(stream([*events(answer())[:8], ("error", {"message": f"The model {XSS} is not here."})]))
    ask(scripted_page)
    expect(scripted_page.locator(".failure")).to_have_text(f"The model {XSS} is not here.")
    assert not scripted_page.evaluate("window.hacked")
    expect(scripted_page.locator(".card")).to_have_count(1)


def test_hostile_text_stays_text(scripted_page: Page, scripted: Server) -> None:
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
    scripted.script = says(stream(events(bad)))
    scripted_page.locator("paperbacked-answer").evaluate(
        "(node, text) => { node.title = text; node.setAttribute('examples', text) }", XSS
    )
    ask(scripted_page, f"A {XSS}")
    text = whole_text(scripted_page)
    scripted_page.locator(".marker").first.hover()
    shown = text + scripted_page.locator(".popover").inner_text() + scripted_page.locator(".head").inner_text()
    for letter in "ATOQGFNSM":
        assert f"{letter} {XSS}" in shown, letter
    tags = scripted_page.locator("paperbacked-answer").evaluate(
        "node => [...node.shadowRoot.querySelectorAll('img, script, iframe, [onerror], [style*=url]')].length"
    )
    links = scripted_page.locator("paperbacked-answer a").evaluate_all("nodes => nodes.map((node) => node.protocol)")
    assert tags == 0 and set(links) == {"http:"}
    scripted_page.locator(".turn .next button").click()
    assert not scripted_page.evaluate("window.hacked")


def test_a_marker_without_a_quote_is_plain_text(scripted_page: Page, scripted: Server) -> None:
    whole = answer(answer="One [1], two [2], both [1, 2], year [2024].", sentences=[])
    scripted.script = says(stream(events(whole)))
    ask(scripted_page)
    assert whole_text(scripted_page)
    expect(scripted_page.locator(".answer")).to_have_text("One1, two [2], both [1, 2], year [2024].")
    assert scripted_page.locator(".marker").count() == 1
