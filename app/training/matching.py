"""Train the matcher: the reader's network, on the ways in which people ask for what was prepared."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from app.answering.evidence.prepared import ENGLISH, FILE, PreparedAnswer, read_prepared
from app.answering.evidence.prepared_answers import WAYS_READ
from app.training.reader.examples import ReadingExample
from app.training.reader.recipe import DEFAULT
from retrieval.errors import InputError
from retrieval.finetune.run_state import writing_run
from retrieval.lexical.han import has_han
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import open_embedder
from retrieval.models.heavy_imports import heavy_imports
from retrieval.papers.papers import papers_of
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, shipped_file
from retrieval.types import Progress

MODEL = "matcher.onnx"
HISTORY = "history.json"
RECIPE = replace(DEFAULT, epochs=1, tokens=4096, learning_rate=1e-4)
ASKED = 5
"""So many ways of each answer are asked, each beside the nearest others of the same answer."""
NEAREST = 6
"""Answers among which those are drawn that a way does not ask for: those with the nearest ways."""
MISSES = 2
"""How many of them stand beside each way."""
MISS = 0.7
"""How much such a miss counts: nobody has looked whether it answers after all."""
SOURCE = "ways"


def examples_of_answers(
    answers: Sequence[PreparedAnswer], embedder: Embedder, seed: int = RECIPE.seed
) -> list[ReadingExample]:
    """English ways of asking, each beside ways and text of its own answer, which are all it asks for, and of others."""
    draw = random.Random(seed)
    quoting = [answer for answer in answers if answer.quotes]
    ways = [(place, way) for place, answer in enumerate(quoting) for way in answer.asked if not has_han(way)]
    vectors = embedder.embed([way for _, way in ways])
    of_way = np.array([place for place, _ in ways], dtype=int)

    def beside(place: int, similarities: np.ndarray, but: int | None = None) -> tuple[str, ...]:
        own = sorted((int(way) for way in np.flatnonzero(of_way == place)), key=lambda way: -similarities[way])
        return tuple(ways[way][1] for way in own if way != but)[:WAYS_READ]

    examples: list[ReadingExample] = []
    for place, answer in enumerate(quoting):
        own = [int(way) for way in np.flatnonzero(of_way == place)]
        for asked in draw.sample(own, min(ASKED, len(own))):
            similarities = vectors @ vectors[asked]
            same = beside(place, similarities, but=asked)
            if not same:
                continue
            said = (*same, answer.text[ENGLISH])
            examples.append(ReadingExample(ways[asked][1], "", said, tuple(range(len(said))), SOURCE))
            for other in draw.sample(near := _nearest(of_way, similarities, place), min(MISSES, len(near))):
                said = (*beside(other, similarities), quoting[other].text[ENGLISH])
                examples.append(ReadingExample(ways[asked][1], "", said, (), SOURCE, weight=MISS))
    return examples


def _nearest(of_way: np.ndarray, similarities: np.ndarray, place: int) -> list[int]:
    """The other answers with the nearest ways."""
    order = dict.fromkeys(int(of_way[way]) for way in np.argsort(-similarities, kind="stable"))
    return [other for other in order if other != place][:NEAREST]


def finetune_matcher(out: Path, steps: int | None, progress: Progress, note: Callable[[str], None]) -> None:
    """Train the matcher, and leave its ONNX file in `out`; one that was stopped goes on.

    Raises `InputError` for a number of steps below 1 or a folder that cannot be used, `ModelError` where the folder
    cannot be written.
    """
    if steps is not None and steps < 1:
        raise InputError("--steps must be at least 1.")
    with heavy_imports():
        from app.training.reader.export import export
        from app.training.reader.network import read_tokenizer
        from app.training.reader.rows import question_rows
        from app.training.reader.training import train

    papers = read_papers(default_papers_file())
    examples = examples_of_answers(read_prepared(shipped_file(FILE), papers_of(papers), papers), open_embedder())
    note(f"{len(examples)} ways of asking beside answers; a run that is stopped goes on.")

    with writing_run(out):
        rows = question_rows(examples, read_tokenizer())
        network, history = train(rows, RECIPE, out, lambda _: {}, steps=steps, progress=progress)
        size = export(network, out / MODEL, out / "unfinished")
        (out / HISTORY).write_text(json.dumps(asdict(history)), encoding="utf-8")
        shutil.rmtree(out / "unfinished")
    note(f"The matcher is {out / MODEL}, {size / 1e6:.1f} MB.")
