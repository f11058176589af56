"""The server is there before the embedding model is, says what cannot be loaded, and what it breaks off."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.answering.question import checked_question
from app.build import LocalAnswerer, build_answerer
from app.server import _warm_up, create_app
from app.settings import Settings
from app.surfaces.options import ServingOptions
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


QUESTION = "Do safety techniques remove a backdoor that was trained in?"
CHAT = {"model": "paperbacked", "messages": [{"role": "user", "content": QUESTION}]}
GUEST = "https://guest.example"


def test_each_way_in_is_counted_as_its_own(answerer: LocalAnswerer) -> None:
    """Answers are made by threads that all ways share, and yet each knows where it was asked for."""
    params = {"name": "ask", "arguments": {"question": QUESTION}}
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    application = create_app(answerer, options=ServingOptions(widget_origins=(GUEST,)))
    with TestClient(application, base_url="http://127.0.0.1:7860") as client:
        for path, body, headers in (
            ("/api/v1/ask", {"question": QUESTION}, {}),
            ("/api/v1/ask", {"question": QUESTION}, {"Origin": GUEST, "Idempotency-Key": "a-key-of-mine"}),
            ("/v1/chat/completions", CHAT, {}),
            ("/v1/chat/completions", CHAT | {"stream": True}, {}),
            ("/mcp", tool, {"Accept": "application/json, text/event-stream"}),
        ):
            assert client.post(path, json=body, headers=headers).status_code == 200
        told = client.get("/metrics").text
    for surface, count in (("api", 1), ("widget", 1), ("openai", 2), ("mcp", 1)):
        assert f'paperbacked_questions_total{{status="answered",surface="{surface}"}} {count}.0' in told
    assert "paperbacked_answers_running 0.0" in told
