"""Logistic regression as it is used once it is fitted: weights with names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from retrieval.json_lines import is_object

_FAR = 60.0
"""Beyond this a chance is 0 or 1, and the exponential would overflow."""


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights by the feature's name, and the bias."""

    weights: Mapping[str, float]
    bias: float

    def chance(self, given: Mapping[str, float], further: float = 0.0) -> float:
        """The probability, in [0, 1]; `further` is added to the weighed sum."""
        total = self.bias + further + sum(weight * given[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, total))))


def read_logistic(record: Mapping[str, object]) -> Logistic:
    """The regression of a record with `weights` and `bias`. Raises `ValueError`, `KeyError` or `TypeError`."""
    weights, bias = record["weights"], record["bias"]
    if not is_object(weights) or not isinstance(bias, (int, float)):
        raise ValueError("no weights")
    return Logistic({name: float(weight) for name, weight in weights.items()}, float(bias))
