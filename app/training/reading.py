"""Put the training of the reader together: what it learns from, its network, and the one file that comes out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.training.reader.card import model_card
from app.training.reader.examples import ReadingExample, SupportExample
from app.training.reader.questions import examples_of_questions, misses_of_twins
from app.training.reader.sets import (
    CLAIMS,
    QUESTIONS,
    Text,
    examples_of_twins,
    premises_of_twins,
    read_claim_set,
    read_question_set,
    read_twins,
)
from retrieval.errors import InputError
from retrieval.finetune.run_state import writing_run
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import open_embedder
from retrieval.models.heavy_imports import heavy_imports
from retrieval.questions.labelled import read_labelled_questions
from retrieval.readers.beir import read_beir_papers
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file, shipped_file
from retrieval.types import Paper, Progress

if TYPE_CHECKING:
    from app.training.reader.rows import TrainingRow

MODEL = "reader.onnx"
HISTORY = "history.json"
CARD = "README.md"
SCIFACT = "scifact"
"""Ids of the twins' texts that are not papers begin with it."""
OWN = 1.5
"""How much the twins and the project's own questions count: they are of the kind that will be asked."""


@dataclass(frozen=True, slots=True)
class ReaderRun:
    """What to train: where it goes, folders with further sets, and how many steps, None for all.

    A folder of `also` holds public sets (answer_selection.jsonl, support.jsonl) or a BEIR
    corpus that twins are about (SciFact).
    """

    out: Path
    also: tuple[Path, ...] = ()
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything of one split."""

    questions: tuple[ReadingExample, ...]
    claims: tuple[SupportExample, ...]


def examples_of(split: str, also: Sequence[Path], papers: Sequence[Paper], embedder: Embedder) -> Learned:
    """What a split ("train", "dev", "test") holds in all places. Raises `InputError` for a folder of nothing known."""
    texts = {paper.id: Text(paper.name, paper.abstract) for paper in papers if paper.abstract}
    questions: list[ReadingExample] = []
    claims: list[SupportExample] = []
    for folder in also:
        known = False
        if (folder / QUESTIONS).is_file():
            questions += read_question_set(folder, split)
            known = True
        if (folder / CLAIMS).is_file():
            claims += read_claim_set(folder, split)
            known = True
        if (folder / "corpus.jsonl").is_file():
            texts |= {f"{SCIFACT}:{paper.id}": Text(paper.name, paper.abstract) for paper in read_beir_papers(folder)}
            known = True
        if not known:
            raise InputError(f"{folder} holds neither {QUESTIONS} nor {CLAIMS} nor corpus.jsonl: give another --also.")
    twins = read_twins(shipped_file(f"reading/{split}.jsonl"))
    questions += examples_of_twins(twins, texts, OWN)
    claims += premises_of_twins(twins, texts, OWN)
    questions += misses_of_twins(twins, papers, embedder)
    if split == "train":
        asked = read_labelled_questions(default_questions_file("train.jsonl"))
        questions += examples_of_questions(asked, papers, embedder)
    return Learned(tuple(questions), tuple(claims))


def _by_source(learned: Learned, tokenizer: Any) -> list[tuple[str, list[TrainingRow]]]:
    from app.training.reader.rows import claim_rows, question_rows

    sets: dict[str, list[TrainingRow]] = {}
    for source in sorted({example.source for example in learned.questions}):
        sets[source] = question_rows([one for one in learned.questions if one.source == source], tokenizer)
    for source in sorted({example.source for example in learned.claims}):
        sets[f"claims {source}"] = claim_rows([one for one in learned.claims if one.source == source], tokenizer)
    return [(name, rows) for name, rows in sets.items() if rows]


def finetune_reader(run: ReaderRun, progress: Progress, note: Callable[[str], None]) -> None:
    """Train the reader as `run` says, and leave its ONNX file and what was measured in the run's folder.

    Raises `InputError` for a number of steps below 1 or a folder that cannot be used, `ModelError`
    where the run's folder cannot be written.
    """
    if run.steps is not None and run.steps < 1:
        raise InputError("--steps must be at least 1.")
    with heavy_imports():
        from app.training.reader.export import export
        from app.training.reader.measure import figures_by_source
        from app.training.reader.network import ReaderNetwork, read_tokenizer
        from app.training.reader.recipe import DEFAULT
        from app.training.reader.rows import claim_rows, question_rows
        from app.training.reader.training import train

    papers, embedder, tokenizer = read_papers(default_papers_file()), open_embedder(), read_tokenizer()
    learned, chosen_on = (examples_of(split, run.also, papers, embedder) for split in ("train", "dev"))
    rows = question_rows(learned.questions, tokenizer) + claim_rows(learned.claims, tokenizer)
    note(f"{len(learned.questions)} questions and {len(learned.claims)} claims; a run that is stopped goes on.")
    measured = _by_source(chosen_on, tokenizer)

    def measure(network: ReaderNetwork) -> dict[str, float]:
        return figures_by_source(network, measured)

    with writing_run(run.out):
        network, history = train(rows, DEFAULT, run.out, measure, steps=run.steps, progress=progress)
        size = export(network, run.out / MODEL, run.out / "unfinished")
        (run.out / HISTORY).write_text(json.dumps(asdict(history)), encoding="utf-8")
        card = model_card(run.out.resolve().name, DEFAULT, learned.questions, learned.claims, history.dev[-1])
        (run.out / CARD).write_text(card, encoding="utf-8")
        shutil.rmtree(run.out / "unfinished")
    note(f"The reader is {run.out / MODEL}, {size / 1e6:.1f} MB.")
