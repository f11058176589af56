"""The page for those who write Python: all of its code runs, one block after the other, as it is printed."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.build import LocalAnswerer
from retrieval.corpus import default_papers_file

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_first_example_is_short() -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line]
    assert "from app.build import build_answerer" in lines and len(lines) <= 6
    assert all(ast.parse(block) for block in BLOCKS)


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = default_papers_file().read_text(encoding="utf-8").splitlines(keepends=True)
    small = [line for line in lines if json.loads(line)["id"] in ("sleeper-agents", "rule-based-rewards")]
    (tmp_path / "papers.jsonl").write_text("".join(small), encoding="utf-8")
    for name, value in {"PAPERS": str(tmp_path / "papers.jsonl"), "EMBEDDING": "hash", "LLM": "none"}.items():
        monkeypatch.setenv(f"PAPERBACKED_{name}", value)
    names: dict[str, Any] = {}
    outputs = []
    for block in BLOCKS:
        exec(block, names)
        outputs.append(capsys.readouterr().out)
    assert isinstance(names["answerer"], LocalAnswerer)
    answer = names["answer"]
    assert answer.status == "answered" and answer.citations
    assert outputs[0].endswith(f"{answer.answer}\n") and "[1]" in outputs[0]
    assert outputs[1].startswith("[1] Sleeper Agents") and answer.citations[0].quote in outputs[1]
    assert answer.answer in outputs[2] and "quotes found" in outputs[2]
    assert outputs[3].startswith(names["question"].text) and "Why?" in outputs[3].splitlines()[0]
