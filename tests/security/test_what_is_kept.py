"""What a server keeps of who asks and of what: after a question nothing of it is found in the home or in /metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.own_collections import Server, serve

WORD = "zyxwvut"
QUESTION = f"Do whales sing in winter, said {WORD}?"
ADDRESS = "203.0.113.77"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return serve(tmp_path)


def test_a_question_is_in_no_file_and_no_count(server: Server) -> None:
    reader = server.client(address=ADDRESS)
    told = reader.post("/api/v1/ask", json={"question": QUESTION})
    assert told.status_code == 200 and WORD in told.text
    counted = server.client().get("/metrics").text
    assert 'paperbacked_questions_total{status="' in counted
    assert WORD not in counted and ADDRESS not in counted
    files = [path for path in server.settings.home.rglob("*") if path.is_file()]
    assert files
    for path in files:
        kept = path.read_bytes()
        assert WORD.encode() not in kept and ADDRESS.encode() not in kept, path
