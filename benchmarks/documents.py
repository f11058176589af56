"""How fast, how exactly and in how much memory PDFs are read: `python -m benchmarks.documents [--write PAGE]`.

The sixty papers of tests/support/made_papers.py, of which every word and its place are known, are read once for
exactness, and over and over until a thousand files were read in one process. With --folder the PDFs of a folder are
read as well, of which nothing is known but how fast they were read and how many could not be.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.figures import Figure, figures_page, write_between_marks
from retrieval.documents.document import ReadDocument
from retrieval.documents.reading import DocumentReaders, render_page
from retrieval.errors import DocumentError
from tests.support.exactness import exact_boxes, told_sentences
from tests.support.made_papers import HOW_MANY, MadePaper, made_paper

COMMAND = "python -m benchmarks.documents"
MARKS = "<!-- documents: begin -->", "<!-- documents: end -->"
FILES = 1_000
_DRAWN = 20


@dataclass(frozen=True, slots=True)
class Run:
    """Files that were read one after the other: how many, their pages, the seconds, and the most memory, in bytes."""

    files: int
    pages: int
    seconds: float
    child: int
    own: int
    failed: tuple[str, ...] = ()


def write_papers(folder: Path, seeds: Sequence[int]) -> list[tuple[MadePaper, Path]]:
    """The made papers of those numbers as files of the folder."""
    written: list[tuple[MadePaper, Path]] = []
    for seed in seeds:
        made = made_paper(seed)
        path = folder / f"{seed}.pdf"
        path.write_bytes(made.pdf)
        written.append((made, path))
    return written


def exactness_figures(papers: Sequence[tuple[MadePaper, Path]]) -> list[Figure]:
    """The shares of sentences that were read letter for letter in their order, and of those with exact boxes."""
    found: list[bool] = []
    exact: list[bool] = []
    titles: list[bool] = []
    sections: list[bool] = []
    with DocumentReaders() as readers:
        for made, path in papers:
            read = readers.read(path)
            found += [told.start is not None for told in told_sentences(made, read.text)]
            exact += [held for _, held in exact_boxes(made, read.text)]
            titles.append((read.title, read.authors) == (made.title, made.authors))
            sections.append(_headings(read) == [title for title, _ in made.sections])
    return [
        Figure(f"sentences read letter for letter, in their order ({len(found):,})", _percent(found), "%", 99, "above"),
        Figure(
            f"of those, whose boxes hold their words and no others ({len(exact):,})", _percent(exact), "%", 99, "above"
        ),
        Figure(f"papers with title and authors right ({len(titles)})", _percent(titles), "%"),
        Figure(f"papers with all sections right ({len(sections)})", _percent(sections), "%"),
    ]


def _headings(read: ReadDocument) -> list[str]:
    return list(dict.fromkeys(section.title for section in read.text.sections if section.kind == "body"))


def _percent(held: Sequence[bool]) -> float:
    return 100 * sum(held) / max(1, len(held))


def read_all(paths: Iterator[Path]) -> Run:
    """Reads all files in one child process, as a collection does that they are added to."""
    files = pages = child = own = 0
    failed: list[str] = []
    began = time.perf_counter()
    with DocumentReaders() as readers:
        for path in paths:
            files += 1
            try:
                pages += len(readers.read(path).text.pages)
            except DocumentError as error:
                failed.append(error.message)
            child, own = max(child, _child_peak()), max(own, psutil.Process().memory_info().rss)
    return Run(files, pages, time.perf_counter() - began, child, own, tuple(failed))


def _child_peak() -> int:
    """The most memory that the child process has had, in bytes; 0 where the system does not tell."""
    found = 0
    for child in psutil.Process().children():
        status = Path(f"/proc/{child.pid}/status")
        try:
            lines = status.read_text().splitlines()
        except OSError:
            continue
        found = max([found, *(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))])
    return found


def speed_figures(papers: Sequence[tuple[MadePaper, Path]], files: int) -> list[Figure]:
    """Pages a second and memory over as many files as are told, the papers again and again; and of pictures."""
    paths = [path for _, path in papers]
    run = read_all(paths[number % len(paths)] for number in range(files))
    drawn = [_drawn(path) for path in paths[:_DRAWN]]
    gigabytes = (run.child + run.own) / 1e9
    return [
        Figure("pages a second, one process", run.pages / run.seconds, "/s"),
        Figure("milliseconds a page", 1_000 * run.seconds / max(1, run.pages), "ms"),
        Figure(f"{run.files:,} PDFs ({run.pages:,} pages) in one go, seconds", run.seconds, "s"),
        Figure("most memory of the process that reads", run.child / 1e9, "GB", 1),
        Figure("most memory of both processes", gigabytes, "GB", 2),
        Figure("a page's picture, 1,000 pixels wide, with its process started", sum(drawn) / len(drawn), "s", 1),
    ]


def _drawn(path: Path) -> float:
    began = time.perf_counter()
    render_page(path, 1, 1_000)
    return time.perf_counter() - began


def folder_figures(folder: Path) -> list[Figure]:
    """The same of the PDFs of a folder; prints why those were not read that were not."""
    run = read_all(iter(sorted(folder.rglob("*.pdf"))))
    for message in run.failed:
        print(message)
    return [
        Figure(f"PDFs of {os.fspath(folder)}: read, of {run.files}", run.files - len(run.failed), ""),
        Figure("their pages a second", run.pages / run.seconds, "/s"),
    ]


def main() -> None:
    """Print the figures, and with --write put them into the page."""
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the figures into")
    arguments.add_argument("--files", type=int, default=FILES, help="how many files are read in one go")
    arguments.add_argument("--folder", type=Path, help="a folder of PDFs to read as well")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        papers = write_papers(Path(folder), range(HOW_MANY))
        figures = [*exactness_figures(papers), *speed_figures(papers, given.files)]
    figures += folder_figures(given.folder) if given.folder else []
    page = figures_page(figures, COMMAND)
    print(page)
    if given.write:
        write_between_marks(given.write, page, MARKS)


if __name__ == "__main__":
    main()
