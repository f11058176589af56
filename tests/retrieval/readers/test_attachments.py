"""Files that references name: those of Zotero, JabRef and Better BibTeX, and what leads out of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.readers.attachments import attached_files, below


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    for name in ("a.pdf", "files/1/b.pdf", "with; semicolon.pdf", "with: colon.pdf", "notes.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (tmp_path / "outside.pdf").touch()
    return folder


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("a.pdf", ["a.pdf"]),
        (":a.pdf:PDF", ["a.pdf"]),
        ("Full Text PDF:files/1/b.pdf:application/pdf", ["files/1/b.pdf"]),
        ("Full:files/1/b.pdf:application/pdf;Snapshot:files/1/c.html:text/html;:a.pdf:PDF", ["files/1/b.pdf", "a.pdf"]),
        ("a.pdf;files/1/b.pdf;a.pdf", ["a.pdf", "files/1/b.pdf"]),
        (r":with\; semicolon.pdf:PDF", ["with; semicolon.pdf"]),
        (r":with\: colon.pdf:PDF", ["with: colon.pdf"]),
        ("a.pdf:PDF", ["a.pdf"]),
        ("notes.txt", []),
        ("none.pdf", []),
        ("http://example.org/a.pdf", []),
        ("https://example.org/a.pdf:a.pdf", []),
        (":../outside.pdf:PDF", []),
        ("files/../../outside.pdf", []),
        (r"C\:\\Users\\ng\\a.pdf", []),
        ("", []),
    ],
)
def test_the_files_that_a_field_names(library: Path, field: str, names: list[str]) -> None:
    assert attached_files(field, library) == tuple((library / name).resolve() for name in names)


def test_whole_paths_are_found_and_told_apart_from_those_below(library: Path) -> None:
    outside = (library.parent / "outside.pdf").resolve()
    own = (library / "a.pdf").resolve()
    found = attached_files(f":{outside}:PDF;file://{own};{own}", library)
    assert found == (outside, own)
    assert below(found, library) == (own,)


def test_links_in_a_circle_and_names_that_no_file_has_are_none(library: Path) -> None:
    (library / "circle.pdf").symlink_to(library / "circle.pdf")
    assert attached_files("circle.pdf;a\0.pdf;" + "x" * 5_000 + ".pdf", library) == ()


@given(st.text(r"ab./\:;~ ", max_size=30))
def test_nothing_outside_is_ever_told_of_as_below(tmp_path_factory: pytest.TempPathFactory, field: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "place"
    folder.mkdir(exist_ok=True)
    for path in below(attached_files(f"{field}.pdf", folder), folder):
        assert path.is_relative_to(folder.resolve())
