"""One child process for all tests of documents, and each made paper read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.documents.document import ReadDocument
from retrieval.documents.reading import DocumentReaders
from tests.support.made_papers import MadePaper, made_paper


@pytest.fixture(scope="session")
def readers() -> Iterator[DocumentReaders]:
    with DocumentReaders() as readers:
        yield readers


@pytest.fixture
def read(readers: DocumentReaders, tmp_path: Path) -> Callable[[bytes], ReadDocument]:
    """`read(pdf)`: what a PDF of these bytes says."""

    def read(pdf: bytes) -> ReadDocument:
        path = tmp_path / "paper.pdf"
        path.write_bytes(pdf)
        return readers.read(path)

    return read


ReadMade = Callable[[int], tuple[MadePaper, ReadDocument]]


@pytest.fixture(scope="session")
def read_made(readers: DocumentReaders, tmp_path_factory: pytest.TempPathFactory) -> ReadMade:
    """`read_made(seed)`: the made paper of that number, and what was read of it."""
    folder = tmp_path_factory.mktemp("made")
    kept: dict[int, tuple[MadePaper, ReadDocument]] = {}

    def read_made(seed: int) -> tuple[MadePaper, ReadDocument]:
        if seed not in kept:
            made = made_paper(seed)
            path = folder / f"{seed}.pdf"
            path.write_bytes(made.pdf)
            kept[seed] = made, readers.read(path)
        return kept[seed]

    return read_made
