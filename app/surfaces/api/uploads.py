"""A form of files, written to disk as it comes: every bound is checked before a byte more is kept."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from app.notices.notice import Notice
from app.surfaces.collections import CollectionError, CrowdedError, FullError, Upload, UploadRoom
from app.surfaces.gate.rate_limits import client_name
from retrieval.errors import CorpusError, InputError
from retrieval.files import not_written
from retrieval.json_lines import MOST_PARTS, has_too_many_parts
from retrieval.sanitize import sanitize

FILE_FIELDS = ("files", "file")
TEXT_FIELDS = ("text", "online", "pdfs")
MAX_TEXT_BYTES = 2_000_000
MAX_JSON_BYTES = 10_000_000
MOST_TEXT_PARTS = 100
"""Parts of a form beside its files: what has nothing in it takes no room, but time."""
MAX_LABEL_CHARS = 200
_AT_ONCE_BYTES = 262_144
"""What has come is written in pieces of this size."""
SILENT_SECONDS = 30.0
"""How long nothing may come; and slower than `SLOWEST` bytes a second on the whole is as if nothing came."""
SLOWEST = 20_000
IN_ALL_SECONDS = 900.0
"""How long one request's files may take."""
AT_ONCE = 3
"""Requests of one address whose files come at the same time."""
_MEGABYTE = 1_000_000
_FORM_OVERHEAD = 100_000
_PDF_WITHIN = 1_024
_HEAD_BYTES = 4_096
_SUFFIXES = frozenset({".bib", ".ris", ".json", ".jsonl", ".csv", ".tsv", ".txt", ".md"})
"""Endings by which files of text are told apart that look alike; what a file is, its reader finds in it."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Form:
    """What a form brought: its files, which lie in the room, and its texts by the names of their fields."""

    uploads: tuple[Upload, ...]
    texts: dict[str, str]


async def read_form(request: Request, boundary: bytes, room: UploadRoom) -> Form:
    """Take in a form. Raises `InputError` where it is none, or more than there is room for, and `CorpusError`."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > room.request_bytes + _FORM_OVERHEAD:
        raise _too_much(room)
    form = _Form(room)
    parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
    received = 0
    try:
        async for piece in _pieces(request):
            # Parts without content count too, and there is no length where it was not said.
            received += len(piece)
            if received > room.request_bytes + _FORM_OVERHEAD:
                raise _too_much(room)
            await run_in_threadpool(parser.write, piece)
        await run_in_threadpool(parser.finalize)
        return await run_in_threadpool(form.whole)
    except FormParserError as error:
        raise CollectionError(Notice("upload_unreadable")) from error
    except OSError as error:
        raise CorpusError(not_written("What was sent", error)) from error
    finally:
        form.close()


async def whole_json(request: Request) -> Any:
    """The JSON of a request whose body was not read before. Raises `InputError` where it is none, or too large."""
    body = bytearray()
    async for piece in _pieces(request):
        body += piece
        if len(body) > MAX_JSON_BYTES:
            raise FullError(f"The request is larger than {MAX_JSON_BYTES:,} bytes: send it as a file.")
    whole = bytes(body)
    if has_too_many_parts(whole):
        raise FullError(f"The request has more than {MOST_PARTS:,} values: send it in turn, or as a file.")
    try:
        return json.loads(whole)
    except (ValueError, RecursionError) as error:
        raise InputError("The request is not JSON.") from error


def boundary_of(content_type: str) -> bytes | None:
    """The boundary of a form with files; None where the content is none."""
    kind, options = parse_options_header(content_type)
    return options.get(b"boundary") if kind == b"multipart/form-data" else None


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of some size. Raises `CollectionError` where it comes too slowly, or breaks off."""
    began, received, piece = time.monotonic(), 0, bytearray()
    stream = request.stream().__aiter__()
    while True:
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                chunk = await anext(stream)
        except StopAsyncIteration:
            break
        except TimeoutError as error:
            raise _too_slow() from error
        received += len(chunk)
        if time.monotonic() - began > min(SILENT_SECONDS + received / SLOWEST, IN_ALL_SECONDS):
            raise _too_slow()
        piece += chunk
        if len(piece) >= _AT_ONCE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


class Senders:
    """Who sends files now; on the event loop."""

    def __init__(self) -> None:
        self._sending: Counter[str] = Counter()

    @contextmanager
    def sending(self, address: str) -> Iterator[None]:
        """While files of that address come. Raises `CrowdedError` where it sends enough already."""
        client = client_name(address)
        if self._sending[client] >= AT_ONCE:
            raise CrowdedError(Notice("adding_crowded"))
        self._sending[client] += 1
        try:
            yield
        finally:
            self._sending[client] -= 1
            if not self._sending[client]:
                del self._sending[client]


class _TooSlowError(CollectionError):
    status = 408


def _too_slow() -> CollectionError:
    return _TooSlowError("The files came too slowly: send them again, or fewer at once.")


def _too_much(room: UploadRoom) -> FullError:
    return FullError(Notice("upload_much", limit=room.request_bytes // _MEGABYTE))


@dataclass
class _Form:
    """Parts as they come; called by the parser, on one thread at a time."""

    room: UploadRoom
    uploads: list[Upload] = field(default_factory=list)
    texts: dict[str, bytearray] = field(default_factory=dict)
    _header: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    _disposition: bytes = b""
    _file: IO[bytes] | None = None
    _text: bytearray | None = None
    _label: str = ""
    _size: int = 0
    _parts: int = 0
    _in_all: int = 0
    _ended: bool = False

    def callbacks(self) -> dict[str, object]:
        """What the parser calls, by its names for the moments."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._header_ends,
            "on_headers_finished": self._open,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._all,
        }

    def whole(self) -> Form:
        """All that came. Raises `CollectionError` where the form broke off."""
        if not self._ended:
            raise CollectionError(Notice("upload_unreadable"))
        texts = {name: bytes(text).decode("utf-8", "replace") for name, text in self.texts.items()}
        return Form(tuple(self.uploads), texts)

    def close(self) -> None:
        """Let go of a file that was being written."""
        if self._file:
            self._file.close()

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > self.room.most_files + MOST_TEXT_PARTS:
            raise FullError(Notice("upload_many", limit=self.room.most_files))
        self._disposition, self._size, self._text = b"", 0, None

    def _header_ends(self) -> None:
        name, value = self._header
        if bytes(name).lower() == b"content-disposition":
            self._disposition = bytes(value)
        name.clear()
        value.clear()

    def _open(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options and name in FILE_FIELDS:
            if len(self.uploads) >= self.room.most_files:
                raise FullError(Notice("upload_many", limit=self.room.most_files))
            self._label = label_of(options[b"filename"].decode("utf-8", "replace"))
            self._file = (self.room.folder / f"{len(self.uploads):03d}-{secrets.token_hex(8)}").open("xb")
        elif name in TEXT_FIELDS:
            self._text = self.texts.setdefault(name, bytearray())
        else:
            raise InputError(f"The form has a field {name[:40]!r}: it takes {', '.join((*FILE_FIELDS, *TEXT_FIELDS))}.")

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        self._in_all += end - start
        if self._in_all > self.room.request_bytes:
            raise _too_much(self.room)
        if self._file is not None:
            if self._size > self.room.file_bytes:
                raise FullError(Notice("upload_large", name=self._label, limit=self.room.file_bytes // _MEGABYTE))
            self._file.write(data[start:end])
        elif self._text is not None:
            if len(self._text) + end - start > MAX_TEXT_BYTES:
                raise FullError(f"A text may have {MAX_TEXT_BYTES:,} bytes at most: send it as a file.")
            self._text.extend(data[start:end])

    def _end(self) -> None:
        if self._file is None:
            return
        written = Path(self._file.name)
        self._file.close()
        self._file = None
        # A form whose file field was left empty sends a file without a name and without content.
        if self._label or self._size:
            self.uploads.append(Upload(named_by_content(written, self._label), self._label or "file"))
        else:
            written.unlink()

    def _all(self) -> None:
        self._ended = True


def label_of(name: str) -> str:
    """What a file is called by its sender, as a text to be shown: it is never a path here."""
    return " ".join(sanitize(name[: 4 * MAX_LABEL_CHARS]).split())[-MAX_LABEL_CHARS:].strip()


def named_by_content(file: Path, label: str) -> Path:
    """The file with an ending that fits what it holds, of a few that there are; its sender's counts only among those
    of text. Gives its new path."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    theirs = PurePosixPath(label.replace("\\", "/")).suffix.casefold()
    if b"%PDF-" in head[:_PDF_WITHIN]:
        suffix = ".pdf"
    elif b"\0" in head and not head.startswith(_UTF16):
        suffix = ".bin"
    elif theirs == ".pdf":
        suffix = ".pdf"  # Its reader says what is wrong with it.
    else:
        suffix = theirs if theirs in _SUFFIXES else ".txt"
    return file.rename(file.with_name(f"{file.name}{suffix}"))
