"""Whether a question leans on what was said before it, as far as its words say."""

from __future__ import annotations

import re

from app.answering.collection.question import folded
from app.answering.collection.records import Records
from app.answering.evidence.definition import term_asked
from app.answering.query.spoken import Topic
from app.languages import any_of
from retrieval.lexical.han import has_han
from retrieval.lexical.tokens import content_words

PLAIN_WORDS = 4
"""A question with this many content words is a topic of its own …"""
REFERRING_WORDS = 7
"""… unless it refers back, when it takes this many …"""
GOING_ON_WORDS = 9
"""… or goes on from what was said, when it takes this many. Chosen on follow-ups and on changes of topic."""
OWN_TOPIC_WORDS = 9
"""With so many content words a question that points at nothing before it needs nothing before it."""
OWN_ANTECEDENT_WORDS = 4
"""After this many content words a pronoun refers to something in the question itself."""
FOREIGN_SHARE = 0.6
"""A question most of whose words, and at least two, the papers never use asks of something else."""

_GOES_ON = any_of(lambda language: language.conversation.goes_on, re.IGNORECASE)
_REFERS_BACK = any_of(lambda language: language.conversation.refers_back, re.IGNORECASE)
_NEW_TOPIC = any_of(lambda language: language.conversation.new_topic, re.IGNORECASE)
_TURNS_TO = any_of(lambda language: language.conversation.turns_to)
_ENDS_BACK = any_of(lambda language: language.conversation.ends_back, re.IGNORECASE)
_CONTRACTED = any_of(lambda language: language.conversation.contracted, re.IGNORECASE)


def needs_context(text: str) -> bool:
    """Whether the question's words alone say that it cannot be understood without the ones before it."""
    words = _length(text)
    if words < PLAIN_WORDS:
        return True
    return bool((_GOES_ON.match(text) and words < GOING_ON_WORDS) or (refers_back(text) and words < REFERRING_WORDS))


def refers_back(text: str) -> bool:
    """Whether a word of the question stands for something said before it."""
    word = _REFERS_BACK.search(text)
    early = word is not None and _length(text[: word.start()]) < OWN_ANTECEDENT_WORDS
    return early or bool(_ENDS_BACK.search(text))


def _length(text: str) -> float:
    """Content words, two Chinese characters to a word."""
    words = content_words(_CONTRACTED.sub("", text))
    return len(words) - sum(map(has_han, words)) / 2


def leans(text: str) -> bool:
    """Whether a word points to something said before, or the text begins as if it went on."""
    return refers_back(text) or (_GOES_ON.match(text) is not None and _length(text) < GOING_ON_WORDS)


def is_in_doubt(text: str, topic: Topic, records: Records) -> bool:
    """Whether the text has words of its own and yet may go on from what was said before.

    "What is superposition?" is short, and yet a question of its own.
    """
    if _NEW_TOPIC.match(text) or not content_words(_CONTRACTED.sub("", text)):
        return False
    if _asks_what_is(text, records) or turned_to(text, topic, records):
        return False
    if leans(text):
        return True
    new = is_foreign(text, records) or _has_subject_of_its_own(text, topic, records) or _asks_for_thing(text, records)
    return _length(text) < OWN_TOPIC_WORDS and not new


def turned_to(text: str, topic: Topic, records: Records) -> str | None:
    """What a question turns to, where that is a subject that was not spoken of, or nothing that the papers speak of.

    "What about jailbreaks" asks of jailbreaks, whatever was spoken of before; "what about small models" goes on.
    """
    said = _TURNS_TO.fullmatch(folded(text))
    subject = next(filter(None, said.groups()), "") if said else ""
    english = records.english(subject)
    words = content_words(english)
    if not words or refers_back(subject):
        return None
    unknown = bool(records.papers) and not any(map(records.uses, words))
    return subject if unknown or _has_subject_of_its_own(english, topic, records) else None


def _asks_for_thing(text: str, records: Records) -> bool:
    """Whether all that is asked is what a thing is that the papers speak of."""
    term = records.english(term_asked(text) or "")
    return bool(term) and (records.explained(term) or any(map(records.is_subject, content_words(term))))


def _asks_what_is(text: str, records: Records) -> bool:
    """The same of a whole question of that form, whose term points at nothing said before."""
    term = term_asked(text)
    if term is None or folded(term) == folded(text) or _GOES_ON.match(text) or refers_back(term):
        return False
    return _asks_for_thing(text, records)


def continues(text: str, topic: Topic, records: Records) -> bool:
    if _NEW_TOPIC.match(text) or not needs_context(text) or _asks_what_is(text, records):
        return False
    if turned_to(text, topic, records):
        return False
    if refers_back(text) or _GOES_ON.match(text):
        return True
    if is_foreign(text, records) or _has_subject_of_its_own(text, topic, records):
        return False
    named = records.named_in(text)
    return not named or any(paper in topic.named for paper in named)


def _has_subject_of_its_own(text: str, topic: Topic, records: Records) -> bool:
    """Whether it asks of a subject of the collection that neither the questions before nor their papers speak of.

    "What is superposition?" is short, and yet no question about Sleeper Agents; "limitations?" names no subject.
    """
    own = [word for word in content_words(text) if records.is_subject(word)]
    return bool(own) and not topic.speaks_of(own)


def is_foreign(text: str, records: Records) -> bool:
    """Whether the papers hardly use the question's words at all."""
    words = content_words(text)
    foreign = sum(not records.uses(word) for word in words)
    return bool(records.papers) and foreign >= 2 and foreign >= FOREIGN_SHARE * len(words)
