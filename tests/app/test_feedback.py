"""Thumbs are kept whole, whoever else writes and whatever was cut short, and can be taken out again."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from app import feedback
from app.cli.commands import app
from app.feedback import Feedback, FeedbackError, FeedbackLog, write_records
from retrieval.errors import InputError


@pytest.fixture
def log(home: Path) -> FeedbackLog:
    return FeedbackLog(home / "feedback.jsonl")


def test_what_is_given_is_kept(log: FeedbackLog) -> None:
    log.add(Feedback("a", "up", "Why?", "It says so.", "widget", {"llm": None, "embedding": "minilm"}))
    [record] = log.read()
    assert record.pop("at").endswith("+00:00")
    assert record == {
        "answer_id": "a",
        "verdict": "up",
        "question": "Why?",
        "reason": "It says so.",
        "surface": "widget",
        "models": {"llm": None, "embedding": "minilm"},
    }
    assert stat.S_IMODE(log.file.stat().st_mode) == 0o600


def test_line_breaks_and_signs_without_bytes_stay_within_their_line(log: FeedbackLog) -> None:
    log.add(Feedback("a\nb", "down", 'Why\r\n"?\u2028', "\ud800\0"))
    log.add(Feedback("c", "up"))
    assert [record["answer_id"] for record in log.read()] == ["a\nb", "c"]
    assert len(log.file.read_bytes().splitlines()) == 2


def test_long_texts_are_cut(log: FeedbackLog) -> None:
    long = "x" * 100_000
    log.add(Feedback(long, "up", long, long, long, {str(number) + long: long for number in range(100)}))
    [record] = log.read()
    assert len(record["models"]) == feedback.MAX_MODELS
    assert log.file.stat().st_size < 20_000


def test_who_gives_it_at_once_loses_nothing(log: FeedbackLog) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: FeedbackLog(log.file).add(Feedback(str(number), "up", "Why? " * 50)), range(40)))
    assert {record["answer_id"] for record in log.read()} == {str(number) for number in range(40)}


def test_a_line_cut_short_costs_neither_the_one_before_nor_the_one_after(log: FeedbackLog) -> None:
    log.add(Feedback("a", "up"))
    with log.file.open("ab") as file:
        file.write(b'{"answer_id": "cut sh')
    log.add(Feedback("b", "up"))
    assert [record["answer_id"] for record in log.read()] == ["a", "b"]


@pytest.mark.parametrize("line", [b"null", b"[]", b"7", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_record_is_passed_over(log: FeedbackLog, line: bytes) -> None:
    log.add(Feedback("a", "up"))
    with log.file.open("ab") as file:
        file.write(line + b"\n")
    assert [record["answer_id"] for record in log.read()] == ["a"]


def test_a_full_file_takes_no_more(log: FeedbackLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MAX_FILE_BYTES", 300)
    log.add(Feedback("a", "up"))
    with pytest.raises(FeedbackError, match="full"):
        log.add(Feedback("b", "up", "Why? " * 100))
    assert [record["answer_id"] for record in log.read()] == ["a"]


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(FeedbackError, match="cannot be written"):
        FeedbackLog(tmp_path / "file" / "feedback.jsonl").add(Feedback("a", "up"))


@pytest.mark.parametrize("given", [Feedback("", "up"), Feedback("a", cast("Any", "sideways"))])
def test_what_is_no_feedback(log: FeedbackLog, given: Feedback) -> None:
    with pytest.raises(InputError, match="up or down"):
        log.add(given)
    assert not log.file.exists()


def exported(*words: str) -> tuple[str, str]:
    result = CliRunner().invoke(app, ["feedback", "export", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout, result.stderr


def test_export_gives_json_lines(log: FeedbackLog) -> None:
    log.add(Feedback("a", "up", "为什么?"))
    log.add(Feedback("b", "down"))
    out, said = exported()
    assert [json.loads(line) for line in out.splitlines()] == list(log.read())
    assert "2 answers" in said


def test_export_into_a_file(log: FeedbackLog, tmp_path: Path) -> None:
    log.add(Feedback("a", "up", "为什么?"))
    out, _ = exported("--out", str(tmp_path / "thumbs.jsonl"))
    assert out == ""
    lines = (tmp_path / "thumbs.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == list(log.read())
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_an_export_that_cannot_read_on_leaves_nothing_behind(tmp_path: Path) -> None:
    def breaks_off() -> Iterator[dict[str, Any]]:
        yield {"answer_id": "a"}
        raise FeedbackError("The feedback file cannot be read.")

    with pytest.raises(FeedbackError, match="cannot be read"):
        write_records(breaks_off(), tmp_path / "thumbs.jsonl")
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_read_is_one_sentence(log: FeedbackLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.add(Feedback("a", "up"))

    def refused(*args: Any, **kwargs: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(FeedbackError, match=r"feedback\.jsonl cannot be read \(Permission denied\)\.$"):
        list(log.read())


def test_a_file_in_use_elsewhere_asks_to_try_again(log: FeedbackLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.add(Feedback("a", "up"))
    monkeypatch.setattr(feedback, "_LOCK_SECONDS", 0.05)
    with FileLock(f"{log.file}.lock"), pytest.raises(FeedbackError, match=r"in use elsewhere: try again\.$"):
        log.add(Feedback("b", "up"))
    assert [record["answer_id"] for record in log.read()] == ["a"]


def test_export_of_nothing() -> None:
    assert exported() == ("", "There is no feedback.\n")


def test_export_to_where_nothing_can_be_written(log: FeedbackLog, tmp_path: Path) -> None:
    log.add(Feedback("a", "up"))
    result = CliRunner().invoke(app, ["feedback", "export", "--out", str(tmp_path / "no" / "folder")])
    assert isinstance(result.exception, FeedbackError) and "choose another place" in str(result.exception)


HOSTILE = "\x9b2J\u202e\u2066why\x7f\ud800\u2028\U000e0041"


def test_export_gives_nothing_that_moves_a_terminal(log: FeedbackLog, tmp_path: Path) -> None:
    log.add(Feedback("a", "up", HOSTILE, HOSTILE, "api", {HOSTILE: HOSTILE}))
    # As a hand or another program may have written it.
    with log.file.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"reason": HOSTILE}) + "\n")
    out, _ = exported()
    exported("--out", str(tmp_path / "out.jsonl"))
    for text in (out, (tmp_path / "out.jsonl").read_text(encoding="utf-8")):
        assert [json.loads(line) for line in text.splitlines()] == list(log.read())
        assert not [sign for sign in text if sign != "\n" and not sign.isprintable()]
