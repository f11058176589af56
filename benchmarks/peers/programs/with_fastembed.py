"""fastembed's embeddings in a Chroma collection, one text a paper."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import chromadb
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType
from wire import Options, read_texts, serve

MODEL = "local/all-MiniLM-L6-v2"
BATCH = 1000


class FastembedChroma:
    """The base weights as a custom model of fastembed's, from a folder: its own come from a hub."""

    def __init__(self, options: Options) -> None:
        TextEmbedding.add_custom_model(
            model=MODEL,
            pooling=PoolingType.MEAN,
            normalization=True,
            sources=ModelSource(hf=MODEL),
            dim=384,
            model_file="model.onnx",
        )
        self._model = TextEmbedding(MODEL, specific_model_path=options.weights)
        self._collection: Any = None

    def index(self, papers: str, folder: str) -> int:
        self.open(folder)
        texts = read_texts(papers)
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            vectors = [vector.tolist() for vector in self._model.embed([paper.text for paper in batch])]
            self._collection.add(ids=[paper.id for paper in batch], embeddings=vectors)
        return len(texts)

    def open(self, folder: str) -> None:
        client = chromadb.PersistentClient(folder)
        self._collection = client.get_or_create_collection("papers", embedding_function=None)

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        [vector] = self._model.query_embed(question)
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=pieces)
        for paper, distance in zip(found["ids"][0], found["distances"][0], strict=True):
            yield paper, -distance


if __name__ == "__main__":
    serve(FastembedChroma)
