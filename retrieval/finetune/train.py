"""Fine-tune the embedding model: one loop for every recipe.

The loss is the in-batch softmax of sentence-transformers'
MultipleNegativesRankingLoss (Henderson et al. 2017), with one more passage a
pair where the recipe mines hard negatives. Written out, because a batch must
hold a paper only once, and because a run that is killed goes on where it was.
"""

# pyright: reportUnknownMemberType=false
# Torch's own types leave some of its arguments open.

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.finetune.average import write_average
from retrieval.finetune.history import TrainingHistory
from retrieval.finetune.pairs import TrainingPair, batches
from retrieval.finetune.recipes import EmbeddingRecipe
from retrieval.finetune.run_state import load_state, make_work_folder, save_state
from retrieval.models.heavy_imports import heavy_imports, model_loading
from retrieval.models.precision import bfloat16_pays
from retrieval.models.sentence_encoder import SentenceEncoder
from retrieval.types import Progress, no_progress

if TYPE_CHECKING:
    import torch

HISTORY = "history.json"
MINED = 6
ALIKE = 16
"""Texts that go through the network together."""
Score = Callable[[SentenceEncoder], float]
"""Gives a model's figure on the development questions; higher is better."""


def train(
    base: Path,
    examples: Sequence[TrainingPair],
    passages: Sequence[tuple[str, str]],
    recipe: EmbeddingRecipe,
    out: Path,
    score: Score,
    progress: Progress = no_progress,
) -> TrainingHistory:
    """Train and leave a sentence-transformers folder in `out`, with `history.json`.

    `passages` are (paper id, text) to mine negatives from. A run that was killed
    goes on from its last whole epoch. The same seed gives the same weights.
    Raises `ModelError` where `out` cannot be written or holds another recipe's run.
    """
    with heavy_imports():
        import torch

    random.seed(recipe.seed)
    np.random.seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    work = make_work_folder(out)
    run = _Run(base, examples, passages, recipe, work, progress)
    run.resume()
    if not run.history.dev:
        run.history.dev.append(score(run.model))
    while run.epoch < recipe.epochs:
        run.one_epoch()
        run.history.dev.append(score(run.model))
        run.save()
    run.finish(out, base, score)
    return run.history


class _Run:
    """The state of a training run: everything that must survive a kill is written after each epoch."""

    def __init__(
        self,
        base: Path,
        examples: Sequence[TrainingPair],
        passages: Sequence[tuple[str, str]],
        recipe: EmbeddingRecipe,
        work: Path,
        progress: Progress,
    ) -> None:
        with heavy_imports():
            import torch
            from sentence_transformers import SentenceTransformer

        with model_loading():
            self.model = SentenceTransformer(str(base), device="cuda" if torch.cuda.is_available() else "cpu")
        self.recipe, self.examples, self.work, self.progress = recipe, examples, work, progress
        self.history = TrainingHistory()
        self.epoch = 0
        if recipe.frozen_embeddings:
            for name, parameter in self.model.named_parameters():
                parameter.requires_grad = ".embeddings." not in name
        trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.plans = [self._plan(epoch) for epoch in range(recipe.epochs)]
        steps = sum(map(len, self.plans))
        warm = int(recipe.warm_up * steps)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min((step + 1) / max(1, warm), max(0.0, (steps - step) / steps))
        )
        self.negatives = self._mine(passages) if recipe.hard_negatives else None

    def _plan(self, epoch: int) -> list[list[int]]:
        order = list(range(len(self.examples)))
        random.Random(f"{self.recipe.seed} {epoch}").shuffle(order)
        return batches(self.examples, self.recipe.batch, order)

    def _mine(self, passages: Sequence[tuple[str, str]]) -> list[list[str]]:
        """For each example the passages of other papers that the base model finds nearest."""
        texts = self._vectors([text for _, text in passages])
        nearness = self._vectors([example.question for example in self.examples]) @ texts.T
        mined: list[list[str]] = []
        for example, row in zip(self.examples, nearness, strict=True):
            others = (place for place in np.argsort(-row, kind="stable") if passages[place][0] not in example.papers)
            mined.append([passages[next(others)][1] for _ in range(min(MINED, len(passages) - 1))])
        return mined

    def _vectors(self, texts: list[str]) -> np.ndarray:
        with heavy_imports():
            import torch

        with torch.autocast(self.model.device.type, dtype=torch.bfloat16, enabled=bfloat16_pays()):
            vectors = self.model.encode(texts, convert_to_numpy=False, convert_to_tensor=True, show_progress_bar=False)
        return torch.nn.functional.normalize(vectors.float(), dim=-1).cpu().numpy()

    def one_epoch(self) -> None:
        """One pass over the plan; the positives drawn depend on seed and epoch alone."""
        with heavy_imports():
            import torch

        draw = random.Random(f"{self.recipe.seed} texts {self.epoch}")
        torch.manual_seed(self.recipe.seed + self.epoch)
        before = sum(map(len, self.plans[: self.epoch]))
        total = sum(map(len, self.plans))
        self.model.train()
        for step, batch in enumerate(self.plans[self.epoch]):
            loss = self._loss(batch, draw)
            self.optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            self.history.losses.append(loss.item())
            shown = float(np.mean(self.history.losses[-20:]))
            self.progress(f"Training, epoch {self.epoch + 1}, loss {shown:.2f}", before + step + 1, total)
        self.model.eval()
        self.epoch += 1

    def _loss(self, batch: list[int], draw: random.Random) -> torch.Tensor:
        with heavy_imports():
            import torch

        texts = [draw.choice(self.examples[place].positives) for place in batch]
        if self.negatives is not None:
            texts += [draw.choice(self.negatives[place]) for place in batch]
        with torch.autocast(self.model.device.type, dtype=torch.bfloat16, enabled=bfloat16_pays()):
            asked = self._embed([self.examples[place].question for place in batch])
            given = self._embed(texts)
        targets = torch.arange(len(batch), device=asked.device)
        return torch.nn.functional.cross_entropy(self.recipe.scale * asked @ given.T, targets)

    def _embed(self, texts: list[str]) -> torch.Tensor:
        with heavy_imports():
            import torch

        # Texts of like length together: padding to the longest of all would double the work.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = [
            self._embed_alike([texts[place] for place in order[at : at + ALIKE]]) for at in range(0, len(order), ALIKE)
        ]
        back = torch.empty(len(order), dtype=torch.long)
        back[order] = torch.arange(len(order))
        return torch.cat(parts)[back.to(parts[0].device)]

    def _embed_alike(self, texts: list[str]) -> torch.Tensor:
        with heavy_imports():
            import torch

        tokens = self.model.tokenizer(
            texts, padding=True, truncation=True, max_length=self.recipe.max_length, return_tensors="pt"
        ).to(self.model.device)
        return torch.nn.functional.normalize(self.model(dict(tokens))["sentence_embedding"].float(), dim=-1)

    def save(self) -> None:
        """Write the state, and the weights where they are the best so far, each file whole or not at all."""
        if not self.recipe.best_epoch or self.history.best_epoch == self.epoch:
            kept = self.work / "kept"
            shutil.rmtree(kept, ignore_errors=True)
            self.model.save(str(kept), create_model_card=False)
        state = {
            "epoch": self.epoch,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "losses": self.history.losses,
            "dev": self.history.dev,
        }
        save_state(self.work, self._described(), state)

    def resume(self) -> None:
        """Go on where a killed run left its state."""
        state = load_state(self.work, self._described())
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.epoch = state["epoch"]
        self.history = TrainingHistory(list(state["losses"]), list(state["dev"]))

    def _described(self) -> dict[str, Any]:
        return {**asdict(self.recipe), "examples": len(self.examples)}

    def finish(self, out: Path, base: Path, score: Score) -> None:
        """Average the kept weights with the base, move them to their place and remove the state."""
        with heavy_imports():
            from sentence_transformers import SentenceTransformer

        kept, whole = self.work / "kept", self.work / "whole"
        # What was kept stays as it is, so that a run killed in here can do this again.
        shutil.copytree(kept, whole, dirs_exist_ok=True)
        if self.recipe.base_share:
            write_average(kept, base, self.recipe.base_share, whole)
        with model_loading():
            written = SentenceTransformer(str(whole), device=str(self.model.device))
        self.history.final = score(written)
        for path in sorted(whole.iterdir()):
            target = out / path.name
            if target.is_dir():
                shutil.rmtree(target)
            path.replace(target)
        (out / HISTORY).write_text(json.dumps(asdict(self.history)), encoding="utf-8")
        shutil.rmtree(self.work)
