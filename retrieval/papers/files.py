"""The files that the texts of a collection were read from, kept with it, so that their pages can be shown."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from retrieval.errors import CorpusError
from retrieval.files import writing

FILES = "files"
SUFFIX = ".pdf"
MOST_BYTES = 1 << 30
"""A larger file is not kept; what reads documents has lower limits of its own."""
_NAME = re.compile(r"[0-9a-f]{64}")
_PIECE = 1 << 20


class CollectionFiles:
    """PDFs in the folder `files` of a collection, each by its SHA-256: the same file is there once.

    Whoever keeps files does so while it holds the collection's lock, as a reading does: what no text names is removed
    at the end of each run.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FILES

    def keep(self, path: Path) -> str:
        """Copy a file, whole or not at all; gives its SHA-256. Raises `CorpusError` with one sentence."""
        draft = self._folder / f".{uuid4().hex}.new"
        try:
            with _opened(path) as source, writing(f"The files in {self._folder}", CorpusError):
                self._folder.mkdir(parents=True, exist_ok=True)
                with draft.open("xb") as target:
                    sha256 = _copied(source, target, path)
                draft.replace(self._place(sha256))
        finally:
            # A draft that became the file is gone.
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return sha256

    def path(self, sha256: str) -> Path | None:
        """The file of that SHA-256, or None where there is none; any other text than a SHA-256 is of no file."""
        if not _NAME.fullmatch(sha256):
            return None
        place = self._place(sha256)
        return place if place.is_file() else None

    def keep_only(self, named: Collection[str]) -> None:
        """Remove all files but those, and drafts that killed runs left. Raises `CorpusError`."""
        with writing(f"The files in {self._folder}", CorpusError):
            for file in self._folder.iterdir() if self._folder.is_dir() else ():
                if file.suffix != SUFFIX or file.stem not in named:
                    file.unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        return self._folder / f"{sha256}{SUFFIX}"


def _opened(path: Path) -> IO[bytes]:
    """The file to be read. A pipe or a device, which might never end, is none."""
    try:
        # Without waiting for whoever would write into a pipe.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        if stat.S_ISREG(os.fstat(number).st_mode):
            return os.fdopen(number, "rb")
        os.close(number)
    except OSError as error:
        raise CorpusError(f"{path} cannot be read ({error.strerror}): see whether it is there.") from error
    raise CorpusError(f"{path} is no file: give a PDF.")


def _copied(source: IO[bytes], target: IO[bytes], path: Path) -> str:
    seen, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        size += len(piece)
        if size > MOST_BYTES:
            raise CorpusError(f"{path} has more than {MOST_BYTES >> 20:,} MB and is not kept.")
        seen.update(piece)
        target.write(piece)
    # The papers name it as soon as it is there, so a power cut must not leave an empty one.
    target.flush()
    os.fsync(target.fileno())
    return seen.hexdigest()
