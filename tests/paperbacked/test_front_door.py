"""`import paperbacked`: what docs/python.md says there is, no more and no less, and all of the page's code runs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import paperbacked
from paperbacked import public
from tests.support.two_papers import write_two_papers

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_names_are_those_of_the_page() -> None:
    documented = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(documented) == sorted(paperbacked.__all__) == sorted(dir(paperbacked))
    here = {name for name in vars(public) if not name.startswith("_")}
    assert here == set(paperbacked.__all__) - {"__version__"}
    assert all(getattr(paperbacked, name) is getattr(public, name) for name in here)
    with pytest.raises(AttributeError, match="no attribute 'LocalAnswerer'"):
        _ = paperbacked.LocalAnswerer  # type: ignore[attr-defined]


def test_to_know_the_version_nothing_is_loaded() -> None:
    script = "import sys, paperbacked; print(paperbacked.__version__, {'app', 'retrieval', 'numpy'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert told == f"{paperbacked.__version__} set()\n"


def test_the_page_uses_nothing_but_the_front_door() -> None:
    assert "import paperbacked" in BLOCKS[0] and len([line for line in BLOCKS[0].splitlines() if line]) <= 5
    for statement in (inner for block in BLOCKS for inner in ast.walk(ast.parse(block))):
        assert not isinstance(statement, ast.Import) or [name.name for name in statement.names] == ["paperbacked"]
        assert not isinstance(statement, ast.ImportFrom) or statement.module == "paperbacked"


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    papers = write_two_papers(tmp_path / "papers.jsonl")
    for name, value in {"PAPERS": str(papers), "EMBEDDING": "hash", "LLM": "none"}.items():
        monkeypatch.setenv(f"PAPERBACKED_{name}", value)
    names: dict[str, Any] = {}
    outputs = []
    for block in BLOCKS:
        exec(block, names)
        outputs.append(capsys.readouterr().out)
    assert isinstance(names["answerer"], paperbacked.Answerer)
    answer = names["answer"]
    assert answer.status == "answered" and answer.citations
    assert outputs[0].endswith(f"{answer.answer}\n") and "[1]" in outputs[0]
    assert outputs[1].startswith("[1] Sleeper Agents") and answer.citations[0].quote in outputs[1]
    assert answer.answer in outputs[2] and "quotes found" in outputs[2]
    assert outputs[3].startswith(answer.question) and "Why?" in outputs[3].splitlines()[0]
    assert "Sleeper Agents" in outputs[4] or "Rule Based Rewards" in outputs[4]


def test_what_cannot_be_asked_is_said_at_once(tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text('{"id": "a", "title": "On whales", "abstract": "Whales sing in winter."}')
    answerer = paperbacked.open_answerer(papers=papers, home=tmp_path / "home", embedding="hash", llm="none")
    nobodys = paperbacked.Filters(organisations=("Nobody",))
    for question, filters in ((" ", paperbacked.Filters()), ("Do whales sing?", nobodys)):
        with pytest.raises(paperbacked.InputError):
            answerer.stream(question, filters=filters)
    with pytest.raises(paperbacked.CorpusError):
        paperbacked.open_retriever(papers=tmp_path / "not-here.jsonl")
