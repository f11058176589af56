"""The retriever: a question in, the best passages of the best papers out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from retrieval.chunking import chunk_sentences
from retrieval.lexical.everyday import EverydayWords
from retrieval.lexical.glossary import Glossary
from retrieval.lexical.index import LexicalIndex
from retrieval.models.embedder import Embedder
from retrieval.models.remembered_vectors import RememberedVectors
from retrieval.passages import CollectionPassages
from retrieval.questions.index import ExpansionIndex, read_expansion_index
from retrieval.retrieval_weights import RetrievalWeights
from retrieval.stores.base import Index, VectorStore, similarity
from retrieval.stores.stored_passage import StoredPassage
from retrieval.types import Chunk, ExpansionQuery, Filters, Paper, Passage, Sentence

MAX_PAPERS = 10
PASSAGES_PER_PAPER = 2
CANDIDATES = 60
"""Passages, and questions, asked of the store: enough for ten papers of a few each."""
LOOKED_UP = 20
"""Papers taken from the lexical index."""
SENTENCES_REMEMBERED = 4096
"""Sentences whose vectors are kept, 6 MB of them."""
LeftOut = Callable[[Iterable[str]], None]
"""Told the ids of passages of the index that were left out, as they are not what the collection's papers say."""
_log = logging.getLogger("paperbacked.index")


def unheard(left_out: Iterable[str]) -> None:
    """A `LeftOut` for callers that say nothing of it."""


class PaperRetriever(BaseRetriever):
    """A LangChain retriever over a collection and the index of it.

    `invoke(question, filters=Filters(...), papers=10)` gives documents, best
    paper first, at most two passages a paper. A document's text is the passage;
    its metadata holds the paper's record, the offsets and the `score`. The index says
    what is near; papers and words are the collection's. What reads the
    index raises `IndexGoneError` where another process has replaced it: the collection is
    then to be opened anew.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    store: VectorStore
    embedder: Embedder
    index: Index
    collection: CollectionPassages
    lexical: LexicalIndex | None = None
    glossary: Glossary | None = None
    everyday: EverydayWords | None = None
    weights: RetrievalWeights = RetrievalWeights()
    k: int | None = None
    """How many documents `invoke` gives at most, as other retrievers of LangChain have it."""
    expansion_queries: Mapping[str, Sequence[ExpansionQuery]] = Field(default_factory=dict)
    """The questions written for papers, by the paper's id; the index holds their vectors."""
    further_queries: Sequence[ExpansionQuery] = ()
    """More of them, which count where the embedder has their vectors at hand."""
    _vector: Callable[[str], np.ndarray] = PrivateAttr()
    _expansion: Callable[[Index], ExpansionIndex] = PrivateAttr()
    _unsaid: threading.Lock = PrivateAttr()
    _sentences: RememberedVectors = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        self._vector = lru_cache(maxsize=256)(self._embedded)
        self._expansion = lru_cache(maxsize=1)(self._read_expansion)
        self._unsaid = threading.Lock()
        self._sentences = RememberedVectors(self.embedder, SENTENCES_REMEMBERED)

    def _embedded(self, text: str) -> np.ndarray:
        return self.embedder.embed([text])[0]

    def _read_expansion(self, index: Index) -> ExpansionIndex:
        indexed = read_expansion_index(self.store, index, self.expansion_queries)
        vectors = self.embedder.at_hand([query.embedded for query in self.further_queries])
        return indexed if vectors is None else indexed.with_more(self.further_queries, vectors)

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
        return [_document(passage) for passage in found[: self.k if k is None else k]]

    def passages(
        self,
        query: str,
        filters: Filters = Filters(),
        papers: int = MAX_PAPERS,
        weights: RetrievalWeights | None = None,
        left_out: LeftOut = unheard,
    ) -> list[Passage]:
        """At most two passages of each of the best `papers` papers, grouped by paper, best paper first.

        `weights` stands in for the retriever's own, to measure what each signal contributes;
        `left_out` is told of passages of the index that are not what the papers say.
        """
        weights = weights or self.weights
        if self.lexical is None:
            weights = replace(weights, lexical=0.0, letters=0.0)
        english = self.in_terms(query, weights)
        vector = self._vector(english)
        found = self._nearest(vector, papers, filters, left_out)
        asked = self._asked(vector, filters) if weights.dense and weights.questions else {}
        looked_up = self._looked_up(query, english, filters.admit, weights)
        known = {passage.paper.id for passage in found}
        missing = dict.fromkeys(paper for paper in (*asked, *looked_up) if paper not in known)
        found += self._passages_of(missing, vector, left_out)
        return _grouped(found, asked, looked_up, weights, papers)

    def passages_of(self, query: str, papers: Sequence[Paper], left_out: LeftOut = unheard) -> list[Passage]:
        """The same of these papers alone, however far they are from the query; one that is not indexed has none."""
        weights = self.weights if self.lexical is not None else replace(self.weights, lexical=0.0, letters=0.0)
        english = self.in_terms(query, weights)
        vector = self._vector(english)
        wanted = dict.fromkeys(paper.id for paper in papers)
        asked = weights.dense and weights.questions and self.expansion_queries
        near = self._questions().nearest_papers(vector, CANDIDATES, wanted) if asked else {}
        looked_up = self._looked_up(query, english, lambda paper: paper.id in wanted, weights)
        return _grouped(self._passages_of(wanted, vector, left_out), near, looked_up, weights, len(wanted))

    def similar(self, paper: Paper, papers: int = MAX_PAPERS) -> list[Passage]:
        """The best passage of each of the `papers` other papers nearest in meaning to this one, nearest first."""
        vector = self._vector(f"{paper.name}. {paper.translations.get('en') or paper.abstract}")
        best: dict[str, Passage] = {}
        for passage in self._nearest(vector, papers + 1, Filters()):
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

    def _nearest(self, vector: np.ndarray, papers: int, filters: Filters, left_out: LeftOut = unheard) -> list[Passage]:
        count = max(CANDIDATES, papers * PASSAGES_PER_PAPER * 3)
        while True:
            hits = self.store.search(self.index, vector, count, filters)
            found = self._own(hits, left_out)
            # A few papers of very many passages must not hide the others; what is no paper's can be without end.
            if min(len(hits), len(self.collection)) < count or len({passage.paper.id for passage in found}) >= papers:
                return found
            count *= 4

    def _own(self, hits: Iterable[tuple[StoredPassage, float]], left_out: LeftOut) -> list[Passage]:
        """The collection's passages that the index means; those that it has otherwise are left out, and said to be."""
        found: list[Passage] = []
        otherwise: list[str] = []
        for stored, score in hits:
            if passage := self.collection.passage(stored, score):
                found.append(passage)
            else:
                otherwise.append(stored.id)
        if otherwise:
            # An index that is just being removed gives rows without their fields.
            self.store.confirm(self.index)
            left_out(otherwise)
            self._warn()
        return found

    def _warn(self) -> None:
        """Say in the log, once for this index, that passages of it are left out."""
        if self._unsaid.acquire(blocking=False):
            _log.warning(
                "The index of the collection %r holds passages that are not what its papers say; they are left out of "
                "answers: `paperbacked doctor` counts them and says what to do.",
                self.index.collection,
            )

    def _asked(self, vector: np.ndarray, filters: Filters) -> dict[str, float]:
        """The papers of the nearest written questions, with the similarity of the nearest."""
        if not self.expansion_queries:
            return {}
        admitted = [paper.id for paper in self.collection.papers if filters.admit(paper)]
        return self._questions().nearest_papers(vector, CANDIDATES, admitted)

    def _questions(self) -> ExpansionIndex:
        return self._expansion(self.index)

    def _looked_up(
        self, query: str, english: str, admits: Callable[[Paper], bool], weights: RetrievalWeights
    ) -> dict[str, tuple[float, float]]:
        """Papers by words and letters: the scores of the best `LOOKED_UP` of those admitted, by the paper's id."""
        if self.lexical is None or not (weights.lexical or weights.letters):
            return {}
        # A Chinese question is looked up in both languages, as the documents have both.
        text = english if english.startswith(query) else f"{query} {english}"
        words = self.lexical.word_scores(text) if weights.lexical else np.zeros(len(self.lexical.papers))
        letters = self.lexical.letter_scores(text) if weights.letters else np.zeros(len(self.lexical.papers))
        scores: dict[str, tuple[float, float]] = {}
        for place in map(int, np.argsort(-(weights.lexical * words + weights.letters * letters), kind="stable")):
            paper = self.lexical.papers[place]
            if admits(paper):
                scores[paper.id] = (float(words[place]), float(letters[place]))
            if len(scores) == LOOKED_UP:
                break
        return scores

    def _passages_of(self, papers: Collection[str], vector: np.ndarray, left_out: LeftOut) -> list[Passage]:
        ids = [chunk for paper in papers for chunk in self.collection.ids.get(paper, ())]
        return self._own(self.store.passages(self.index, ids, vector), left_out) if ids else []

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
    chunks = _cut(paper.id, paper.abstract, paper.language, paper.translations.get("en", ""))
    return [chunk for chunk in chunks if passage.start <= chunk.start and chunk.end <= passage.end]


def _scored(paper: Paper, chunk: Chunk, score: float) -> Sentence:
    gloss = chunk.embedded if chunk.embedded != chunk.text else None
    return Sentence(paper, chunk.start, chunk.end, score, gloss)


def _grouped(
    passages: Sequence[Passage],
    asked: Mapping[str, float],
    looked_up: Mapping[str, tuple[float, float]],
    weights: RetrievalWeights,
    papers: int,
) -> list[Passage]:
    """The passages of the best papers, each with its paper's score; `passages` have cosines for scores."""
    by_paper: dict[str, list[Passage]] = {}
    for passage in sorted(passages, key=lambda passage: -passage.score):
        by_paper.setdefault(passage.paper.id, []).append(passage)
    scored: list[tuple[float, list[Passage]]] = []
    for paper, own in by_paper.items():
        words, letters = looked_up.get(paper, (0.0, 0.0))
        nearest = own[0].score
        question = max(nearest, asked.get(paper, -1.0))
        dense = (1 - weights.questions) * nearest + weights.questions * question
        score = (weights.dense * dense + weights.lexical * words + weights.letters * letters) / (weights.total or 1.0)
        gave = {"question": question, "words": words, "letters": letters}
        scored.append((score, [_with_signals(passage, score, gave) for passage in own[:PASSAGES_PER_PAPER]]))
    best = sorted(scored, key=lambda entry: -entry[0])[:papers]
    return [passage for _, group in best for passage in group]


def _with_signals(passage: Passage, score: float, gave: Mapping[str, float]) -> Passage:
    return Passage(passage.paper, passage.start, passage.end, score, {"passage": passage.score, **gave})


def _document(passage: Passage) -> Document:
    metadata = {
        **passage.paper.as_json(),
        "start": passage.start,
        "end": passage.end,
        "score": passage.score,
    }
    return Document(page_content=passage.text, metadata=metadata)
