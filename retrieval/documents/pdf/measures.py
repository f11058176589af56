"""What is usual in a document: the size of its letters, the distance of its lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from retrieval.documents.pdf.columns import Column

_USUAL_PITCH = 1.22
_CAPITALS = 0.85
_LARGER = 1.07


@dataclass(frozen=True, slots=True)
class Measures:
    """The size of the body's letters, whether they are bold, and by size how far apart base lines are, in sizes."""

    size: float
    bold: bool
    pitches: dict[float, float]

    def pitch(self, size: float) -> float:
        """The usual distance of the base lines of two lines of that size, in points."""
        return size * self.pitches.get(round(size), _USUAL_PITCH)

    def is_larger(self, size: float) -> bool:
        return size >= _LARGER * self.size

    def is_smaller(self, size: float) -> bool:
        return size <= 0.94 * self.size

    def is_usual(self, size: float) -> bool:
        return not self.is_larger(size) and not self.is_smaller(size)


def measured(pages: Sequence[Sequence[Column]]) -> Measures:
    """What is usual in the columns of all pages."""
    letters: Counter[float] = Counter()
    bold: Counter[bool] = Counter()
    steps: defaultdict[float, list[float]] = defaultdict(list)
    lines = [line for columns in pages for column in columns for line in column.lines]
    for line in lines:
        letters[round(line.size * 2) / 2] += len(line.text)
    size = letters.most_common(1)[0][0] if letters else 10.0
    for line in lines:
        if abs(line.size - size) <= 0.5:
            bold[line.bold > 0.5] += len(line.text)
    for columns in pages:
        for column in columns:
            for before, line in pairwise(column.lines):
                if abs(before.size - line.size) < 0.3 and 0.9 < (line.base - before.base) / line.size < 3:
                    steps[round(line.size)].append((line.base - before.base) / line.size)
    pitches = {step: median(found) for step, found in steps.items() if len(found) >= 3}
    return Measures(size, bold[True] > bold[False], pitches)


def is_capitals(text: str) -> bool:
    """Whether the text is written in capitals, as some headings are."""
    letters = [letter for letter in text if letter.isalpha() and letter.lower() != letter.upper()]
    return len(letters) >= 4 and sum(letter.isupper() for letter in letters) >= _CAPITALS * len(letters)
