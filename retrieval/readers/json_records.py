"""JSON objects of a file, one at a time, however they stand there: one a line, in a list, or in one of an object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from retrieval.errors import CorpusError
from retrieval.json_lines import TOO_MANY, Fault, has_too_many_parts, is_list, is_object, lines_or_faults, record_of
from retrieval.readers.base import Entry
from retrieval.readers.encodings import cannot_be_read, open_text, text_of_head

Record = dict[str, Any]
MAX_RECORD_CHARS = 20_000_000
_TOO_LONG = f"longer than {MAX_RECORD_CHARS:,} characters"
PIECE_CHARS = 1 << 16
HEAD_BYTES = 1 << 16
_LISTS = ("results", "items", "message", "data", "papers", "references")
"""Under these names answers of services and exports have what they list."""
_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")
_MARKS = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"', re.DOTALL)
_NEAR_THE_END = 16


def json_records(path: Path) -> Iterator[tuple[str, Record | Fault]]:
    """The objects of a file, each with its place, or why one cannot be read.

    No more than one is held, and none that is longer than `MAX_RECORD_CHARS`. Raises `CorpusError` where the file
    cannot be read.
    """
    if _one_a_line(path):
        for number, line in lines_or_faults(path, what="papers", kind=CorpusError, most_bytes=MAX_RECORD_CHARS):
            yield from _of_line(f"line {number}", line)
        return
    with open_text(path) as file:
        try:
            number = 0
            for value in _values(file):
                for record in [value] if isinstance(value, Fault) else _unfolded(value):
                    number += 1
                    yield f"record {number}", record
        except OSError as error:
            raise cannot_be_read(path, error) from error


def json_entries(path: Path, entry_of: Callable[[Record, str], Entry], holding: str) -> Iterator[Entry]:
    """What `entry_of` makes of each object of a file and its place, and why others cannot be read.

    Raises `CorpusError` where the file cannot be read or has none; `holding` says what to give instead.
    """
    empty = True
    for place, record in json_records(path):
        empty = False
        yield Entry(place, problem=record.reason) if isinstance(record, Fault) else entry_of(record, place)
    if empty:
        raise CorpusError(f"{path} holds no papers: give {holding}.")


def _of_line(place: str, line: str | Fault) -> Iterator[tuple[str, Record | Fault]]:
    if isinstance(line, Fault):
        yield place, line
        return
    try:
        record = record_of(line)
    except ValueError as error:
        yield place, Fault(str(error))
        return
    for unfolded in _unfolded(record):
        yield place, unfolded


def _unfolded(value: object) -> Iterator[Record | Fault]:
    """The object, or those of the list that it has."""
    if not is_object(value):
        yield Fault("not a JSON object")
        return
    listed = next((value[name] for name in _LISTS if is_list(value.get(name)) and "title" not in value), None)
    for each in [value] if listed is None else listed:
        yield each if is_object(each) else Fault("not a JSON object")


def is_listed(path: Path) -> bool:
    """Whether the file is one list in JSON, not an object a line. Says no where it cannot be read."""
    try:
        with path.open("rb") as file:
            return text_of_head(file.read(HEAD_BYTES)).lstrip("\ufeff \t\r\n").startswith("[")
    except OSError:
        return False


def _one_a_line(path: Path) -> bool:
    """Whether each line is an object of its own: so it is where the first one is."""
    if path.suffix.casefold() in {".jsonl", ".ndjson"}:
        return True
    try:
        with path.open("rb") as file:
            first = file.readline(HEAD_BYTES)
            while first and not first.strip():
                first = file.readline(HEAD_BYTES)
    except OSError as error:
        raise cannot_be_read(path, error) from error
    line = text_of_head(first).strip()
    # An object over several lines opens in a line of its own, or is not closed in its first.
    return line.startswith("{") and (line.endswith("}") or len(first) >= HEAD_BYTES)


def _values(file: TextIO) -> Iterator[object]:
    """The objects of a text as they are decoded, whatever lists they stand in; a `Fault` for what is none."""
    decoder = json.JSONDecoder()
    rest = _Rest(file)
    while rest.at_next():
        if rest.text[rest.place] != "{":
            yield Fault("not a JSON object")
            rest.skip_to_object()
            continue
        try:
            value, end = decoder.raw_decode(rest.text, rest.place)
        except (ValueError, RecursionError) as error:
            chars = len(rest.text) - rest.place
            cut = _is_cut(error, rest.text) and chars <= MAX_RECORD_CHARS
            # All that is left belongs to this object, which goes on: what has too much already is not read again.
            many = cut and chars > PIECE_CHARS and has_too_many_parts(rest.text[rest.place :])
            if many or not (cut and rest.read_on()):
                yield Fault(TOO_MANY if many else _why(error, chars))
                rest.skip_broken()
        else:
            too_long = end - rest.place > MAX_RECORD_CHARS
            rest.place = end
            yield Fault(_TOO_LONG) if too_long else value


class _Rest:
    """What is still to be read of a file: `text` from `place` on, and what `read_on` gives."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.text = ""
        self.place = 0

    def read_on(self) -> bool:
        """Put more behind what there is, as much again at least; False at the end."""
        piece = self._file.read(max(PIECE_CHARS, len(self.text) - self.place))
        self.text, self.place = self.text[self.place :] + piece, 0
        return bool(piece)

    def at_next(self) -> bool:
        """Go to where a value begins; False at the end."""
        while True:
            found = _BETWEEN.match(self.text, self.place)
            self.place = found.end() if found else self.place
            if self.place < len(self.text):
                return True
            if not self.read_on():
                return False

    def skip_to_object(self) -> None:
        while (found := self.text.find("{", self.place)) < 0:
            self.place = len(self.text)
            if not self.read_on():
                return
        self.place = found

    def skip_broken(self) -> None:
        """Go behind a broken object: its brackets are counted, and what is in quotes passed over."""
        depth = 0
        while True:
            for mark in _MARKS.finditer(self.text, self.place):
                self.place = mark.end()
                depth += (mark[0] in "{[") - (mark[0] in "}]")
                if depth <= 0:
                    return
            # A quote that is not closed here may be in what follows; else it hides all of that.
            opened = self.text.find('"', self.place)
            too_long = len(self.text) - opened > MAX_RECORD_CHARS
            self.place = opened if opened >= 0 and not too_long else len(self.text)
            if not self.read_on():
                self.place = len(self.text)
                return


def _is_cut(error: Exception, text: str) -> bool:
    """Whether what is wrong may be that the rest has not been read yet."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.msg.startswith("Unterminated string") or error.pos >= len(text) - _NEAR_THE_END


def _why(error: Exception, chars: int) -> str:
    if chars > MAX_RECORD_CHARS:
        return _TOO_LONG
    reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return f"not JSON ({reason})"
