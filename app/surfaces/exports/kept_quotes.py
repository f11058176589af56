"""Quotes and passages as they are kept: places in the collection without a word of it, and cut from it again.

A paper may be gone since, or its abstract or text another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from app.answering.citation import Citation
from app.answering.sources import best_passage_per_paper
from app.surfaces.exports.kept_values import (
    MAX_ID_CHARS,
    MAX_TEXT_CHARS,
    checked_text,
    choice_of,
    number_of,
    require,
    text_of,
    whole_of,
)
from retrieval.errors import CorpusError
from retrieval.full_text import MOST_CHARS
from retrieval.lead import lead_of
from retrieval.types import Paper, Part, Passage

_MAX_NUMBER = 999
_MAX_OFFSET = MOST_CHARS

PaperOf = Callable[[str], Paper | None]


def kept_citation(citation: Citation) -> dict[str, Any]:
    """The place of a quote, and by what is told later whether it still reads the same."""
    record: dict[str, Any] = {
        "number": citation.number,
        "paper": citation.paper.id,
        "start": citation.start,
        "end": citation.end,
        "score": score_of(citation.score),
        "check": _check(citation.quote),
        **_kept_part(citation.part),
    }
    return record | {"gloss": citation.gloss} if citation.gloss else record


def kept_source(source: Passage) -> dict[str, Any]:
    """The place of a passage that was found."""
    return {
        "paper": source.paper.id,
        "start": source.start,
        "end": source.end,
        "score": score_of(source.score),
        **_kept_part(source.part),
    }


def _kept_part(part: Part) -> dict[str, Any]:
    """What was kept before there were full texts is of abstracts."""
    return {} if part == "abstract" else {"part": part}


def score_of(score: float) -> float:
    """A score as it is kept."""
    return round(min(1.0, max(-1.0, score)), 4)


def _check(quote: str) -> str:
    return hashlib.sha256(quote.encode(errors="replace")).hexdigest()[:8]


def citations_from(records: Sequence[Any], paper_of: PaperOf) -> tuple[tuple[Citation, ...], dict[int, str]]:
    """The citations that still hold, and of the others the number and the paper's id."""
    found: list[Citation] = []
    lost: dict[int, str] = {}
    for record in records:
        require(isinstance(record, dict), "a citation must be an object")
        number = whole_of(record, "number", 1, _MAX_NUMBER)
        require(number not in lost and all(number != one.number for one in found), f"citation {number} is there twice")
        passage = _place(record, paper_of)
        if isinstance(passage, str):
            lost[number] = passage
            continue
        check = record.get("check")
        words = _words_there(passage)
        if words is None or (check is not None and checked_text(check, "check", MAX_ID_CHARS) != _check(words)):
            lost[number] = passage.paper.id
            continue
        inside = passage.start < passage.end and _inside(passage)
        require(inside, f"quote {number} lies outside the {passage.part}")
        gloss = _gloss(record.get("gloss"), passage.paper)
        found.append(Citation(number, passage.paper, passage.start, passage.end, passage.score, gloss, passage.part))
    return tuple(found), lost


def sources_from(records: Sequence[Any], paper_of: PaperOf) -> tuple[tuple[Passage, ...], set[str]]:
    """The passages that still exist, and the ids of the papers that do not."""
    places = []
    for record in records:
        require(isinstance(record, dict), "a source must be an object")
        places.append(_place(record, paper_of))
    known = tuple(place for place in places if isinstance(place, Passage))
    # A paper whose abstract has become shorter, or whose text is gone, is still one that was found.
    whole = tuple(place if _inside(place) else replace(lead_of(place.paper), score=place.score) for place in known)
    return best_passage_per_paper(whole), {place for place in places if isinstance(place, str)}


def _place(record: Mapping[str, Any], paper_of: PaperOf) -> Passage | str:
    """The passage that a record names, or the id of a paper that is not there."""
    name = text_of(record, "paper", MAX_ID_CHARS)
    start, end = whole_of(record, "start", 0, _MAX_OFFSET), whole_of(record, "end", 0, _MAX_OFFSET)
    score = number_of(record, "score", -1, 1)
    require(start <= end, "a quote must not end before it begins")
    paper = paper_of(name)
    part: Part = "abstract" if record.get("part") is None else choice_of(record, "part", get_args(Part))
    # A forged record would have megabytes quoted, again and again.
    require(part == "abstract" or end - start <= MAX_TEXT_CHARS, "a quote of a full text is too long")
    return name if paper is None else Passage(paper, start, end, score, part=part)


def _words_there(passage: Passage) -> str | None:
    """What stands there; None where the text is gone, or cannot be read."""
    if passage.part == "text" and passage.paper.text is None:
        return None
    try:
        return passage.text
    except CorpusError:
        return None


def _inside(passage: Passage) -> bool:
    words = _words_there(passage)
    return words is not None and len(words) == passage.end - passage.start


def _gloss(gloss: Any, paper: Paper) -> str | None:
    """The gloss, where it is the paper's own translation: one is shown as what the paper says."""
    if gloss is None:
        return None
    words = " ".join(checked_text(gloss, "gloss", MAX_TEXT_CHARS).split())
    own = " ".join(paper.translations.get("en", "").split())
    return gloss if words and words in own else None
