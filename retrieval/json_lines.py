"""Files of JSON lines, read with a bound on every line, and the line named where one is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from retrieval.errors import PaperbackedError

MAX_LINE_BYTES = 1_000_000
MOST_PARTS = 500_000
"""Of one text of JSON. Ten megabytes of empty lists are three million objects, which take hundreds of megabytes, and
no other thread's turn comes while they are made."""
TOO_MANY = f"more than {MOST_PARTS:,} values in one object"
NOT_UTF8 = "not UTF-8"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line, or another record of a file, cannot be read."""

    reason: str


def has_too_many_parts(text: str | bytes) -> bool:
    """Whether JSON may have more than `MOST_PARTS` values: what begins or parts some is counted, in strings too."""
    if isinstance(text, bytes):
        return sum(map(text.count, (b",", b"[", b"{"))) > MOST_PARTS
    return sum(map(text.count, (",", "[", "{"))) > MOST_PARTS


def read_records(
    path: Path, parse: Callable[[dict[str, Any]], T], *, what: str, kind: type[PaperbackedError]
) -> Iterator[tuple[int, T]]:
    """What `parse` makes of the object on each line, with the line's number; empty lines are skipped.

    Raises `kind` with file, line and reason at the first line that is no object or of which
    `parse` says by a `ValueError`, `KeyError` or `TypeError` that it is wrong.
    """
    for number, line in numbered_lines(path, what=what, kind=kind):
        try:
            parsed = parse(record_of(line))
        except PaperbackedError as error:
            raise kind(f"{path}, line {number}: {error}") from error
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise bad_line(path, number, _reason(error), kind) from error
        yield number, parsed


def numbered_lines(path: Path, *, what: str, kind: type[PaperbackedError]) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that are not empty, with their numbers. Raises `kind` where it cannot be read."""
    for number, line in lines_or_faults(path, what=what, kind=kind):
        if isinstance(line, Fault):
            raise fault_error(path, f"line {number}", line.reason, kind)
        yield number, line


def lines_or_faults(
    path: Path, *, what: str, kind: type[PaperbackedError], most_bytes: int = MAX_LINE_BYTES
) -> Iterator[tuple[int, str | Fault]]:
    """The lines that are not empty, with their numbers, or why one cannot be read; no more of it is held than that.

    Raises `kind` where the file cannot be read.
    """
    number = 0
    try:
        with path.open("rb") as file:
            while raw := file.readline(most_bytes + 1):
                number += 1
                if len(raw) > most_bytes:
                    yield number, Fault(f"longer than {most_bytes:,} bytes")
                    while raw and not raw.endswith(b"\n"):
                        raw = file.readline(most_bytes)
                    continue
                try:
                    line = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                except UnicodeDecodeError:
                    yield number, Fault(NOT_UTF8)
                    continue
                if line:
                    yield number, line
    except OSError as error:
        raise kind(
            f"The {what} file {path} cannot be read ({error.strerror}): give the path of a JSON-lines file."
        ) from error


def fault_error(path: Path, place: str, reason: str, kind: type[PaperbackedError]) -> PaperbackedError:
    """The error for a place of a file that is not what it should be: what is wrong, and what to do."""
    if reason == NOT_UTF8:
        return kind(f"{path}, {place}: {reason}; save the file as UTF-8 and try again.")
    thing = place.split(maxsplit=1)[0]
    return kind(f"{path}, {place}: {reason}; mend the {thing} and try again.")


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether what was read from JSON is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether what was read from JSON is a list."""
    return isinstance(value, list)


def is_strings(value: object) -> TypeGuard[list[str]]:
    """Whether what was read from JSON is a list of strings alone."""
    return is_list(value) and all(isinstance(each, str) for each in value)


def text_of(record: Mapping[str, Any], name: str) -> str:
    """The text that an object has there; empty where it has none, or something else."""
    value = record.get(name)
    return value if isinstance(value, str) else ""


def bad_line(path: Path, number: int, reason: object, kind: type[PaperbackedError]) -> PaperbackedError:
    """The error for a line that is not what it should be."""
    return fault_error(path, f"line {number}", str(reason), kind)


def record_of(line: str) -> dict[str, Any]:
    """The JSON object that a line is. Raises `ValueError` with the reason where it is none, or has too many values."""
    if has_too_many_parts(line):
        raise ValueError(TOO_MANY)
    try:
        record = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(_reason(error)) from error
    if not is_object(record):
        raise ValueError("not a JSON object")
    return record


def _reason(error: Exception) -> str:
    match error:
        case json.JSONDecodeError() | RecursionError():
            return f"not JSON ({error})"
        case KeyError():
            return f"the key {error} is missing"
        case _:
            return str(error)
