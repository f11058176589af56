"""The widget's parser of answers, run where it lives: on the page's table, on chance texts and on hostile ones."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.answering.answer import AnswerSentence
from app.surfaces.page.answer_text import answer_pieces
from app.surfaces.widget.script import part

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TABLE = json.loads((Path(__file__).parents[1] / "support" / "answer_text.json").read_text(encoding="utf-8"))
MILLISECONDS = 120
CUT = """(cases) => cases.map(({ text, sentences = [], titles = [], unfinished = false }) => {
  const said = sentences.map(([text, support]) => ({ text, support }));
  return piecesOf(text, said, titles, unfinished)
    .map(({ piece, labels, verdict }) => [piece, [...labels].sort(), ...(verdict ? [verdict] : [])]);
})"""
# The best of three, as a busy machine takes longer than the text does; the worse of a finished and an unfinished text.
TIMED = """({ text, sentences = [], titles = [] }) => {
  const built = (parts) => parts.map(([part, times]) => part.repeat(times)).join("");
  const said = sentences.map((parts) => ({ text: built(parts), support: "uncited" }));
  const given = [built(text), said, titles.map(built)];
  let whole = true;
  const best = [true, false].map((unfinished) => Math.min(...[1, 2, 3].map(() => {
    const began = performance.now();
    const pieces = piecesOf(...given, unfinished);
    const took = performance.now() - began;
    whole &&= pieces.map(({ piece }) => piece).join("") === given[0];
    return took;
  })));
  return [Math.max(...best), whole];
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.add_script_tag(content=part("pieces"))
    yield page
    page.close()


def test_a_text_is_cut_as_the_table_says(page: Page) -> None:
    found = page.evaluate(CUT, TABLE["cases"])
    for case, pieces in zip(TABLE["cases"], found, strict=True):
        assert pieces == case["pieces"], case["name"]


def chance_case(chance: random.Random) -> dict[str, Any]:
    signs = [
        "a",
        "b",
        "。",
        "🙂",
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "[1]",
        "[2, 3]",
        "[12345]",
        "[",
        "]",
        "1",
        ",",
        "“",
        "”",
    ]

    def text(most: int) -> str:
        return "".join(chance.choices(signs, k=chance.randint(0, most)))

    kinds = ("supported", "unsupported", "uncited")
    return {
        "text": text(30),
        "sentences": [(text(3), chance.choice(kinds)) for _ in range(chance.randint(0, 4))],
        "titles": [text(2) for _ in range(chance.randint(0, 2))],
        "unfinished": chance.random() < 0.5,
    }


def test_the_page_and_the_widget_cut_any_text_alike(page: Page) -> None:
    chance = random.Random(1)
    cases = [chance_case(chance) for _ in range(2_000)]
    for case, pieces in zip(cases, page.evaluate(CUT, cases), strict=True):
        sentences = [AnswerSentence(text, (), support, 0.0) for text, support in case["sentences"]]
        here = answer_pieces(case["text"], sentences, case["titles"], case["unfinished"])
        found = [[piece, sorted(labels), *([verdict] if verdict else [])] for piece, labels, verdict in here]
        assert pieces == found, case


@pytest.mark.parametrize("case", TABLE["hostile"], ids=lambda case: case["name"])
def test_a_hostile_text_takes_no_longer_than_its_length(page: Page, case: dict[str, Any]) -> None:
    # Of three, as other work on the machine makes one slow; what grows with the square takes many times as long.
    timed = [page.evaluate(TIMED, case) for _ in range(3)]
    assert all(whole for _, whole in timed) and min(took for took, _ in timed) < MILLISECONDS
