"""Readers' thumbs, kept as JSON lines on this machine and nowhere else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from retrieval.errors import InputError, PaperbackedError

MAX_REASON_CHARS = 1_000
MAX_TEXT_CHARS = 2_000
MAX_FILE_BYTES = 50_000_000
Verdict = Literal["up", "down"]


class FeedbackError(PaperbackedError):
    """Feedback could not be kept or read."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One reader's thumb on one answer; the question is kept because it was given for that."""

    answer_id: str
    verdict: Verdict
    question: str = ""
    reason: str = ""
    surface: str = ""
    models: Mapping[str, str | None] = field(default_factory=dict)


class FeedbackLog:
    """A file of JSON lines that only grows; safe for several processes at once."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def add(self, feedback: Feedback) -> None:
        """Append it with the time. Raises `InputError` where it is not one, `FeedbackError` where it cannot be kept."""
        if feedback.verdict not in ("up", "down") or not feedback.answer_id:
            raise InputError('Feedback must have the "id" of an answer and a "verdict" of up or down.')
        record = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **asdict(feedback)}
        record["question"] = feedback.question[:MAX_TEXT_CHARS]
        record["reason"] = feedback.reason[:MAX_REASON_CHARS]
        line = json.dumps(record, ensure_ascii=False).encode(errors="replace") + b"\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.file}.lock", timeout=5), self.file.open("ab") as log:
                if log.tell() + len(line) > MAX_FILE_BYTES:
                    raise FeedbackError(f"The feedback file {self.file.name} is full: export it and move it away.")
                log.write(line)
                log.flush()
                os.fsync(log.fileno())
        except (OSError, Timeout) as error:
            raise FeedbackError(f"The feedback file {self.file.name} cannot be written ({error}).") from error

    def read(self) -> Iterator[dict[str, Any]]:
        """Every whole record, oldest first; a line that a kill cut short is passed over."""
        if not self.file.is_file():
            return
        with self.file.open(encoding="utf-8", errors="replace") as log:
            for line in log:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record
