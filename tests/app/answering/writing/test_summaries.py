"""Summaries in other languages: which are used, and what a bad file is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.answering.writing.summaries import FILE, MAX_CHARS, read_summaries
from retrieval.errors import InputError
from retrieval.lexical.han import has_han
from retrieval.papers.papers import papers_of
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, shipped_file
from retrieval.types import Paper

PAPER = Paper("a", "A", "It lies.", "en", summary="Models lie.")
LINE = {"paper": "a", "summary": "Models lie.", "translation": "模型会撒谎。"}


def test_every_paper_has_one_of_its_summary_as_it_is() -> None:
    papers = read_papers(default_papers_file())
    summaries = read_summaries(shipped_file(FILE.format(language="zh")), papers_of(papers))
    assert summaries.keys() == {paper.id for paper in papers}
    assert all(has_han(summary) and summary.endswith("。") for summary in summaries.values())


def test_one_of_another_summary_or_paper_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "summaries.jsonl"
    file.write_text(json.dumps(LINE), encoding="utf-8")
    assert read_summaries(file, papers_of([PAPER])) == {"a": "模型会撒谎。"}
    assert read_summaries(file, papers_of([Paper("a", "A", "It lies.", "en", summary="Models sing.")])) == {}
    assert read_summaries(file, papers_of([Paper("b", "B", "It lies.", "en", summary="Models lie.")])) == {}
    assert read_summaries(tmp_path / "none.jsonl", papers_of([PAPER])) == {}


@pytest.mark.parametrize("changed", [{"translation": ""}, {"translation": "长" * (MAX_CHARS + 1)}, {"summary": 3}])
def test_a_bad_line_is_named(tmp_path: Path, changed: dict[str, object]) -> None:
    file = tmp_path / "summaries.jsonl"
    file.write_text(json.dumps(LINE | changed), encoding="utf-8")
    with pytest.raises(InputError, match="line 1"):
        read_summaries(file, papers_of([PAPER]))
