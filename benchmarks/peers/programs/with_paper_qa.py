"""paper-qa's own collection and its search for near pieces, with a local embedding model and no other."""

# pyright: reportMissingImports=false
from __future__ import annotations

import asyncio
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from paperqa import Doc, Docs, Settings, Text
from wire import Options, cut, read_texts, serve

FILE = "docs.pkl"


class PaperQa:
    """`Docs` as its README uses them. Pieces are cut by the sizes of its settings, but here: its own function for that
    fetches the tokens of a language model from the network."""

    def __init__(self, options: Options) -> None:
        self._settings = Settings(embedding=f"st-{options.weights}")
        self._model = self._settings.get_embedding_model()
        self._loop = asyncio.Runner()
        self._docs = Docs()

    def index(self, papers: str, folder: str) -> int:
        self._docs = Docs()
        sizes: dict[str, Any] = self._settings.parsing.reader_config
        for paper in read_texts(papers):
            doc = Doc(docname=paper.id, dockey=paper.id, citation=paper.id)
            pieces = cut(paper.text, sizes["chunk_chars"], sizes["overlap"])
            texts = [Text(text=piece, name=f"{paper.id} {place}", doc=doc) for place, piece in enumerate(pieces)]
            self._loop.run(self._docs.aadd_texts(texts, doc, self._settings, self._model))
        # Its index is built with the first search.
        self._loop.run(self._docs.retrieve_texts("papers", 1, self._settings, self._model))
        (Path(folder) / FILE).write_bytes(pickle.dumps(self._docs))
        return len(self._docs.texts)

    def open(self, folder: str) -> None:
        self._docs = pickle.loads((Path(folder) / FILE).read_bytes())

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        # What `retrieve_texts` does, which leaves the scores out.
        texts, scores = self._loop.run(
            self._docs.texts_index.max_marginal_relevance_search(question, pieces, 2 * pieces, self._model)
        )
        return [(text.doc.dockey, float(score)) for text, score in zip(texts, scores, strict=True)]


if __name__ == "__main__":
    serve(PaperQa)
