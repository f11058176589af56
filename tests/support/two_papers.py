"""A papers file of two, for programs and tutorials that only need to find something quickly."""

from __future__ import annotations

import json
from pathlib import Path

from retrieval.shipped import default_papers_file

TWO = ("sleeper-agents", "rule-based-rewards")


def write_two_papers(path: Path) -> Path:
    """Two of the papers that ship, as they stand there."""
    lines = default_papers_file().read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if json.loads(line)["id"] in TWO), encoding="utf-8")
    return path
