"""Whether what quotes say is the opposite of what a sentence says, as the reader reads it."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.reading.reader import Reader
from retrieval.lexical.han import has_han


class Contradiction:
    """From the chance `surely` on, evidence is taken to contradict a claim."""

    def __init__(self, reader: Reader, surely: float) -> None:
        self._reader = reader
        self._surely = surely

    def chances(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Of pairs of claim and evidence the chance, in [0, 1], that the one contradicts the other; 0 where unsure.

        What is Chinese cannot be read.
        """
        readable = [pair for pair in pairs if not any(map(has_han, pair))]
        said = dict(zip(readable, self._reader.agreement(readable), strict=True)) if readable else {}
        chances = [said[pair].contradicted if pair in said else 0.0 for pair in pairs]
        return [chance if chance >= self._surely else 0.0 for chance in chances]
