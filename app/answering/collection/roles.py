"""What the sentences of an abstract do: say what was asked, what was done, what was found, what is recommended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from app.answering.collection.gist import sentence_of
from app.languages import any_of
from retrieval.chunking import chunk_sentences
from retrieval.types import Paper, Sentence

Role = Literal["asked", "did", "found", "recommends"]
ROLES: tuple[Role, ...] = get_args(Role)
"""In the order in which a paper is told."""

_QUESTION = any_of(lambda language: language.evidence.says_question, re.IGNORECASE)
_AIM = any_of(lambda language: language.evidence.says_aim, re.IGNORECASE)
_WORK = any_of(lambda language: language.evidence.says_doing, re.IGNORECASE)
_FINDING = any_of(lambda language: language.evidence.says_finding, re.IGNORECASE)
_RESULT = any_of(lambda language: language.evidence.says_result, re.IGNORECASE)
_ADVICE = any_of(lambda language: language.evidence.says_advice, re.IGNORECASE)
_ADDRESS = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def sentences_by_role(paper: Paper) -> Mapping[Role, tuple[Sentence, ...]]:
    """The abstract's sentences by role, in reading order, only roles that it has.

    Told by how they are worded: a sentence that says nothing of its role goes on with that of the one before, and
    what stands before all that was done or found leads to what was asked. Empty where all have one
    role, which then tells nothing.
    """
    told = tuple(_told(paper))
    known = {own for own, _ in told}
    if len(known) < 2:
        return {}
    return {role: tuple(sentence for own, sentence in told if own == role) for role in ROLES if role in known}


def _told(paper: Paper) -> Iterator[tuple[Role, Sentence]]:
    before: Role = "asked"
    for chunk in chunk_sentences(paper):
        # Where code and data can be had is neither.
        if _ADDRESS.search(chunk.embedded):
            continue
        role = _role(chunk.embedded, before)
        yield role, sentence_of(paper, chunk)
        # What follows "we study …" is how that was done.
        before = "did" if role == "asked" and _AIM.search(chunk.embedded) else role


def _role(text: str, before: Role) -> Role:
    """The role of a sentence; `before` is that of the one before it."""
    if _ADVICE.search(text):
        return "recommends"
    if _QUESTION.search(text) and (before == "asked" or text.rstrip("\"'”’) ").endswith("?")):
        return "asked"
    if _RESULT.search(text):
        return "found"
    aim, finding = _AIM.search(text), _FINDING.search(text)
    # "In this paper, we show …" says what was found, and "we introduce X, which outperforms Y" what was done.
    if finding and not (aim and aim.start() < finding.start() and _WORK.search(text)):
        return "found"
    if aim or _WORK.search(text):
        return "did"
    # What follows a recommendation without being one is what was found.
    return "found" if before == "recommends" else before
