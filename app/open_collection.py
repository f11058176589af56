"""A collection as it was opened: its papers and all that is derived from them, of one moment."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from app.answering.chain import AnswerChain
from app.answering.checking.contradiction import Contradiction
from app.answering.checking.direct_check import FILE as DIRECT_FILE
from app.answering.checking.direct_check import DirectCheck, read_direct_threshold
from app.answering.checking.support import MODEL_FILE as SUPPORT_FILE
from app.answering.checking.support import SupportCheck, read_support
from app.answering.checking.vocabulary import CollectionVocabulary
from app.answering.events import Event
from app.answering.evidence.answerability import MODEL_FILE, Answerability, read_answerability
from app.answering.evidence.calibration import MODEL_FILE as READING_FILE
from app.answering.evidence.calibration import read_calibration
from app.answering.evidence.evidence import EvidenceFinder
from app.answering.evidence.near_evidence import NearEvidence
from app.answering.evidence.plain import FILE as PLAIN_FILE
from app.answering.evidence.plain import read_plain_sentences
from app.answering.evidence.prepared import FILE as PREPARED_FILE
from app.answering.evidence.prepared import read_prepared
from app.answering.evidence.prepared_answers import MODEL_FILE as PREPARED_MODEL_FILE
from app.answering.evidence.prepared_answers import PreparedAnswers, read_prepared_calibration, ways_of
from app.answering.evidence.read_evidence import ReadEvidence
from app.answering.evidence.suggestions import FILE as SUGGESTIONS_FILE
from app.answering.evidence.suggestions import read_suggestions
from app.answering.evidence.text_calibration import MODEL_FILE as TEXTS_FILE
from app.answering.evidence.text_calibration import read_text_calibration
from app.answering.models.language_model import LanguageModel
from app.answering.query.ways import FILE as WAYS_FILE
from app.answering.query.ways import WaysOfAsking, read_ways
from app.answering.question import Question
from app.answering.reading.opening import open_matcher
from app.answering.reading.reader import Reader
from app.answering.side_by_side.comparer import PaperComparer
from app.answering.side_by_side.request import CompareRequest, checked_request
from app.answering.side_by_side.table import PaperTable
from app.answering.sources import best_passage_per_paper
from app.answering.telling import Unsupported
from app.answering.writing.summaries import FILE as SUMMARIES_FILE
from app.answering.writing.summaries import read_summaries
from app.languages import LANGUAGES
from retrieval.errors import InputError
from retrieval.lexical.terms import FILE as TERMS_FILE
from retrieval.lexical.terms import read_terms
from retrieval.papers.papers import Papers
from retrieval.readers.jsonl import JSON_LINES
from retrieval.retriever import PaperRetriever
from retrieval.shipped import default_papers_file, shipped_file
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class OpenCollection:
    """One generation of the collection's papers, and what finds and answers from these papers and no others.

    An answer is made from one of these from its beginning to its end, so it cites what `papers` has.
    What reads the index raises `IndexGoneError` where the index of this generation is gone.
    """

    retriever: PaperRetriever
    chain: AnswerChain
    comparer: PaperComparer

    @property
    def papers(self) -> Papers:
        return self.retriever.papers

    def stream(self, question: Question) -> Generator[Event]:
        """The events of the answer."""
        yield from self.chain.stream(question)

    def search(self, query: Question, top: int) -> tuple[Passage, ...]:
        """The best passage of each of the `top` papers nearest to the query."""
        return best_passage_per_paper(self.retriever.passages(query.text, query.filters, top))

    def similar(self, paper_id: str, top: int) -> tuple[Passage, ...]:
        """The best passage of each of the `top` papers nearest to this one. Raises `InputError` where it is none."""
        if (paper := self.papers.get(paper_id)) is None:
            raise InputError(f"There is no paper {paper_id[:80]!r} in the collection.")
        return tuple(self.retriever.similar(paper, top))

    def compare(self, asked: CompareRequest) -> PaperTable:
        """Chosen papers side by side. Raises `InputError` where they cannot be compared."""
        return self.comparer.compare(checked_request(asked, self.papers))


def opened(
    retriever: PaperRetriever,
    language_model: Callable[[], LanguageModel],
    unsupported: Unsupported = "show",
    answer_from: float | None = None,
    reader: Reader | None = None,
) -> OpenCollection:
    """The collection whose papers the retriever finds; without a reader nothing is read."""
    papers = retriever.papers
    contradiction: Contradiction | None = None
    ways: WaysOfAsking | None = None
    prepared: PreparedAnswers | None = None
    evidence: EvidenceFinder
    if reader:
        calibration = read_calibration(shipped_file(READING_FILE))
        plain = read_plain_sentences(shipped_file(PLAIN_FILE), papers)
        texts = read_text_calibration(shipped_file(TEXTS_FILE))
        evidence = ReadEvidence(retriever, reader, calibration, answer_from, plain, texts)
        ways = WaysOfAsking(read_ways(shipped_file(WAYS_FILE)), retriever.embedder, retriever.in_english)
        prepared = _prepared(papers, retriever, reader, answer_from or 0.0)
        contradiction = Contradiction(reader, calibration.contradicts_from)
    else:
        answerability = Answerability(read_answerability(shipped_file(MODEL_FILE)), retriever, answer_from)
        evidence = NearEvidence(retriever, answerability)
    vocabulary = CollectionVocabulary(papers, retriever.words)
    support = SupportCheck(read_support(shipped_file(SUPPORT_FILE)), vocabulary, retriever.embedder, contradiction)
    direct = DirectCheck(reader, support, read_direct_threshold(shipped_file(DIRECT_FILE))) if reader else None
    suggestions = read_suggestions(shipped_file(SUGGESTIONS_FILE), papers)
    summaries = {
        language.code: read_summaries(shipped_file(SUMMARIES_FILE.format(language=language.code)), papers)
        for language in LANGUAGES
    }
    terms = read_terms(shipped_file(TERMS_FILE))
    chain = AnswerChain(
        retriever,
        evidence,
        language_model,
        support,
        suggestions=suggestions,
        terms=terms,
        summaries=summaries,
        ways=ways,
        prepared=prepared,
        unsupported=unsupported,
        direct_check=direct,
    )
    comparer = PaperComparer(chain.search, chain.records, terms)
    return OpenCollection(retriever, chain, comparer)


def _prepared(papers: Papers, retriever: PaperRetriever, reader: Reader, answer_from: float) -> PreparedAnswers | None:
    """The answers prepared for these papers; None where the embedder has not the vectors of all ways at hand."""
    answers = read_prepared(shipped_file(PREPARED_FILE), papers, tuple(JSON_LINES.papers(default_papers_file())))
    vectors = retriever.embedder.at_hand(ways_of(answers, retriever.in_english))
    calibration = read_prepared_calibration(shipped_file(PREPARED_MODEL_FILE)).answering_from(answer_from)
    if vectors is None:
        return None
    return PreparedAnswers(answers, vectors, retriever, reader, open_matcher(), calibration)
