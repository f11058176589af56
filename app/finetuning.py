"""Put a fine-tuning run together: papers, questions, recipe and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from retrieval.chunking import chunk_paper
from retrieval.corpus import default_papers_file, default_questions_file, read_papers, shipped_file
from retrieval.embedding import base_folder
from retrieval.errors import InputError
from retrieval.evaluation.questions import read_questions
from retrieval.finetune.pairs import Example, question_examples, topic_examples
from retrieval.finetune.recipes import RECIPES
from retrieval.finetune.score import development_score
from retrieval.finetune.train import History, train
from retrieval.glossary import read_glossary
from retrieval.overlay import OVERLAY, write_overlay
from retrieval.types import Paper, Progress


def finetune_embedding(
    recipe: str, out: Path, hold_out: Path | None, progress: Progress, note: Callable[[str], None]
) -> History:
    """Fine-tune the base model by the recipe of that name into `out`.

    With `hold_out`, a file of paper ids, nothing of those papers is trained on.
    Raises `InputError` for an unknown recipe or file, `ModelError` where `out` cannot be used.
    """
    if recipe not in RECIPES:
        raise InputError(f"There is no recipe {recipe!r}: choose from {', '.join(RECIPES)}.")
    papers = read_papers(default_papers_file())
    held_out = _ids(hold_out, papers) if hold_out else frozenset()
    learned = tuple(paper for paper in papers if paper.id not in held_out)
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    examples: list[Example]
    if recipe == "model-card":
        examples = topic_examples(learned)
    else:
        examples = question_examples(learned, read_questions(default_questions_file("train.jsonl")), glossary)
    score = development_score(papers, read_questions(default_questions_file("dev.jsonl")), glossary)
    passages = [(paper.id, chunk.embedded) for paper in learned for chunk in chunk_paper(paper)]
    note(f"{len(examples)} examples of {len(learned)} papers; the run goes on where it was if it is stopped.")
    history = train(base_folder(), examples, passages, RECIPES[recipe], out, score, progress)
    size = write_overlay(out, base_folder(), out / OVERLAY)
    note(f"Development figure by epoch, before training first: {', '.join(f'{figure:.3f}' for figure in history.dev)}.")
    note(f"The model is in {out}; {OVERLAY} holds what changed, {size / 1e6:.1f} MB.")
    return history


def _ids(file: Path, papers: tuple[Paper, ...]) -> frozenset[str]:
    try:
        named = frozenset(file.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The file {file} cannot be read: give one with a paper's id on each line.") from error
    unknown = named - {paper.id for paper in papers}
    if unknown:
        raise InputError(f"{file} names a paper {min(unknown)!r} that is not in the collection: mend the line.")
    return named
