"""What goes between the program and the child process that reads PDFs: JSON with bytes after it, both with lengths."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import IO, cast

MOST_BYTES = 400_000_000
"""A longer message is none of ours. The longest text has five million characters and a piece for every second."""
_LENGTHS = struct.Struct(">II")
MOST_JSON_BYTES = 20_000_000

Json = dict[str, object]
"""A JSON object; whoever reads one checks what is in it."""


class BrokenMessageError(Exception):
    """The other side ended, or said what is no message."""


@dataclass(frozen=True, slots=True)
class Message:
    """A JSON object and bytes."""

    head: Json
    body: bytes = b""


def send(stream: IO[bytes], message: Message) -> None:
    """Writes the message and flushes. Raises `OSError` where nobody reads."""
    head = json.dumps(message.head).encode("ascii")
    stream.write(_LENGTHS.pack(len(head), len(message.body)))
    stream.write(head)
    stream.write(message.body)
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """The next message. Raises `BrokenMessageError` where there is none, or it is not one."""
    head_length, body_length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if head_length > MOST_JSON_BYTES or body_length > MOST_BYTES:
        raise BrokenMessageError("a message that is too long")
    head, body = _exactly(stream, head_length), _exactly(stream, body_length)
    try:
        told: object = json.loads(head)
    except (ValueError, RecursionError) as error:
        raise BrokenMessageError("no JSON") from error
    if not isinstance(told, dict):
        raise BrokenMessageError("no JSON object")
    return Message(cast("Json", told), body)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = stream.read(min(length, 1 << 20))
        if not part:
            raise BrokenMessageError("the end in the middle of a message")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
