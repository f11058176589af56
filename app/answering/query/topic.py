"""Whether a question that could be read either way stands alone: what its own words find in the papers decides."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.query.conversation import Doubt
from retrieval.types import Passage

STANDS_FROM = 0.22
"""The score that a paper reaches for words that name a subject; "what was the score?" finds none that does …"""
LEANING_STANDS_FROM = 0.26
"""… and where a word points back. Both were chosen on the dev conversations of data/people/."""
STAYS_WITHIN = 0.65
"""Where a paper of the topic reaches this share of the best score, the words are about the topic."""


def stands_alone(found: Sequence[Passage], doubt: Doubt) -> bool:
    """Whether the question begins a topic of its own; `found` are the passages for its own words alone."""
    best = max((passage.score for passage in found), default=0.0)
    of_topic = max((passage.score for passage in found if passage.paper.id in doubt.topic), default=0.0)
    return best >= (LEANING_STANDS_FROM if doubt.leans else STANDS_FROM) and of_topic < STAYS_WITHIN * best


def settled(found: Sequence[Passage], doubt: Doubt, text: str) -> str:
    """How the question reads: by itself where it stands alone, else joined to the topic before it."""
    return text if stands_alone(found, doubt) else doubt.joined
