"""Make a question of a conversation stand alone, without a model: by rules."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from app.answering.collection.question import CollectionQuestion, folded, going_on
from app.answering.collection.records import Records
from app.answering.evidence.definition import term_asked
from app.answering.events import REFUSAL
from app.answering.query.courtesy import courtesy_in, is_task
from app.answering.query.pointing import called_in
from app.answering.question import Question, Turn
from app.languages import LANGUAGES, any_of
from app.languages.foreign import SHORTER
from retrieval.lexical.han import has_han
from retrieval.lexical.tokens import content_words, words_of_paper
from retrieval.types import Paper

MAX_JOINED_CHARS = 500
MAX_AGAIN_CHARS = 80
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
MANY_MEANT = 3
"""Papers of a list that "they" can be."""
FOREIGN_SHARE = 0.6
"""A question most of whose words, and at least two, the papers never use asks of something else."""

_GOES_ON = any_of(lambda language: language.conversation.goes_on, re.IGNORECASE)
_REFERS_BACK = any_of(lambda language: language.conversation.refers_back, re.IGNORECASE)
_NEW_TOPIC = any_of(lambda language: language.conversation.new_topic, re.IGNORECASE)
_ENDS_BACK = any_of(lambda language: language.conversation.ends_back, re.IGNORECASE)
_AGAIN = any_of(lambda language: language.conversation.again)
_SHORTER = re.compile(f"{any_of(lambda language: language.conversation.shorter).pattern}|{SHORTER}")
_CONTRACTED = any_of(lambda language: language.conversation.contracted, re.IGNORECASE)
_ORDINAL = any_of(lambda language: language.conversation.ordinal, re.IGNORECASE)
_SEVERAL = any_of(lambda language: language.conversation.several, re.IGNORECASE)
_NEAREST = tuple(
    said for language in LANGUAGES for said in (language.phrases.nearest, language.phrases.no_figure) if said
)
_PLACES = {word: place for language in LANGUAGES for word, place in language.conversation.ordinals.items()}


@dataclass(frozen=True, slots=True)
class _Topic:
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


Again = Literal["again", "shorter"]
"""The last answer is wanted once more, as it was or in fewer words."""


def wants_again(text: str) -> Again | None:
    """Whether the whole text wants what was said before told once more, and how."""
    said = folded(text)
    if len(said) > MAX_AGAIN_CHARS:
        return None
    return "shorter" if _SHORTER.fullmatch(said) else "again" if _AGAIN.fullmatch(said) else None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question that may go on from the topic before it, or begin one: `joined` is how it reads where it goes on.

    `topic` has the ids of the papers that were spoken of, of which it is then first `about` some; it `leans` where a word of it points back, and is `foreign`
    where the papers hardly use its words.
    """

    joined: str
    topic: frozenset[str]
    leans: bool = False
    foreign: bool = False
    about: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What came before a question: its topic, what the last question asked of the collection's records, and the papers
    that all answers named, those of the last one first."""

    topic: _Topic = _Topic()
    of_records: CollectionQuestion | None = None
    spoken_of: tuple[Paper, ...] = ()

    def standalone(self, text: str, records: Records) -> str:
        """The question with as much of what came before as it needs to be understood.

        A question that refers back, or is too short to be a topic of its own, is joined
        to the questions before it and to the name of the paper that the last answer
        names first, or that the question points at ("the second one"); of a question about
        the collection only the papers listed matter. Any other one
        begins a new topic, and so does one that names another paper of `records` or
        speaks of what they never speak of.
        """
        if not self.topic.is_set:
            return text
        if wants_again(text):
            return self.topic.asked or self.topic.joined("")
        if pointed := _pointed_at(text, self, records):
            return pointed.standalone
        return self.topic.joined(text) if _continues(text, self.topic, records) else text

    def about(self, text: str, records: Records) -> tuple[Paper, ...]:
        """The papers that the question is about in the first place, as far as the conversation says."""
        if not self.topic.is_set:
            return ()
        if wants_again(text):
            return self.topic.named[:1]
        if pointed := _pointed_at(text, self, records):
            return (pointed.paper,)
        return self.topic.meant(text) if _continues(text, self.topic, records) else ()

    def doubt(self, text: str, records: Records) -> Doubt | None:
        """Both ways to read the question, where its words alone do not say which is meant.

        What its own words find in the papers then decides (`app.answering.query.topic`).
        """
        if not self.topic.is_set or wants_again(text) or not _is_in_doubt(text, self.topic, records):
            return None
        if _pointed_at(text, self, records):
            return None
        about = self.topic.meant(text)
        return Doubt(
            self.topic.joined_with(about, text), self.topic.named_ids, _leans(text), _foreign(text, records), about
        )


def read_conversation(history: tuple[Turn, ...], records: Records) -> Conversation:
    """What the conversation is about at its end."""
    talk = Conversation()
    for asked, reply in _exchanges(history):
        if not (talk.topic.is_set and wants_again(asked)):
            talk = _after(talk, asked, reply, records)
    return talk


def _after(before: Conversation, asked: str, reply: str, records: Records) -> Conversation:
    """The conversation after one more exchange."""
    topic, replied = before.topic, records.named_in(reply)
    refused = REFUSAL in reply
    # What no paper comes near is no topic: small talk, and what is asked of somebody else.
    if refused and not replied:
        return before
    pointed = _pointed_at(asked, before, records) if topic.is_set else None
    goes_on = topic.is_set and not pointed and _continues(asked, topic, records)
    in_doubt = topic.is_set and not pointed and _is_in_doubt(asked, topic, records)
    if refused and topic.named and (goes_on or in_doubt):
        return before
    # What was answered tells how a question was read that could be read either way.
    if replied and topic.named and in_doubt:
        goes_on = not topic.named_ids.isdisjoint(paper.id for paper in replied)
    of_records = going_on(asked, before.of_records, records, topic.named)
    named = replied or topic.named if goes_on else replied
    if goes_on and topic.named and reply.startswith(_NEAREST):
        named = topic.named
    if of_records and of_records.paper and not named:
        named = (of_records.paper,)
    if of_records and of_records.intent == "similar" and of_records.paper:
        # Of papers that are like another one, that one is named last.
        named = (*(paper for paper in named if paper.id != of_records.paper.id), of_records.paper)
    if pointed:
        named = (pointed.paper, *(paper for paper in named if paper.id != pointed.paper.id))
    said = f"{topic.asked[-MAX_JOINED_CHARS:]} {asked}".strip() if goes_on else asked
    if of_records:
        said = "" if of_records.intent != "summary" else topic.asked if goes_on else said
    spoken_of = tuple({paper.id: paper for paper in (*named, *replied, *before.spoken_of)}.values())
    return Conversation(_Topic(said, named), of_records, spoken_of)


@dataclass(frozen=True, slots=True)
class _Pointed:
    """The paper that a question points at without its title, and how the question reads alone."""

    paper: Paper
    standalone: str


def _pointed_at(text: str, before: Conversation, records: Records) -> _Pointed | None:
    """The paper that the question calls by a few words, or names by half its name where it would else go on."""
    topic, named = before.topic, records.named_in(text)
    if named:
        # One that the answer before named besides is no longer only one of several.
        paper = named[0] if len(named) == 1 and named[0] in topic.named else None
    else:
        paper = called_in(text, before.spoken_of, records)
        if paper is None and _continues(text, topic, records):
            paper = records.half_named(text, topic.first_words)
    if paper is None or paper in topic.named[:1]:
        return None
    # What else it points back to is the topic: "does the NIST paper say anything about that".
    back = paper not in before.spoken_of and refers_back(text)
    return _Pointed(paper, topic.joined_with([paper], text) if back else f"{paper.name} {text}")


def standalone_question(question: Question, records: Records | None = None) -> str:
    """The question as it reads without its conversation, by rules alone."""
    records = records or Records(())
    return read_conversation(question.history, records).standalone(question.text, records)


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


def _leans(text: str) -> bool:
    """Whether a word points to something said before, or the text begins as if it went on."""
    return refers_back(text) or (_GOES_ON.match(text) is not None and _length(text) < GOING_ON_WORDS)


def _is_in_doubt(text: str, topic: _Topic, records: Records) -> bool:
    """Whether the text has words of its own and yet may go on from what was said before.

    "What is superposition?" is short, and yet a question of its own.
    """
    if _NEW_TOPIC.match(text) or not content_words(_CONTRACTED.sub("", text)):
        return False
    if _asks_what_is(text, records):
        return False
    if _leans(text):
        return True
    new = _foreign(text, records) or _has_subject_of_its_own(text, topic, records) or _asks_for_thing(text, records)
    return _length(text) < OWN_TOPIC_WORDS and not new


def _asks_for_thing(text: str, records: Records) -> bool:
    """Whether all that is asked is what a thing is that the papers speak of."""
    term = term_asked(text)
    return bool(term) and (records.explained(term) or any(map(records.is_subject, content_words(term))))


def _asks_what_is(text: str, records: Records) -> bool:
    """The same of a whole question of that form, whose term points at nothing said before."""
    term = term_asked(text)
    whole = term is not None and folded(term) != folded(text) and not _GOES_ON.match(text)
    return whole and not refers_back(term) and _asks_for_thing(text, records)


def _continues(text: str, topic: _Topic, records: Records) -> bool:
    if _NEW_TOPIC.match(text) or not needs_context(text) or _asks_what_is(text, records):
        return False
    if refers_back(text) or _GOES_ON.match(text):
        return True
    if _foreign(text, records) or _has_subject_of_its_own(text, topic, records):
        return False
    named = records.named_in(text)
    return not named or any(paper in topic.named for paper in named)


def _has_subject_of_its_own(text: str, topic: _Topic, records: Records) -> bool:
    """Whether it asks of a subject of the collection that neither the questions before nor their papers speak of.

    "What is superposition?" is short, and yet no question about Sleeper Agents; "limitations?" names no subject.
    """
    own = [word for word in content_words(text) if records.is_subject(word)]
    return bool(own) and not topic.speaks_of(own)


def _foreign(text: str, records: Records) -> bool:
    """Whether the papers hardly use the question's words at all."""
    words = content_words(text)
    foreign = sum(not records.uses(word) for word in words)
    return bool(records.papers) and foreign >= 2 and foreign >= FOREIGN_SHARE * len(words)


def _exchanges(history: tuple[Turn, ...]) -> Iterator[tuple[str, str]]:
    """Each earlier question with what was replied to it; greetings, thanks and tasks are no questions."""
    asked, replies = "", list[str]()
    for turn in history:
        if turn.role == "assistant":
            replies.append(turn.content)
            continue
        if asked:
            yield asked, " ".join(replies)
        is_none = courtesy_in(turn.content) or is_task(turn.content)
        asked, replies = ("" if is_none else turn.content), []
    if asked:
        yield asked, " ".join(replies)
