"""Questions about the papers of a topic: who works on it, what to read of it first, which strands of work it has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answering.collection.filter_words import read_filters
from app.answering.collection.records import Records
from app.languages import LANGUAGES, any_of
from app.languages.patterns import OWN, TopicIntent
from retrieval.facets import Filters
from retrieval.lexical.han import has_han
from retrieval.lexical.tokens import content_words
from retrieval.types import Paper

MAX_CHARS = 600
"""A wish for a reading list may tell of who is to read it."""
MAX_TOPIC_WORDS = 7

_ASKED: tuple[tuple[TopicIntent, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(pattern)) for language in LANGUAGES for intent, pattern in language.topic_forms.asked
)
_ELSEWHERE = any_of(lambda language: language.topic_forms.elsewhere)
_TITLES_ONLY = any_of(lambda language: language.topic_forms.titles_only, re.IGNORECASE)
_NO_TOPIC = any_of(lambda language: language.topic_forms.no_topic)


@dataclass(frozen=True, slots=True)
class TopicAsked:
    """What is asked of a topic's papers; the `topic` is folded, and may be empty for a reading list.

    With `first` it is asked too which to read first.
    """

    intent: TopicIntent
    topic: str
    filters: Filters
    first: bool = False


def without_titles_only(text: str) -> tuple[str, bool]:
    """The text without the words that want titles alone, and whether there were any."""
    left, count = _TITLES_ONLY.subn(" ", text)
    left = " ".join(left.split())
    return (left, True) if count and content_words(left) else (text, False)


def topic_asked(text: str, records: Records, said_before: str, named: Sequence[Paper]) -> TopicAsked | None:
    """What a folded question asks of the papers of a topic, or None where it asks anything else.

    Where it names no topic, it goes on from that `said_before`, or from the first of the papers `named` last.
    """
    if len(text) > MAX_CHARS:
        return None
    read = read_filters(text, records.facets)
    rest = " ".join(read.rest.split()).strip(" ,?!.")
    found: list[TopicAsked] = []
    for intent, pattern in _ASKED:
        if match := pattern.search(rest):
            open_ended = intent in ("reading", "strands")
            topic = _plain(match["topic"]) or (_elsewhere(rest) if open_ended else "")
            if topic and not _plausible(topic):
                continue
            if not topic and open_ended:
                topic = said_before or (named[0].name if named else "")
            if topic or intent == "reading":
                found.append(TopicAsked(intent, topic, read.filters))
    if not found:
        return None
    strands = next((one for one in found if one.intent == "strands"), None)
    # Who wants both is told of all, and which to read first.
    return replace(strands, first=found[0].intent == "reading") if strands else found[0]


def _elsewhere(text: str) -> str:
    """The topic that another part of the text names; empty where none does."""
    return next((topic for match in _ELSEWHERE.finditer(text) if (topic := _plain(match["topic"]))), "")


def _plain(topic: str | None) -> str:
    said = (topic or "").strip(" ,.\"'“”《》")
    return "" if _NO_TOPIC.fullmatch(said) else said


def _plausible(topic: str) -> bool:
    words = content_words(topic)
    return bool(words) and OWN not in topic and (len(words) <= MAX_TOPIC_WORDS or has_han(topic))
