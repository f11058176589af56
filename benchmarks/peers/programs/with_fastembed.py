"""fastembed's embeddings in a Chroma collection, one text a paper but for long ones."""

# pyright: reportMissingImports=false
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import chromadb
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType
from wire import Options, pieces_of, read_texts, serve

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
        pieces = [
            (f"{number} {paper.id}", piece)
            for paper in read_texts(papers)
            for number, piece in enumerate(pieces_of(paper.text))
        ]
        for at in range(0, len(pieces), BATCH):
            names, texts = zip(*pieces[at : at + BATCH], strict=True)
            vectors = [vector.tolist() for vector in self._model.embed(texts)]
            self._collection.add(ids=list(names), embeddings=vectors)
        return len(pieces)

    def open(self, folder: str) -> None:
        client = chromadb.PersistentClient(folder)
        self._collection = client.get_or_create_collection("papers", embedding_function=None)

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        [vector] = self._model.query_embed(question)
        found = self._collection.query(query_embeddings=[vector.tolist()], n_results=pieces)
        for piece, distance in zip(found["ids"][0], found["distances"][0], strict=True):
            yield piece.split(" ", 1)[1], -distance


if __name__ == "__main__":
    serve(FastembedChroma)
