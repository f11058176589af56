"""Choose the quotes: the few sentences of the retrieved passages that answer the question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.events import Citation
from retrieval.types import Passage, Sentence
from retrieval.words import overlap

MAX_PAPERS = 3
MAX_QUOTES = 4
MAX_QUOTES_PER_PAPER = 2
NEAR_REPEAT = 0.6
"""Sentences sharing this much of their content words say the same."""
PASSAGE_WEIGHT = 0.35
"""How much a sentence's passage counts in its score: a sentence alone lacks its context."""
KEEP_WITHIN = 0.78
"""Only sentences that reach this share of the best one's score are quoted …"""
KEEP_OTHERS_WITHIN = 0.88
"""… and this share where they are from another paper than the best one."""


@dataclass(frozen=True, slots=True)
class _Scored:
    sentence: Sentence
    score: float


def choose_quotes(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> tuple[Citation, ...]:
    """The best sentences, grouped by paper, best paper first, in reading order, numbered from 1.

    Sentences that stand next to each other become one quote. A paper without
    an abstract is never quoted.
    """
    # A question that a paper asks is no answer to the reader's.
    statements = [sentence for sentence in sentences if not sentence.text.rstrip("\"'”’)").endswith(("?", "？"))]
    ranked = sorted(_scored(statements, passages), key=lambda scored: -scored.score)
    chosen = _chosen(ranked)
    papers = list(dict.fromkeys(scored.sentence.paper.id for scored in chosen))
    in_order = sorted(chosen, key=lambda scored: (papers.index(scored.sentence.paper.id), scored.sentence.start))
    quotes: list[Citation] = []
    for scored in in_order:
        sentence = scored.sentence
        last = quotes[-1] if quotes else None
        if (
            last
            and last.paper.id == sentence.paper.id
            and not sentence.paper.abstract[last.end : sentence.start].strip()
        ):
            quotes[-1] = _lengthened(last, scored)
        else:
            quotes.append(
                Citation(len(quotes) + 1, sentence.paper, sentence.start, sentence.end, sentence.score, sentence.gloss)
            )
    return tuple(quotes)


def _scored(sentences: Sequence[Sentence], passages: Sequence[Passage]) -> list[_Scored]:
    return [
        _Scored(sentence, (1 - PASSAGE_WEIGHT) * sentence.score + PASSAGE_WEIGHT * passage.score)
        for sentence in sentences
        for passage in passages
        if passage.paper.id == sentence.paper.id and passage.start <= sentence.start < passage.end
    ]


def _chosen(ranked: Sequence[_Scored]) -> list[_Scored]:
    chosen: list[_Scored] = []
    per_paper: Counter[str] = Counter()
    for scored in ranked:
        paper = scored.sentence.paper.id
        if len(chosen) == MAX_QUOTES or scored.score < KEEP_WITHIN * ranked[0].score:
            break
        if paper != ranked[0].sentence.paper.id and scored.score < KEEP_OTHERS_WITHIN * ranked[0].score:
            continue
        if per_paper[paper] == MAX_QUOTES_PER_PAPER or (per_paper[paper] == 0 and len(per_paper) == MAX_PAPERS):
            continue
        if any(overlap(scored.sentence.text, other.sentence.text) >= NEAR_REPEAT for other in chosen):
            continue
        chosen.append(scored)
        per_paper[paper] += 1
    return chosen


def _lengthened(quote: Citation, scored: _Scored) -> Citation:
    sentence = scored.sentence
    gloss = f"{quote.gloss} {sentence.gloss}" if quote.gloss and sentence.gloss else None
    return Citation(quote.number, quote.paper, quote.start, sentence.end, max(quote.score, sentence.score), gloss)
