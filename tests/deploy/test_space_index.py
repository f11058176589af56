"""The index that travels with a Space: built once, kept, and opened where it was put without being built again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from app.build import build_retriever
from app.settings import Settings
from deploy.space.files.space import place_index
from deploy.space.prebuilt_index import prebuilt_index
from tests.support.two_papers import TWO, write_two_papers


@pytest.fixture(autouse=True)
def two_papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is indexed, with the embedder that is quick."""
    papers = write_two_papers(tmp_path / "papers.jsonl")
    monkeypatch.setenv("PAPERBACKED_PAPERS", str(papers))
    monkeypatch.setenv("PAPERBACKED_EMBEDDING", "hash")
    return papers


def tree(folder: Path) -> dict[str, str]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def quiet(sentence: str) -> None:
    """A note that nobody reads."""


def test_it_is_the_same_until_the_papers_change(tmp_path: Path, two_papers: Path) -> None:
    built = prebuilt_index(tmp_path / "kept", note=quiet)
    files = tree(built)
    assert {Path(name).parts[0] for name in files} == {"chroma", "collections"}
    # With what a database keeps beside it, the copy of a moment would not be whole.
    assert [name for name in files if "papers.sqlite" in name] == ["collections/default/papers.sqlite"]
    assert prebuilt_index(tmp_path / "kept", note=quiet) == built and tree(built) == files
    two_papers.write_text(two_papers.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    assert prebuilt_index(tmp_path / "kept", note=quiet) != built


def test_where_it_was_put_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = prebuilt_index(tmp_path / "kept", note=quiet)
    place_index(built, tmp_path / "elsewhere")

    def updated(*_: object, **__: object) -> Any:
        raise AssertionError("an index that is there was built again")

    monkeypatch.setattr("app.ingredients.update_collection", updated)
    retriever = build_retriever(Settings(home=tmp_path / "elsewhere"), note=quiet)
    assert sorted(paper.id for paper in retriever.papers) == sorted(TWO)
    assert retriever.passages("backdoor behavior")[0].paper.id == "sleeper-agents"
