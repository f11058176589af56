"""The retriever: a question in, the best passages of the best papers out."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, PrivateAttr

from retrieval.chunking import chunk_sentences
from retrieval.embedding import Embedder
from retrieval.errors import IndexStoreError
from retrieval.store import ChromaStore, Index, IndexGoneError, chunk_id, similarity
from retrieval.types import Chunk, Filters, Paper, Passage, Sentence

MAX_PAPERS = 10
PASSAGES_PER_PAPER = 2
CANDIDATES = 60
"""Passages asked of the store: enough for ten papers of a few passages each."""


class PaperRetriever(BaseRetriever):
    """A LangChain retriever over a collection's index.

    `invoke(question, filters=Filters(...), papers=10)` gives documents, best
    paper first, at most two passages a paper. A document's text is the passage;
    its metadata holds the paper's record, the offsets, the similarity as
    `score`, and the `Passage` itself as `passage`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    store: ChromaStore
    embedder: Embedder
    index: Index
    _question_vector: Any = PrivateAttr()
    _switching: Any = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        self._question_vector = lru_cache(maxsize=256)(lambda question: self.embedder.embed([question])[0])
        self._switching = threading.Lock()

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        filters: Filters = Filters(),
        papers: int = MAX_PAPERS,
    ) -> list[Document]:
        return [_document(passage) for passage in self.passages(query, filters, papers)]

    def passages(self, query: str, filters: Filters = Filters(), papers: int = MAX_PAPERS) -> list[Passage]:
        """At most two passages of each of the best `papers` papers, grouped by paper, best paper first."""
        vector = self._question_vector(query)
        count = max(CANDIDATES, papers * PASSAGES_PER_PAPER * 3)
        while True:
            found = self._found(vector, count, filters)
            passages = _grouped(found, papers)
            # A few papers of very many passages must not hide the others.
            if len(found) < count or len({passage.paper.id for passage in passages}) >= papers:
                return passages
            count *= 4

    def _found(self, vector: np.ndarray, count: int, filters: Filters) -> list[Passage]:
        try:
            return self.store.search(self.index, vector, count, filters)
        except IndexGoneError:
            self._switch()
            return self.store.search(self.index, vector, count, filters)

    def sentences(self, query: str, passages: Iterable[Passage], focus: str | None = None) -> list[Sentence]:
        """Every sentence of the passages with its similarity to the query, in reading order.

        `focus` is the part of the query that matters most, such as a follow-up without its
        history; it counts as much as the whole.
        """
        vector = self._question_vector(query)
        if focus and focus != query:
            both = vector + self._question_vector(focus)
            vector = both / max(float(np.linalg.norm(both)), 1e-12)
        within = [(passage.paper, chunk) for passage in passages for chunk in _sentences_within(passage)]
        try:
            vectors = self.store.sentence_vectors(self.index, [chunk_id(chunk) for _, chunk in within])
        except IndexGoneError:
            self._switch()
            vectors = self.store.sentence_vectors(self.index, [chunk_id(chunk) for _, chunk in within])
        return [_sentence(paper, chunk, vector, vectors) for paper, chunk in within if chunk_id(chunk) in vectors]

    def _switch(self) -> None:
        with self._switching:
            newest = self.store.newest(self.index.collection, self.embedder.fingerprint)
            if newest is None:
                raise IndexStoreError(
                    "The index was removed or built with another model: start the program again and it is built anew."
                )
            self.index = newest


@lru_cache(maxsize=4096)
def _cut(paper_id: str, paper_text: str, language: str, english: str) -> tuple[Chunk, ...]:
    paper = Paper(paper_id, None, paper_text, language, translations={"en": english} if english else {})
    return tuple(chunk_sentences(paper))


def _sentences_within(passage: Passage) -> list[Chunk]:
    paper = passage.paper
    chunks = _cut(paper.id, paper.abstract, paper.language, paper.translations.get("en", ""))
    return [chunk for chunk in chunks if passage.start <= chunk.start and chunk.end <= passage.end]


def _sentence(paper: Paper, chunk: Chunk, vector: np.ndarray, vectors: dict[str, np.ndarray]) -> Sentence:
    gloss = chunk.embedded if chunk.embedded != chunk.text else None
    return Sentence(paper, chunk.start, chunk.end, similarity(vector, vectors[chunk_id(chunk)]), gloss)


def _grouped(passages: Sequence[Passage], papers: int) -> list[Passage]:
    taken: Counter[str] = Counter()
    order: dict[str, list[Passage]] = {}
    for passage in passages:
        if taken[passage.paper.id] < PASSAGES_PER_PAPER and (passage.paper.id in order or len(order) < papers):
            order.setdefault(passage.paper.id, []).append(passage)
            taken[passage.paper.id] += 1
    return [passage for group in order.values() for passage in group]


def _document(passage: Passage) -> Document:
    metadata = {
        **passage.paper.as_json(),
        "start": passage.start,
        "end": passage.end,
        "score": passage.score,
        "passage": passage,
    }
    return Document(page_content=passage.text, metadata=metadata)


def passage_of(document: Document) -> Passage:
    """The `Passage` that a document of `PaperRetriever` was made from."""
    return document.metadata["passage"]
