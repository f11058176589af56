"""Sentences in everyday words that were written for the papers, each for the sentences of the abstract that say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.answering.answer import Direct
from app.answering.citation import Citation
from app.answering.evidence.definition import defines
from app.answering.evidence.written_for import written_for
from app.answering.reading.reader import Excerpt, Reader
from app.answering.reading.sentences import chance_of
from retrieval.papers.papers import Papers
from retrieval.types import Span

FILE = "plain.jsonl"
DIRECT_FROM = 0.75
"""A plain sentence opens an answer from this chance on that it answers …"""
DIRECT_WITHIN = 0.8
"""… and where that reaches this share of the surest quote's."""


@dataclass(frozen=True, slots=True)
class PlainSentence:
    """`text` says in everyday words what stands at `places` of the abstract."""

    text: str
    places: tuple[Span, ...]


PlainSentences = Mapping[str, tuple[PlainSentence, ...]]
"""By their papers' ids, in the order in which they were written."""


def read_plain_sentences(file: Path, papers: Papers) -> PlainSentences:
    """The plain sentences for those papers in whose abstracts what they say stands. Raises `InputError`."""
    found: dict[str, list[PlainSentence]] = {}
    for paper_id, text, places in written_for(file, papers, "text", "plain sentences"):
        found.setdefault(paper_id, []).append(PlainSentence(text, places))
    return {paper_id: tuple(own) for paper_id, own in found.items()}


def plainest(
    reader: Reader,
    question: str,
    quotes: Sequence[Citation],
    plain: PlainSentences,
    surest: float,
    term: str | None = None,
) -> Direct | None:
    """What answers the question most surely of the plain sentences that the first paper's quotes say; None for none.

    `surest` is the chance, in [0, 1], that the best quote answers. Where the question asks what a `term` means,
    only what says so answers it.
    """
    paper = quotes[0].paper
    own = [quote for quote in quotes if quote.paper.id == paper.id]
    said = [one for one in plain.get(paper.id, ()) if _numbers(one, own) and (not term or defines(one.text, term))]
    if not said:
        return None
    reading = reader.read(question, [Excerpt(paper.name, tuple(one.text for one in said))])[0]
    odds, best = max(zip(reading.sentences, said, strict=True), key=lambda pair: pair[0])
    if chance_of(odds) < max(DIRECT_FROM, DIRECT_WITHIN * surest):
        return None
    return Direct(best.text, "project", _numbers(best, own))


def _numbers(plain: PlainSentence, quotes: Sequence[Citation]) -> tuple[int, ...]:
    """The numbers of the quotes that say it; none where a part of it is not quoted."""
    numbers: list[int] = []
    for place in plain.places:
        holding = (quote for quote in quotes if quote.start <= place.start and place.end <= quote.end)
        saying = [quote.number for quote in holding if quote.part == "abstract"]
        if not saying:
            return ()
        numbers += saying
    return tuple(sorted(set(numbers)))
