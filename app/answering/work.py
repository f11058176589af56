"""What is known of one answer while it is being made."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from app.answering.answer import OutsideFilter
from app.answering.citation import Citation
from app.answering.evidence.definition import wants_brief
from app.answering.evidence.evidence import NOTHING, Evidence, WrittenNear
from app.answering.evidence.prepared import PreparedAnswer
from app.answering.evidence.search import Found
from app.answering.missing import Missing
from app.answering.query.conversation import Again
from app.answering.query.foreign_question import ForeignQuestion
from app.answering.question import Question
from app.answering.several.answering import SeveralAnswer
from app.answering.writing.opening import opening_of
from app.languages import language_of
from app.languages.foreign import cannot_read
from app.languages.foreign_phrases import spoken, terms_read
from app.languages.language import Language
from app.languages.phrases import AnswerPhrases
from retrieval.types import Paper, Passage


@dataclass(slots=True)
class Work:
    """What is known of one answer while it is being made."""

    question: Question
    """The question as it is read: of one that cannot be, the terms in it."""
    standalone: str
    began: float
    asked: str
    """The question as it came in."""
    found: Found = field(default_factory=Found)
    """What the search for the question found, from which the answer is chosen."""
    found_for: str | None = None
    """The question, as it read then, that it was found for."""
    passages: tuple[Passage, ...] = ()
    written: WrittenNear = ()
    evidence: Evidence = NOTHING
    quotes: tuple[Citation, ...] = ()
    followups: tuple[str, ...] = ()
    foreign: ForeignQuestion | None = None
    """The question, where it is in a language that cannot be read."""
    again: Again | None = None
    about: tuple[Paper, ...] = ()
    """Papers spoken of before that the question is about: what they say to it comes first."""
    several: SeveralAnswer | None = None
    rewritten: str | None = None
    """The question as a language model has said it so that it stands alone."""
    outside: OutsideFilter | None = None
    """What the question's filters hide, where that answers it and this does not."""
    left_out: set[Missing] = field(default_factory=set[Missing])
    """Passages of the index that are not what the papers say, by their ids, and servers that did not answer."""
    timings: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def language(self) -> Language:
        known = spoken(self.foreign.code) if self.foreign else None
        return known or language_of(self.asked)

    @property
    def brief(self) -> bool:
        """Whether one quote is enough: few words are wanted, of this answer or of the one before it."""
        return self.again == "shorter" or wants_brief(self.asked)

    @property
    def to_answer(self) -> str:
        """What shall be answered: named in it, the papers that it is about come first where they answer."""
        said = self.standalone if self.again else self.question.text
        return " ".join([said, *(paper.name for paper in self.about)])

    def fits(self, answer: PreparedAnswer) -> bool:
        """Whether the prepared answer begins with a paper that the question is about, where that is known."""
        return not (self.about and answer.quotes) or answer.quotes[0].paper in self.about

    @property
    def words(self) -> AnswerPhrases:
        return self.language.phrases

    @property
    def unread(self) -> str:
        """That the question cannot be read, in its language."""
        if self.foreign is None:
            return ""
        return (
            terms_read(self.foreign.code, self.foreign.terms) if self.foreign.terms else cannot_read(self.foreign.code)
        )

    @property
    def opening(self) -> str:
        """What is said before the first quote, where that is more than that the paper says it."""
        if self.foreign:
            return f"{self.unread}\n\n{self.words.nearest if self.foreign.terms else ''}"
        return opening_of(self.question.text, self.evidence, self.words)

    def clock(self, name: str) -> None:
        self.timings.setdefault(name, round(1000 * (time.perf_counter() - self.began), 1))
