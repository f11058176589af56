"""What a conversation is about, and how a question reads that goes on from it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.languages import LANGUAGES, any_of
from retrieval.lexical.tokens import content_words, words_of_paper
from retrieval.types import Paper

MAX_JOINED_CHARS = 500
MANY_MEANT = 3
"""Papers of a list that "they" can be."""

_ORDINAL = any_of(lambda language: language.conversation.ordinal, re.IGNORECASE)
_SEVERAL = any_of(lambda language: language.conversation.several, re.IGNORECASE)
_PLACES = {word: place for language in LANGUAGES for word, place in language.conversation.ordinals.items()}


@dataclass(frozen=True, slots=True)
class Topic:
    """What the conversation is about: the questions that make it up, and the papers that the last answer named."""

    asked: str = ""
    named: tuple[Paper, ...] = ()

    @property
    def is_set(self) -> bool:
        return bool(self.asked or self.named)

    @property
    def named_ids(self) -> frozenset[str]:
        return frozenset(paper.id for paper in self.named)

    @property
    def first_words(self) -> frozenset[str]:
        """The content words of the questions and of the paper that was named first."""
        return frozenset(content_words(self.asked)).union(*map(words_of_paper, self.named[:1]))

    def speaks_of(self, words: Collection[str]) -> bool:
        """Whether the questions, or the papers that were named, have one of these content words."""
        said = set(content_words(self.asked)).union(*map(words_of_paper, self.named))
        return not said.isdisjoint(words)

    def joined(self, text: str) -> str:
        return self.joined_with(self.meant(text), text)

    def joined_with(self, papers: Iterable[Paper], text: str) -> str:
        about = (paper.name for paper in papers if paper.name.casefold() not in self.asked.casefold())
        return " ".join(filter(None, (self.asked[-MAX_JOINED_CHARS:], *about, text)))

    def meant(self, text: str) -> tuple[Paper, ...]:
        """The papers of the last answer that the question goes on about: those it counts out, else the first."""
        if match := _ORDINAL.search(text):
            place = _PLACES[match[match.lastindex or 0].casefold()]
            if place < len(self.named):
                return (self.named[place],)
        # After a list of papers nobody else can be meant; elsewhere "they" are mostly the authors.
        several = not self.asked and _SEVERAL.search(text)
        return self.named[: MANY_MEANT if several else 1]


NO_TOPIC = Topic()
