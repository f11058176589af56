"""Lines of a file that were written for papers, each with the sentences of the abstract that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.papers.papers import Papers
from retrieval.types import Paper, Span


def written_for(file: Path, papers: Papers, text: str, what: str) -> Iterator[tuple[str, str, tuple[Span, ...]]]:
    """The papers' ids, what stands under the key `text`, and its places in the abstract, in the file's order.

    Only for those papers in whose abstracts all its sentences stand. Raises `InputError` at a bad line, which
    speaks of `what` the file has. No other papers are looked at than those that the file names.
    """

    def parsed(record: dict[str, Any]) -> tuple[str, str, tuple[str, ...]]:
        return str(record["paper"]), str(record[text]), tuple(map(str, record["sentences"]))

    lines = [line for _, line in read_records(file, parsed, what=what, kind=InputError)]
    known = papers.of(paper_id for paper_id, _, _ in lines)
    for paper_id, said, sentences in lines:
        if paper_id in known and (places := _places(known[paper_id], sentences)):
            yield paper_id, said, places


def _places(paper: Paper, sentences: Sequence[str]) -> tuple[Span, ...]:
    """Where the sentences stand in the abstract; none where one is missing, as the text is another then.

    Those of an abstract that is read in its English translation have no places of their own: the whole answers.
    """
    text = paper.abstract
    if not sentences:
        return ()
    if "en" in paper.translations and all(sentence in paper.translations["en"] for sentence in sentences):
        return (Span(0, len(text)),)
    starts = [(text.find(sentence), len(sentence)) for sentence in sentences]
    return tuple(Span(start, start + length) for start, length in starts) if min(starts)[0] >= 0 else ()
