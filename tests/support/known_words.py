"""A vocabulary that is written down in a test."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class KnownWords:
    """What words weigh, 1 for any other, and which are names."""

    weights: Mapping[str, float] = field(default_factory=dict)
    names: Collection[str] = ()

    def weight(self, word: str) -> float:
        return self.weights.get(word, 1.0)

    def is_name(self, word: str) -> bool:
        return word.casefold() in self.names
