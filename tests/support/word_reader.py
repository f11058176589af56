"""A reader without a network: what shares the question's words answers it."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.reading.reader import Agreement, Excerpt, Reading
from retrieval.lexical.tokens import content_word_set


class WordReader:
    """Log odds by the share of the question's content words that a sentence has: all of them 4, none of them -4."""

    name = "words"
    fingerprint = "words-1"

    def load(self) -> None: ...

    def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
        asked = content_word_set(question)
        return [Reading(tuple(8 * _share(asked, sentence) - 4 for sentence in one.sentences)) for one in excerpts]

    def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
        shares = (_share(content_word_set(claim), evidence) for claim, evidence in pairs)
        return [Agreement(share, 0.0, 1 - share) for share in shares]


def _share(words: frozenset[str] | set[str], text: str) -> float:
    return len(words & content_word_set(text)) / max(1, len(words))
