"""Where full texts say what a thing is: of a long one the passages nearest to the question are often others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from app.answering.evidence.definition import definition_counts, mentions_of
from retrieval.chunking import sentences_in
from retrieval.full_text import FullText, Section
from retrieval.types import Passage, Span

TEXTS_SEARCHED = 4
"""Papers whose texts are searched, as of so many is read."""
PLACES = 3
"""Places of a text that are given."""
MOST_MENTIONS = 2_000
"""Mentions of the thing that are looked at in a text: a manual names its subject on each page."""
ROUND = 300
"""Characters before and behind a mention within which its sentence is looked for."""
TOLD_IN = ("body", "caption")


def defining_passages(passages: Sequence[Passage], term: str) -> list[Passage]:
    """The sentences of full texts that say what the term is, likeliest first, each as a passage with the next sentence.

    Those of the papers that come first are searched, from their beginnings to their ends; the passages have the
    scores and signals of their papers' first. Raises `CorpusError` where a text cannot be read.
    """
    first: dict[str, Passage] = {}
    for passage in passages:
        if passage.paper.text is not None:
            first.setdefault(passage.paper.id, passage)
    return [
        replace(passage, start=span.start, end=span.end, part="text")
        for passage in islice(first.values(), TEXTS_SEARCHED)
        if passage.paper.text is not None
        for span in _places(passage.paper.text.load(), term)
    ]


def added_to(read: Sequence[Passage], more: Sequence[Passage]) -> list[Passage]:
    """What is read, and behind it as much of `more` as is not in it: no sentence is read twice."""
    all_read = list(read)
    for passage in more:
        own = [one for one in all_read if one.paper.id == passage.paper.id and one.part == passage.part]
        if not any(one.start <= passage.start < one.end for one in own):
            ends = [one.start for one in own if passage.start < one.start < passage.end]
            all_read.append(replace(passage, end=min([passage.end, *ends])))
    return all_read


def _places(full: FullText, term: str) -> list[Span]:
    """The likeliest places of one text; of equally likely ones the first, as what is new is explained where it comes
    up."""
    found: dict[Span, float] = {}
    for section, sentences in _mentioning(full, term):
        for place, sentence in enumerate(sentences):
            counts = definition_counts(full.text[sentence.start : sentence.end], term, "text")
            if counts:
                following = sentences[min(place + 1, len(sentences) - 1)]
                found.setdefault(Span(sentence.start, min(following.end, section.end)), counts)
    return sorted(found, key=lambda span: (-found[span], span.start))[:PLACES]


def _mentioning(full: FullText, term: str) -> Iterator[tuple[Section, list[Span]]]:
    """The sentences round each mention of the term in what the text says itself."""
    pattern, left = mentions_of(term), MOST_MENTIONS
    for section in full.sections:
        if section.kind not in TOLD_IN:
            continue
        seen = section.start
        for mention in islice(pattern.finditer(full.text, section.start, section.end), left):
            left -= 1
            if mention.start() < seen:
                continue
            start = max(section.start, _sentence_start(full.text, mention.start()))
            seen = min(section.end, mention.end() + ROUND)
            yield section, sentences_in(full.text, start, seen)


def _sentence_start(text: str, place: int) -> int:
    """Where the sentence round a place begins, as far as it can be told from the `ROUND` characters before it."""
    before = text[max(0, place - ROUND) : place]
    ends = [match.end() for match in re.finditer(r"[.!?:][\"”’)]*\s+|\n\s*\n", before)]
    return place - len(before) + (ends[-1] if ends else 0)
