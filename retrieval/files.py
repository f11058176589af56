"""Files written whole or not at all, why one cannot be written, in one sentence, and by which hash each is known."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from retrieval.errors import PaperbackedError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL_IN_WORDS = ("database or disk is full", "no space left on device", "disk quota exceeded")
"""How SQLite and libraries that are not written in Python say it, in errors of their own."""

ROOM_BYTES = 8_000_000
"""With less a disk is full: a library may give back what it had begun to write, and not say why it failed."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file as lower-case hex. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_disk_full(error: BaseException | None) -> bool:
    """Whether `error`, or one that it followed on, says that a disk is full or a quota used up."""
    while error is not None:
        if isinstance(error, OSError) and error.errno is not None:
            full = error.errno in _FULL
        else:
            full = any(words in str(error).casefold() for words in _FULL_IN_WORDS)
        if full:
            return True
        # Torch fails a second time while it closes the file.
        error = error.__cause__ or error.__context__
    return False


def has_no_room(folder: Path) -> bool:
    """Whether the disk of `folder` has less room than `ROOM_BYTES`."""
    try:
        return shutil.disk_usage(folder).free < ROOM_BYTES
    except OSError:
        return False


def full(what: str, elsewhere: str | None = None) -> str:
    """The sentence for `what` that could not be written as its disk is full; `elsewhere` as in `not_written`."""
    other = elsewhere or "set PAPERBACKED_HOME to a folder on another disk"
    return f"{what} cannot be written, as the disk is full: make room, or {other}."


def not_written(what: str, error: BaseException, elsewhere: str | None = None) -> str:
    """The sentence for `what` that could not be written; `elsewhere` says how to choose another place.

    Without it the place is within the home folder.
    """
    if is_disk_full(error):
        return full(what, elsewhere)
    reason = (getattr(error, "strerror", None) or type(error).__name__).rstrip(".")
    return f"{what} cannot be written ({reason}): {elsewhere or 'set PAPERBACKED_HOME to a folder of yours'}."


@contextmanager
def writing(what: str, kind: type[PaperbackedError], elsewhere: str | None = None) -> Generator[None, None, None]:
    """Around what writes `what`: an `OSError`, or what else tells of a full disk, becomes a `kind` that says so."""
    try:
        yield
    except PaperbackedError:
        raise
    except Exception as error:
        if isinstance(error, OSError) or is_disk_full(error):
            raise kind(not_written(what, error, elsewhere)) from error
        raise


@contextmanager
def replacing(path: Path) -> Generator[Path, None, None]:
    """A draft beside `path` which takes its place when the block ends, and is gone where the block fails.

    Its name ends like no file of ours, so that none that a kill leaves behind is ever taken for one.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        yield draft
        draft.replace(path)
    finally:
        # A draft that became the file is gone.
        with suppress(OSError):
            draft.unlink(missing_ok=True)
