"""Chinese characters have one range, and only one place says which."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retrieval.lexical.han import HAN, has_han
from retrieval.lexical.tokens import content_words

ROOT = Path(__file__).parents[3]
ROOMS = ("app", "retrieval", "prompts", "benchmarks", "deploy", "tests")
# A range, or an escape for one of its ends, within Han.
ANOTHER_RANGE = re.compile(rf"[{HAN}]-[{HAN}]|\\u(?:3[4-9a-f]|[4-9][0-9a-f])[0-9a-f]{{2}}|\\p{{Han}}", re.IGNORECASE)


@pytest.mark.parametrize("text", ["模型", "a 㐀 b", "\u9fff", "日本語"])
def test_it_has_them(text: str) -> None:
    assert has_han(text)


@pytest.mark.parametrize("text", ["", "model", "ひらがな", "한국어", "，。《》", "ⅷ Ω é"])
def test_it_has_none(text: str) -> None:
    assert not has_han(text)


def test_each_is_a_word() -> None:
    assert content_words("GPT-4模型 12.5%") == ["gpt", "4", "模", "型", "12.5%"]


def test_no_other_file_says_which_characters_are_chinese() -> None:
    files = {file for room in ROOMS for file in (ROOT / room).rglob("*.py")} - {Path(__file__)}
    assert len(files) > 300
    ranges = {file: ANOTHER_RANGE.findall(file.read_text(encoding="utf-8")) for file in files}
    found = {str(file.relative_to(ROOT)): said for file, said in ranges.items() if said}
    assert found == {"retrieval/lexical/han.py": ["\\u3400", "\\u9fff"]}
