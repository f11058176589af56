"""A real adapter on a tiny real model: it learns, resumes, repeats itself and is merged as peft merges it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from app.answering.models.adapter import WEIGHTS, merge_adapter
from app.answering.models.chat_template import render_chat
from app.answering.models.language_model import SKIP
from app.answering.models.protocols import CausalModel
from app.answering.writing.sentence_prompt import sentence_messages
from app.training.sft import training
from app.training.sft.examples import QuoteGroup, SftExample
from app.training.sft.recipe import SftRecipe
from app.training.sft.tokenized import TokenizedExample, tokenized_examples
from app.training.sft.training import plan, train
from retrieval.errors import ModelError

pytestmark = pytest.mark.slow

NAMES = {"lies": "On lies"}
LESSONS = [
    SftExample(
        f"l{number}",
        "single",
        "Do models lie?",
        f"Do models of size {number} lie?",
        (
            QuoteGroup("lies", f"Models of size {number} lie.", f"Yes, those of size {number} lie."),
            QuoteGroup("lies", "We study whales.", None),
        ),
    )
    for number in range(4)
]
RECIPE = SftRecipe(epochs=2, batch=2, learning_rate=5e-3, rank=2, alpha=4)


@pytest.fixture
def tokenizer(tiny_qwen: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_qwen)


@pytest.fixture
def examples(tokenizer: Any) -> list[TokenizedExample]:
    return tokenized_examples(LESSONS, NAMES, tokenizer, "tiny")


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(folder / WEIGHTS)


def test_an_example_is_the_chains_own_prompt_and_the_answer(tokenizer: Any, examples: list[TokenizedExample]) -> None:
    assert len(examples) == 8 and [example.skips for example in examples[:2]] == [False, True]
    first, second = examples[:2]
    prompt = render_chat(
        tokenizer, sentence_messages("Do models of size 0 lie?", "On lies", "Models of size 0 lie."), "tiny"
    )
    assert tokenizer.decode(first.prompt) == prompt
    assert tokenizer.decode(first.answer) == "Yes, those of size 0 lie." + tokenizer.eos_token
    assert tokenizer.decode(second.answer) == SKIP + tokenizer.eos_token


def test_each_epoch_has_each_example_once(examples: list[TokenizedExample]) -> None:
    steps = plan(examples, RECIPE)
    half = len(steps) // 2
    for epoch in (steps[:half], steps[half:]):
        assert sorted(place for batch in epoch for place in batch) == list(range(len(examples)))
    assert steps[:half] != steps[half:] and plan(examples, RECIPE) == steps


def test_it_learns_and_the_same_seed_gives_the_same(
    tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path
) -> None:
    history = train(tiny_qwen, examples, examples, RECIPE, tmp_path / "one")
    again = train(tiny_qwen, examples, examples, RECIPE, tmp_path / "two")
    assert history.dev[-1] < history.dev[0] and history == again
    assert json.loads((tmp_path / "one" / "history.json").read_text())["dev"] == history.dev
    one, two = weights(tmp_path / "one"), weights(tmp_path / "two")
    assert one.keys() == two.keys() and all((one[name] == two[name]).all() for name in one)
    assert {str(value.dtype) for value in one.values()} == {"torch.float16"}
    assert not (tmp_path / "one" / "unfinished").exists()
    assert str(tiny_qwen) not in (tmp_path / "one" / "adapter_config.json").read_text()


def test_a_run_that_was_killed_goes_on_to_the_same_end(
    tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(tiny_qwen, examples, examples, RECIPE, tmp_path / "whole")
    monkeypatch.setattr(training, "SAVED_EVERY", 3)

    def killed(label: str, step: int, of: int) -> None:
        if step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tiny_qwen, examples, examples, RECIPE, tmp_path / "killed", progress=killed)
    resumed = train(tiny_qwen, examples, examples, RECIPE, tmp_path / "killed")
    assert resumed == whole
    one, two = weights(tmp_path / "whole"), weights(tmp_path / "killed")
    assert all((one[name] == two[name]).all() for name in one)


def test_another_runs_folder_is_refused(
    tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "SAVED_EVERY", 1)

    def killed(label: str, step: int, of: int) -> None:
        if step == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tiny_qwen, examples, examples, RECIPE, tmp_path, progress=killed)
    with pytest.raises(ModelError, match="something else"):
        train(tiny_qwen, examples, examples, replace(RECIPE, rank=4), tmp_path)


def test_a_short_run_ends_after_its_steps(tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path) -> None:
    history = train(tiny_qwen, examples, examples, RECIPE, tmp_path, steps=3)
    assert len(history.losses) == 3 and len(history.dev) == 2 and (tmp_path / WEIGHTS).is_file()


def test_merged_it_is_what_peft_makes_of_it(tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    train(tiny_qwen, examples, examples, RECIPE, tmp_path)

    def base() -> Any:
        return AutoModelForCausalLM.from_pretrained(tiny_qwen, dtype=torch.float32)

    ours = base()
    merge_adapter(ours, tmp_path)
    theirs = PeftModel.from_pretrained(base(), str(tmp_path)).merge_and_unload()
    pairs = dict(theirs.named_parameters())
    untouched = dict(base().named_parameters())
    changed = 0
    for name, value in ours.named_parameters():
        assert torch.allclose(value, pairs[name], atol=1e-5), name
        changed += not torch.equal(value, untouched[name])
    assert changed == 14  # seven linear layers in each of two blocks


def test_an_adapter_of_another_model_is_refused(
    tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path
) -> None:
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM

    train(tiny_qwen, examples, examples, RECIPE, tmp_path, steps=1)
    model = cast("CausalModel", AutoModelForCausalLM.from_pretrained(tiny_qwen))
    learned = weights(tmp_path)
    for other in (
        {name.replace("layers.1", "layers.9"): value for name, value in learned.items()},
        {name: value[:, :1] if "lora_A" in name else value for name, value in learned.items()},
    ):
        save_file({name: value.contiguous() for name, value in other.items()}, tmp_path / WEIGHTS)
        with pytest.raises(ModelError, match="does not fit"):
            merge_adapter(model, tmp_path)
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="does not fit"):
        merge_adapter(model, tmp_path)
