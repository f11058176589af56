"""The widget's reader of server-sent events, run where it lives, on streams cut at every byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.surfaces.widget.script import part

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

READER = part("stream")
TOKENS = ["“Ein Rückzug – 安全性 ", '\\"[1]\\" 🙂', "a\n\nb: c\r\n", "\u2028 end ”"]

# Every way of cutting once, or into single bytes; gives the events of each way that differs from the uncut one.
CUT = """(bytes) => {
  const whole = new Uint8Array(bytes);
  const read = (pieces) => {
    const events = [];
    const reader = eventReader((event) => events.push(event));
    for (const piece of pieces) reader.push(piece);
    return JSON.stringify(events);
  };
  const uncut = read([whole]);
  const wrong = [];
  for (let at = 0; at <= whole.length; at++) {
    const cut = read([whole.slice(0, at), whole.slice(at)]);
    if (cut !== uncut) wrong.push([at, cut]);
  }
  const dribbled = read([...whole].map((byte) => new Uint8Array([byte])));
  if (dribbled !== uncut) wrong.push(["bytes", dribbled]);
  return { events: JSON.parse(uncut), wrong };
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(content=READER)
    yield page
    page.close()


def recorded(line_end: str) -> bytes:
    lines = [": still here", "", "id: 1", "event: status", 'data: {"text": "Searching"}', ""]
    for number, token in enumerate(TOKENS, start=2):
        lines += [f"id: {number}", "event: token", f"data: {json.dumps({'text': token}, ensure_ascii=False)}", ""]
    return (line_end.join(lines) + line_end).encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_stream_may_be_cut_anywhere(page: Page, line_end: str) -> None:
    result = page.evaluate(CUT, list(recorded(line_end)))
    assert result["wrong"] == []
    events = result["events"]
    assert [event["id"] for event in events] == [1, 2, 3, 4, 5]
    assert [event["name"] for event in events] == ["status", *["token"] * 4]
    assert [json.loads(event["data"])["text"] for event in events[1:]] == TOKENS


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("\ufeffdata: a\n\n", [("message", "a", None)]),  # a mark at the beginning is no part of the field
        ("data:a\ndata: b\ndata:  c\n\n", [("message", "a\nb\n c", None)]),  # one space goes, more stay
        ("event: done\ndata\n\n", [("done", "", None)]),  # a field without a colon
        ("event: token\n\ndata: x\n\n", [("message", "x", None)]),  # an event without data leaves nothing behind
        ("id: 7\ndata: x\n\ndata: y\n\n", [("message", "x", 7), ("message", "y", None)]),
        ("id: x\nretry: 5\nother: 1\ndata: x\n\n", [("message", "x", None)]),
        (": a comment\n\n: another\n\n", []),
        ("data: unfinished\n", []),
    ],
)
def test_the_stream_is_read_as_the_standard_says(page: Page, text: str, events: list[Any]) -> None:
    result = page.evaluate(CUT, list(text.encode()))
    assert result["wrong"] == []
    assert [(event["name"], event["data"], event["id"]) for event in result["events"]] == events


@pytest.mark.parametrize("field", ["", "data: "])
def test_a_stream_without_end_is_given_up(page: Page, field: str) -> None:
    refused = """(field) => {
      const reader = eventReader(() => {});
      const piece = new TextEncoder().encode(field + "x".repeat(100_000) + (field ? "\\n" : ""));
      for (let pushed = 0; pushed < 100; pushed++) {
        try { reader.push(piece); } catch (error) { return [error.key, pushed]; }
      }
      return null;
    }"""
    key, pushed = page.evaluate(refused, field)
    assert key == "too_long" and 30 < pushed < 50
