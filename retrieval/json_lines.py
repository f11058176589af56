"""Files of JSON lines, read with a bound on every line, and the line named where one is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from retrieval.errors import PaperbackedError

MAX_LINE_BYTES = 1_000_000
T = TypeVar("T")


def read_records(
    path: Path, parse: Callable[[dict[str, Any]], T], *, what: str, kind: type[PaperbackedError]
) -> Iterator[tuple[int, T]]:
    """What `parse` makes of the object on each line, with the line's number; empty lines are skipped.

    Raises `kind` with file, line and reason at the first line that is no object or of which
    `parse` says by a `ValueError`, `KeyError` or `TypeError` that it is wrong.
    """
    for number, line in numbered_lines(path, what=what, kind=kind):
        try:
            record = json.loads(line)
            if not is_object(record):
                raise ValueError("not a JSON object")
            parsed = parse(record)
        except PaperbackedError as error:
            raise kind(f"{path}, line {number}: {error}") from error
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise bad_line(path, number, _reason(error), kind) from error
        yield number, parsed


def numbered_lines(path: Path, *, what: str, kind: type[PaperbackedError]) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that are not empty, with their numbers. Raises `kind` where it cannot be read."""
    number = 0
    try:
        with path.open("rb") as file:
            while raw := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(raw) > MAX_LINE_BYTES:
                    raise bad_line(path, number, f"longer than {MAX_LINE_BYTES:,} bytes", kind)
                if line := raw.decode("utf-8-sig" if number == 1 else "utf-8").strip():
                    yield number, line
    except UnicodeDecodeError as error:
        raise kind(f"{path}, line {number}: not UTF-8; save the file as UTF-8 and try again.") from error
    except OSError as error:
        raise kind(
            f"The {what} file {path} cannot be read ({error.strerror}): give the path of a JSON-lines file."
        ) from error


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether what was read from JSON is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether what was read from JSON is a list."""
    return isinstance(value, list)


def is_strings(value: object) -> TypeGuard[list[str]]:
    """Whether what was read from JSON is a list of strings alone."""
    return is_list(value) and all(isinstance(each, str) for each in value)


def bad_line(path: Path, number: int, reason: object, kind: type[PaperbackedError]) -> PaperbackedError:
    """The error for a line that is not what it should be."""
    return kind(f"{path}, line {number}: {reason}; mend the line and try again.")


def _reason(error: Exception) -> str:
    match error:
        case json.JSONDecodeError() | RecursionError():
            return f"not JSON ({error})"
        case KeyError():
            return f"the key {error} is missing"
        case _:
            return str(error)
