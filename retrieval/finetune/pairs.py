"""What the model learns from: questions and the texts that should be near them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.chunking import chunk_paper
from retrieval.lexical.glossary import Glossary
from retrieval.questions.labelled import LabelledQuestion
from retrieval.readers.beir import BeirSet
from retrieval.types import Paper


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """A question with texts of the papers that answer it; one of them is drawn each epoch.

    Texts of `papers` are never its negatives.
    """

    question: str
    papers: frozenset[str]
    positives: tuple[str, ...]


def question_examples(
    papers: Sequence[Paper], questions: Sequence[LabelledQuestion], glossary: Glossary
) -> list[TrainingPair]:
    """One example a written question: passages with the gold sentence, the sentence itself, abstract and summary.

    Questions without a paper among `papers` are left out. Chinese is read in English, as in retrieval.
    """
    by_id = {paper.id: paper for paper in papers}
    examples: list[TrainingPair] = []
    for question in questions:
        if question.papers and all(paper in by_id for paper in question.papers):
            texts = [text for paper in question.papers for text in _positives(by_id[paper], question)]
            english = glossary.in_english(question.joined) or question.joined
            examples.append(TrainingPair(english, frozenset(question.papers), tuple(dict.fromkeys(texts))))
    return examples


def _positives(paper: Paper, question: LabelledQuestion) -> list[str]:
    chunks = chunk_paper(paper)
    texts: list[str] = []
    for gold in question.gold:
        if gold.paper_id == paper.id:
            at = paper.abstract.find(gold.sentence)
            texts += [chunk.embedded for chunk in chunks if chunk.start <= at < chunk.end]
            if paper.language == "en":
                texts += [gold.sentence, f"{paper.name}\n{gold.sentence}"]
    whole = paper.abstract if paper.language == "en" else paper.translations.get("en", paper.abstract)
    return [*texts, chunks[0].embedded, f"{paper.name}\n{whole}", paper.summary or paper.name]


def topic_examples(papers: Sequence[Paper]) -> list[TrainingPair]:
    """The model card's kind of pairs: "What does this text say about X?" with each passage of papers and report.

    X is the paper's category, or for the report and papers without one what they are called.
    """
    return [
        TrainingPair(
            f"What does this text say about {(paper.category or paper.name).lower()}?",
            frozenset({paper.id}),
            (chunk.text,),
        )
        for paper in papers
        for chunk in chunk_paper(paper)
        if chunk.text
    ]


def query_examples(other: BeirSet) -> list[TrainingPair]:
    """One example a judged query of a BEIR set, with passages and whole texts of the papers that answer it.

    Learning another field beside one's own keeps the model from forgetting it.
    """
    by_id = {paper.id: paper for paper in other.papers}
    examples: list[TrainingPair] = []
    for query, grades in other.qrels.items():
        relevant = [by_id[paper] for paper, grade in grades.items() if grade > 0]
        texts = [
            text for paper in relevant for text in (chunk_paper(paper)[0].embedded, f"{paper.name}\n{paper.abstract}")
        ]
        if texts:
            examples.append(TrainingPair(other.queries[query], frozenset(paper.id for paper in relevant), tuple(texts)))
    return examples


def batches(examples: Sequence[TrainingPair], size: int, shuffled: Sequence[int]) -> list[list[int]]:
    """The examples' places in batches of up to `size`, no two of a batch sharing a paper; stragglers are left out."""
    result: list[list[int]] = []
    waiting = list(shuffled)
    while waiting:
        batch: list[int] = []
        papers: set[str] = set()
        later: list[int] = []
        for place in waiting:
            if len(batch) < size and not papers & examples[place].papers:
                batch.append(place)
                papers |= examples[place].papers
            else:
                later.append(place)
        if len(batch) < max(2, size // 2) and result:
            break
        result.append(batch)
        waiting = later
    return result
