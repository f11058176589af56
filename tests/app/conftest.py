"""The answering chain over all 94 papers with the hash embedder, which knows words, not meaning; tiny real models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.answering.chain import LanguageModel
from app.answering.citation import Citation
from app.answering.models.scripted import ScriptedLLM
from app.build import LocalAnswerer
from retrieval.types import Paper
from tests.support.tiny_models import save_llama, save_qwen


@pytest.fixture(scope="session")
def answerer(built_full: Any) -> LocalAnswerer:
    """An answerer in quotes mode; shared, so never change it."""
    return LocalAnswerer(built_full.retriever, LanguageModel)


@pytest.fixture
def writing(built_full: Any) -> Callable[..., LocalAnswerer]:
    """`writing(ScriptedLLM(…))`: an answerer whose language model says what it is told to."""

    def made(llm: ScriptedLLM) -> LocalAnswerer:
        return LocalAnswerer(built_full.retriever, lambda: LanguageModel(llm, "scripted"))

    return made


@pytest.fixture
def cite() -> Callable[..., Citation]:
    """`cite(1, "Words.")`: a citation of a paper whose abstract is these words."""

    def made(number: int, quote: str, title: str | None = None, gloss: str | None = None) -> Citation:
        paper = Paper(f"p{number}", title, quote, "en", label=f"Paper {number}")
        return Citation(number, paper, 0, len(quote), 0.9, gloss)

    return made


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer Llama that takes few tokens."""
    return save_llama(tmp_path_factory.mktemp("llm") / "tiny-llama")


@pytest.fixture(scope="session")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory, all_papers: tuple[Paper, ...]) -> Path:
    """A random two-layer Qwen3 with a tokenizer of the corpus, and room for whole prompts."""
    return save_qwen(tmp_path_factory.mktemp("llm") / "tiny-qwen3", (paper.abstract for paper in all_papers))
