"""How surely papers answer where full texts were read; fitted by `python -m benchmarks.full_text_fitting`.

Of a thousand sentences one seems to answer sooner than of ten. So it counts, too, how much of the question the
best sentence says, and whether other papers seem to answer as well as its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from app.answering.evidence.calibration import Calibration
from app.answering.logistic import Logistic, number_in, read_fitted
from retrieval.lexical.document import stems
from retrieval.types import Sentence

MODEL_FILE = "models/reading_texts.json"
TEXT_FEATURES = ("read", "said", "alone")
BEST = 6
"""Sentences of which it is asked whose they are."""


def text_features(read: float, ranked: Sequence[Sentence], rarity: Mapping[str, float]) -> dict[str, float]:
    """The `TEXT_FEATURES` of what was found and read.

    `read` are the log odds that the abstracts' calibration comes to. `said` is the share of the question's words that
    the first of `ranked`, or its paper's title, says: each counts by its `rarity`, by its stem. `alone` is the share
    of the first sentences that are of the first one's paper.
    """
    first = ranked[0]
    has = set(stems(f"{first.paper.name} {first.gloss or first.text}"))
    every = sum(rarity.values())
    own = [one.paper.id == first.paper.id for one in ranked[:BEST]]
    return {
        "read": read,
        "said": sum(counts for stem, counts in rarity.items() if stem in has) / every if every else 0.0,
        "alone": sum(own) / len(own),
    }


@cache
def read_text_calibration(file: Path) -> Calibration:
    """The calibration of a JSON file, fitted on the `TEXT_FEATURES`. Raises `ModelError`."""
    return read_fitted(file, TEXT_FEATURES, _calibration)


def _calibration(logistic: Logistic, record: Mapping[str, object]) -> Calibration:
    steps = (number_in(record, f"{step}_from") for step in ("answered", "partly"))
    return Calibration(str(record["reader"]), logistic, *steps)
