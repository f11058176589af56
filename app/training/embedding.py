"""Put a fine-tuning run together: papers, questions, recipe and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.chunking import chunk_paper
from retrieval.errors import InputError
from retrieval.finetune.card import model_card
from retrieval.finetune.history import TrainingHistory, draw_history
from retrieval.finetune.pairs import TrainingPair, query_examples, question_examples, topic_examples
from retrieval.finetune.publish import check_login, publish
from retrieval.finetune.recipes import RECIPES
from retrieval.finetune.run_state import writing_run
from retrieval.finetune.score import development_score
from retrieval.finetune.train import train
from retrieval.lexical.glossary import Glossary, read_glossary
from retrieval.models.embedding import base_folder
from retrieval.models.weight_delta import OVERLAY, write_weight_delta
from retrieval.questions.labelled import read_labelled_questions
from retrieval.readers.beir import BeirSet, read_beir
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file, shipped_file
from retrieval.types import Paper, Progress

CURVE = "curve.png"
CARD = "README.md"


@dataclass(frozen=True, slots=True)
class EmbeddingRun:
    """What to train: a recipe's name, where it goes, papers to learn nothing of, a BEIR folder to learn as well,
    and a hub id to publish under."""

    recipe: str
    out: Path
    hold_out: Path | None = None
    also: Path | None = None
    push_to: str | None = None


def finetune_embedding(run: EmbeddingRun, progress: Progress, note: Callable[[str], None]) -> TrainingHistory:
    """Fine-tune the base model as `run` says, and leave model, card, curve and overlay in its folder.

    Raises `InputError` for an unknown recipe or a file that cannot be used,
    `ModelError` where the folder cannot be used or the hub does not take the model.
    """
    if run.recipe not in RECIPES:
        raise InputError(f"There is no recipe {run.recipe!r}: choose from {', '.join(RECIPES)}.")
    if run.push_to:
        check_login()
    recipe = RECIPES[run.recipe]
    papers = read_papers(default_papers_file())
    held_out = _ids(run.hold_out, papers) if run.hold_out else frozenset()
    learned = tuple(paper for paper in papers if paper.id not in held_out)
    other = read_beir(run.also, "train") if run.also else None
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    examples = _examples(run.recipe, learned, other, glossary)
    # Held-out papers have no say in which epoch is kept either.
    chosen_on = [
        question
        for question in read_labelled_questions(default_questions_file("dev.jsonl"))
        if held_out.isdisjoint(question.papers)
    ]
    score = development_score(papers, chosen_on, glossary)
    texts = (*learned, *(_judged(other) if other else ()))
    passages = [(paper.id, chunk.embedded) for paper in texts for chunk in chunk_paper(paper)]
    note(f"{len(examples)} examples of {len(texts)} papers; the run goes on where it was if it is stopped.")
    name = run.push_to or run.out.resolve().name
    with writing_run(run.out):
        history = train(base_folder(), examples, passages, recipe, run.out, score, progress)
        size = write_weight_delta(run.out, base_folder(), run.out / OVERLAY)
        draw_history(history, run.out / CURVE)
        card = model_card(name, recipe, history, _data(run, len(examples), learned))
        (run.out / CARD).write_text(card, encoding="utf-8")
    note(f"Development figure by epoch, before training first: {', '.join(f'{figure:.3f}' for figure in history.dev)}.")
    note(f"The model is in {run.out}, at {history.final:.3f}; {OVERLAY} holds what changed, {size / 1e6:.1f} MB.")
    if run.push_to:
        note(f"Published: {publish(run.out, run.push_to)}")
    return history


def _examples(recipe: str, learned: Sequence[Paper], other: BeirSet | None, glossary: Glossary) -> list[TrainingPair]:
    if recipe == "model-card":
        examples = topic_examples(learned)
    else:
        examples = question_examples(learned, read_labelled_questions(default_questions_file("train.jsonl")), glossary)
    return examples + (query_examples(other) if other else [])


def _judged(other: BeirSet) -> tuple[Paper, ...]:
    """The papers that some query of the set is answered by."""
    relevant = {paper for grades in other.qrels.values() for paper, grade in grades.items() if grade > 0}
    return tuple(paper for paper in other.papers if paper.id in relevant)


def _data(run: EmbeddingRun, examples: int, learned: Sequence[Paper]) -> list[str]:
    kind = "pairs of a topic and a passage" if run.recipe == "model-card" else "questions written by reading abstracts"
    data = [f"{examples} examples: {kind}, over {len(learned)} works on AI safety."]
    if run.hold_out:
        data.append(f"Nothing of the papers in {run.hold_out.name}.")
    if run.also:
        data.append(f"Among the examples, the training queries of {run.also.resolve().name}.")
    return data


def _ids(file: Path, papers: tuple[Paper, ...]) -> frozenset[str]:
    try:
        named = frozenset(file.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The file {file} cannot be read: give one with a paper's id on each line.") from error
    unknown = named - {paper.id for paper in papers}
    if unknown:
        raise InputError(f"{file} names a paper {min(unknown)!r} that is not in the collection: mend the line.")
    return named
