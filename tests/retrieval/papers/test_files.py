"""PDFs kept with a collection: whole, once, under names that are nobody's choice."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from retrieval.errors import CorpusError
from retrieval.papers import files
from retrieval.papers.files import CollectionFiles


@pytest.fixture
def kept(tmp_path: Path) -> CollectionFiles:
    return CollectionFiles(tmp_path / "collection")


def pdf(folder: Path, data: bytes = b"%PDF-1.4 owls", name: str = "owls.pdf") -> Path:
    file = folder / name
    file.write_bytes(data)
    return file


def there(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "collection" / "files").iterdir())


def test_a_file_is_kept_once_by_what_it_has(kept: CollectionFiles, tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    sha256 = kept.keep(pdf(tmp_path, data))
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert kept.keep(pdf(tmp_path, data, "../owls.pdf".replace("../", "other "))) == sha256
    path = kept.path(sha256)
    assert path is not None and path.read_bytes() == data
    assert there(tmp_path) == [f"{sha256}.pdf"]
    (tmp_path / "owls.pdf").unlink()
    assert kept.path(sha256) == path, "it is a copy"


@pytest.mark.parametrize(
    "name", ["", "owls", "../../owls", "/etc/passwd", "a" * 63, "A" * 64, "a" * 65, "a" * 64 + "\n", "a" * 63 + "/"]
)
def test_nothing_but_a_sha256_is_a_name(kept: CollectionFiles, tmp_path: Path, name: str) -> None:
    kept.keep(pdf(tmp_path))
    pdf(tmp_path, name="owls")
    assert kept.path(name) is None


def test_a_sha256_of_nothing(kept: CollectionFiles) -> None:
    assert kept.path("a" * 64) is None
    kept.keep_only([])


def test_what_no_text_names_is_removed(kept: CollectionFiles, tmp_path: Path) -> None:
    one, other = (kept.keep(pdf(tmp_path, data)) for data in (b"one", b"other"))
    (tmp_path / "collection" / "files" / ".killed.new").write_bytes(b"ot")
    kept.keep_only({other, "0" * 64})
    assert there(tmp_path) == [f"{other}.pdf"] and kept.path(one) is None


def test_a_copy_that_fails_leaves_nothing(
    kept: CollectionFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fails)
        with pytest.raises(CorpusError, match=r"cannot be written, as the disk is full: make room, or set PAPERBACKED"):
            kept.keep(pdf(tmp_path))
    assert there(tmp_path) == []


def test_what_cannot_be_kept(kept: CollectionFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, told in (
        (tmp_path / "none.pdf", r"none.pdf cannot be read \(No such file or directory\): see whether it is there\.$"),
        (tmp_path / "pipe", r"pipe is no file: give a PDF\.$"),
        (Path("/dev/zero"), r"^/dev/zero is no file: give a PDF\.$"),
        (tmp_path, r"is no file: give a PDF\.$"),
    ):
        with pytest.raises(CorpusError, match=told):
            kept.keep(path)
    monkeypatch.setattr(files, "MOST_BYTES", 1 << 20)
    with pytest.raises(CorpusError, match=r"has more than 1 MB and is not kept\.$"):
        kept.keep(pdf(tmp_path, b"x" * ((1 << 20) + 1)))
    assert there(tmp_path) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "collection").write_text("a file")
    with pytest.raises(CorpusError, match="cannot be written"):
        CollectionFiles(tmp_path / "collection").keep(pdf(tmp_path))
