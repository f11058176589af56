"""Measure a retriever, and the answerer above it, on questions or on a BEIR set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from app.answering.question import Question, Turn, checked_question
from app.build import LocalAnswerer
from app.evaluation.answers import AnswerReport, evaluate_answers
from retrieval.corpus import corpus_hash
from retrieval.evaluation.ablation import ablation, without_expansion
from retrieval.evaluation.benchmark import (
    DEPTH,
    Rank,
    Report,
    evaluate_answerability,
    evaluate_query_ablation,
    evaluate_question_ablation,
)
from retrieval.lexical.document import Document
from retrieval.lexical.index import LexicalIndex, paper_document
from retrieval.lexical.letters import LetterRarity
from retrieval.lexical.words import WordsWriter
from retrieval.questions.labelled import LabelledQuestion, check_papers, read_labelled_questions
from retrieval.readers.beir import read_beir
from retrieval.retrieval_weights import RetrievalWeights
from retrieval.retriever import PaperRetriever
from retrieval.shipped import default_questions_file
from retrieval.types import Filters, Paper, Progress

Index = Callable[[Iterable[Paper], str], PaperRetriever]
"""Gives a retriever over papers, indexed as the collection of that name."""
WARM_UP = "What is this collection of papers about?"


def reports_of(
    questions: Path | None,
    beir: Path | None,
    split: str,
    answerer: Callable[[], LocalAnswerer],
    index: Index,
    progress: Progress,
) -> dict[str, Report]:
    """What was asked for, by "questions" and "beir": the dev questions where nothing was."""
    reports = {"beir": beir_report(beir, split, index, progress)} if beir else {}
    if questions or not beir:
        reports["questions"] = questions_report(questions or default_questions_file("dev.jsonl"), answerer, progress)
    return reports


def questions_report(path: Path, build: Callable[[], LocalAnswerer], progress: Progress) -> Report:
    """The ablation over a questions file, and how well the answerer's confidence tells what the papers answer.

    `build` makes the answerer once the file is read. Raises `InputError` where a
    question cannot be asked or names a paper that the answerer does not have.
    """
    questions = read_labelled_questions(path)
    asked = {question.id: as_asked(question) for question in questions}
    answerer = build()
    check_papers(questions, answerer.papers)
    retriever = answerer.retriever
    shipped = retriever.weights
    ranked = _ranked_by(retriever)
    rows, first_right = evaluate_question_ablation(ranked, ablation(shipped), shipped, questions, progress)
    known = evaluate_answerability(
        lambda question: answerer.ask(asked[question.id]).confidence, questions, first_right, progress
    )
    name = f"{path.name}: {len(questions)} questions"
    return Report({"name": name, **_made_with(retriever)}, rows, known)


def answers_report(
    path: Path, build: Callable[[], LocalAnswerer], progress: Progress, warm_up: bool = True
) -> AnswerReport:
    """The answers to a questions file, measured; what answers is what `build` made, with its language model.

    Raises `InputError` where a question cannot be asked or names a paper that the answerer does not have.
    """
    questions = read_labelled_questions(path)
    asked = {question.id: as_asked(question) for question in questions}
    answerer = build()
    check_papers(questions, answerer.papers)
    if warm_up:
        answerer.ask(checked_question(WARM_UP))
    name = f"{path.name}: {len(questions)} questions"
    about = {"name": name, **_made_with(answerer.retriever)}
    about["models"] = {**about["models"], "llm": answerer.models.llm}
    return evaluate_answers(lambda question: answerer.ask(asked[question.id]), questions, about, progress)


def beir_report(folder: Path, split: str, index: Index, progress: Progress) -> Report:
    """The ablation over a BEIR folder; it has no expansion queries, so what rests on them is left out.

    The collection's name is the same for the same papers. Raises `InputError`.
    """
    beir = read_beir(folder, split)
    retriever = index(beir.papers, f"beir-{corpus_hash(beir.papers)[:12]}")
    shipped = without_expansion(retriever.weights)
    weights = ablation(shipped, expansion_queries=False)
    rows = evaluate_query_ablation(_ranked_by(retriever), weights, shipped, beir.queries, beir.qrels, progress)
    name = f"{folder.resolve().name}, {split}: {len(beir.queries)} queries"
    return Report({"name": name, **_made_with(retriever)}, rows)


def as_asked(question: LabelledQuestion) -> Question:
    """The question as a reader would ask it, after those before it. Raises `InputError` where it cannot be asked."""
    return checked_question(question.text, tuple(Turn("user", before) for before in question.asked_before))


def _made_with(retriever: PaperRetriever) -> dict[str, Any]:
    models = {"embedding": retriever.embedder.description, "fingerprint": retriever.embedder.fingerprint}
    return {"models": models, "papers": len(retriever.papers), "corpus": retriever.papers.hash}


def _ranked_by(retriever: PaperRetriever) -> Callable[[RetrievalWeights], Rank]:
    fields = {name: getattr(retriever, name) for name in type(retriever).model_fields}
    # The retriever's own words include those of the written questions, which are a signal by themselves.
    papers_alone = words_of_papers_alone(retriever) if retriever.expansion_queries else retriever.lexical

    def rank_with(weights: RetrievalWeights) -> Rank:
        lexical = retriever.lexical if weights.questions else papers_alone
        # A retriever remembers the vectors of the last questions; each row begins without, to time it whole.
        copied: dict[str, Any] = {**fields, "lexical": lexical}
        fresh = type(retriever)(**copied)
        fresh.passages(WARM_UP, Filters(), DEPTH, weights)

        def rank(query: str) -> list[str]:
            passages = fresh.passages(query, Filters(), DEPTH, weights)
            return list(dict.fromkeys(passage.paper.id for passage in passages))

        return rank

    return rank_with


def words_of_papers_alone(retriever: PaperRetriever) -> LexicalIndex:
    """The words and letters of the retriever's papers, as though no questions had been written for them."""
    papers = retriever.papers
    numbered = [one for _, one in sorted(papers.numbered(papers.select().numbers()).items())]
    writer = WordsWriter(None)
    tokens = writer.add(Document(one.number, one.paper) for one in numbered)
    writer.commit()
    letters = LetterRarity.of(paper_document(one.paper) for one in numbered)
    return LexicalIndex(writer.words(), len(numbered), tokens, letters)
