"""Documents read a little ahead, on two threads, while what was read before is decided."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from retrieval.adding.items import Item, Reference
from retrieval.adding.lookups import IsThere
from retrieval.adding.sources import DocumentFile
from retrieval.adding.there import There
from retrieval.documents.document import USUAL_LIMITS, ReadDocument
from retrieval.errors import DocumentError
from retrieval.files import sha256_of

THREADS = 2
MOST_AHEAD = 4
"""Documents that are read before it is their turn: a long one takes megabytes."""
MOST_WAITING = 64
Read = Callable[[Path], ReadDocument]
"""Reads a document; called from several threads. Raises `DocumentError`."""


@dataclass(frozen=True, slots=True)
class FileAhead:
    """A document that is being read, or not, where the collection has its file, or it cannot be."""

    path: Path
    sha256: str | None
    reading: Future[ReadDocument] | None
    problem: str = ""

    def document(self) -> ReadDocument:
        """What was read. Raises `DocumentError`."""
        if self.reading is None:
            raise DocumentError(self.problem)
        return self.reading.result()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item whose documents are being read: that which it is, or those that are attached to it."""

    item: Item | IsThere
    files: tuple[FileAhead, ...] = ()


class ReadingAhead:
    """A context manager that reads documents of coming items."""

    def __init__(self, read: Read, there: There) -> None:
        self._read = read
        self._there = there
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="documents")
        self.waiting: deque[Prepared] = deque()

    def __enter__(self) -> ReadingAhead:
        return self

    def __exit__(self, *_: object) -> None:
        # Those under way end within their own limits.
        self._threads.shutdown(wait=True, cancel_futures=True)

    def prepared(self, items: Iterable[Item | IsThere]) -> Iterator[Prepared]:
        """The items, in order."""
        for item in items:
            self.waiting.append(Prepared(item, tuple(map(self.ahead, _documents_of(item)))))
            while len(self.waiting) > MOST_WAITING or self._ahead_count() >= MOST_AHEAD:
                yield self.waiting.popleft()
        while self.waiting:
            yield self.waiting.popleft()

    def _ahead_count(self) -> int:
        return sum(file.reading is not None for one in self.waiting for file in one.files)

    def ahead(self, path: Path) -> FileAhead:
        """Begin to read a file that the collection has not."""
        try:
            # What is refused for its size need not be read to its end before.
            sha256 = sha256_of(path) if path.stat().st_size <= USUAL_LIMITS.bytes else None
        except OSError as error:
            return FileAhead(path, None, None, f"it cannot be read ({error.strerror})")
        if sha256 and self._there.by_file(sha256):
            return FileAhead(path, sha256, None)
        return FileAhead(path, sha256, self._threads.submit(self._read, path))


def _documents_of(item: Item | IsThere) -> tuple[Path, ...]:
    match item:
        case DocumentFile():
            return (item.path,)
        case Reference():
            return tuple(path for path in item.attached if path.suffix.casefold() == ".pdf")
        case _:
            return ()
