"""Readers' thumbs, kept as JSON lines on this machine and nowhere else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from filelock import FileLock, Timeout

from retrieval.errors import InputError, PaperbackedError
from retrieval.files import not_written
from retrieval.sanitize import sanitize_json

MAX_ID_CHARS = 200
MAX_REASON_CHARS = 1_000
MAX_SURFACE_CHARS = 40
MAX_TEXT_CHARS = 2_000
MAX_MODELS = 20
MAX_FILE_BYTES = 50_000_000
_LOCK_SECONDS = 5
_OWNER_ONLY = 0o600
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
        """Append it with the time, each text cut to its limit.

        Raises `InputError` where it is not one, `FeedbackError` where it cannot be kept.
        """
        if feedback.verdict not in ("up", "down") or not feedback.answer_id:
            raise InputError('Feedback must have the "id" of an answer and a "verdict" of up or down.')
        line = json.dumps(_record(feedback), ensure_ascii=False).encode(errors="replace") + b"\n"
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.file}.lock", timeout=_LOCK_SECONDS), self._opened() as log:
                line = _line_break_missing(log) + line
                if log.tell() + len(line) > MAX_FILE_BYTES:
                    raise FeedbackError(f"The feedback file {self.file.name} is full: export it and move it away.")
                log.write(line)
                log.flush()
                os.fsync(log.fileno())
        except Timeout as error:
            raise FeedbackError(f"The feedback file {self.file.name} is in use elsewhere: try again.") from error
        except OSError as error:
            raise FeedbackError(not_written(f"The feedback file {self.file.name}", error)) from error

    def read(self) -> Iterator[dict[str, Any]]:
        """Every whole record, oldest first; a line that a kill cut short is passed over. Raises `FeedbackError`."""
        if not self.file.is_file():
            return
        try:
            with self.file.open(encoding="utf-8", errors="replace") as log:
                yield from filter(None, map(_parsed, log))
        except OSError as error:
            raise FeedbackError(f"The feedback file {self.file.name} cannot be read ({error.strerror}).") from error

    def _opened(self) -> BinaryIO:
        # Questions stand in it, so it is nobody else's to read.
        return os.fdopen(os.open(self.file, os.O_RDWR | os.O_APPEND | os.O_CREAT, _OWNER_ONLY), "a+b")


def write_records(records: Iterable[dict[str, Any]], out: Path) -> int:
    """Write them as JSON lines to a new file, whole or not at all; gives how many. Raises `FeedbackError`."""
    draft, count = out.with_name(f".{out.name}.{os.getpid()}"), 0
    try:
        with draft.open("w", encoding="utf-8") as file:
            for record in records:
                file.write(sanitize_json(json.dumps(record, ensure_ascii=False)) + "\n")
                count += 1
        draft.replace(out)
    except OSError as error:
        raise FeedbackError(not_written(str(out), error, "choose another place")) from error
    finally:
        # Also where the records cannot be read, or the reader presses Ctrl-C; a draft that became the file is gone.
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return count


def _record(feedback: Feedback) -> dict[str, Any]:
    models = list(feedback.models.items())[:MAX_MODELS]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        **asdict(feedback),
        "answer_id": feedback.answer_id[:MAX_ID_CHARS],
        "question": feedback.question[:MAX_TEXT_CHARS],
        "reason": feedback.reason[:MAX_REASON_CHARS],
        "surface": feedback.surface[:MAX_SURFACE_CHARS],
        "models": {name[:MAX_ID_CHARS]: model and model[:MAX_ID_CHARS] for name, model in models},
    }


def _line_break_missing(log: BinaryIO) -> bytes:
    """What must stand before a new line: a break, where a kill cut the last one short. Leaves the file at its end."""
    if log.seek(0, os.SEEK_END) == 0:
        return b""
    log.seek(-1, os.SEEK_END)
    return b"" if log.read(1) == b"\n" else b"\n"


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
