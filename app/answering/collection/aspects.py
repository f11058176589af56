"""The sentences that open a paper and say what was asked, done and found, and where that ends, known by their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

from app.answering.citation import Citation
from app.answering.reading.quotable import quotable
from app.languages import any_of
from retrieval.lead import lead_of
from retrieval.retriever import sentences_within
from retrieval.types import Paper, Sentence

Aspect = Literal["asked", "did", "found", "limits"]
"""What an abstract says of its work: what it set out to learn, what was done, what came out, and where that ends."""
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
LOOKED_AT_CHARS = 20_000
"""How much of an abstract is looked at; none of a paper has more than a few thousand characters."""
_ASKS = any_of(lambda language: language.evidence.says_question, re.IGNORECASE)
_DOES = any_of(lambda language: language.evidence.says_doing, re.IGNORECASE)
_FINDS = any_of(lambda language: language.evidence.says_finding, re.IGNORECASE)
_LIMITS = any_of(lambda language: language.evidence.says_limit, re.IGNORECASE)
_OF_OTHERS = any_of(lambda language: language.evidence.of_others, re.IGNORECASE)
_ANNOUNCING = (":", "：")
_ADDRESS = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def aspects_of(paper: Paper) -> Mapping[Aspect, Citation | None]:
    """The sentence that says each, None where none was seen to; all of them for a paper with nothing to read.

    One sentence may say two of them, where no other does.
    """
    own = _telling_sentences(paper)
    asked = _first(own, _ASKS.search)
    did = _first(own, _DOES.search, but=(asked,))
    begun = min((one.start for one in (asked, did) if one), default=None)
    # What is found comes after what was done; before it, it is mostly what was known.
    later = own if begun is None else [sentence for sentence in own if sentence.start > begun]
    found = _first(later, _FINDS.search, but=(asked, did)) or _first(own, _FINDS.search, but=(asked, did))
    # A limit before anything was done is that of earlier work.
    limits = _first(later, _LIMITS.search, but=(asked, did, found)) if begun is not None else None
    said: dict[Aspect, Sentence | None] = {"asked": asked, "did": did, "found": found, "limits": limits}
    return {aspect: _quoted(one) if one else None for aspect, one in said.items()}


def _quoted(one: Sentence) -> Citation:
    return Citation(1, one.paper, one.start, one.end, 1.0, one.gloss, one.part)


def _telling_sentences(paper: Paper) -> list[Sentence]:
    """Those of the abstract that speak of the work itself, and of more than what comes next or where it can be had."""
    lead = lead_of(paper)
    looked_at = replace(lead, end=min(lead.end, lead.start + LOOKED_AT_CHARS))
    return [
        sentence
        for sentence in filter(quotable, sentences_within(looked_at))
        if not sentence.text.endswith(_ANNOUNCING)
        and not _ADDRESS.search(_english(sentence))
        and not _OF_OTHERS.search(_english(sentence))
    ]


def _first(
    sentences: Sequence[Sentence], says: Callable[[str], object], but: Sequence[Sentence | None] = ()
) -> Sentence | None:
    """The first sentence that says it and is none of `but`; where there is none, the first of those that says it."""
    saying = [sentence for sentence in sentences if says(_english(sentence))]
    taken = {one.start for one in but if one}
    return next((one for one in saying if one.start not in taken), saying[0] if saying else None)


def _english(sentence: Sentence) -> str:
    return sentence.gloss or sentence.text
