"""The figures of documents are what was read, and tell of what could not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.documents import exactness_figures, folder_figures, read_all, speed_figures, write_papers
from tests.support.hostile_pdfs import encrypted


def test_exact_papers_are_told_exact(tmp_path: Path) -> None:
    papers = write_papers(tmp_path, (0, 1))
    figures = exactness_figures(papers)
    assert [figure.unit for figure in figures] == ["%"] * 4
    assert all(figure.value > 95 for figure in figures) and figures[1].value == 100


def test_a_paper_that_says_something_else_is_not(tmp_path: Path) -> None:
    [(made, path), (_, other)] = write_papers(tmp_path, (0, 2))
    figures = exactness_figures([(made, other)])
    assert figures[0].value < 50 and figures[2].value == 0
    assert path.exists()


def test_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    papers = write_papers(tmp_path, (0, 2))
    figures = {figure.what: figure.value for figure in speed_figures(papers, 3)}
    pages = 2 * papers[0][0].pages + papers[1][0].pages
    assert f"3 PDFs ({pages} pages) in one go, seconds" in figures
    assert 0.01 < figures["most memory of the process that reads"] < 1
    assert figures["pages a second, one process"] > 0


def test_what_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_papers(tmp_path, (0,))
    (tmp_path / "locked.pdf").write_bytes(encrypted())
    run = read_all(iter(sorted(tmp_path.rglob("*.pdf"))))
    assert run.files == 2 and [message.split(" is ")[0] for message in run.failed] == ["locked.pdf"]
    assert folder_figures(tmp_path)[0].value == 1
    assert "locked.pdf is encrypted" in capsys.readouterr().out
