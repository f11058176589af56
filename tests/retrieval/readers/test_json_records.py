"""JSON objects of a file, however they stand there, and what is broken among them."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.json_lines import Fault
from retrieval.readers.json_records import MAX_RECORD_CHARS, PIECE_CHARS, json_records

ONE, TWO = {"title": "One", "of": [{"a": "]"}]}, {"title": 'Two " } {'}


def read(path: Path, text: str) -> list[tuple[str, Any]]:
    path.write_text(text, encoding="utf-8")
    return [(place, record.reason if isinstance(record, Fault) else record) for place, record in json_records(path)]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([ONE, TWO]),
        json.dumps([ONE, TWO], indent=2),
        json.dumps({"meta": {"count": 2}, "results": [ONE, TWO]}, indent=1),
        json.dumps({"items": [ONE, TWO]}),
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n",
        f"\ufeff{json.dumps(ONE, indent=1)}\n{json.dumps(TWO, indent=1)}",
    ],
)
def test_objects_are_found_wherever_they_stand(tmp_path: Path, text: str) -> None:
    assert [record for _, record in read(tmp_path / "a.json", text)] == [ONE, TWO]


def test_a_broken_object_takes_no_other_with_it(tmp_path: Path) -> None:
    text = '[{"title": "One"}, {"title": "broken" "x": {"y": "}]"}}, 5, {"title": "Two"}, {"title": "cut'
    assert read(tmp_path / "a.json", text) == [
        ("record 1", {"title": "One"}),
        ("record 2", "not JSON (Expecting ',' delimiter)"),
        ("record 3", "not a JSON object"),
        ("record 4", {"title": "Two"}),
        ("record 5", "not JSON (Unterminated string starting at)"),
    ]


def test_lines_are_named_by_their_number(tmp_path: Path) -> None:
    text = '{"title": "One"}\n\n{"title": \n[]\n{"title": "Two"}'
    found = read(tmp_path / "a.jsonl", text)
    assert [place for place, _ in found] == ["line 1", "line 3", "line 4", "line 5"]
    assert found[2] == ("line 4", "not a JSON object") and found[3][1] == {"title": "Two"}


def test_an_object_may_lie_across_pieces(tmp_path: Path) -> None:
    for before in range(PIECE_CHARS - 40, PIECE_CHARS + 4, 3):
        text = json.dumps([{"a": "x" * before}, ONE, TWO])
        assert [record for _, record in read(tmp_path / "a.json", text)][1:] == [ONE, TWO]


def test_an_object_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    text = f'[{{"a": "{"x" * (MAX_RECORD_CHARS + PIECE_CHARS)}"}}, {{"title": "Two"}}]'
    found = read(tmp_path / "a.json", text)
    assert found[0][1].startswith("longer than 20,000,000 characters")


def test_a_long_list_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"title": f"Title {number}", "abstract": "x" * 10_000} for number in range(600)]))
    tracemalloc.start()
    assert sum(1 for _ in json_records(path)) == 600
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 6_000_000 and peak < 3_000_000


def test_signs_that_repeat_take_no_longer_than_their_number(tmp_path: Path) -> None:
    for text in (
        "[" * 300_000,
        "{" * 300_000,
        "[" + "{]" * 60_000,
        '[{"a":' * 50_000,
        '"' * 300_000,
        "[" + "1," * 200_000,
    ):
        began = time.perf_counter()
        read(tmp_path / "a.json", text)
        assert time.perf_counter() - began < 10


objects = st.dictionaries(
    st.text(max_size=5),
    st.recursive(st.none() | st.text(max_size=8) | st.integers(-9, 9), st.lists, max_leaves=4),
    max_size=3,
)


@given(st.lists(objects.map(lambda each: each | {"title": "T"}), max_size=4), st.booleans(), st.booleans())
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, listed: list[Any], ascii: bool, spaced: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.json"
    text = json.dumps(listed, ensure_ascii=ascii, indent=1 if spaced else None)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    if "\ud800" <= max(text, default="") <= "\udfff":
        return
    assert [record for _, record in json_records(path)] == listed


@given(st.text('{}[]",:\\ \n1a', max_size=40))
def test_any_signs_are_objects_or_problems(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    for _, record in read(tmp_path_factory.getbasetemp() / "signs.json", text):
        assert isinstance(record, dict | str)
