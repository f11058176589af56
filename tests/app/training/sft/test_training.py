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
from app.answering.writing.direct_prompt import direct_messages
from app.training.sft import training
from app.training.sft.examples import SftExample
from app.training.sft.recipe import SftRecipe
from app.training.sft.tokenized import MAX_TOKENS, TokenizedExample, tokenized_examples
from app.training.sft.training import parts, plan, train
from retrieval.errors import ModelError
from retrieval.types import no_progress

pytestmark = pytest.mark.slow

WHALES = ("On whales", "We study whales.")
LESSONS = [
    lesson
    for number in range(4)
    for question, lies in ((f"Do models of size {number} lie?", ("On lies", f"Models of size {number} lie.")),)
    for lesson in (
        SftExample(f"l{number}", "yesno", question, (lies, WHALES), f"Yes, those of size {number} lie."),
        SftExample(f"w{number}", "yesno", question, (WHALES,), None),
    )
]
RECIPE = SftRecipe(epochs=2, batch=2, learning_rate=5e-3, rank=2, alpha=4)


@pytest.fixture
def tokenizer(tiny_qwen: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_qwen)


@pytest.fixture
def examples(tokenizer: Any) -> list[TokenizedExample]:
    return tokenized_examples(LESSONS, tokenizer, "tiny")


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(folder / WEIGHTS)


def test_an_example_is_the_chains_own_prompt_and_the_answer(tokenizer: Any, examples: list[TokenizedExample]) -> None:
    assert len(examples) == 8 and [example.skips for example in examples[:2]] == [False, True]
    first, second = examples[:2]
    quotes = [("On lies", "Models of size 0 lie."), ("On whales", "We study whales.")]
    prompt = render_chat(tokenizer, direct_messages("Do models of size 0 lie?", quotes), "tiny")
    assert tokenizer.decode(first.prompt) == prompt
    assert tokenizer.decode(first.answer) == "Yes, those of size 0 lie." + tokenizer.eos_token
    assert tokenizer.decode(second.answer) == SKIP + tokenizer.eos_token


def test_a_lesson_that_is_too_long_is_left_out(tokenizer: Any) -> None:
    long = replace(LESSONS[0], quotes=(("On lies", "Models lie. " * MAX_TOKENS),))
    assert len(tokenized_examples([long, LESSONS[1]], tokenizer, "tiny")) == 1


def of_length(length: int) -> TokenizedExample:
    return TokenizedExample((1,) * (length - 1), (2,), skips=False)


def test_a_batch_is_cut_into_parts_that_are_small_with_their_padding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "TOKENS_TOGETHER", 20)
    cut = [[example.length for example in part] for part in parts([of_length(n) for n in (9, 5, 30, 4, 6, 5)])]
    assert cut == [[4, 5, 5], [6, 9], [30]]


def test_the_parts_of_a_batch_teach_what_the_whole_does(
    tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    # In half precision sums depend on what is added first.
    monkeypatch.setattr(training, "bfloat16_pays", lambda: False)

    def after_a_step(tokens: int) -> tuple[float, list[Any]]:
        monkeypatch.setattr(training, "TOKENS_TOGETHER", tokens)
        run = training._Run(tiny_qwen, examples, examples, RECIPE, tmp_path, no_progress, None)
        # One of an adapter's two matrices is nothing at first, and with it the other's gradient.
        with torch.no_grad():
            for parameter in run.trained:
                parameter.normal_(0, 0.1)
        run._one_step(list(range(len(examples))))
        return run.history.losses[0], [parameter.grad for parameter in run.trained]

    whole, alone = after_a_step(100_000), after_a_step(1)
    assert len(list(parts(examples))) == len(examples)
    assert whole[0] == pytest.approx(alone[0], abs=1e-5)
    assert all(torch.allclose(one, two, atol=1e-5) for one, two in zip(whole[1], alone[1], strict=True))
    assert all(gradient.abs().max() > 1e-4 for gradient in whole[1])


def test_the_upper_layers_alone_are_taught(tiny_qwen: Path, examples: list[TokenizedExample], tmp_path: Path) -> None:
    from torch.nn import Linear, Module, ModuleList
    from transformers import AutoModelForCausalLM

    class Layered(Module):
        def __init__(self, layers: int) -> None:
            super().__init__()
            self.layers = ModuleList([ModuleList([Linear(1, 1)]) for _ in range(layers)])
            self.head = Linear(1, 1)

    thirty = training._upper_maps(Layered(30), 2 / 3)
    assert thirty == [f"layers.{layer}.0" for layer in range(10, 30)]
    assert len(training._upper_maps(Layered(30), 1)) == 30
    tiny = AutoModelForCausalLM.from_pretrained(tiny_qwen)
    assert len(training._upper_maps(tiny, 1)) == 14 and len(training._upper_maps(tiny, 2 / 3)) == 7
    train(tiny_qwen, examples, examples, RECIPE, tmp_path, steps=1)
    assert all(".layers.1." in name for name in weights(tmp_path))


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
    assert changed == 7  # the linear maps of the upper of two layers


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
