"""Haystack with its in-memory store and its splitter, 200 words a piece: vectors or BM25."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from haystack import Document
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from wire import Options, read_texts, serve

STORE = "store.json"


class Haystack:
    """The variant "vectors" embeds documents and questions; "BM25" needs no model, and loads none."""

    def __init__(self, options: Options) -> None:
        self._store = InMemoryDocumentStore()
        self._documents: Any = None
        self._questions: Any = None
        if options.variant == "vectors":
            from haystack_integrations.components.embedders.sentence_transformers import (
                SentenceTransformersDocumentEmbedder,
                SentenceTransformersTextEmbedder,
            )

            self._documents = SentenceTransformersDocumentEmbedder(model=options.weights, progress_bar=False)
            self._questions = SentenceTransformersTextEmbedder(model=options.weights, progress_bar=False)

    def index(self, papers: str, folder: str) -> int:
        whole = [Document(content=paper.text, meta={"paper": paper.id}) for paper in read_texts(papers)]
        splitter = DocumentSplitter(split_by="word")
        splitter.warm_up()
        documents = splitter.run(documents=whole)["documents"]
        if self._documents:
            self._documents.warm_up()
            documents = self._documents.run(documents=documents)["documents"]
        self._store = InMemoryDocumentStore()
        self._store.write_documents(documents)
        self._store.save_to_disk(str(Path(folder) / STORE))
        return len(documents)

    def open(self, folder: str) -> None:
        self._store = InMemoryDocumentStore.load_from_disk(str(Path(folder) / STORE))
        if self._questions:
            self._questions.warm_up()

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        if self._questions:
            vector = self._questions.run(text=question)["embedding"]
            found = InMemoryEmbeddingRetriever(self._store, top_k=pieces).run(query_embedding=vector)
        else:
            found = InMemoryBM25Retriever(self._store, top_k=pieces).run(query=question)
        return [(one.meta["paper"], one.score) for one in found["documents"]]


if __name__ == "__main__":
    serve(Haystack)
