"""Collections in memory, grown a generation at a time, for tests that need no disk; and the words of any collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retrieval.chunking import chunk_paper, passage_spans, place_of_chunk
from retrieval.lexical.index import LexicalIndex, paper_document
from retrieval.lexical.letters import LetterRarity
from retrieval.lexical.words import Document, WordsWriter
from retrieval.models.embedder import Embedder, HashEmbedder
from retrieval.papers.database import in_memory
from retrieval.papers.generation import Segment
from retrieval.papers.papers import Papers
from retrieval.papers.writing import PapersWriter
from retrieval.passages import CollectionPassages
from retrieval.retriever import PaperRetriever
from retrieval.stores.base import VectorId, VectorStore, segment_name
from retrieval.stores.memory import MemoryStore
from retrieval.types import Paper


class InMemory:
    """A collection whose papers are in memory, and its vectors in a `MemoryStore` unless another store is given."""

    def __init__(
        self, embedder: Embedder | None = None, name: str = "default", store: VectorStore | None = None
    ) -> None:
        self.embedder = embedder or HashEmbedder()
        self.store = store or MemoryStore()
        self._name = name
        self._database = in_memory()
        self._segments: tuple[Segment, ...] = ()

    def add(self, papers: Iterable[Paper], removed: Iterable[str] = ()) -> Papers:
        """The next generation, with these papers besides, or in the place of those of their ids; in a segment more."""
        writer = PapersWriter(self._database)
        writer.stage(papers, passage_spans, "own")
        writer.settle(removed=removed)
        if staged := list(writer.staged()):
            segment = segment_name(self._name, "0" * 16, len(self._segments) + 1)
            texts = {
                VectorId(one.number, place.start, place.end): chunk.embedded
                for one in staged
                for chunk in reversed(chunk_paper(one.paper))
                for place in [place_of_chunk(chunk)]
                if place in one.spans
            }
            self.store.begin(segment)
            self.store.add(segment, list(texts), self.embedder.embed(list(texts.values())))
            self._segments += (Segment(segment, staged[0].number, staged[-1].number, len(texts)),)
        return Papers(self._database, writer.commit("0" * 64, self._segments))

    def retriever(self, papers: Papers, **fields: Any) -> PaperRetriever:
        """A retriever over a generation; the fields are the retriever's own."""
        collection = CollectionPassages(papers)
        return PaperRetriever(store=self.store, embedder=self.embedder, collection=collection, **fields)


def lexical_of(papers: Papers, questions: Mapping[str, Sequence[str]] | None = None) -> LexicalIndex:
    """The words and letters of a collection's papers, with questions written for them, by the paper's id."""
    written = questions or {}
    numbered = papers.numbered(papers.numbers_of(paper.id for paper in papers).values()).values()
    documents = [Document(one.number, one.paper, written.get(one.paper.id, ())) for one in numbered]
    writer = WordsWriter(None)
    tokens = writer.add(documents)
    writer.commit()
    letters = LetterRarity.of(paper_document(one.paper, one.questions) for one in documents)
    return LexicalIndex(writer.words(), len(papers), tokens, letters)
