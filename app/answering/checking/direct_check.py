"""Whether a line that a language model wrote above the quotes may be shown: it answers, and they say it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.answering.checking.claims import clauses_of
from app.answering.checking.support import SupportCheck
from app.answering.citation import Citation
from app.answering.citations.stream import without_markers
from app.answering.evidence.verdicts import opens_with_verdict, wants_verdict
from app.answering.logistic import Logistic, number_in, read_fitted
from app.answering.reading.reader import Excerpt, Reader
from retrieval.chunking import split_sentences
from retrieval.lexical.han import has_han

FILE = "models/direct.json"
FEATURES = (
    "answers",
    "supported",
    "contradicted",
    "support",
    "weakest",
    "words",
    "verdict",
    "turned",
)
NEVER = 2.0
"""The threshold that no chance reaches."""
MAX_WORDS = 45
MAX_SENTENCES = 2
FEWEST_WORDS = 3
_FAR = 6.0
"""Log odds beyond this say no more."""
_ENDS = re.compile(r"[.!?]$")
_MARKUP = re.compile(r"[<>*_`#|\[\]{}\\“”\"]|://|www\.|\S@\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DirectThreshold:
    """From the chance `threshold`, that the line is right, it is shown."""

    right: Logistic
    threshold: float


def read_direct_threshold(file: Path) -> DirectThreshold:
    """That of a JSON file that `python -m benchmarks.direct_lines --fit` wrote. Raises `ModelError`."""
    return read_fitted(file, FEATURES, lambda right, record: DirectThreshold(right, number_in(record, "threshold")))


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line with the chance, in [0, 1], that it is right, and the numbers of the quotes that say it."""

    text: str
    chance: float
    citations: tuple[int, ...]


class DirectCheck:
    """Reads lines against the question and their quotes; every call gives the same for the same."""

    def __init__(self, reader: Reader, support: SupportCheck, model: DirectThreshold) -> None:
        self._reader = reader
        self._support = support
        self._model = model

    def judged(self, question: str, line: str, quotes: Sequence[Citation]) -> JudgedLine | None:
        """The line with its chance; None where it may not be shown."""
        if found := self.features(question, line, quotes):
            given, citations = found
            chance = self._model.right.chance(given)
            return JudgedLine(line, chance, citations) if chance >= self.threshold else None
        return None

    @property
    def threshold(self) -> float:
        """The chance from which a line is shown."""
        return self._model.threshold

    @property
    def shows_some(self) -> bool:
        """Whether there is such a chance at all: where too few lines proved right, none is shown."""
        return self.threshold < NEVER

    def chance(self, question: str, line: str, quotes: Sequence[Citation]) -> float:
        """That the line is right, in [0, 1]; 0 where it is no such line at all."""
        found = self.features(question, line, quotes)
        return self._model.right.chance(found[0]) if found else 0.0

    def features(
        self, question: str, line: str, quotes: Sequence[Citation]
    ) -> tuple[dict[str, float], tuple[int, ...]] | None:
        """What the decision rests on, and the quotes that say the line; None where it is no such line at all.

        `answers`: the reader's log odds that the line answers the question. `supported`, `contradicted`: log odds
        that the quotes say it, or the opposite. `support`: the score of the support check, and `weakest` that of the
        clause with the lowest. `words`: its length as a share of the longest. `verdict`: whether it opens with a yes
        or no. `turned`: whether that is not the one that the quotes' own denials speak for.
        """
        if not is_line(line) or (opens_with_verdict(line) and not wants_verdict(question)):
            return None
        numbers = tuple(quote.number for quote in quotes)
        clauses = clauses_of(line)
        checked = self._support.checked([(text, numbers) for text in (line, *clauses)], quotes)
        whole = checked[0]
        if whole.support != "supported":
            return None
        said = [quote for quote in quotes if quote.number in whole.citations]
        evidence = " ".join(quote.gloss or quote.quote for quote in said)
        [reading] = self._reader.read(question, [Excerpt(said[0].paper.name, (without_markers(line),))])
        [agreement] = self._reader.agreement([(line, evidence)])
        given = {
            "answers": _bounded(reading.sentences[0]),
            "supported": _log_odds(agreement.supported),
            "contradicted": _log_odds(agreement.contradicted),
            "support": whole.score,
            "weakest": min((one.score for one in checked[1:]), default=whole.score),
            "words": len(line.split()) / MAX_WORDS,
            "verdict": float(opens_with_verdict(line)),
            "turned": float(self._is_turned(question, line, said)),
        }
        return given, whole.citations

    def _is_turned(self, question: str, line: str, quotes: Sequence[Citation]) -> bool:
        """Whether it says yes to what a quote denies, or no where none denies anything that the question says."""
        if not opens_with_verdict(line):
            return False
        denied = any(self._support.denies(quote, question) for quote in quotes)
        return denied == line.casefold().startswith("yes")


def is_line(text: str) -> bool:
    """Whether it is one or two whole English sentences of at most `MAX_WORDS` words, and nothing else."""
    words = text.split()
    return (
        FEWEST_WORDS <= len(words) <= MAX_WORDS
        and len(split_sentences(text)) <= MAX_SENTENCES
        and text[0].isalnum()
        and _ENDS.search(text) is not None
        and _MARKUP.search(text) is None
        and "\n" not in text
        and not has_han(text)
        and not _repeats(words)
    )


def _repeats(words: Sequence[str]) -> bool:
    """Whether four words in a row come again: a small model that goes round in circles."""
    rows = [tuple(words[at : at + 4]) for at in range(len(words) - 3)]
    return len(set(rows)) < len(rows)


def _log_odds(chance: float) -> float:
    chance = min(1 - 1e-6, max(1e-6, chance))
    return _bounded(math.log(chance / (1 - chance)))


def _bounded(odds: float) -> float:
    return max(-_FAR, min(_FAR, odds))
