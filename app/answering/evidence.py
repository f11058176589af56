"""Choose the quotes: the few sentences of the retrieved passages that answer the question."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.events import Citation
from retrieval.types import Passage, Sentence
from retrieval.words import overlap

MAX_PAPERS = 3
LEAD_QUOTES = 3
OTHER_QUOTES = 1
"""Sentences of the best paper, and of each other one."""
NEAR_REPEAT = 0.6
"""Sentences sharing this much of their content words say the same."""
OTHERS_WITHIN = 0.85
"""Another paper is quoted only where its score reaches this share of the best one's …"""
SENTENCE_WITHIN = 0.6
"""… and a sentence only where its similarity reaches this share of its paper's best."""


def choose_quotes(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> tuple[Citation, ...]:
    """The best sentences of the best papers, best paper first, in reading order, numbered from 1.

    Sentences that stand next to each other become one quote. A paper without
    an abstract is never quoted, nor is a question that a paper asks.
    """
    by_paper: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        if sentence.text and not sentence.text.rstrip("\"'”’)").endswith(("?", "？")):
            by_paper.setdefault(sentence.paper.id, []).append(sentence)
    chosen: list[Sentence] = []
    for place, paper in enumerate(_papers(passages, by_paper)):
        chosen += _best(by_paper[paper], LEAD_QUOTES if place == 0 else OTHER_QUOTES, chosen)
    quotes: list[Citation] = []
    for sentence in chosen:
        last = quotes[-1] if quotes else None
        if (
            last
            and last.paper.id == sentence.paper.id
            and not sentence.paper.abstract[last.end : sentence.start].strip()
        ):
            quotes[-1] = _lengthened(last, sentence)
        else:
            number = len(quotes) + 1
            quotes.append(
                Citation(number, sentence.paper, sentence.start, sentence.end, sentence.score, sentence.gloss)
            )
    return tuple(quotes)


def _papers(passages: Sequence[Passage], by_paper: dict[str, list[Sentence]]) -> list[str]:
    """The papers to quote, best first: those that have sentences and come near the best of them."""
    scores: dict[str, float] = {}
    for passage in passages:
        if passage.paper.id in by_paper:
            scores[passage.paper.id] = max(passage.score, scores.get(passage.paper.id, -1.0))
    best = max(scores.values(), default=0.0)
    ranked = sorted(scores, key=lambda paper: -scores[paper])
    return [paper for paper in ranked if scores[paper] >= OTHERS_WITHIN * best or scores[paper] == best][:MAX_PAPERS]


def _best(sentences: Sequence[Sentence], count: int, others: Sequence[Sentence]) -> list[Sentence]:
    """The `count` sentences nearest to the question that do not repeat each other or `others`, in reading order."""
    ranked = sorted(sentences, key=lambda sentence: -sentence.score)
    chosen: list[Sentence] = []
    for sentence in ranked:
        if len(chosen) == count or sentence.score < SENTENCE_WITHIN * ranked[0].score:
            break
        if all(overlap(sentence.text, other.text) < NEAR_REPEAT for other in (*others, *chosen)):
            chosen.append(sentence)
    return sorted(chosen, key=lambda sentence: sentence.start)


def _follows(sentence: Sentence, quote: Citation) -> bool:
    same_paper = quote.paper.id == sentence.paper.id
    return same_paper and not sentence.paper.abstract[quote.end : sentence.start].strip()


def _lengthened(quote: Citation, sentence: Sentence) -> Citation:
    gloss = f"{quote.gloss} {sentence.gloss}" if quote.gloss and sentence.gloss else None
    return Citation(quote.number, quote.paper, quote.start, sentence.end, max(quote.score, sentence.score), gloss)
