"""What the reader learns from: questions with passages, and claims with evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Label = Literal["supported", "contradicted", "not_enough"]
LABELS: tuple[Label, ...] = ("supported", "contradicted", "not_enough")


@dataclass(frozen=True, slots=True)
class ReadingExample:
    """A question and a passage; `answers` are the numbers of the sentences that answer it, none where none does.

    `source` is the set that it is of, `kind` what makes it hard, `weight` how much it counts.
    """

    question: str
    title: str
    sentences: tuple[str, ...]
    answers: tuple[int, ...]
    source: str
    kind: str = ""
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SupportExample:
    """A claim, what is said for it, and what follows."""

    claim: str
    evidence: str
    label: Label
    source: str
    weight: float = 1.0
