"""Which model answers: a configured server, else the largest of the catalogue that is here, else quotes."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.answering.models.catalogue import CATALOGUE, catalogue_model, machine_memory_gb
from app.answering.models.language_model import LARGE_PROMPT, SMALL_PROMPT
from app.answering.models.local_chat import LocalChat
from app.answering.models.model_choice import Choice, choose_model, prompt_for
from app.answering.models.scripted import ScriptedLLM
from retrieval.errors import InputError

SMALLEST, MIDDLE, LARGEST = (model.name for model in CATALOGUE)
DEAD = "http://127.0.0.1:9/v1"


def chosen(asked: str = "auto", url: str | None = None, here: Collection[str] = (), memory: float = 64) -> Choice:
    return choose_model(asked, url, cached=lambda name: Path("x") if name in here else None, memory_gb=lambda: memory)


def test_what_is_asked_for_by_name_is_chosen() -> None:
    assert chosen("smollm2", here={LARGEST}).name == "smollm2"
    assert chosen("none", DEAD, here={LARGEST}) == Choice(None, "none asked for, so answers are quotes")


def test_a_configured_server_goes_first(model_server: Any) -> None:
    choice = chosen(url=model_server.url, here={LARGEST})
    assert (choice.name, choice.failure) == ("openai:m", None)


def test_the_largest_that_is_here_and_fits() -> None:
    assert chosen(here={SMALLEST, MIDDLE, LARGEST}).name == LARGEST
    assert chosen(here={SMALLEST, MIDDLE, LARGEST}, memory=5).name == MIDDLE
    assert chosen(here={SMALLEST, LARGEST}, memory=5).name == SMALLEST
    assert chosen(here={SMALLEST}, memory=1).name is None


def test_a_server_that_is_down_is_passed_over_and_named() -> None:
    choice = chosen(url=DEAD, here={SMALLEST})
    assert choice.name == SMALLEST
    assert choice.failure and choice.failure.startswith("The model server at 127.0.0.1:9 does not list its models")
    assert chosen(url=DEAD).name is None


def test_without_any_it_is_quotes_and_says_how_to_get_one() -> None:
    choice = chosen()
    assert choice.name is None and f"paperbacked models get {SMALLEST}" in choice.reason


def test_the_catalogue_grows_in_every_need() -> None:
    assert len(CATALOGUE) == 3 and SMALLEST == "Qwen/Qwen3-0.6B"
    for smaller, larger in pairwise(CATALOGUE):
        assert smaller.download_gb < larger.download_gb and smaller.memory_gb < larger.memory_gb
        assert smaller.tokens_per_second > larger.tokens_per_second
    assert machine_memory_gb() > 0.5


def test_a_model_is_named_with_or_without_its_owner() -> None:
    assert catalogue_model("qwen3-0.6b") is catalogue_model(SMALLEST) is CATALOGUE[0]
    with pytest.raises(InputError, match=rf"^The catalogue has no model 'x/y': choose from smollm2, {SMALLEST}, "):
        catalogue_model("x/y")


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("Qwen/Qwen3-0.6B", SMALL_PROMPT),
        ("openai:qwen3:1.7b", SMALL_PROMPT),
        ("openai:SmolLM2-135M-Instruct", SMALL_PROMPT),
        ("Qwen/Qwen3-4B-Instruct-2507", LARGE_PROMPT),
        ("openai:gpt-5", LARGE_PROMPT),
        ("openai:mixtral-8x7b", LARGE_PROMPT),
        ("scripted", LARGE_PROMPT),
    ],
)
def test_small_models_get_the_small_prompt_by_their_name(name: str, prompt: str) -> None:
    llm = ScriptedLLM(replies=["x"])
    assert prompt_for(llm, name) == prompt
    assert (prompt_for(llm, name, "small"), prompt_for(llm, name, "large")) == (SMALL_PROMPT, LARGE_PROMPT)


def test_a_model_in_this_process_is_weighed(tiny: LocalChat) -> None:
    assert 0 < tiny.parameters < 100_000
    assert prompt_for(tiny, "Huge-70B") == SMALL_PROMPT
