"""LlamaIndex's vector index with its own splitter and store."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from wire import Options, read_texts, serve


class LlamaIndex:
    """The starter tutorial of the documentation, with a local embedding model."""

    def __init__(self, options: Options) -> None:
        Settings.embed_model = HuggingFaceEmbedding(model_name=options.weights, device="cpu")
        Settings.llm = None
        self._index: Any = None

    def index(self, papers: str, folder: str) -> int:
        documents = [Document(text=paper.text, doc_id=paper.id) for paper in read_texts(papers)]
        self._index = VectorStoreIndex.from_documents(documents)
        self._index.storage_context.persist(persist_dir=folder)
        return len(self._index.docstore.docs)

    def open(self, folder: str) -> None:
        self._index = load_index_from_storage(StorageContext.from_defaults(persist_dir=folder))

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        for found in self._index.as_retriever(similarity_top_k=pieces).retrieve(question):
            yield found.node.ref_doc_id, found.score


if __name__ == "__main__":
    serve(LlamaIndex)
