"""What to ask next: questions that the papers found can answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from types import MappingProxyType

from app.answering.citation import Citation
from app.answering.evidence.evidence import WrittenNear
from app.answering.evidence.suggestions import LANGUAGE, Suggestions
from app.languages.phrases import AnswerPhrases
from retrieval.lexical.tokens import overlap
from retrieval.types import ExpansionQuery, Passage

MOST = 3
OF_ONE_PAPER = 2
SAME_AGAIN = 0.85
"""A written question this similar to the one asked asks the same."""
NEAR_REPEAT = 0.4
"""Questions sharing this much of their content words ask the same."""
NOT_FAR = 0.6
"""A written question is suggested where its similarity reaches this share of the nearest one's."""
MAX_CHARS = 110
"""Longer written questions do not fit where suggestions stand."""


def follow_up_questions(
    asked: Collection[str],
    quotes: Sequence[Citation],
    passages: Sequence[Passage],
    written: WrittenNear,
    words: AnswerPhrases,
    suggestions: Suggestions = MappingProxyType({}),
) -> tuple[str, ...]:
    """Up to three questions to ask next, in the language of `words`.

    `asked` is what the reader has asked so far. `suggestions` come first, those of the papers quoted
    before those of others found; then, of papers that have none, of `written`, questions that retrieval knows of
    them with their similarity to the last one asked, the nearest. There are at most two on one paper and none
    that a quote has answered already. Papers that no question was written for are asked for their findings.
    """
    chosen: list[str] = []
    of_paper: Counter[str] = Counter()
    if words.language != LANGUAGE:
        suggestions = {}
    suggested = _suggested(quotes, passages, suggestions)
    # Those are written as readers ask, in riddles at times; where there are better ones they only help to find.
    others = [pair for pair in written if pair[0].paper_id not in suggestions]
    for paper, text in chain(suggested, _candidates(quotes, passages, others, words, suggestions)):
        fresh = all(overlap(text, other) < NEAR_REPEAT for other in (*asked, *chosen))
        if fresh and of_paper[paper] < OF_ONE_PAPER:
            chosen.append(text)
            of_paper[paper] += 1
        if len(chosen) == MOST:
            break
    return tuple(chosen)


def _suggested(
    quotes: Sequence[Citation], passages: Sequence[Passage], suggestions: Suggestions
) -> Iterator[tuple[str, str]]:
    """The suggestions for the papers quoted, then for the others found, the nearest first, with their papers' ids."""
    found = [quote.paper.id for quote in quotes] + [passage.paper.id for passage in passages]
    for paper in dict.fromkeys(found):
        for question in suggestions.get(paper, ()):
            if not _answered(question, quotes):
                yield paper, question.text


def _candidates(
    quotes: Sequence[Citation],
    passages: Sequence[Passage],
    written: WrittenNear,
    words: AnswerPhrases,
    suggestions: Suggestions,
) -> Iterator[tuple[str, str]]:
    """Questions with the ids of their papers: the written ones, nearest first, then one for each paper without any."""
    quoted = {quote.paper.id for quote in quotes}
    papers = {passage.paper.id: passage.paper for passage in passages}
    fitting = [
        (question, near)
        for question, near in sorted(written, key=lambda pair: -pair[1])
        if question.alone and question.language == words.language and _reads_well(question.text)
        if near < SAME_AGAIN and question.paper_id in papers and not _answered(question, quotes)
    ]
    for question, near in fitting:
        if near >= NOT_FAR * fitting[0][1]:
            yield question.paper_id, question.text
    asked_of = {question.paper_id for question, _ in written} | set(suggestions)
    for name, paper in papers.items():
        if name not in asked_of | quoted and paper.title and paper.readable:
            yield name, words.follow_up.format(title=paper.title)


def _reads_well(text: str) -> bool:
    """Whether it can stand as a suggestion: questions are also written as readers type them, in haste."""
    return len(text) <= MAX_CHARS and not text[:1].islower() and text.endswith(("?", "？"))


def _answered(question: ExpansionQuery, quotes: Sequence[Citation]) -> bool:
    """Whether a quote holds what answers the question."""
    return any(
        quote.paper.id == question.paper_id and place.start < quote.end and quote.start < place.end
        for quote in quotes
        if quote.part == "abstract"
        for place in question.answers
    )
