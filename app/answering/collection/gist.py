"""The sentences that say the most of a paper: what it set out to do, and what it found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.evidence.definition import definition_counts
from app.answering.evidence.selection import leans
from app.answering.reading.quotable import is_prose
from app.languages import any_of
from retrieval.lead import lead_sentences
from retrieval.types import Chunk, Paper, Sentence

_AIM = any_of(lambda language: language.evidence.says_aim, re.IGNORECASE)
_FINDING = any_of(lambda language: language.evidence.says_finding, re.IGNORECASE)

_ADDRESS = re.compile(r"https?://|\bwww\.", re.IGNORECASE)
TELLS = 0.07
"""How much it counts that a sentence says what was aimed at or found …"""
ADDRESS_TELLS_LESS = 0.5
"""… and against it that it says where something can be had."""


def gist_of(paper: Paper, term: str = "") -> tuple[Sentence, ...]:
    """At most two sentences in reading order: the first that says what it does, and the first after it that finds.

    A finding in the last sentence is assumed where none says so; none for a paper with nothing to read. Where one
    says what the `term` is, it stands for the finding.
    """
    chunks = _told(paper)
    if not chunks:
        return ()
    aim, finding = _places(chunks)
    meaning = [definition_counts(chunk.embedded, term) if term else 0.0 for chunk in chunks]
    if max(meaning) > 0:
        finding = meaning.index(max(meaning))
    return tuple(sentence_of(paper, chunks[place]) for place in sorted({aim, finding}))


def finding_of(paper: Paper) -> Sentence | None:
    """The sentence that says what was found, as `gist_of` takes it; None for a paper with nothing to read."""
    chunks = _told(paper)
    return sentence_of(paper, chunks[_places(chunks)[1]]) if chunks else None


def says_finding(sentence: str) -> bool:
    """Whether the sentence says that something was found."""
    return _FINDING.search(sentence) is not None


def telling(sentence: str) -> float:
    """How much more than another the sentence tells of its paper, on the scale of a similarity.

    What says an aim or a finding tells more; a question, what leans on the sentence before and where
    code can be had tell less.
    """
    if _ADDRESS.search(sentence):
        return -ADDRESS_TELLS_LESS
    tells = TELLS if _AIM.search(sentence) or _FINDING.search(sentence) else 0.0
    return tells - (TELLS if leans(sentence) or sentence.rstrip("\"'”’) ").endswith(("?", "？")) else 0.0)


def _told(paper: Paper) -> list[Chunk]:
    """The sentences that open the paper; of a text's only prose."""
    english = paper.language == "en"
    return [one for one in lead_sentences(paper) if one.part == "abstract" or is_prose(one.text, english=english)]


def _places(chunks: Sequence[Chunk]) -> tuple[int, int]:
    """The places of what says the aim and of what says the finding."""
    aim = next((place for place, chunk in enumerate(chunks) if _AIM.search(chunk.embedded)), 0)
    finds = [place for place, chunk in enumerate(chunks) if place != aim and _FINDING.search(chunk.embedded)]
    said = [place for place, chunk in enumerate(chunks) if not _ADDRESS.search(chunk.embedded)]
    last = said[-1] if said else len(chunks) - 1
    return aim, next((place for place in finds if place > aim), finds[0] if finds else last)


def sentence_of(paper: Paper, chunk: Chunk) -> Sentence:
    """The chunk, a sentence of the paper, with its English where its own words are in another language."""
    gloss = chunk.embedded if chunk.part == "abstract" and chunk.embedded != chunk.text else None
    return Sentence(paper, chunk.start, chunk.end, 1.0, gloss, chunk.part)
