"""Choose the quotes: the few sentences of the retrieved papers that answer the question."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from app.answering.citation import Citation
from app.answering.collection.title_names import named_among
from app.answering.reading.quotable import quotable
from app.languages import any_of
from retrieval.lexical.tokens import overlap
from retrieval.types import ExpansionQuery, Paper, Passage, Sentence

PAPERS_READ = 4
"""Papers whose sentences are weighed."""
READ_WHOLE_CHARS = 5_000
"""An abstract up to this long is read whole, of a longer one the passages that were found."""
TEXTS_READ = 12
"""Passages of full texts that are read: of each paper half of those that are left for it and those after it."""
READ_TOGETHER_CHARS = 1_400
"""Passages of a text that follow each other are read as one up to this length, which the reader takes in at once."""
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

Placed = Sentence | Passage | Citation
"""What stands somewhere in a paper."""
_SAYS_NOTHING = ("?", "？", ":", "：")
"""A question that a paper asks, or what only announces the next sentence."""
_ANNOUNCES = any_of(lambda language: language.evidence.announces, re.IGNORECASE)
_LEANS = any_of(lambda language: language.evidence.leans, re.IGNORECASE)
_ABOUT_ITSELF = any_of(lambda language: language.evidence.about_itself, re.IGNORECASE)
_SEVERAL = any_of(lambda language: language.evidence.asks_for_several, re.IGNORECASE)


def passages_to_read(passages: Sequence[Passage], texts_read: int = TEXTS_READ) -> list[Passage]:
    """What is read of the best `PAPERS_READ` papers: their abstracts whole, where they are not too long, and of their
    texts the best passages found, `texts_read` of all of them."""
    read: list[Passage] = []
    best = list(dict.fromkeys(passage.paper.id for passage in passages))[:PAPERS_READ]
    left = texts_read
    for place, paper_id in enumerate(best):
        found = [passage for passage in passages if passage.paper.id == paper_id]
        of_abstract = [passage for passage in found if passage.part == "abstract"]
        texts = [passage for passage in found if passage.part == "text"]
        length = len(found[0].paper.abstract)
        if length > READ_WHOLE_CHARS:
            read += of_abstract
        elif length or not texts:
            read.append(replace(found[0], start=0, end=length, part="abstract"))
        share = left if place == len(best) - 1 else math.ceil(left / 2)
        read += joined(texts[:share])
        left -= min(share, len(texts))
    return read


def joined(passages: Sequence[Passage]) -> list[Passage]:
    """Passages of one text in reading order, two that follow each other as one: so they are read together."""
    together: list[Passage] = []
    for passage in sorted(passages, key=lambda passage: passage.start):
        before = together[-1] if together else None
        if before and passage.end - before.start <= READ_TOGETHER_CHARS and follows(passage, before):
            together[-1] = replace(before, end=passage.end)
        else:
            together.append(passage)
    return together


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
        # What a question is answered by stands in the abstract.
        of_paper = asked.get(sentence.paper.id, ()) if sentence.part == "abstract" else ()
        about = [
            near
            for question, near in of_paper
            if any(place.start < sentence.end and sentence.start < place.end for place in question.answers)
        ]
        yield sentence, max(about, default=None)


def quotable_by_paper(sentences: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    """What may be quoted, by the paper's id, in reading order, of the abstract before the text."""
    by_paper: dict[str, list[Sentence]] = {}
    for sentence in sorted(sentences, key=lambda sentence: (sentence.part != "abstract", sentence.start)):
        said = sentence.text.rstrip("\"'”’)")
        tells = said and not said.endswith(_SAYS_NOTHING) and not _ANNOUNCES.fullmatch(said)
        if tells and quotable(sentence):
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
    return {place - 1} if follows(own[place], own[place - 1]) else set()


def surest_first(own: Sequence[Sentence]) -> list[Sentence]:
    """A paper's sentences, those of a full text with what answers best in front; neighbours stay together.

    An abstract is told in its own order: each of its sentences is near the others.
    """
    if all(one.part == "abstract" for one in own):
        return list(own)
    runs: list[list[Sentence]] = []
    for one in own:
        if runs and follows(one, runs[-1][-1]):
            runs[-1].append(one)
        else:
            runs.append([one])
    runs.sort(key=lambda run: -max(one.score for one in run))
    return [one for run in runs for one in run]


def leans(sentence: str) -> bool:
    """Whether a sentence begins with a word, such as "this" or "however", that points to the one before it."""
    return _LEANS.match(sentence) is not None and _ABOUT_ITSELF.match(sentence) is None


def _alike(first: str, second: str) -> bool:
    return overlap(first, second) >= NEAR_REPEAT


def as_quotes(sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
    """The sentences as numbered quotes, neighbours joined."""
    quotes: list[Citation] = []
    for sentence in sentences:
        if quotes and follows(sentence, quotes[-1]):
            quotes[-1] = _lengthened(quotes[-1], sentence)
        else:
            number = len(quotes) + 1
            quotes.append(
                Citation(
                    number,
                    sentence.paper,
                    sentence.start,
                    sentence.end,
                    sentence.score,
                    sentence.gloss,
                    sentence.part,
                )
            )
    return tuple(quotes)


def follows(one: Placed, before: Placed) -> bool:
    """Whether it comes next in the same text, with nothing but space between."""
    same = before.paper.id == one.paper.id and before.part == one.part
    return same and before.end <= one.start and not one.paper.part(one.part)[before.end : one.start].strip()


def _lengthened(quote: Citation, sentence: Sentence) -> Citation:
    gloss = f"{quote.gloss} {sentence.gloss}" if quote.gloss and sentence.gloss else None
    return replace(quote, end=sentence.end, score=max(quote.score, sentence.score), gloss=gloss)
