"""Lessons are read, or refused with the line and the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.training.sft.examples import read_sft_examples
from retrieval.errors import InputError

GROUP = {"paper": "lies", "evidence": "Models lie.", "answer": "They do."}
LESSON = {"id": "a", "kind": "single", "question": "Do they lie?", "groups": [GROUP]}


def written(path: Path, *records: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def test_a_lesson_is_read(tmp_path: Path) -> None:
    skipped = {**GROUP, "answer": None}
    after = {**LESSON, "id": "b", "standalone": "Do models lie?", "asked": "train-1", "groups": [GROUP, skipped]}
    first, second = read_sft_examples(written(tmp_path / "l.jsonl", LESSON, after))
    assert (first.standalone, first.asked) == (first.question, None)
    assert (second.standalone, second.asked) == ("Do models lie?", "train-1")
    assert [group.answer for group in second.groups] == ["They do.", None]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({**LESSON, "groups": []}, "needs a question and groups"),
        ({**LESSON, "question": " "}, "needs a question and groups"),
        ({**LESSON, "groups": [{**GROUP, "evidence": ""}]}, "needs a question and groups"),
        ({key: value for key, value in LESSON.items() if key != "kind"}, "the key 'kind' is missing"),
        ([1], "line 2"),
    ],
)
def test_a_bad_lesson_is_named(tmp_path: Path, record: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        read_sft_examples(written(tmp_path / "l.jsonl", LESSON, record))
    assert "l.jsonl, line 2" in str(error.value)


def test_no_file_and_no_lessons(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_sft_examples(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="holds no lessons"):
        read_sft_examples(written(tmp_path / "empty.jsonl"))
