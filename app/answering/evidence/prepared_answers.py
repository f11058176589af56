"""Which prepared answer a question asks for, if any."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from app.answering.citation import ReadSentence
from app.answering.evidence.prepared import ENGLISH, NearestWay, PreparedAnswer
from app.answering.logistic import Logistic, number_in, read_fitted
from app.answering.query.asked_for import asked_for
from app.answering.reading.reader import Excerpt, Reader
from app.answering.reading.sentences import odds_of
from app.languages import any_of
from retrieval.lexical.han import has_han
from retrieval.lexical.tokens import content_words
from retrieval.retriever import PaperRetriever
from retrieval.types import ExpansionQuery, Filters, Passage

MODEL_FILE = "models/prepared.json"
FEATURES = ("near", "asked", "answers", "unknown", "names", "paper", "length", "read", "best", "kind")
TRIED = 3
"""Answers of which it is weighed whether they are asked for: those with the nearest ways of asking."""
WAYS_READ = 3
"""Of each of these the matcher reads so many ways, the nearest."""
UNREAD = -6.0
"""The log odds of a quote that was not among the sentences that answered best."""
NEAR_FROM = 0.45
"""What is no nearer than this is not weighed."""
SAME_FROM = 0.93
"""A question so near to a way of asking is that way, but for its spelling."""
UNQUOTED_FROM = 0.62
"""What quotes no paper is what was asked from this nearness on; chosen on the labels."""
ADDRESSED_FROM = 0.57
"""The same where the question speaks to this program, and the answer is about it; set by hand."""
SHORT = 2
"""Words of what need not say "you" to ask this program."""
_ADDRESSES = any_of(lambda language: language.courtesies.addresses, re.IGNORECASE)
_REASON = re.compile(r"because\b", re.IGNORECASE)
"""How an answer opens, in `ENGLISH`, that gives the reason of what it takes for known."""
_CITATION = re.compile(r"cite ", re.IGNORECASE)
"""How one opens that says what to cite."""
_CITES = any_of(lambda language: language.evidence.asks_citation, re.IGNORECASE)
_NAME = re.compile(r"(?<!^)\b(?:[A-Z][\w-]*|[\w-]*\d[\w-]*)")


@dataclass(frozen=True, slots=True)
class PreparedCalibration:
    """When a prepared answer is what was asked: from the chance `asked_from` on."""

    logistic: Logistic
    asked_from: float

    def answering_from(self, chance: float) -> PreparedCalibration:
        """The same for somebody who wants nothing answered below that chance."""
        return replace(self, asked_from=max(self.asked_from, chance))


@dataclass(frozen=True, slots=True)
class PreparedMatch:
    """A prepared answer, the chance, in [0, 1], that it is what was asked, and its nearest way of asking."""

    answer: PreparedAnswer
    chance: float
    nearest: NearestWay


@dataclass(frozen=True, slots=True)
class _Said:
    """How surely the text of an answer answers, and how surely its nearest ways are what is asked: log odds; `way` is
    the nearest of these."""

    answers: float
    asked: float
    way: str


class PreparedAnswers:
    """Finds the answer that was prepared for a question, however it is asked.

    `vectors` are those of all `ways_of` the answers, [ways, dimensions]. The `matcher` reads a question beside ways
    of asking, where the `reader` reads it beside sentences of papers.
    """

    def __init__(
        self,
        answers: Sequence[PreparedAnswer],
        vectors: np.ndarray,
        retriever: PaperRetriever,
        reader: Reader,
        matcher: Reader,
        calibration: PreparedCalibration,
    ) -> None:
        self._answers = answers
        self._retriever = retriever
        self._reader = reader
        self._matcher = matcher
        self._calibration = calibration
        self._of_way = np.array([place for place, answer in enumerate(answers) for _ in answer.asked], dtype=int)
        self._ways = [way for answer in answers for way in answer.asked]
        self._addresses = [speaks_to_program(way) for way in self._ways]
        self._vectors = vectors

    def load(self) -> None:
        """Load now rather than at the first question. Raises `ModelError`."""
        self._matcher.load()

    def match(
        self,
        question: str,
        passages: Sequence[Passage],
        read: Sequence[ReadSentence],
        filters: Filters = Filters(),
    ) -> PreparedMatch | None:
        """The answer that the question asks for, of those whose papers the filters admit; None for none.

        `question` stands alone; `passages`, best first, were found for it, and `read` are those of their sentences
        that answer it best.
        """
        nearest = self.nearest(question, filters)
        said = self._said(question, [place for place, _ in nearest if self._may_be_asked(question, place)])
        tried = [
            self._weighed(question, place, near, passages, read, said[place])
            for place, near in nearest
            if place in said
        ]
        # What quotes no paper is what was asked only where nothing that quotes one is nearer.
        if nearest and not self._answers[nearest[0][0]].quotes:
            tried.append(self._by_nearness(question, *nearest[0]))
        asked = [match for match in tried if match.chance >= self._calibration.asked_from]
        best = max(asked, key=lambda match: match.chance, default=None)
        if best and best.answer.verdict:
            # Of a yes and a no the one whose way comes nearer: which of them is meant hangs on a word.
            best = max(
                (one for one in asked if _opposed(one, best) or one is best), key=lambda match: match.nearest.near
            )
        return best

    def nearest(self, question: str, filters: Filters = Filters()) -> list[tuple[int, float]]:
        """The places of up to `TRIED` answers, nearest first, each with the cosine similarity of its nearest way."""
        if not self._answers:
            return []
        similarities = self._vectors @ self._retriever.vector(question)
        best: dict[int, float] = {}
        for way in map(int, np.argsort(-similarities, kind="stable")):
            if similarities[way] < NEAR_FROM or len(best) == TRIED:
                break
            place = int(self._of_way[way])
            answer = self._answers[place]
            # What says "you" asks this program, and what does not asks something else.
            if not answer.quotes and self._addresses[way] and not (speaks_to_program(question) or _in_short(question)):
                continue
            if answer.within(filters):
                best.setdefault(place, float(similarities[way]))
        return list(best.items())

    def nearness(self, question: str, place: int) -> float:
        """The cosine similarity of the nearest way of the answer at that place."""
        return float((self._vectors[self._of_way == place] @ self._retriever.vector(question)).max())

    def _may_be_asked(self, question: str, place: int) -> bool:
        """Whether the answer quotes papers, and does not open as only what another kind of question asks for."""
        answer = self._answers[place]
        opens = answer.text[ENGLISH]
        if _REASON.match(opens) and asked_for(question) != "why":
            return False
        return bool(answer.quotes) and (not _CITATION.match(opens) or _CITES.search(question) is not None)

    def _by_nearness(self, question: str, place: int, near: float) -> PreparedMatch:
        """An answer that quotes no paper: nothing was read for it, so that how near its ways come has to tell."""
        answer = self._answers[place]
        about = answer.status == "answered" and speaks_to_program(question)
        chance = near if near >= (ADDRESSED_FROM if about else UNQUOTED_FROM) else 0.0
        return PreparedMatch(answer, chance, NearestWay(self._nearest_ways(question, place)[0], near))

    def _weighed(
        self,
        question: str,
        place: int,
        near: float,
        passages: Sequence[Passage],
        read: Sequence[ReadSentence],
        said: _Said,
    ) -> PreparedMatch:
        given = self.features(question, place, near, passages, read, said)
        chance = self._calibration.logistic.chance(given)
        # A way as it stands is what was asked; of such the fit had hardly any.
        if near >= SAME_FROM and not given["names"]:
            chance = max(chance, near)
        return PreparedMatch(self._answers[place], chance, NearestWay(said.way, near))

    def features(
        self,
        question: str,
        place: int,
        near: float,
        passages: Sequence[Passage],
        read: Sequence[ReadSentence],
        said: _Said | None = None,
    ) -> dict[str, float]:
        """The `FEATURES`: how near a way is, how surely the nearest ways are what is asked and how surely the text
        answers (log odds), the share of the question's words and the number of its names that are new to the answer,
        how near its papers are beside the nearest of all, how long the question is, how surely the best of its quotes
        answers (log odds), whether that is the best sentence of all, and whether a way asks for the same kind of thing
        (1), none does (-1) or words do not tell."""
        answer, words = self._answers[place], content_words(question)
        known = _words_of(answer)
        said = said or self._said(question, [place])[place]
        unknown = [word for word in words if word not in known]
        names = {word for name in _NAME.findall(question) for word in content_words(name)}
        quoted = {quote.paper.id for quote in answer.quotes}
        best = max((passage.score for passage in passages), default=0.0)
        own = max((passage.score for passage in passages if passage.paper.id in quoted), default=0.0)
        quotes = [sentence for sentence in read if answer.quotes_it(sentence)]
        return {
            "near": near,
            "asked": said.asked,
            "answers": said.answers,
            "unknown": len(unknown) / len(words) if words else 0.0,
            "names": float(len(names.intersection(unknown))),
            "paper": own / best if best > 0 else 0.0,
            "length": float(np.log1p(len(words))),
            "read": max((odds_of(sentence.score) for sentence in quotes), default=UNREAD),
            "best": float(bool(quotes) and quotes[0] == read[0]),
            "kind": _same_kind(question, answer),
        }

    def _said(self, question: str, places: Sequence[int]) -> dict[int, _Said]:
        """What is read of the answers at these places: all together, as both models read side by side."""
        answers = [self._answers[place] for place in places]
        ways = [self._nearest_ways(question, place) for place in places]
        beside = [Excerpt("", (*own, answer.text[ENGLISH])) for own, answer in zip(ways, answers, strict=True)]
        asked = self._matcher.read(self._retriever.in_english(question), beside)
        read = self._reader.read(self._retriever.in_terms(question), [_excerpt(answer) for answer in answers])
        return {
            place: _Said(text.sentences[0], float(np.logaddexp.reduce(matched.sentences)), own[0])
            for place, text, matched, own in zip(places, read, asked, ways, strict=True)
        }

    def _nearest_ways(self, question: str, place: int) -> list[str]:
        """The nearest `WAYS_READ` ways of the answer, nearest first: English ones, where it has any."""
        own = [int(way) for way in np.flatnonzero(self._of_way == place)]
        own = [way for way in own if not has_han(self._ways[way])] or own
        similarities = self._vectors[own] @ self._retriever.vector(question)
        return [self._ways[own[at]] for at in map(int, np.argsort(-similarities, kind="stable")[:WAYS_READ])]


def _opposed(one: PreparedMatch, other: PreparedMatch) -> bool:
    return {one.answer.verdict, other.answer.verdict} == {"yes", "no"}


def speaks_to_program(text: str) -> bool:
    """Whether a text speaks to this program or of it, as far as its words say."""
    return _ADDRESSES.search(text) is not None


def _in_short(text: str) -> bool:
    """Whether a text is too short to say whom it asks ("sources?")."""
    return not has_han(text) and len(text.split()) <= SHORT


def ways_of(answers: Sequence[PreparedAnswer], in_english: Callable[[str], str]) -> list[str]:
    """What is embedded of the answers' ways of asking, in their order."""
    return [in_english(way) for answer in answers for way in answer.asked]


def queries_of(answers: Sequence[PreparedAnswer], in_english: Callable[[str], str]) -> tuple[ExpansionQuery, ...]:
    """The ways of asking for what papers answer, as questions written for each paper that is quoted."""
    return tuple(
        ExpansionQuery(paper, way, in_english(way), answers=places, alone=False)
        for answer in answers
        if answer.proved
        for paper, places in answer.places.items()
        for way in answer.asked
    )


def _excerpt(answer: PreparedAnswer) -> Excerpt:
    return Excerpt(answer.quotes[0].paper.name if answer.quotes else "", (answer.text[ENGLISH],))


def _same_kind(question: str, answer: PreparedAnswer) -> float:
    wanted, told = asked_for(question), {kind for way in answer.asked if (kind := asked_for(way))}
    if wanted is None or not told:
        return 0.0
    return 1.0 if wanted in told else -1.0


def _words_of(answer: PreparedAnswer) -> frozenset[str]:
    said = [f"{quote.paper.name} {quote.quote} {quote.gloss or ''}" for quote in answer.quotes]
    return frozenset(content_words(" ".join([*answer.asked, *answer.text.values(), *said])))


@cache
def read_prepared_calibration(file: Path) -> PreparedCalibration:
    """The calibration of a JSON file. Raises `ModelError`."""
    return read_fitted(
        file, FEATURES, lambda logistic, record: PreparedCalibration(logistic, number_in(record, "asked_from"))
    )
