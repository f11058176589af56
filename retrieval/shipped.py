"""The files of data/ that ship with the project."""

from __future__ import annotations

from pathlib import Path


def shipped_file(name: str) -> Path:
    """A file of data/, which lies beside this package in the checkout and in the wheel."""
    return Path(__file__).parent.parent / "data" / name


def default_papers_file() -> Path:
    """The papers file of the default collection."""
    return shipped_file("papers.jsonl")


def default_questions_file(name: str) -> Path:
    """A questions file that ships with the project, such as "dev.jsonl"."""
    return shipped_file(f"questions/{name}")
