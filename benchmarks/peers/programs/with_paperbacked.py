"""paperbacked by its public names: `search` finds, and `ask` answers in quotes or says that the papers do not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wire import Options, serve

import paperbacked


class Paperbacked:
    """A home for each folder; the variant "base weights" finds by those that the peers have."""

    def __init__(self, options: Options) -> None:
        self._embedding = "all-MiniLM-L6-v2" if options.variant == "base weights" else None
        self._answerer: paperbacked.Answerer | None = None

    def index(self, papers: str, folder: str) -> int:
        # An index belongs to the file it was made of, so that goes into the folder too.
        (Path(folder) / "papers.jsonl").write_bytes(Path(papers).read_bytes())
        self.open(folder)
        return 0

    def open(self, folder: str) -> None:
        self._answerer = paperbacked.open_answerer(
            papers=Path(folder) / "papers.jsonl", home=folder, embedding=self._embedding, llm="none"
        )

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        assert self._answerer
        for passage in self._answerer.search(question, top=10):
            yield passage.paper.id, passage.score

    def answer(self, question: str) -> tuple[str, float]:
        assert self._answerer
        told = self._answerer.ask(question)
        return told.status, told.confidence


if __name__ == "__main__":
    serve(Paperbacked)
