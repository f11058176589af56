"""Answers written by hand for what is often asked, each with ways of asking it and the sentences that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from app.answering.answer import AnswerStatus, Direct, Verdict
from app.answering.citation import Citation, ReadSentence
from app.answering.evidence.evidence import Evidence
from app.answering.evidence.selection import as_quotes
from app.answering.evidence.verdicts import asks_alike, wants_verdict, without_degree, without_verdict
from app.answering.query.asked_for import asked_for
from retrieval.errors import InputError
from retrieval.json_lines import is_object, read_records
from retrieval.papers.papers import Papers
from retrieval.retriever import sentences_within
from retrieval.types import Filters, Paper, Passage, Sentence, Span

FILE = "prepared.jsonl"
COVERS: Mapping[str, AnswerStatus] = {"whole": "answered", "part": "partly", "no": "abstained", "about": "answered"}
ANSWERS: Mapping[AnswerStatus, float] = {"answered": 1.0, "partly": 0.5, "abstained": 0.0}
"""How surely the papers answer what they answer so."""
ENGLISH = "en"
HOW_MUCH = ("count", "how")
"""What somebody asks for who wants to be told how much."""
VERDICT_FROM = 0.72
"""A yes or no is said to a question that is so near to a way of asking; chosen on the answers of docs/prose.md."""


@dataclass(frozen=True, slots=True)
class NearestWay:
    """The way of asking that comes nearest to a question, and their cosine similarity."""

    text: str
    near: float


@dataclass(frozen=True, slots=True)
class PreparedAnswer:
    """`asked` are ways in which somebody asks for it, `text` says it, by languages, and `quotes` prove it.

    What the papers answer only in part has the `status` "partly", and what they do not answer though it is often
    asked "abstained"; the text says so.
    """

    asked: tuple[str, ...]
    text: Mapping[str, str]
    quotes: tuple[Citation, ...]
    status: AnswerStatus = "answered"
    verdict: Verdict | None = None

    @property
    def proved(self) -> bool:
        """Whether its quotes alone say it."""
        return self.status == "answered" and bool(self.quotes)

    @property
    def places(self) -> Mapping[str, tuple[Span, ...]]:
        """Where its quotes stand, by the ids of their papers."""
        papers = dict.fromkeys(quote.paper.id for quote in self.quotes)
        return {
            paper: tuple(Span(quote.start, quote.end) for quote in self.quotes if quote.paper.id == paper)
            for paper in papers
        }

    def within(self, filters: Filters) -> bool:
        """Whether the filters admit all papers that it quotes."""
        return all(filters.admit(quote.paper) for quote in self.quotes)

    def quotes_it(self, read: ReadSentence) -> bool:
        """Whether the sentence is among its quotes."""
        return any(_holds(quote, read) for quote in self.quotes)

    def direct(self, question: str, language: str, nearest: NearestWay | None = None) -> Direct | None:
        """The text as the line that an answer in the language opens with; None where it is in another.

        It says yes or no where the question wants that, and asks it as the ways of asking do, and as the `nearest` of
        them does, which is near: the rest of a text is right for more questions than its yes or no.
        """
        numbers = tuple(quote.number for quote in self.quotes)
        text = self.text.get(language)
        if not text:
            return None
        said = wants_verdict(question) and asks_alike(question, self.asked)
        if nearest:
            said = said and nearest.near >= VERDICT_FROM and asks_alike(question, (nearest.text,))
        if self.verdict and not said:
            return Direct(without_verdict(text), "project", numbers)
        if asked_for(question) not in HOW_MUCH:
            text = without_degree(text)
        return Direct(text, "project", numbers, self.verdict)

    def evidence(
        self,
        question: str,
        chance: float,
        language: str,
        read: tuple[ReadSentence, ...] = (),
        nearest: NearestWay | None = None,
    ) -> Evidence:
        """The quotes as evidence, where the chance is so large that this is what the question asks.

        `read` is what was read: a quote that is among it has its score there, any other that chance.
        """
        confidence = chance * ANSWERS[self.status]
        quotes = tuple(replace(quote, score=_score(quote, read, chance)) for quote in self.quotes)
        return Evidence(confidence, self.status, quotes, direct=self.direct(question, language, nearest), read=read)

    def passages(self, found: Sequence[Passage]) -> tuple[Passage, ...]:
        """The passages that were found, with those of the papers that it quotes in front, each in their order."""
        papers = {quote.paper.id: quote.paper for quote in self.quotes}
        own = [passage for passage in found if passage.paper.id in papers]
        best = max((passage.score for passage in found), default=0.0)
        missing = papers.keys() - {passage.paper.id for passage in own}
        whole = [Passage(paper, 0, len(paper.abstract), best) for name, paper in papers.items() if name in missing]
        return (*own, *whole, *(passage for passage in found if passage.paper.id not in papers))


def _holds(quote: Citation, read: ReadSentence) -> bool:
    same = quote.paper.id == read.paper.id and quote.part == read.part
    return same and quote.start <= read.start and read.end <= quote.end


def _score(quote: Citation, read: Iterable[ReadSentence], otherwise: float) -> float:
    return max((one.score for one in read if _holds(quote, one)), default=otherwise)


def read_prepared(file: Path, papers: Papers, read: Iterable[Paper]) -> tuple[PreparedAnswer, ...]:
    """Those of a file whose quotes all stand in these papers. Raises `InputError`.

    They were written by reading the papers `read`: that something is not said is not known of any other, and what
    they say about the collection is said of these.
    """
    found = [record for _, record in read_records(file, _Record.parsed, what="prepared answers", kind=InputError)]
    quoted = papers.of(name for record in found for name, _ in record.quotes)
    sentences = {
        name: sentences_within(Passage(paper, 0, len(paper.abstract), 0.0))
        for name, paper in quoted.items()
        if paper.abstract
    }
    all_read = _are_all_among(papers, read)
    answers = (_answer(record, sentences) for record in found)
    return tuple(answer for answer in answers if answer and (all_read or answer.proved))


def _are_all_among(papers: Papers, read: Iterable[Paper]) -> bool:
    """Whether the papers, each with the same abstract, are among those that were read."""
    known = {paper.id: paper.abstract for paper in read}
    if len(papers) > len(known):
        return False
    found = papers.of(known).values()
    return len(found) == len(papers) and all(paper.abstract == known[paper.id] for paper in found)


@dataclass(frozen=True, slots=True)
class _Record:
    """A line of the file; `quotes` are pairs of a paper's id and a sentence of it."""

    asked: tuple[str, ...]
    text: Mapping[str, str]
    quotes: tuple[tuple[str, str], ...]
    status: AnswerStatus
    verdict: Verdict | None

    @classmethod
    def parsed(cls, record: dict[str, Any]) -> _Record:
        verdict, text = record["verdict"], record["text"]
        if verdict not in (None, *get_args(Verdict)):
            raise ValueError(f"no verdict: {verdict!r}")
        if not is_object(text):
            raise ValueError("the text has no languages")
        return cls(
            tuple(map(str, record["ask"])),
            {language: str(said) for language, said in text.items()},
            tuple((str(quote["paper"]), str(said)) for quote in record["quotes"] for said in quote["sentences"]),
            COVERS[record["covers"]],
            verdict,
        )


def _answer(record: _Record, sentences: Mapping[str, Sequence[Sentence]]) -> PreparedAnswer | None:
    said: list[Sentence] = []
    for name, text in record.quotes:
        own = [one for one in sentences.get(name, ()) if _says(one, text)]
        if not own:
            return None
        said += [one for one in own if one not in said]
    # With quotes it comes near, at least.
    status = "partly" if said and record.status == "abstained" else record.status
    return PreparedAnswer(record.asked, record.text, as_quotes(said), status, record.verdict)


def _says(sentence: Sentence, text: str) -> bool:
    read = sentence.gloss or sentence.text
    return read in text or text in read
