"""Train a LoRA adapter on lessons: the loss on the answers alone, resumable, the same for the same seed."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.answering.models.adapter import CONFIG, WEIGHTS
from app.answering.models.loading import load_weights
from app.training.sft.recipe import SftRecipe
from app.training.sft.tokenized import TokenizedExample
from retrieval.finetune.run_state import load_state, make_work_folder, save_state
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.precision import bfloat16_pays
from retrieval.models.tensors import save_tensors
from retrieval.types import Progress, no_progress

HISTORY = "history.json"
SAVED_EVERY = 40
"""Steps that a kill loses at most."""
SORTED_TOGETHER = 16
"""Batches among which examples are sorted by length, so that little is padded."""
TOKENS_TOGETHER = 1_500
"""Tokens that go through the model at once: with more, a processor waits for its memory and takes twice as long."""
Batch = list[int]
_LAYER = re.compile(r"\.(\d+)\.")


@dataclass(slots=True)
class LossHistory:
    """The loss of every step; after each epoch the loss on the development lessons, the first before any training."""

    losses: list[float] = field(default_factory=list)
    dev: list[float] = field(default_factory=list)


def train(
    base: Path,
    examples: Sequence[TokenizedExample],
    chosen_on: Sequence[TokenizedExample],
    recipe: SftRecipe,
    out: Path,
    *,
    steps: int | None = None,
    progress: Progress = no_progress,
) -> LossHistory:
    """Leave the adapter of the epoch with the lowest development loss in `out`, in half precision.

    `base` is a folder with a causal model. With `steps` the run ends after so many,
    to try it. A run that was killed goes on from its last save. Raises `ModelError`
    where `base` cannot be loaded, or `out` cannot be written or holds another run.
    """
    work = make_work_folder(out)
    run = _Run(base, examples, chosen_on, recipe, work, progress, steps)
    run.resume()
    if not run.history.dev:
        run.history.dev.append(run.development_loss())
    run.go_on()
    run.finish(out)
    return run.history


def plan(examples: Sequence[TokenizedExample], recipe: SftRecipe) -> list[Batch]:
    """The places of the examples of every step: each epoch has each once, in an order of its own."""
    steps: list[Batch] = []
    for epoch in range(recipe.epochs):
        draw = random.Random(f"{recipe.seed} {epoch}")
        order = draw.sample(range(len(examples)), len(examples))
        width = recipe.batch * SORTED_TOGETHER
        batches: list[Batch] = []
        for at in range(0, len(order), width):
            alike = sorted(order[at : at + width], key=lambda place: examples[place].length)
            batches += [alike[start : start + recipe.batch] for start in range(0, len(alike), recipe.batch)]
        draw.shuffle(batches)
        steps += batches
    return steps


def parts(batch: Sequence[TokenizedExample]) -> Iterator[Sequence[TokenizedExample]]:
    """The batch in parts of at most `TOKENS_TOGETHER` tokens with padding, or of one example; their losses add up."""
    part: list[TokenizedExample] = []
    for example in sorted(batch, key=lambda example: example.length):
        if part and example.length * (len(part) + 1) > TOKENS_TOGETHER:
            yield part
            part = []
        part.append(example)
    yield part


class _Run:
    """The state of a run: what must survive a kill is written every `SAVED_EVERY` steps."""

    def __init__(
        self,
        base: Path,
        examples: Sequence[TokenizedExample],
        chosen_on: Sequence[TokenizedExample],
        recipe: SftRecipe,
        work: Path,
        progress: Progress,
        steps: int | None,
    ) -> None:
        with heavy_imports():
            import torch

        torch.manual_seed(recipe.seed)
        self.model, self.device = _with_adapter(base, recipe)
        self.examples, self.chosen_on, self.recipe = examples, chosen_on, recipe
        self.work, self.progress = work, progress
        self.plan = plan(examples, recipe)
        self.epoch_ends = {len(self.plan) * (epoch + 1) // recipe.epochs for epoch in range(recipe.epochs)}
        self.last = min(steps or len(self.plan), len(self.plan))
        self.trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=recipe.learning_rate, weight_decay=0.0)
        warm = max(1, int(recipe.warm_up * self.last))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min((step + 1) / warm, max(0.0, (self.last - step) / self.last))
        )
        self.step = 0
        self.history = LossHistory()

    def go_on(self) -> None:
        """Train from where the run stands to its end."""
        while self.step < self.last:
            self._one_step(self.plan[self.step])
            self.step += 1
            shown = sum(self.history.losses[-20:]) / len(self.history.losses[-20:])
            self.progress(f"Training, loss {shown:.2f}", self.step, self.last)
            if self.step in self.epoch_ends or self.step == self.last:
                self.history.dev.append(self.development_loss())
                if self.history.dev[-1] == min(self.history.dev[1:]):
                    self._keep()
                self.save()
            elif self.step % SAVED_EVERY == 0:
                self.save()

    def _one_step(self, batch: Batch) -> None:
        with heavy_imports():
            import torch

        # Dropout depends on seed and step alone, so that a resumed run is the same one.
        torch.manual_seed(self.recipe.seed + self.step)
        self.model.train()
        self.optimizer.zero_grad()
        told = [self.examples[place] for place in batch]
        weight = sum(len(example.answer) + self.recipe.first_token - 1 for example in told)
        step_loss = 0.0
        for part in parts(told):
            loss = self._loss(part)[0] / weight
            loss.backward()
            step_loss += loss.item()
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.history.losses.append(step_loss)

    def _loss(self, batch: Sequence[TokenizedExample]) -> tuple[Any, float]:
        """The sum of the answer tokens' losses, the first one's counted more, and of their weights."""
        with heavy_imports():
            import torch

        width = max(example.length for example in batch)
        ids = torch.zeros((len(batch), width), dtype=torch.long, device=self.device)
        seen = torch.zeros_like(ids)
        weights = torch.zeros((len(batch), width), device=self.device)
        for row, example in enumerate(batch):
            ids[row, : example.length] = torch.tensor((*example.prompt, *example.answer), device=self.device)
            seen[row, : example.length] = 1
            weights[row, len(example.prompt) : example.length] = 1.0
            weights[row, len(example.prompt)] = self.recipe.first_token
        wanted = weights[:, 1:] > 0
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=bfloat16_pays()):
            hidden = self.model.get_base_model().get_decoder()(input_ids=ids, attention_mask=seen).last_hidden_state
            # The vocabulary's rows are a fifth of the work, and only answers need them.
            scores = self.model.get_output_embeddings()(hidden[:, :-1][wanted])
        losses = torch.nn.functional.cross_entropy(scores.float(), ids[:, 1:][wanted], reduction="none")
        counted = weights[:, 1:][wanted]
        return (losses * counted).sum(), float(counted.sum())

    def development_loss(self) -> float:
        """The mean loss on the development lessons, weighed as in training."""
        with heavy_imports():
            import torch

        self.model.eval()
        order = sorted(self.chosen_on, key=lambda example: example.length)
        total = weight = 0.0
        with torch.no_grad():
            for batch in _cut(order, self.recipe.batch):
                loss, counted = self._loss(batch)
                total, weight = total + float(loss), weight + counted
        return total / weight

    def _keep(self) -> None:
        """Write the adapter as it is now, in half precision."""
        with heavy_imports():
            import torch
            from peft import get_peft_model_state_dict

        kept = self.work / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        self.model.save_pretrained(str(kept))
        config = json.loads((kept / CONFIG).read_text(encoding="utf-8"))
        # A folder of this machine's, which is nobody's business and no use to who loads it.
        config["base_model_name_or_path"] = None
        (kept / CONFIG).write_text(json.dumps(config, indent=1), encoding="utf-8")
        weights = get_peft_model_state_dict(self.model)
        halves = {name: value.to(torch.float16).contiguous().cpu() for name, value in weights.items()}
        save_tensors(halves, kept / WEIGHTS)

    def save(self) -> None:
        """Write the state, whole or not at all."""
        state = {
            "step": self.step,
            "weights": [parameter.detach().cpu() for parameter in self.trained],
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "losses": self.history.losses,
            "dev": self.history.dev,
        }
        save_state(self.work, self._described(), state)

    def resume(self) -> None:
        """Go on where a killed run left its state."""
        with heavy_imports():
            import torch

        state = load_state(self.work, self._described())
        if state is None:
            return
        with torch.no_grad():
            for parameter, value in zip(self.trained, state["weights"], strict=True):
                parameter.copy_(value)
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.step = state["step"]
        self.history = LossHistory(list(state["losses"]), list(state["dev"]))

    def _described(self) -> dict[str, Any]:
        return {**asdict(self.recipe), "examples": len(self.examples), "steps": self.last}

    def finish(self, out: Path) -> None:
        """Move the kept adapter to its place and remove the state."""
        for path in sorted((self.work / "kept").iterdir()):
            if path.suffix in (".safetensors", ".json"):
                path.replace(out / path.name)
        (out / HISTORY).write_text(json.dumps(asdict(self.history)), encoding="utf-8")
        shutil.rmtree(self.work)


def _with_adapter(base: Path, recipe: SftRecipe) -> tuple[Any, str]:
    """The base model with a fresh adapter, and the device it is on."""
    with heavy_imports():
        import torch
        from peft import LoraConfig, TaskType, get_peft_model

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = load_weights(base, base.name, torch.bfloat16 if bfloat16_pays() else torch.float32)
    model.config.use_cache = False
    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=_upper_maps(model, recipe.layers),
    )
    return get_peft_model(model.to(device), config), device


def _upper_maps(model: Any, share: float) -> list[str]:
    """The names of the linear maps in that share of the model's layers, the upper ones."""
    with heavy_imports():
        from torch.nn import Linear

    placed = [
        (int(found[1]), name)
        for name, module in model.named_modules()
        if isinstance(module, Linear) and (found := _LAYER.search(name))
    ]
    first = round((1 - share) * (1 + max(layer for layer, _ in placed)))
    return [name for layer, name in placed if layer >= first]


def _cut(examples: Sequence[TokenizedExample], size: int) -> Iterator[Sequence[TokenizedExample]]:
    for at in range(0, len(examples), size):
        yield examples[at : at + size]
