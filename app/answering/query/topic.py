"""Whether a question goes on from the topic before it, where its words do not say: what they find decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.answering.logistic import Logistic
from app.answering.query.conversation import Doubt
from retrieval.types import Paper, Passage

GOES_ON = Logistic({"leans": -0.29, "foreign": -0.67, "best": -13.45, "share": 0.01, "near": -1.83}, 6.29)
"""Tells from the `features` whether a question goes on. Fitted by `python -m benchmarks.conversations --fit`."""

STAYS_WITHIN = 0.65
"""Where a paper of the topic reaches this share of the best score, the words are about the topic."""
CLEARLY_FROM = 0.35
"""With this score a question's own words find a paper clearly. Chosen on the dev conversations of data/people/."""


def features(found: Sequence[Passage], near: float, doubt: Doubt) -> dict[str, float]:
    """What is known of the question's own words: whether they lean on something said before, or are none of the
    papers', the score of the nearest passage, the share of it that a paper of the topic reaches, and how near a
    prepared way of asking comes."""
    best = max((passage.score for passage in found), default=0.0)
    of_topic = max((passage.score for passage in found if passage.paper.id in doubt.topic), default=0.0)
    return {
        "leans": float(doubt.leans),
        "foreign": float(doubt.foreign),
        "best": best,
        "share": of_topic / best if best > 0 else 1.0,
        "near": near,
    }


def stands_alone(given: Mapping[str, float], goes_on: Logistic = GOES_ON) -> bool:
    """Whether a question with these `features` begins a topic of its own."""
    return given["share"] < STAYS_WITHIN and goes_on.chance(given) < 0.5


def settled(text: str, found: Sequence[Passage], near: float, doubt: Doubt) -> str:
    """How the question reads: by itself where it stands alone, else joined to the topic before it."""
    return text if stands_alone(features(found, near, doubt)) else doubt.joined


def about(found: Sequence[Passage], doubt: Doubt) -> tuple[Paper, ...]:
    """The papers that a question which goes on is about: the one that its own words clearly find, else those spoken
    of."""
    return (found[0].paper,) if found and found[0].score >= CLEARLY_FROM else doubt.about
