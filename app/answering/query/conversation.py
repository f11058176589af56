"""Make a question of a conversation stand alone, without a model: by rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.answering.answer import REFUSAL
from app.answering.collection.question import CollectionQuestion, folded, going_on
from app.answering.collection.records import Records, records_of
from app.answering.query.courtesy import courtesy_in, is_task
from app.answering.query.leaning import continues, is_foreign, is_in_doubt, leans, refers_back, turned_to
from app.answering.query.pointing import called_in
from app.answering.query.spoken import MAX_JOINED_CHARS, NO_TOPIC, Topic
from app.answering.question import Question, Turn
from app.languages import LANGUAGES, any_of
from app.languages.foreign import SHORTER
from retrieval.types import Paper

MAX_AGAIN_CHARS = 80

_AGAIN = any_of(lambda language: language.conversation.again)
_SHORTER = re.compile(f"{any_of(lambda language: language.conversation.shorter).pattern}|{SHORTER}")
_NEAREST = tuple(
    said for language in LANGUAGES for said in (language.phrases.nearest, language.phrases.no_figure) if said
)


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

    `topic` has the ids of the papers that were spoken of, of which it is then `about` some in the first place; it
    `leans` where a word of it points back, and is `foreign` where the papers hardly use its words.
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

    topic: Topic = NO_TOPIC
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
        if turned := turned_to(text, self.topic, records):
            return turned
        return self.topic.joined(text) if continues(text, self.topic, records) else text

    def about(self, text: str, records: Records) -> tuple[Paper, ...]:
        """The papers that the question is about in the first place, as far as the conversation says."""
        if not self.topic.is_set:
            return ()
        if wants_again(text):
            return self.topic.named[:1]
        if pointed := _pointed_at(text, self, records):
            return (pointed.paper,)
        return self.topic.meant(text) if continues(text, self.topic, records) else ()

    def doubt(self, text: str, records: Records) -> Doubt | None:
        """Both ways to read the question, where its words alone do not say which is meant.

        What its own words find in the papers then decides (`app.answering.query.topic`).
        """
        if not self.topic.is_set or wants_again(text) or not is_in_doubt(text, self.topic, records):
            return None
        if _pointed_at(text, self, records):
            return None
        about = self.topic.meant(text)
        return Doubt(
            self.topic.joined_with(about, text), self.topic.named_ids, leans(text), is_foreign(text, records), about
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
    goes_on = topic.is_set and not pointed and continues(asked, topic, records)
    in_doubt = topic.is_set and not pointed and is_in_doubt(asked, topic, records)
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
    return Conversation(Topic(said, named), of_records, spoken_of)


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
        if paper is None and continues(text, topic, records):
            paper = records.half_named(text, topic.first_words)
    if paper is None or paper in topic.named[:1]:
        return None
    # What else it points back to is the topic: "does the NIST paper say anything about that".
    back = paper not in before.spoken_of and refers_back(text)
    return _Pointed(paper, topic.joined_with([paper], text) if back else f"{paper.name} {text}")


def standalone_question(question: Question, records: Records | None = None) -> str:
    """The question as it reads without its conversation, by rules alone."""
    records = records or records_of(())
    return read_conversation(question.history, records).standalone(question.text, records)


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
