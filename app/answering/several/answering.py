"""Answers each of several questions by itself, as if it were asked alone, and puts the answers together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from app.answering.answer import AnswerPart, AnswerSentence, AnswerStatus, TableRow
from app.answering.citation import Citation
from app.answering.collection.answerer import CollectionAnswerer
from app.answering.evidence.evidence import Evidence, WrittenNear
from app.answering.evidence.search import EvidenceSearch
from app.answering.evidence.selection import asks_for_several
from app.answering.query.comparison import Comparison
from app.answering.query.parts import MAX_PARTS, Part, Parts
from app.answering.query.topic import settled
from app.answering.query.understanding import understood
from app.answering.question import Question, Turn
from app.answering.reply import Reply
from app.answering.several.comparing import compared
from app.answering.several.findings import Findings
from app.answering.several.searching import Search
from app.answering.several.telling import Told, told
from app.languages.language import Language
from retrieval.retriever import LeftOut
from retrieval.types import Passage

MAX_PAPERS = 10
READ_TOLD = 8
OF_PART = 2
"""Quotes for a part that does not ask for several papers."""


@dataclass(frozen=True, slots=True)
class SeveralAnswer:
    """The answer in `pieces`, with what all its parts found."""

    pieces: tuple[AnswerSentence | str, ...]
    evidence: Evidence
    passages: tuple[Passage, ...]
    written: WrittenNear
    parts: tuple[AnswerPart, ...]
    table: tuple[TableRow, ...] = ()


class SeveralAnswerer:
    """Asks each part of the same retriever, evidence and records as a question that is asked alone."""

    def __init__(self, search: EvidenceSearch, collection: CollectionAnswerer) -> None:
        self._search_with = search
        self._collection = collection

    def answer(
        self,
        question: Question,
        several: Parts | Comparison,
        language: Language,
        left_out: LeftOut,
        brief: bool = False,
    ) -> SeveralAnswer | None:
        """The answer, or None where no part has one, and where one to the whole question is better.

        With `brief` each part has its surest quote alone.
        """
        search = Search(self._search_with, question.filters, left_out, language.phrases)
        if isinstance(several, Comparison):
            findings, status = compared(question.text, several, search, self._collection.records, language)
        else:
            findings = tuple(self._each(question, several.parts, search, language))
            status = _status([found.status for found in findings])
        if brief:
            findings = tuple(map(_shortened, findings))
        if status == "abstained":
            return None
        text = told(findings, language.phrases)
        pieces = text.pieces
        if isinstance(several, Parts) and several.more:
            pieces = (*pieces, "\n\n" + language.phrases.more_parts.format(count=MAX_PARTS))
        table = _table(text) if isinstance(several, Comparison) else ()
        return SeveralAnswer(
            pieces, _evidence(findings, status, text.quotes), _merged(findings), _written(findings), text.parts, table
        )

    def _each(
        self, question: Question, parts: Sequence[Part], search: Search, language: Language
    ) -> Iterator[Findings]:
        history = list(question.history)
        quoted: set[str] = set()
        for part in parts:
            found = self._one(question, part, tuple(history), quoted, search, language)
            yield found
            quoted |= {quote.paper.id for quote in found.quotes}
            # The next part may lean on this one, as a question does on the answer before it.
            reply = " ".join(piece for piece in map(_text, told([found], language.phrases).pieces))
            history += [Turn("user", part.alone), Turn("assistant", reply)]

    def _one(
        self,
        question: Question,
        part: Part,
        history: tuple[Turn, ...],
        quoted: Collection[str],
        search: Search,
        language: Language,
    ) -> Findings:
        """What is found for a part; `quoted` are the papers that the parts before it quote."""
        for text in dict.fromkeys((part.alone, part.asked)):
            asked = understood(Question(text, history, question.filters), self._collection.records)
            if asked.of_records:
                reply = self._collection.answer(asked.of_records, question.filters, language, search.left_out)
                if reply.answered and not reply.citations:
                    # A count, an overview: nothing is quoted, and what is said is the record's.
                    return Findings(part.asked, "answered", unsaid=reply.text, confidence=1.0)
                if reply.answered:
                    is_fact = asked.of_records.paper is not None and asked.of_records.intent in ("who", "when", "where")
                    return _of_records(part, reply, language.collection.colon if is_fact else "")
        found = self._search(Question(part.alone, history, question.filters), search)
        if found.status == "abstained" and part.alone != part.asked:
            # With what was said before it in its own words, as the next question of a conversation.
            again = self._search(Question(part.asked, history, question.filters), search)
            # What it is about was said, so another paper would speak of something else.
            found = again if again.quotes and again.quotes[0].paper.id in quoted else found
        return replace(
            found,
            name=part.asked,
            quotes=found.quotes if found.direct or asks_for_several(part.asked) else _of_first_paper(found.quotes),
            unsaid=found.unsaid or language.phrases.part_unsaid,
        )

    def _search(self, asked: Question, search: Search) -> Findings:
        """The evidence for a question of a conversation."""
        read = understood(asked, self._collection.records)
        standalone = read.standalone
        if read.doubt and self._search_with.evidence.name:
            found, near = search.passages(asked.text), self._search_with.nearness(asked.text)
            standalone = settled(asked.text, found, near, read.doubt)
        return search.find(asked.text, standalone)


def _of_first_paper(quotes: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple(quote for quote in quotes if quote.paper.id == quotes[0].paper.id)[:OF_PART]


def _text(piece: AnswerSentence | str) -> str:
    return piece if isinstance(piece, str) else piece.text


def _of_records(part: Part, reply: Reply, colon: str) -> Findings:
    """What the records say; with a `colon`, the fact that stands before it."""
    fact = reply.text.partition(f"{colon}\n\n")[0] if colon else ""
    return Findings(
        part.asked,
        "answered" if reply.surely else "partly",
        reply.citations,
        reply.sentences,
        fact,
        confidence=1.0,
        passages=reply.passages,
    )


def _status(statuses: Sequence[AnswerStatus]) -> AnswerStatus:
    """What the parts come to. Where the papers only come near, they come no nearer to a part than to the whole."""
    if all(status == "answered" for status in statuses):
        return "answered"
    return "partly" if "answered" in statuses else "abstained"


def _shortened(found: Findings) -> Findings:
    if found.sentences or found.direct or not found.quotes:
        return found
    return replace(found, quotes=(max(found.quotes, key=lambda quote: quote.score),))


def _evidence(findings: Sequence[Findings], status: AnswerStatus, quotes: tuple[Citation, ...]) -> Evidence:
    """What all found together; what the whole answer is worth is what its parts are worth on average."""
    confidence = sum(found.confidence for found in findings) / len(findings)
    read = sorted((one for found in findings for one in found.read), key=lambda one: one.score)
    # Of a sentence that was read with several parts the surest reading counts.
    surest = {(one.paper.id, one.part, one.start): one for one in read}
    return Evidence(confidence, status, quotes, read=tuple(reversed(surest.values()))[:READ_TOLD])


def _merged(findings: Sequence[Findings]) -> tuple[Passage, ...]:
    """The passages in turn from each part, of the papers that are quoted and of others up to `MAX_PAPERS`."""
    in_turn = [one for row in zip_longest(*(found.passages for found in findings)) for one in row if one]
    kept = {quote.paper.id for found in findings for quote in found.quotes}
    for passage in in_turn:
        if len(kept) < MAX_PAPERS:
            kept.add(passage.paper.id)
    places = {(one.paper.id, one.part, one.start, one.end): one for one in reversed(in_turn) if one.paper.id in kept}
    return tuple(reversed(places.values()))


def _written(findings: Sequence[Findings]) -> WrittenNear:
    near = {question.text: (question, score) for found in findings for question, score in found.written}
    return tuple(near.values())


def _table(text: Told) -> tuple[TableRow, ...]:
    return tuple(TableRow(part.question, quote) for part, quote in zip(text.parts, text.first, strict=True))
