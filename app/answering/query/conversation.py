"""Make a question of a conversation stand alone, without a model: by rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.answering.collection.question import CollectionQuestion, going_on
from app.answering.collection.records import Records
from app.answering.query.courtesy import courtesy_in
from app.answering.question import Question, Turn
from retrieval.lexical.tokens import content_words
from retrieval.types import Paper

MAX_JOINED_CHARS = 500
PLAIN_WORDS = 4
"""A question with this many content words is a topic of its own …"""
REFERRING_WORDS = 7
"""… unless it refers back, when it takes this many …"""
GOING_ON_WORDS = 9
"""… or goes on from what was said, when it takes this many. Chosen on follow-ups and on changes of topic."""
OWN_ANTECEDENT_WORDS = 4
"""After this many content words a pronoun refers to something in the question itself."""
MANY_MEANT = 3
"""Papers of a list that "they" can be."""
FOREIGN_SHARE = 0.6
"""A question most of whose words, and at least two, the papers never use asks of something else."""

_GOES_ON = re.compile(
    r"(?:and|but|so|also|then|ok|okay|yes|no|right|hm+|fine|what about|how about|what if|why not|how come|only|besides|"
    r"apart from|(?:what|who|where|any(?:thing|one|body)?) else|any other|"
    r"(?:at|by|for|from|in|on|to|under|with) (?:how|what|which))\b|那么?|还有|另外|然后|所以|但是?|不过",
    re.IGNORECASE,
)
_REFERS_BACK = re.compile(
    r"\b(?:they|them|theirs?|those|these|its|he|she|his|her|former|latter|same|else)\b"
    r"|(?<!\ball )\bthe (?:first|second|third|last|two|others?|rest|thing|later work|authors?|paper|study|results?)\b"
    r"|\bthe whole \w+"
    # "It is true that …" and "is it safe to …" point forward.
    r"|\bit\b(?! (?:is |was |be )?(?:true|safe|possible|enough|easy|hard|common|known|likely|legal|worth)\b)"
    # "That" and "this" for a thing, not before a clause.
    r"|(?:^|\b(?:about|and|at|by|can|close|could|did|do|does|for|from|how|in|is|isn't|like|made|makes?|of|on|outside|"
    r"than|to|was|why|will|with|would) )(?:that|this)\b(?! (?:an?|the|all|any|most|some)\b)"
    r"|\b(?:there|then|though|yet|anyway|instead|either|too|that|this|ones?)(?=[?.,!]|$)"
    r"|它|他们|她们|这|那|其",
    re.IGNORECASE,
)
_ENDS_BACK = re.compile(r"\b(?:that|this|those|these|there|then)(?: \w+)?\W*$", re.IGNORECASE)
_CONTRACTED = re.compile(r"n['’]t\b|['’](?:d|ll|m|re|s|t|ve)\b", re.IGNORECASE)
_CHINESE_CHARACTER = re.compile(r"[\u3400-\u9fff]")
_ORDINAL = re.compile(
    r"\bthe (first|second|third|fourth|fifth|last)(?: (?:one|paper|study|work|of (?:them|these|those)))?\b"
    r"|第([一二三四五])篇",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:they|them|their|these|those|both|each|all)\b|它们|这些", re.IGNORECASE)
_PLACES = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1} | {
    character: place for place, character in enumerate("一二三四五")
}


@dataclass(frozen=True, slots=True)
class _Topic:
    """What the conversation is about: the questions that make it up, and the papers that the last answer named."""

    asked: str = ""
    named: tuple[Paper, ...] = ()

    @property
    def is_set(self) -> bool:
        return bool(self.asked or self.named)

    def joined(self, text: str) -> str:
        about = (paper.name for paper in self._meant(text) if paper.name.casefold() not in self.asked.casefold())
        return " ".join(filter(None, (self.asked[-MAX_JOINED_CHARS:], *about, text)))

    def _meant(self, text: str) -> tuple[Paper, ...]:
        """The papers of the last answer that the question goes on about: those it counts out, else the first."""
        if match := _ORDINAL.search(text):
            place = _PLACES[(match[1] or match[2]).casefold()]
            if place < len(self.named):
                return (self.named[place],)
        # After a list of papers nobody else can be meant; elsewhere "they" are mostly the authors.
        several = not self.asked and _SEVERAL.search(text)
        return self.named[: MANY_MEANT if several else 1]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What came before a question: its topic, and what the last question asked of the collection's records."""

    topic: _Topic = _Topic()
    of_records: CollectionQuestion | None = None

    def standalone(self, text: str, records: Records) -> str:
        """The question with as much of what came before as it needs to be understood.

        A question that refers back, or is too short to be a topic of its own, is joined
        to the questions before it and to the name of the paper that the last answer
        names first, or that the question points at ("the second one"); of a question about
        the collection only the papers listed matter. Any other one
        begins a new topic, and so does one that names another paper of `records` or
        speaks of what they never speak of.
        """
        if self.topic.is_set and _continues(text, self.topic, records):
            return self.topic.joined(text)
        return text


def read_conversation(history: tuple[Turn, ...], records: Records) -> Conversation:
    """What the conversation is about at its end."""
    topic = _Topic()
    of_records: CollectionQuestion | None = None
    for asked, reply in _exchanges(history):
        goes_on = topic.is_set and _continues(asked, topic, records)
        named = records.named_in(reply) or (topic.named if goes_on else ())
        of_records = going_on(asked, of_records, records)
        if of_records:
            topic = _Topic("", named)
        else:
            topic = _Topic(f"{topic.asked[-MAX_JOINED_CHARS:]} {asked}".strip() if goes_on else asked, named)
    return Conversation(topic, of_records)


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
    return len(words) - sum(bool(_CHINESE_CHARACTER.fullmatch(word)) for word in words) / 2


def _continues(text: str, topic: _Topic, records: Records) -> bool:
    if not needs_context(text):
        return False
    if refers_back(text) or _GOES_ON.match(text):
        return True
    if _foreign(text, records):
        return False
    named = records.named_in(text)
    return not named or any(paper in topic.named for paper in named)


def _foreign(text: str, records: Records) -> bool:
    """Whether the papers hardly use the question's words at all."""
    words = content_words(text)
    foreign = sum(not records.uses(word) for word in words)
    return bool(records.papers) and foreign >= 2 and foreign >= FOREIGN_SHARE * len(words)


def _exchanges(history: tuple[Turn, ...]) -> Iterator[tuple[str, str]]:
    """Each earlier question with what was replied to it; greetings and thanks are no questions."""
    asked, replies = "", []
    for turn in history:
        if turn.role == "assistant":
            replies.append(turn.content)
            continue
        if asked:
            yield asked, " ".join(replies)
        asked, replies = ("" if courtesy_in(turn.content) else turn.content), []
    if asked:
        yield asked, " ".join(replies)
