"""The questions that were written for papers, as the index and the answers use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from retrieval.lexical.glossary import Glossary
from retrieval.questions.labelled import LabelledQuestion
from retrieval.types import ExpansionQuery, Paper, Span

ASKED_ALONE = frozenset({"single", "chinese"})
"""Types of questions that one paper answers, and that somebody would ask in these words."""


def expansion_queries_for(
    papers: Iterable[Paper], questions: Iterable[LabelledQuestion], glossary: Glossary
) -> dict[str, tuple[ExpansionQuery, ...]]:
    """The questions of each of the papers that has some, by the paper's id, in their order."""
    by_id = {paper.id: paper for paper in papers}
    written: dict[str, list[ExpansionQuery]] = {}
    for question in questions:
        embedded = glossary.in_english(question.joined)
        for name in question.papers:
            if paper := by_id.get(name):
                written.setdefault(name, []).append(_written(paper, question, embedded))
    return {name: tuple(own) for name, own in written.items()}


def _written(paper: Paper, question: LabelledQuestion, embedded: str) -> ExpansionQuery:
    starts = [
        (paper.abstract.find(gold.sentence), len(gold.sentence)) for gold in question.gold if gold.paper_id == paper.id
    ]
    return ExpansionQuery(
        paper.id,
        question.joined,
        embedded,
        question.language,
        tuple(Span(start, start + length) for start, length in starts if start >= 0),
        question.type in ASKED_ALONE and not question.asked_before,
    )


def all_texts(written: Mapping[str, Sequence[ExpansionQuery]]) -> dict[str, list[str]]:
    """The questions as asked and as embedded: by words and letters they can be found in both languages."""
    return {
        paper: list(dict.fromkeys(chain((question.text for question in own), (question.embedded for question in own))))
        for paper, own in written.items()
    }


def texts_of(questions: Iterable[LabelledQuestion], glossary: Glossary) -> dict[str, list[str]]:
    """The same of all questions, by the ids of the papers that they name, whether these are there or not."""
    asked: dict[str, list[str]] = {}
    embedded: dict[str, list[str]] = {}
    for question in questions:
        in_english = glossary.in_english(question.joined)
        for name in question.papers:
            asked.setdefault(name, []).append(question.joined)
            embedded.setdefault(name, []).append(in_english)
    return {name: list(dict.fromkeys((*own, *embedded[name]))) for name, own in asked.items()}
