"""An answer that needs no search for evidence: a courtesy, or what the records say."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.events import AnswerSentence, Citation
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer's text and what it is made of; `text` begins with the sentences, where there are any.

    `answered` is false where the collection has nothing of what was asked.
    """

    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    followups: tuple[str, ...] = ()
    answered: bool = True
