"""What was found for one part of a question."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.answer import AnswerSentence, AnswerStatus, Direct
from app.answering.citation import Citation, ReadSentence
from app.answering.evidence.evidence import WrittenNear
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class Findings:
    """`name` is the part in the asker's words, empty where nothing needs to be said of whose words these are.

    A part that the records answer has `sentences`, which end in the markers of its `quotes`; else the quotes answer,
    after the `opening`. `unsaid` is said where there are none. A `fact` of a paper's record needs no words of it: any
    quote of the paper shows which one is meant.
    """

    name: str
    status: AnswerStatus
    quotes: tuple[Citation, ...] = ()
    sentences: tuple[AnswerSentence, ...] = ()
    fact: str = ""
    opening: str = ""
    unsaid: str = ""
    confidence: float = 0.0
    passages: tuple[Passage, ...] = ()
    written: WrittenNear = ()
    read: tuple[ReadSentence, ...] = ()
    direct: Direct | None = None
    is_part: bool = True
    is_side: bool = False
