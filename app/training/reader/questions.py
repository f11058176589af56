"""The project's own questions as examples for the reader, with near abstracts that do not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from app.training.reader.examples import ReadingExample
from app.training.reader.sets import Twin
from retrieval.chunking import split_sentences
from retrieval.models.embedder import Embedder
from retrieval.questions.labelled import LabelledQuestion
from retrieval.types import Paper

SOURCE = "papers"
NEAREST = 8
"""Papers among which those that do not answer are drawn: the nearest to the question."""
MISSES = 2
"""How many of them stand beside each question."""
ELSEWHERE = 0.5
"""How much such a miss counts: nobody has looked whether the paper answers after all."""


def examples_of_questions(
    questions: Sequence[LabelledQuestion], papers: Sequence[Paper], embedder: Embedder
) -> list[ReadingExample]:
    """Each question with each of its papers, and with the nearest ones that are not its own."""
    read = [paper for paper in papers if paper.abstract]
    by_id = {paper.id: paper for paper in read}
    asked = [question for question in questions if question.language == "en"]
    near = (
        embedder.embed([question.joined for question in asked])
        @ embedder.embed([f"{paper.name}. {paper.abstract}" for paper in read]).T
    )
    examples: list[ReadingExample] = []
    for question, row in zip(asked, near, strict=True):
        for paper_id in question.papers:
            gold = tuple(one.sentence for one in question.gold if one.paper_id == paper_id)
            if paper_id in by_id and gold:
                examples.append(_example(question.joined, by_id[paper_id], gold))
        nearest = [read[place] for place in np.argsort(-row, kind="stable")[:NEAREST]]
        misses = [paper for paper in nearest if paper.id not in question.papers][:MISSES]
        examples += [_example(question.joined, paper, ()) for paper in misses]
    return [example for example in examples if example.answers or example.kind]


def misses_of_twins(twins: Sequence[Twin], papers: Sequence[Paper], embedder: Embedder) -> list[ReadingExample]:
    """What is no question for a paper at all (orders, chit-chat, the rest of the world), with the nearest abstracts."""
    alone = [twin for twin in twins if twin.doc is None]
    read = [paper for paper in papers if paper.abstract]
    if not alone:
        return []
    near = (
        embedder.embed([twin.near for twin in alone])
        @ embedder.embed([f"{paper.name}. {paper.abstract}" for paper in read]).T
    )
    return [
        replace(_example(twin.near, read[place], ()), source=f"twins {twin.author}", kind=twin.kind)
        for twin, row in zip(alone, near, strict=True)
        for place in np.argsort(-row, kind="stable")[:MISSES]
    ]


def _example(question: str, paper: Paper, gold: tuple[str, ...]) -> ReadingExample:
    spans = split_sentences(paper.abstract)
    places = [(start, start + len(one)) for one in gold if (start := paper.abstract.find(one)) >= 0]
    answers = tuple(
        number
        for number, span in enumerate(spans)
        if any(first < span.end and span.start < last for first, last in places)
    )
    sentences = tuple(paper.abstract[span.start : span.end] for span in spans)
    weight = 1.0 if gold else ELSEWHERE
    return ReadingExample(question, paper.name, sentences, answers, SOURCE, "" if gold else "elsewhere", weight)
