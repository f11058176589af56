"""Which paper a turn of a conversation points at without its title: "the skin one", "and Nash?"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from app.answering.collection.records import Records
from app.languages import any_of
from retrieval.lexical.tokens import content_words, words_of_paper
from retrieval.types import Paper

IN_NAME_COUNTS = 2
"""How much more a word counts that stands in a paper's name than one of its abstract."""
_CALLED = any_of(lambda language: language.conversation.called, re.IGNORECASE)


def called_in(text: str, spoken_of: Sequence[Paper], records: Records) -> Paper | None:
    """The paper that a text calls by a few words, as "the skin one" does: first one of those `spoken_of`, the last
    first, which has them all; else the one of all papers that is `half_named` so."""
    for match in _CALLED.finditer(text):
        called = next(filter(None, match.groups()), "")
        words = [word for word in content_words(records.english(called)) if records.uses(word)]
        if not words:
            continue
        fitting = [paper for paper in spoken_of if words_of_paper(paper).issuperset(words)]
        if fitting:
            return max(fitting, key=lambda paper: _fit(words, paper))
        if paper := records.half_named(called):
            return paper
    return None


def _fit(words: Collection[str], paper: Paper) -> int:
    name = content_words(paper.name)
    return sum(IN_NAME_COUNTS if word in name else 1 for word in words)
