"""The retriever: a question in, the best passages of the best papers out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from retrieval.admitted import Admitted, admitted_by, chosen
from retrieval.by_words import LookedUp, WordSearch
from retrieval.chunking import chunk_sentences, chunk_text_sentences
from retrieval.dense import CANDIDATES, DenseSearch
from retrieval.grouping import PASSAGES_PER_PAPER as PASSAGES_PER_PAPER
from retrieval.grouping import as_document, grouped
from retrieval.in_texts import READ_PAPERS, TextSearch
from retrieval.lead import lead_text
from retrieval.lexical.everyday import EverydayWords
from retrieval.lexical.glossary import Glossary
from retrieval.lexical.index import LexicalIndex
from retrieval.lexical.words import Words, words_in_memory
from retrieval.models.embedder import Embedder
from retrieval.models.remembered_vectors import RememberedVectors
from retrieval.papers.papers import Papers
from retrieval.passages import CollectionPassages
from retrieval.questions.expansion import all_texts
from retrieval.questions.index import ExpansionIndex
from retrieval.questions.vectors import question_vectors
from retrieval.retrieval_weights import RetrievalWeights
from retrieval.stores.base import VectorStore, similarity
from retrieval.types import Chunk, ExpansionQuery, Filters, Paper, Passage, Sentence, SilentServer
from retrieval.types import LeftOut as LeftOut

MAX_PAPERS = 10
SENTENCES_REMEMBERED = 4096
"""Sentences whose vectors are kept, 6 MB of them."""
FILTERS_REMEMBERED = 64


def unheard(left_out: Iterable[str | SilentServer]) -> None:
    """A `LeftOut` for callers that say nothing of it."""


class PaperRetriever(BaseRetriever):
    """A LangChain retriever over a collection, its words and its vectors.

    `invoke(question, filters=Filters(...), papers=10)` gives documents, best paper first, of each at most two
    passages of its abstract, and of its full text. A document's text is the passage; its metadata holds the paper's
    record, the offsets and the `score`. The store says what is near; papers and words are the collection's, as of one
    generation. What reads the store raises `IndexGoneError` where another process has replaced the index: the
    collection is then to be opened anew.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    store: VectorStore
    embedder: Embedder
    collection: CollectionPassages
    lexical: LexicalIndex | None = None
    glossary: Glossary | None = None
    everyday: EverydayWords | None = None
    weights: RetrievalWeights = RetrievalWeights()
    k: int | None = None
    """How many documents `invoke` gives at most, as other retrievers of LangChain have it."""
    expansion_queries: Mapping[str, Sequence[ExpansionQuery]] = Field(default_factory=dict)
    """The questions written for papers, by the paper's id."""
    further_queries: Sequence[ExpansionQuery] = ()
    """More of them, which count where the embedder has their vectors at hand."""
    questions_file: Path | None = None
    """Where the vectors of the written questions are kept once they were made."""
    _vector: Callable[[str], np.ndarray] = PrivateAttr()
    _questions: Callable[[], ExpansionIndex] = PrivateAttr()
    _admitted: Callable[[Filters], Admitted] = PrivateAttr()
    _written: Callable[[], Mapping[str, Sequence[str]]] = PrivateAttr()
    _words: Callable[[], Words] = PrivateAttr()
    _dense: DenseSearch = PrivateAttr()
    _texts: TextSearch = PrivateAttr()
    _sentences: RememberedVectors = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        self._vector = lru_cache(maxsize=256)(self._embedded)
        self._questions = lru_cache(maxsize=1)(self._read_questions)
        self._admitted = lru_cache(maxsize=FILTERS_REMEMBERED)(partial(admitted_by, self.papers))
        self._written = lru_cache(maxsize=1)(partial(all_texts, self.expansion_queries))
        self._words = lru_cache(maxsize=1)(partial(words_in_memory, self.papers))
        self._dense = DenseSearch(self.store, self.collection)
        self._texts = TextSearch(self.papers, self._dense, self.lexical)
        self._sentences = RememberedVectors(self.embedder, SENTENCES_REMEMBERED)

    @property
    def papers(self) -> Papers:
        """The papers that are found."""
        return self.collection.papers

    @property
    def words(self) -> Words:
        """The words of the papers; where nothing is found by words, they are read from the papers at first use."""
        return self.lexical.words if self.lexical else self._words()

    @property
    def corpus(self) -> str:
        """The collection and the hash of its papers, by which an answer can be traced to what it was made of."""
        return f"{self.collection.name}@{self.papers.hash[:12]}"

    def confirm(self) -> None:
        """Raise `IndexGoneError` where this is not the collection as it now is, or its vectors are gone."""
        self._dense.confirm()

    def _embedded(self, text: str) -> np.ndarray:
        return self.embedder.embed([text])[0]

    def _read_questions(self) -> ExpansionIndex:
        written = tuple(dict.fromkeys(question for own in self.expansion_queries.values() for question in own))
        texts = list(dict.fromkeys(question.embedded for question in written))
        vectors = question_vectors(texts, self.embedder, self.questions_file)
        places = {text: place for place, text in enumerate(texts)}
        known = ExpansionIndex(written, vectors[[places[question.embedded] for question in written]])
        further = self.embedder.at_hand([query.embedded for query in self.further_queries])
        return known if further is None else known.with_more(self.further_queries, further)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        filters: Filters = Filters(),
        papers: int = MAX_PAPERS,
        left_out: LeftOut = unheard,
        k: int | None = None,
    ) -> list[Document]:
        found = self.passages(query, filters, papers, left_out=left_out)
        return [as_document(passage) for passage in found[: self.k if k is None else k]]

    def passages(
        self,
        query: str,
        filters: Filters = Filters(),
        papers: int = MAX_PAPERS,
        weights: RetrievalWeights | None = None,
        left_out: LeftOut = unheard,
    ) -> list[Passage]:
        """Passages of the best `papers` papers, best paper first: of each at most two of its abstract, and some of its
        full text, where it has one, of which the best are looked for in the papers that come first.

        `weights` stands in for the retriever's own, to measure what each signal contributes;
        `left_out` is told what is missing: passages that are not what the papers say, and servers that are silent.
        """
        return self._found(query, papers, self._admitted(filters), weights or self.weights, left_out)

    def passages_of(self, query: str, papers: Sequence[Paper], left_out: LeftOut = unheard) -> list[Passage]:
        """The same of these papers alone, however far they are from the query; one that is not there has none."""
        wanted = chosen(self.papers.numbers_of(paper.id for paper in papers).values())
        return self._found(query, wanted.count, wanted, self.weights, left_out, deeply=wanted.count)

    def _found(
        self,
        query: str,
        papers: int,
        admitted: Admitted,
        weights: RetrievalWeights,
        left_out: LeftOut,
        deeply: int = READ_PAPERS,
    ) -> list[Passage]:
        """The passages; of the first papers, so many of them as `deeply` says, those of their texts that fit best."""
        english = self.in_terms(query, weights)
        vector = self._vector(english)
        found = self._dense.nearest(vector, papers, admitted, left_out)
        asked = self._asked(vector, admitted) if weights.dense and weights.questions else {}
        near = self.papers.numbers_of([*(passage.paper.id for passage in found), *asked])
        # A Chinese question is looked up in both languages, as the documents have both.
        text = english if english.startswith(query) else f"{query} {english}"
        looked_up = self._looked_up(text, tuple(near.values()), admitted, weights)
        known = {passage.paper.id for passage in found}
        missing = [paper for paper in (*asked, *looked_up.scores) if paper not in known]
        found += self._dense.of(self.papers.numbers_of(missing).values(), vector, left_out)
        if self.lexical is None:
            weights = replace(weights, lexical=0.0, letters=0.0)
        best = grouped(found, asked, looked_up.scores, weights, papers)
        return self._texts.deepened(text, best, deeply, vector, looked_up.in_texts, left_out)

    def _looked_up(self, text: str, near: Sequence[int], admitted: Admitted, weights: RetrievalWeights) -> LookedUp:
        if self.lexical is None:
            return LookedUp()
        return WordSearch(self.papers, self.lexical, self._texts, self._written).look_up(text, near, admitted, weights)

    def similar(self, paper: Paper, papers: int = MAX_PAPERS) -> list[Passage]:
        """The best passage of each of the `papers` other papers nearest in meaning to this one, nearest first."""
        vector = self._vector(f"{paper.name}. {lead_text(paper)}")
        best: dict[str, Passage] = {}
        for passage in self._dense.nearest(vector, papers + 1, self._admitted(Filters()), unheard):
            best.setdefault(passage.paper.id, passage)
        best.pop(paper.id, None)
        return list(best.values())[:papers]

    def in_english(self, query: str, weights: RetrievalWeights | None = None) -> str:
        """The query in English: a Chinese one in the words that the glossary has for it."""
        return in_english(query, self.glossary if (weights or self.weights).glossary else None)

    def in_terms(self, query: str, weights: RetrievalWeights | None = None) -> str:
        """The query as it is searched with: in English, and with the field's terms behind everyday words for them."""
        english = self.in_english(query, weights)
        wanted = (weights or self.weights).glossary and english == query
        return self.everyday.with_terms(query) if self.everyday and wanted else english

    def _asked(self, vector: np.ndarray, admitted: Admitted) -> dict[str, float]:
        """The papers of the nearest written questions, with the similarity of the nearest."""
        if not self.expansion_queries:
            return {}
        numbers = self.papers.numbers_of(self._questions().papers)
        within = self._admitted_of(numbers.values(), admitted)
        papers = [paper for paper, number in numbers.items() if number in within]
        return self._questions().nearest_papers(vector, CANDIDATES, papers)

    def _admitted_of(self, numbers: Collection[int], admitted: Admitted) -> set[int]:
        if admitted.alone:
            return set(admitted.numbers or ()).intersection(numbers)
        return self.papers.admitted(numbers, admitted.filters)

    def sentences(self, query: str, passages: Iterable[Passage], focus: str | None = None) -> list[Sentence]:
        """Every sentence of the passages with its similarity to the query, in reading order.

        `focus` is the part of the query that matters most, such as a follow-up without its
        history; it counts as much as the whole.
        """
        vector = self._focused(query, focus)
        within = [(passage.paper, chunk) for passage in passages for chunk in _sentences_within(passage)]
        vectors = self._sentences.of([chunk.embedded for _, chunk in within])
        return [_scored(paper, chunk, similarity(vector, vectors[chunk.embedded])) for paper, chunk in within]

    def questions(
        self, query: str, papers: Iterable[Paper], focus: str | None = None
    ) -> list[tuple[ExpansionQuery, float]]:
        """The questions written for these papers, each with its similarity to the query; `focus` as above."""
        return self._questions().near(self._focused(query, focus), (paper.id for paper in papers))

    def vector(self, query: str) -> np.ndarray:
        """The query's unit vector, as it is searched with: a Chinese one is read in English words."""
        return self._vector(self.in_terms(query))

    def _focused(self, query: str, focus: str | None) -> np.ndarray:
        vector = self._vector(self.in_terms(query))
        if not focus or focus == query:
            return vector
        both = vector + self._vector(self.in_terms(focus))
        return both / max(float(np.linalg.norm(both)), 1e-12)


def in_english(query: str, glossary: Glossary | None) -> str:
    """The query in English, as far as the glossary knows its words."""
    return glossary.in_english(query) or query if glossary else query


def sentences_within(passage: Passage) -> list[Sentence]:
    """The sentences of a passage in reading order, none of them scored."""
    return [_scored(passage.paper, chunk, 0.0) for chunk in _sentences_within(passage)]


@lru_cache(maxsize=4096)
def _cut(paper_id: str, paper_text: str, language: str, english: str) -> tuple[Chunk, ...]:
    paper = Paper(paper_id, None, paper_text, language, translations={"en": english} if english else {})
    return tuple(chunk_sentences(paper))


def _sentences_within(passage: Passage) -> list[Chunk]:
    paper = passage.paper
    if passage.part == "text":
        return chunk_text_sentences(paper, passage.start, passage.end)
    chunks = _cut(paper.id, paper.abstract, paper.language, paper.translations.get("en", ""))
    return [chunk for chunk in chunks if passage.start <= chunk.start and chunk.end <= passage.end]


def _scored(paper: Paper, chunk: Chunk, score: float) -> Sentence:
    # In a text no sentence has a translation of its own.
    gloss = chunk.embedded if chunk.part == "abstract" and chunk.embedded != chunk.text else None
    return Sentence(paper, chunk.start, chunk.end, score, gloss, chunk.part)
