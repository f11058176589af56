"""An answer's text in pieces: by the table that the widget keeps to too, and in a time that grows with the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.answering.answer import AnswerSentence
from app.surfaces.page.answer_text import answer_pieces
from tests.support.own_time import own_seconds

TABLE = json.loads((Path(__file__).parents[3] / "support" / "answer_text.json").read_text(encoding="utf-8"))
SECONDS = 4.0
"""Work that grows with the length takes a second on a slow machine; with its square it would take minutes."""


def sentences_of(rows: list[tuple[str, Any]]) -> list[AnswerSentence]:
    return [AnswerSentence(text, (), support, 0.0) for text, support in rows]


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_a_text_is_cut_as_the_table_says(case: dict[str, Any]) -> None:
    sentences, titles = sentences_of(case.get("sentences", [])), case.get("titles", [])
    pieces = answer_pieces(case["text"], sentences, titles, case.get("unfinished", False))
    found = [[piece, sorted(labels), *([verdict] if verdict else [])] for piece, labels, verdict in pieces]
    assert found == case["pieces"]
    assert "".join(piece for piece, *_ in found) == case["text"]


def built(parts: list[tuple[str, int]]) -> str:
    """A long text from its parts and how often each is repeated."""
    return "".join(part * times for part, times in parts)


@pytest.mark.parametrize("case", TABLE["hostile"], ids=lambda case: case["name"])
@pytest.mark.parametrize("unfinished", [True, False], ids=["unfinished", "finished"])
def test_a_hostile_text_takes_no_longer_than_its_length(case: dict[str, Any], unfinished: bool) -> None:
    text = built(case["text"])
    titles = list(map(built, case.get("titles", [])))
    sentences = sentences_of([(built(parts), "uncited") for parts in case.get("sentences", [])])
    seconds = own_seconds()
    pieces = list(answer_pieces(text, sentences, titles, unfinished))
    assert seconds() < SECONDS
    assert "".join(piece for piece, *_ in pieces) == text
