"""Any document read: what kind it is, told by its content first, and what it says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Literal

from retrieval.documents.document import USUAL_LIMITS, DocumentLimits, ReadDocument
from retrieval.documents.faults import Fault, sentence
from retrieval.documents.languages import language_of
from retrieval.documents.processes import PdfProcess
from retrieval.documents.text_files import read_text_file
from retrieval.errors import DocumentError

DocumentKind = Literal["pdf", "markdown", "text"]
_HEAD_BYTES = 1024
_SUFFIXES: dict[str, DocumentKind] = {
    ".pdf": "pdf", ".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text",
}  # fmt: skip


def document_kind(path: Path) -> DocumentKind | None:
    """What kind of document the file is, None for none that is read: a PDF by its first bytes, others by their names.

    A file named .pdf counts as one, so that whoever reads it is told what is wrong with it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    return "pdf" if b"%PDF-" in head else _SUFFIXES.get(path.suffix.casefold())


class DocumentReaders:
    """Reads one document after the other; PDFs in one child process, which is replaced when it dies.

    A context manager: the process ends with it. May be used by several threads, which then wait for one another.
    """

    def __init__(self, limits: DocumentLimits = USUAL_LIMITS) -> None:
        self._limits = limits
        self._process = PdfProcess(limits)

    def __enter__(self) -> DocumentReaders:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child process; the next PDF starts another."""
        self._process.close()

    def read(self, path: Path) -> ReadDocument:
        """What the document says. Raises `DocumentError`, with one sentence, where it cannot be read."""
        kind = document_kind(path)
        if kind == "pdf":
            read = self._process.read(path)
        elif kind is None:
            raise DocumentError(sentence(Fault.UNKNOWN if path.is_file() else Fault.MISSING, path, self._limits))
        else:
            read = read_text_file(path, self._limits, marked=kind == "markdown")
        return replace(read, language=language_of(read.abstract or read.text.text))


def read_document(path: Path, limits: DocumentLimits = USUAL_LIMITS) -> ReadDocument:
    """What one document says; for several use `DocumentReaders`, which start their process once."""
    with DocumentReaders(limits) as readers:
        return readers.read(path)


def render_page(path: Path, page: int, width: int, limits: DocumentLimits = USUAL_LIMITS) -> bytes:
    """Page `page` (from 1) of a PDF as PNG, `width` pixels wide, at most 2,000 by 4,000. Raises `DocumentError`."""
    with PdfProcess(limits) as process:
        return process.draw(path, page, width)
