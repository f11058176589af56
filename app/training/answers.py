"""Put the training of a language model together: base, lessons, recipe and what comes out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.evidence.prepared import FILE as PREPARED
from app.answering.evidence.prepared import read_prepared
from app.answering.models.adapter import CONFIG, WEIGHTS, mark_fine_tuned, merge_adapter
from app.answering.models.loading import load_tokenizer, load_weights, no_progress_bars
from app.answering.models.smollm2 import UNTUNED, convert
from app.training.sft.card import model_card
from app.training.sft.examples import SftExample, examples_of, read_other_examples, read_sft_examples
from app.training.sft.recipe import DEFAULT
from app.training.sft.tokenized import tokenized_examples
from app.training.sft.training import HISTORY, LossHistory, train
from retrieval.errors import InputError, MissingPackageError, ModelError
from retrieval.evaluation.figure import empty_figure, save_figure
from retrieval.finetune.history import draw_losses
from retrieval.finetune.run_state import writing_run
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.hub import model_folder
from retrieval.papers.papers import papers_of
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, shipped_file
from retrieval.types import Progress

ADAPTER_FOLDER = "adapter"
CARD = "README.md"
CURVE = "curve.png"
BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"
"""What the base model that ships is called on the hub."""
SPLITS = ("train", "dev")
OTHER = "answers/other.jsonl"
JUDGED_A_STEP = 4
"""A run of so many steps is judged by so many development lessons for each, as judging takes as long as teaching."""


@dataclass(frozen=True, slots=True)
class SftRun:
    """What to train: where it goes, the base model (a hub id or a folder; None for the one that ships), and how many
    steps, None for all. `abstracts` is SciFact's corpus.jsonl; without it the lessons over it are left out."""

    out: Path
    home: Path
    base: str | None = None
    steps: int | None = None
    abstracts: Path | None = None


def finetune_answers(run: SftRun, progress: Progress, note: Callable[[str], None]) -> LossHistory:
    """Teach the base model the lessons, and leave the merged model, its adapter, card and curve in the run's folder.

    The folder can be given as a language model then. Raises `InputError` for a number
    of steps below 1, `ModelError` where the base or the folder cannot be used.
    """
    if run.steps is not None and run.steps < 1:
        raise InputError("--steps must be at least 1.")
    _need_peft()
    base = model_folder(run.base, progress) if run.base else convert(run.home, progress, UNTUNED)
    name = run.base or BASE
    tokenizer = load_tokenizer(base, name)
    learned, chosen_on = (tokenized_examples(some, tokenizer, name) for some in _lessons(run))
    if run.steps:
        chosen_on = chosen_on[: run.steps * JUDGED_A_STEP]
    note(f"{len(learned)} lessons; the run goes on where it was if it is stopped.")
    if run.abstracts is None:
        note("Lessons over papers of other fields are left out: give SciFact as a BEIR folder with --also.")
    skips = sum(example.skips for example in learned)
    with writing_run(run.out):
        history = train(base, learned, chosen_on, DEFAULT, run.out, steps=run.steps, progress=progress)
        _put_together(base, tokenizer, run.out)
        _draw(history, run.out / CURVE)
        other_fields = run.abstracts is not None
        card = model_card(
            run.out.resolve().name, name, DEFAULT, history, len(learned), skips, other_fields=other_fields
        )
        (run.out / CARD).write_text(card, encoding="utf-8")
    size = (run.out / ADAPTER_FOLDER / WEIGHTS).stat().st_size
    losses = ", ".join(f"{loss:.3f}" for loss in history.dev)
    note(f"Development loss, before training and after each epoch: {losses}.")
    note(f"The model is in {run.out}, its adapter of {size / 1e6:.1f} MB in {run.out / ADAPTER_FOLDER}.")
    return history


def _lessons(run: SftRun) -> tuple[Sequence[SftExample], Sequence[SftExample]]:
    """Those to learn from, and those to choose on."""
    papers = read_papers(default_papers_file())
    names = {paper.id: paper.name for paper in papers}
    of_papers, chosen_on = (read_sft_examples(shipped_file(f"answers/{split}.jsonl"), names) for split in SPLITS)
    other = read_other_examples(shipped_file(OTHER), run.abstracts) if run.abstracts else ()
    prepared = examples_of(read_prepared(shipped_file(PREPARED), papers_of(papers), papers))
    return (*of_papers, *other, *prepared), chosen_on


def _need_peft() -> None:
    try:
        with heavy_imports():
            import peft  # noqa: F401
    except MissingPackageError as error:
        raise ModelError('Teaching a model needs peft: pip install "paperbacked[finetune]".') from error


def _put_together(base: Path, tokenizer: Any, out: Path) -> None:
    """Move the adapter to a folder of its own, and write the base with it merged, each file whole or not at all."""
    with heavy_imports():
        import torch

    adapter = out / ADAPTER_FOLDER
    adapter.mkdir(exist_ok=True)
    for file in (WEIGHTS, CONFIG, HISTORY):
        (out / file).replace(adapter / file)
    model = load_weights(base, base.name, torch.float32)
    merge_adapter(model, adapter)
    mark_fine_tuned(model)
    fresh = out / "merged"
    with no_progress_bars():
        model.to(torch.bfloat16).save_pretrained(fresh)
        tokenizer.save_pretrained(fresh)
    for file in sorted(fresh.iterdir()):
        file.replace(out / file.name)
    shutil.rmtree(fresh)


def _draw(history: LossHistory, path: Path) -> None:
    figure = empty_figure(6, 3.6)
    axes = figure.subplots()
    draw_losses(axes, history.losses)
    ends = np.linspace(0, len(history.losses), len(history.dev))
    axes.plot(ends, history.dev, marker="o", color="#444444", label="development")
    axes.legend(frameon=False)
    save_figure(figure, path)
