"""The server is there before the embedding model is, and says what cannot be loaded."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from app.answering.question import checked_question
from app.build import build_answerer
from app.server import _warm_up
from app.settings import Settings
from retrieval.errors import ModelError


class Broken:
    """An answerer whose embedding model cannot be loaded."""

    def warm_up(self) -> None:
        raise ModelError("The weights are gone: reinstall the program.")


def test_what_cannot_be_loaded_is_said_and_the_server_goes_on() -> None:
    notes: list[str] = []
    broken: Any = Broken()
    ready = threading.Event()
    _warm_up(broken, notes.append, ready)
    assert not ready.is_set()
    assert notes == ["The weights are gone: reinstall the program."]


@pytest.mark.model
@pytest.mark.timeout(300)
def test_the_page_does_not_wait_for_the_embedding_model(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text('{"id": "a", "title": "On whales", "abstract": "Whales sing in winter."}')
    settings = Settings(home=tmp_path / "home", papers=papers, llm="none")
    build_answerer(settings, note=lambda sentence: None)
    again: Any = build_answerer(settings, note=lambda sentence: None, wait=False)
    assert again.retriever.embedder._model is None
    # A question that comes first waits for it, and is answered.
    assert again.ask(checked_question("Do whales sing in winter?")).sources
    assert again.retriever.embedder._model is not None
