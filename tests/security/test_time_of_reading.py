"""No file of a stranger's takes the square of its length to read: a pattern that does keeps every other thread of the
server waiting until it ends, which for a megabyte is an hour."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retrieval.adding.pasted import pasted
from retrieval.documents.text_files import read_text
from retrieval.errors import CorpusError
from retrieval.readers.names import names_in
from retrieval.readers.registry import read_entries

LONG = 20_000
MOST_CPU_SECONDS = 2.0
"""Of this thread's processor. What is read in linear time takes a tenth of it; what was mended took five to twelve."""
RUNS = (
    " ",
    "\n",
    "\t",
    "\u3000",
    ",",
    ";",
    ".",
    "(",
    "[",
    "{",
    "#",
    "-",
    "*",
    "_",
    "`",
    "<",
    "$",
    "\\",
    '"',
    "a.",
    " ;",
)


def csv(run: str) -> str:
    cell = f"x{run}y".replace('"', '""')
    names = (
        "title",
        "abstract",
        "authors",
        "author full names",
        "date",
        "year",
        "doi",
        "url",
        "id",
        "file",
        "language",
    )
    return f"{','.join(names)}\n" + ",".join(f'"{cell}"' for _ in names) + "\n"


def ris(run: str) -> str:
    line = f"x{run}y".replace("\n", " ")
    tags = ("TI", "AB", "AU", "A1", "PY", "DA", "DO", "UR", "LA", "N1", "AN", "M1", "L1", "C8")
    return "TY  - JOUR\n" + "".join(f"{tag}  - {line}\n" for tag in tags) + "ER  - \n"


def bibtex(run: str) -> str:
    names = ("title", "abstract", "author", "year", "month", "date", "doi", "url", "eprint", "file", "note", "language")
    return "@article{k,\n" + "".join(f"  {name} = {{x{run}y}},\n" for name in names) + "}\n"


def ids(run: str) -> str:
    return "2401.01234\n" * 9 + f"x{run}y\n"


FILES: dict[str, Callable[[str], str]] = {".csv": csv, ".ris": ris, ".bib": bibtex, ".txt": ids}
TEXTS: tuple[Callable[[str], str], ...] = (
    lambda run: f"# A heading{run}goes on\n\nText.\n",
    lambda run: f"- an item{run}goes on\n\nText.\n",
    lambda run: f"A paragraph{run}goes on.\n",
    lambda run: f"{run}\nText\n",
    lambda run: f"---\ntitle: a{run}b\nauthors: a{run}b\ndate: a{run}b\n---\nText\n",
)


def seconds(read: Callable[[], object]) -> float:
    began = time.thread_time()
    read()
    return time.thread_time() - began


def all_of(path: Path) -> Iterator[object]:
    try:
        yield from read_entries(path)
    except CorpusError:
        return


@pytest.mark.parametrize("suffix", FILES)
def test_references(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(FILES[suffix]("x"), encoding="utf-8", newline="")
    assert list(read_entries(path)), "it is read, and not refused at its beginning"
    for run in RUNS:
        path.write_text(FILES[suffix](run * LONG), encoding="utf-8", newline="")
        assert seconds(lambda: list(all_of(path))) < MOST_CPU_SECONDS, repr(run)


@pytest.mark.parametrize("marked", [True, False], ids=["markdown", "text"])
def test_documents(marked: bool) -> None:
    for text, run in itertools.product(TEXTS, RUNS):
        assert seconds(lambda: read_text(text(run * LONG), marked)) < MOST_CPU_SECONDS, (text("…"), run)  # noqa: B023


def test_what_is_pasted() -> None:
    for run in (*RUNS, "@a{", "TY  - ", "10.1/a ", "2401.01234,"):
        assert seconds(lambda: pasted(f"x{run * LONG}y")) < MOST_CPU_SECONDS, repr(run)  # noqa: B023


def test_a_document_of_empty_lines_alone() -> None:
    assert seconds(lambda: read_text("# A\n" + "\n" * 200_000 + "Text")) < MOST_CPU_SECONDS


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("# Methods ##", "Methods"),
        ("##   Methods", "Methods"),
        ("# C#", "C"),
        ("# #", "#"),
        ("### a  ## b ##", "a ## b"),
    ],
)
def test_headings_say_what_they_said(heading: str, said: str) -> None:
    assert read_text(f"{heading}\n\nText.").text.text == f"{said}\n\nText."


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada King et al.", ("Ada King",)),
        ("Ada King,  Grace Hopper,  et al", ("Ada King", "Grace Hopper")),
        ("Ada King; Grace Hopper; and others", ("Ada King", "Grace Hopper")),
        ("King, Ada  (57200000001);\nHopper, Grace (57200000002)", ("Ada King", "Grace Hopper")),
        ("A. One, B. Two\nand C. Three", ("A. One", "B. Two", "C. Three")),
    ],
)
def test_names_are_read_as_they_were(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names
