"""Processes that read documents, as many as there are threads which wait for them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from retrieval.adding.reading import THREADS
from retrieval.documents.document import USUAL_LIMITS, DocumentLimits, ReadDocument


class OneReader(Protocol):
    """What reads one document after the other, see `retrieval.documents`."""

    def read(self, path: Path) -> ReadDocument:
        """Raises `DocumentError`."""
        ...


class DocumentPool:
    """A context manager whose `read` may be called from any thread. Nothing is started before the first document."""

    def __init__(self, threads: int = THREADS, limits: DocumentLimits = USUAL_LIMITS) -> None:
        self._stack = ExitStack()
        self._threads = threads
        self._limits = limits
        self._free: SimpleQueue[OneReader] = SimpleQueue()

    def __enter__(self) -> DocumentPool:
        from retrieval.documents.reading import DocumentReaders

        for _ in range(self._threads):
            self._free.put(self._stack.enter_context(DocumentReaders(self._limits)))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, path: Path) -> ReadDocument:
        """What a document says. Raises `DocumentError`."""
        reader = self._free.get()
        try:
            return reader.read(path)
        finally:
            self._free.put(reader)
