"""Train the reader: resumable, the same for the same seed."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Torch's own types leave some of its arguments open.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.training.reader.network import ReaderNetwork
from app.training.reader.recipe import ReaderRecipe
from app.training.reader.rows import Batch, TrainingRow, batch_of, batches_of
from retrieval.finetune.run_state import load_state, make_work_folder, save_state
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.precision import bfloat16_pays
from retrieval.types import Progress, no_progress

with heavy_imports():
    import torch
    from torch.nn import functional

SAVED_EVERY = 100
"""Steps that a kill loses at most."""
_FAR = -1e4
"""The logit of a sentence that is not there."""


@dataclass(slots=True)
class ReaderHistory:
    """The loss of every step, and what `measure` said after each epoch."""

    losses: list[float] = field(default_factory=list)
    dev: list[dict[str, float]] = field(default_factory=list)


Measure = Callable[[ReaderNetwork], dict[str, float]]


def train(
    rows: Sequence[TrainingRow],
    recipe: ReaderRecipe,
    out: Path,
    measure: Measure,
    *,
    steps: int | None = None,
    progress: Progress = no_progress,
) -> tuple[ReaderNetwork, ReaderHistory]:
    """The trained network. `measure` is asked after each epoch, and for the record alone.

    With `steps` the run ends after so many, to try it. A run that was killed goes on
    from its last save in `out`. Raises `ModelError` where `out` cannot be written or
    holds another run.
    """
    run = _Run(rows, recipe, make_work_folder(out), steps, progress)
    run.resume()
    run.go_on(measure)
    return run.network, run.history


class _Run:
    def __init__(
        self,
        rows: Sequence[TrainingRow],
        recipe: ReaderRecipe,
        work: Path,
        steps: int | None,
        progress: Progress,
    ) -> None:
        torch.manual_seed(recipe.seed)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network = ReaderNetwork(recipe.dropout).to(self.device)
        # Half of all weights, and few of them are seen often enough to be learned.
        self.network.trunk.embeddings.requires_grad_(False)
        self.rows, self.recipe, self.work, self.progress = rows, recipe, work, progress
        epochs = [batches_of(rows, recipe.tokens, f"{recipe.seed} {epoch}") for epoch in range(recipe.epochs)]
        self.plan = [batch for epoch in epochs for batch in epoch]
        self.epoch_ends = {sum(map(len, epochs[: epoch + 1])) for epoch in range(recipe.epochs)}
        self.last = min(steps or len(self.plan), len(self.plan))
        self.optimizer = torch.optim.AdamW(self._groups(), weight_decay=recipe.weight_decay)
        warm = max(1, int(recipe.warm_up * self.last))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min((step + 1) / warm, max(0.02, (self.last - step) / self.last))
        )
        self.step = 0
        self.history = ReaderHistory()

    def _groups(self) -> list[dict[str, Any]]:
        named = [(name, one) for name, one in self.network.named_parameters() if one.requires_grad]
        trunk = [one for name, one in named if name.startswith("trunk.")]
        heads = [one for name, one in named if not name.startswith("trunk.")]
        return [
            {"params": trunk, "lr": self.recipe.learning_rate},
            {"params": heads, "lr": self.recipe.head_rate},
        ]

    def go_on(self, measure: Measure) -> None:
        while self.step < self.last:
            self._one_step(batch_of([self.rows[place] for place in self.plan[self.step]], self.device))
            self.step += 1
            recent = self.history.losses[-50:]
            self.progress(f"Training, loss {sum(recent) / len(recent):.3f}", self.step, self.last)
            if self.step in self.epoch_ends or self.step == self.last:
                self.network.eval()
                self.history.dev.append(measure(self.network))
                self.save()
            elif self.step % SAVED_EVERY == 0:
                self.save()

    def _one_step(self, batch: Batch) -> None:
        # Dropout depends on seed and step alone, so that a resumed run is the same one.
        torch.manual_seed(self.recipe.seed + self.step)
        self.network.train()
        loss = batch_loss(self.network, batch, self.recipe)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.history.losses.append(loss.item())

    def save(self) -> None:
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "losses": self.history.losses,
            "dev": self.history.dev,
        }
        save_state(self.work, self._described(), state)

    def resume(self) -> None:
        state = load_state(self.work, self._described())
        if state is None:
            return
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.step = state["step"]
        self.history = ReaderHistory(list(state["losses"]), list(state["dev"]))

    def _described(self) -> dict[str, Any]:
        return {**asdict(self.recipe), "rows": len(self.rows), "steps": self.last}


def judged(network: ReaderNetwork, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The network's three outputs for a batch, in fp32; the logits of sentences that are not there are far down."""
    device = batch.ids.device.type
    with torch.autocast(device, dtype=torch.bfloat16, enabled=bfloat16_pays() or device == "cuda"):
        sentences, none, claims = network(batch.ids, batch.kinds, batch.mask, batch.pool)
    return sentences.float().masked_fill(batch.there == 0, _FAR), none.float(), claims.float()


def batch_loss(network: ReaderNetwork, batch: Batch, recipe: ReaderRecipe) -> torch.Tensor:
    """The weighted mean loss of a batch, whose rows are all claims or all questions.

    A question chooses among its sentences and "none of them" (as SQuAD 2.0's readers do,
    Devlin et al. 2019), and each sentence is judged against "none" by itself too.
    """
    sentences, none, claims = judged(network, batch)
    total = batch.weights.sum()
    if int(batch.labels[0]) >= 0:
        each = functional.cross_entropy(claims, batch.labels, reduction="none")
        return recipe.support * (each * batch.weights).sum() / total
    choices = torch.cat([sentences, none.unsqueeze(1)], dim=1)
    right = torch.cat([batch.answers, (batch.answers.sum(1, keepdim=True) == 0).float()], dim=1)
    chosen = torch.logsumexp(choices.masked_fill(right == 0, _FAR), dim=1)
    listed = torch.logsumexp(choices, dim=1) - chosen
    alone = functional.binary_cross_entropy_with_logits(sentences - none.unsqueeze(1), batch.answers, reduction="none")
    alone = (alone * batch.there).sum(1) / batch.there.sum(1).clamp(min=1.0)
    return ((listed + recipe.each * alone) * batch.weights).sum() / total
