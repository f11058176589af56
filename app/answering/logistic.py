"""Logistic regression as it is used once it is fitted: weights with names."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from retrieval.errors import ModelError
from retrieval.json_lines import is_object

T = TypeVar("T")
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


def number_in(record: Mapping[str, object], name: str) -> float:
    """The number of that name. Raises `KeyError` or `ValueError`."""
    value = record[name]
    if not isinstance(value, (int, float)):
        raise ValueError(f"{name} is no number")
    return float(value)


def read_fitted(file: Path, features: Sequence[str], parsed: Callable[[Logistic, Mapping[str, object]], T]) -> T:
    """What `parsed` makes of the regression and the rest of a JSON file. Raises `ModelError`."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if not is_object(record):
            raise ValueError("no object")
        logistic = read_logistic(record)
        if tuple(logistic.weights) != tuple(features):
            raise ValueError("other features")
        return parsed(logistic, record)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"The calibration {file.name} cannot be used: reinstall the program.") from error
