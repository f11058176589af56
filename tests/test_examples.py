"""The programs of examples/ run as they stand, over two papers, and use nothing but the front door."""

from __future__ import annotations

import ast
import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI, Response

import paperbacked
from app.answering.answer import Answer, AnswerStatus
from app.answering.events import Done, Event, Failed, Token
from app.answering.models.scripted import ScriptedLLM
from app.server import create_app
from tests.app.surfaces.conftest import Served, served
from tests.support.own_collections import serve
from tests.support.two_papers import write_two_papers

__all__ = ["served"]
FOLDER = Path(__file__).parent.parent / "examples"
EXAMPLES = sorted(FOLDER.glob("*.py"))
BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
QUOTE = "We find that such backdoor behavior can be made persistent"
MOST_LINES = 60
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(name, *arguments)`: what the program prints."""
    papers = write_two_papers(tmp_path / "papers.jsonl")
    for name, value in {"PAPERS": str(papers), "EMBEDDING": "hash", "LLM": "none"}.items():
        monkeypatch.setenv(f"PAPERBACKED_{name}", value)

    def run_it(name: str, *arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        runpy.run_path(str(FOLDER / name), run_name="__main__")
        return capsys.readouterr().out

    return run_it


def test_each_is_one_short_file_that_says_how_to_run_it() -> None:
    names = ["ask.py", "langchain_retriever.py", "own_papers.py", "server_client.py", "stream.py"]
    assert [file.name for file in EXAMPLES] == names
    for file in EXAMPLES:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= MOST_LINES, file.name
        assert f"    python examples/{file.name} " in (ast.get_docstring(ast.parse(text), clean=False) or "")


def test_they_come_in_by_the_front_door() -> None:
    for file in EXAMPLES:
        for statement in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            modules = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
            modules += [name.name for name in statement.names] if isinstance(statement, ast.Import) else []
            for module in modules:
                assert module.split(".")[0] not in {"app", "retrieval", "prompts"}, file.name
                assert not module.startswith("paperbacked."), file.name


@pytest.mark.slow
def test_ask(run: Run) -> None:
    told = run("ask.py", *BACKDOOR.split())
    assert told.startswith("Sleeper Agents") and "\n[1] Sleeper Agents" in told
    assert f"    “{QUOTE}" in told and "    https://www.anthropic.com/" in told


@pytest.mark.slow
def test_a_failure_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PAPERBACKED_PAPERS", str(tmp_path / "not-here.jsonl"))
    for name in ("ask.py", "stream.py"):
        with pytest.raises(SystemExit, match="not-here"):
            run(name, "Why?")


@pytest.mark.slow
def test_stream(run: Run) -> None:
    lines = run("stream.py", BACKDOOR).splitlines()
    assert lines[0] == "… Searching the papers"
    assert lines[1:3] == ["… papers found: 2", "… quotes chosen: 1"]
    assert any(QUOTE in line for line in lines[3:])
    assert lines[-1].startswith("Answered from default@")


def streamed(monkeypatch: pytest.MonkeyPatch, *events: Event) -> None:
    """Let the program stream these events."""
    answerer = SimpleNamespace(stream=lambda question: iter(events))
    monkeypatch.setattr(paperbacked, "open_answerer", lambda: answerer, raising=False)


@pytest.mark.parametrize(
    ("status", "said"),
    [("abstained", "Not answered by"), ("answered", "Answered from"), ("partly", "Answered in part from")],
)
def test_stream_says_whether_the_papers_answer(
    status: AnswerStatus, said: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    streamed(monkeypatch, Token("Words."), Done(Answer("1", "Why?", "Why?", status, "quotes", "Words.", 0.25)))
    assert run("stream.py", "Why?").splitlines()[-1].startswith(said)


def test_stream_fails_where_the_answer_did(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    streamed(monkeypatch, Token("Half an"), Failed("The index is gone."))
    with pytest.raises(SystemExit, match="The index is gone"):
        run("stream.py", "Why?")


@pytest.mark.slow
def test_the_chain_runs_without_a_model(run: Run) -> None:
    assert run("langchain_retriever.py", BACKDOOR) == "A model's answer would stand here, with numbers such as [1].\n"


@pytest.mark.slow
def test_a_model_in_the_chain_reads_the_passages(run: Run) -> None:
    chain = runpy.run_path(str(FOLDER / "langchain_retriever.py"))["chain"]
    model = ScriptedLLM(replies=["They do not [1]."])
    assert chain(model).invoke(BACKDOOR) == "They do not [1]."
    [[system, human]] = model.asked
    assert str(system.content).count("\n\n[1] Sleeper Agents") == 1 and "backdoor behavior" in str(system.content)
    assert human.content == BACKDOOR


@pytest.mark.slow
def test_server_client(run: Run, served: Served) -> None:
    with served(create_app(paperbacked.open_answerer())) as address:
        told = run("server_client.py", BACKDOOR, address)
        with pytest.raises(SystemExit, match="The question is empty"):
            run("server_client.py", " ", address)
    assert told.startswith("Sleeper Agents") and f"\n[1] “{QUOTE}" in told
    with pytest.raises(SystemExit, match="start it with `paperbacked serve`"):
        run("server_client.py", BACKDOOR, address)


@pytest.mark.slow
def test_own_papers(run: Run, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bib = tmp_path / "library.bib"
    entry = "title = {Sleep and memory}, author = {Ann Lee}, year = {2020}, abstract = {Sleep helps memory to last.}"
    bib.write_text(f"@article{{lee, {entry}}}", encoding="utf-8")
    with served(serve(tmp_path).app) as address:
        monkeypatch.setattr(sys, "argv", ["own_papers.py", "Does sleep help memory?", str(bib)])
        program = runpy.run_path(str(FOLDER / "own_papers.py"))
        program["main"].__globals__["SERVER"] = address
        program["main"]()
    assert bib.exists()


HTML = "<h1>Bad Gateway</h1>"


@pytest.mark.parametrize(
    ("code", "content", "kind", "said"),
    [
        (502, HTML, "text/html", r"^http://127\.0\.0\.1:\d+ answered 502\.$"),
        (422, json.dumps({"title": "no"}), "application/json", r"answered 422\.$"),
        (429, json.dumps({"detail": "Ask later."}), "application/problem+json", "^Ask later.$"),
    ],
)
def test_what_a_server_refuses_is_one_line(
    run: Run, served: Served, code: int, content: str, kind: str, said: str
) -> None:
    app = FastAPI()

    @app.post("/api/v1/ask")
    def refuse() -> Any:
        return Response(content, code, media_type=kind)

    with served(app) as address, pytest.raises(SystemExit, match=said):
        run("server_client.py", BACKDOOR, address)
