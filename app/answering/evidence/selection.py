"""Choose the quotes: the few sentences of the retrieved papers that answer the question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from app.answering.collection.title_names import named_among
from app.answering.events import Citation
from app.languages import any_of
from retrieval.lexical.tokens import overlap
from retrieval.types import ExpansionQuery, Paper, Passage, Sentence

PAPERS_READ = 4
"""Papers whose sentences are weighed."""
READ_WHOLE_CHARS = 5_000
"""An abstract up to this long is read whole, of a longer one the passages that were found."""
MAX_SENTENCES = 6
"""Sentences quoted in all, those included that come along to explain another."""
LEAD_SENTENCES = 3
"""Sentences of the first paper that are chosen for themselves …"""
LEAD_OF_SEVERAL = 2
"""… and where several papers are asked for; each other paper has one."""
EXPLAINED = 1
"""How many more sentences of a paper may come along to explain those."""
NEAR_REPEAT = 0.6
"""Sentences sharing this much of their content words say the same."""
CLEAR_LEAD = 0.82
"""A paper whose score is below this share of the best one's is quoted only where several are asked for …"""
FAR_BEHIND = 0.7
"""… and below this share not even then."""
SENTENCE_WITHIN = 0.7
"""A sentence is quoted where its relevance reaches this share of its paper's best …"""
OTHERS_WITHIN = 0.75
"""… and one of another paper where it reaches this share of the first paper's best."""

_SAYS_NOTHING = ("?", "？", ":", "：")
"""A question that a paper asks, or what only announces the next sentence."""
_ANNOUNCES = any_of(lambda language: language.evidence.announces, re.IGNORECASE)
_LEANS = any_of(lambda language: language.evidence.leans, re.IGNORECASE)
_ABOUT_ITSELF = any_of(lambda language: language.evidence.about_itself, re.IGNORECASE)
_SEVERAL = any_of(lambda language: language.evidence.asks_for_several, re.IGNORECASE)


def passages_to_read(passages: Sequence[Passage]) -> list[Passage]:
    """What is read of the best `PAPERS_READ` papers: their abstracts whole, where they are not too long."""
    read: list[Passage] = []
    best = list(dict.fromkeys(passage.paper.id for passage in passages))[:PAPERS_READ]
    for paper_id in best:
        found = [passage for passage in passages if passage.paper.id == paper_id]
        length = len(found[0].paper.abstract)
        read += [replace(found[0], start=0, end=length)] if length <= READ_WHOLE_CHARS else found
    return read


def choose_quotes(
    sentences: Sequence[Sentence],
    passages: Sequence[Passage],
    question: str = "",
    written: Sequence[tuple[ExpansionQuery, float]] = (),
) -> tuple[Citation, ...]:
    """The best sentences of the best papers, best paper first, in reading order, numbered from 1.

    One paper alone where the question names it or it clearly leads, up to
    `PAPERS_READ` where the question compares or lists. Sentences that stand next to
    each other become one quote, and one that leans on the sentence before it brings
    that along. A paper without an abstract is never quoted, nor is a question that
    a paper asks.
    """
    by_paper = quotable_by_paper(relevant(sentences, written))
    papers = _papers(passages, by_paper, question)
    several = asks_for_several(question)
    chosen: list[Sentence] = []
    least = -1.0
    for place, paper in enumerate(papers):
        own = by_paper[paper]
        best = max(sentence.score for sentence in own)
        if best < least:
            continue
        count = 1 if place else LEAD_OF_SEVERAL if several and len(papers) > 1 else LEAD_SENTENCES
        room = min(MAX_SENTENCES - len(chosen), count + EXPLAINED)
        chosen += best_of_paper(own, count, room, chosen, SENTENCE_WITHIN)
        least = max(least, OTHERS_WITHIN * best) if place == 0 else least
    return as_quotes(chosen)


def asks_for_several(question: str) -> bool:
    """Whether a question compares, or asks what several papers, groups or ways there are."""
    return _SEVERAL.search(question) is not None


def relevant(sentences: Sequence[Sentence], written: Sequence[tuple[ExpansionQuery, float]] = ()) -> list[Sentence]:
    """The sentences with their relevance for a score: the mean of their own similarity
    and that of the nearest question written about them, where there is one.
    """
    return [
        sentence if near is None else replace(sentence, score=(sentence.score + near) / 2)
        for sentence, near in with_written(sentences, written)
    ]


def with_written(
    sentences: Iterable[Sentence], written: Sequence[tuple[ExpansionQuery, float]]
) -> Iterator[tuple[Sentence, float | None]]:
    """Each sentence with how near the nearest question written about it is; None where there is none."""
    asked: dict[str, list[tuple[ExpansionQuery, float]]] = {}
    for question, near in written:
        asked.setdefault(question.paper_id, []).append((question, near))
    for sentence in sentences:
        about = [
            near
            for question, near in asked.get(sentence.paper.id, ())
            if any(place.start < sentence.end and sentence.start < place.end for place in question.answers)
        ]
        yield sentence, max(about, default=None)


def quotable_by_paper(sentences: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    """What may be quoted, by the paper's id, in reading order."""
    by_paper: dict[str, list[Sentence]] = {}
    for sentence in sorted(sentences, key=lambda sentence: sentence.start):
        said = sentence.text.rstrip("\"'”’)")
        if said and not said.endswith(_SAYS_NOTHING) and not _ANNOUNCES.fullmatch(said):
            by_paper.setdefault(sentence.paper.id, []).append(sentence)
    return by_paper


def _papers(passages: Sequence[Passage], by_paper: Mapping[str, Sequence[Sentence]], question: str) -> list[str]:
    """The papers to quote, best first: those that the question names, else those that come near the best one."""
    scores: dict[str, float] = {}
    papers: dict[str, Paper] = {}
    for passage in passages:
        if passage.paper.id in by_paper:
            papers[passage.paper.id] = passage.paper
            scores[passage.paper.id] = max(passage.score, scores.get(passage.paper.id, -1.0))
    named = papers_named(question, tuple(papers.values()))
    several = asks_for_several(question)
    if named and not (several and len(named) == 1):
        return named[:PAPERS_READ]
    ranked = sorted(scores, key=lambda paper: (paper not in named, -scores[paper]))
    best = max(scores.values(), default=0.0)
    least = (FAR_BEHIND if several else CLEAR_LEAD) * best
    return [paper for place, paper in enumerate(ranked) if place == 0 or scores[paper] >= least][:PAPERS_READ]


def papers_named(question: str, papers: Sequence[Paper]) -> list[str]:
    """The ids of the papers that the question names, in its order."""
    return [paper.id for paper in named_among(question, papers)]


def best_of_paper(
    own: Sequence[Sentence], count: int, room: int, others: Sequence[Sentence], within: float, words: int | None = None
) -> list[Sentence]:
    """Up to `count` of a paper's sentences, with what they lean on up to `room`, in reading order.

    Their scores reach the share `within` of the best one's, they repeat neither each other nor
    `others`, and together they have at most so many `words`, unless the best one has more.
    """
    ranked = sorted(range(len(own)), key=lambda place: -own[place].score)
    chosen: set[int] = set()
    picked = 0
    for place in ranked:
        if picked == count or own[place].score < within * own[ranked[0]].score:
            break
        taken = [*others, *(own[other] for other in chosen)]
        if place not in chosen and any(_alike(own[place].text, other.text) for other in taken):
            continue
        together = chosen | {place} | _explaining(own, place)
        length = sum(len(own[other].text.split()) for other in together)
        if len(together) <= room and (not chosen or words is None or length <= words):
            chosen = together
            picked += 1
    return [own[place] for place in sorted(chosen)]


def _explaining(own: Sequence[Sentence], place: int) -> set[int]:
    """The place of the sentence just before, where this one cannot be understood without it."""
    if place == 0 or not leans(own[place].text):
        return set()
    before = own[place - 1]
    between = before.paper.abstract[before.end : own[place].start]
    return set() if between.strip() else {place - 1}


def leans(sentence: str) -> bool:
    """Whether a sentence begins with a word, such as "this" or "however", that points to the one before it."""
    return _LEANS.match(sentence) is not None and _ABOUT_ITSELF.match(sentence) is None


def _alike(first: str, second: str) -> bool:
    return overlap(first, second) >= NEAR_REPEAT


def as_quotes(sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
    """The sentences as numbered quotes, neighbours joined."""
    quotes: list[Citation] = []
    for sentence in sentences:
        if quotes and _follows(sentence, quotes[-1]):
            quotes[-1] = _lengthened(quotes[-1], sentence)
        else:
            number = len(quotes) + 1
            quotes.append(
                Citation(number, sentence.paper, sentence.start, sentence.end, sentence.score, sentence.gloss)
            )
    return tuple(quotes)


def _follows(sentence: Sentence, quote: Citation) -> bool:
    after = quote.paper.id == sentence.paper.id and quote.end <= sentence.start
    return after and not sentence.paper.abstract[quote.end : sentence.start].strip()


def _lengthened(quote: Citation, sentence: Sentence) -> Citation:
    gloss = f"{quote.gloss} {sentence.gloss}" if quote.gloss and sentence.gloss else None
    return Citation(quote.number, quote.paper, quote.start, sentence.end, max(quote.score, sentence.score), gloss)
