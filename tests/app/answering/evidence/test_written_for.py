"""What ships for papers is looked up for the papers that it names, however many others there are."""

from __future__ import annotations

from collections.abc import Callable, Sized
from pathlib import Path

import pytest

from app.answering.evidence.plain import FILE as PLAIN_FILE
from app.answering.evidence.plain import read_plain_sentences
from app.answering.evidence.prepared import FILE as PREPARED_FILE
from app.answering.evidence.prepared import read_prepared
from app.answering.evidence.suggestions import FILE as SUGGESTIONS_FILE
from app.answering.evidence.suggestions import read_suggestions
from app.answering.writing.summaries import FILE as SUMMARIES_FILE
from app.answering.writing.summaries import read_summaries
from retrieval.papers.papers import Papers, papers_of
from retrieval.shipped import shipped_file
from retrieval.types import Paper

READERS: dict[str, Callable[[Path, Papers], Sized]] = {
    PLAIN_FILE: read_plain_sentences,
    SUGGESTIONS_FILE: read_suggestions,
    SUMMARIES_FILE.format(language="zh"): read_summaries,
    PREPARED_FILE: lambda file, papers: read_prepared(file, papers, ()),
}


def going_through_all(papers: Papers) -> None:
    raise AssertionError("all papers are gone through")


@pytest.mark.parametrize("name", READERS)
def test_only_papers_that_a_file_names_are_looked_up(
    name: str, all_papers: tuple[Paper, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = papers_of([*all_papers[:40], *(Paper(f"other-{number}", "O", "Words.", "en") for number in range(200))])
    monkeypatch.setattr(Papers, "__iter__", going_through_all)
    assert len(READERS[name](shipped_file(name), known)) > 10
