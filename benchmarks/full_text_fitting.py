"""Fit when full texts answer: `python -m benchmarks.full_text_fitting FILE` writes data/models/reading_texts.json.

FILE is the answer-selection file that benchmarks/full_text_papers.py describes, of which the dev split is asked: papers
and long articles, of people who had the text before them and of people who had not. What nothing answers is asked of
papers that are left out, and by people who were to ask what an article nearly answers.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.answering.evidence.calibration import MODEL_FILE as READING_FILE
from app.answering.evidence.calibration import ReadCalibration, features, read_calibration
from app.answering.evidence.read_evidence import READ_AGAIN, best_first, weighed
from app.answering.evidence.selection import passages_to_read
from app.answering.evidence.text_calibration import MODEL_FILE, TEXT_FEATURES, text_features
from app.answering.reading.opening import open_reader
from app.answering.reading.reader import Reader
from app.answering.reading.sentences import odds_of, read_sentences
from app.build import build_benchmark_retriever
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.full_text import SEED, Sample, sample_of
from benchmarks.full_text_papers import TITLED, TextQuestion, read_text_papers
from benchmarks.logistic_fitting import fit_logistic
from retrieval.evaluation.metrics import auroc
from retrieval.retriever import PaperRetriever
from retrieval.shipped import shipped_file
from retrieval.types import no_progress

SETS = {"papers": TITLED, "articles": ("squad2", "selqa"), "asked unseen": ("tydiqa_en", "squad2")}
"""Collections by their names, as the sets that are put together; of the last only the first set is asked about."""
UNSEEN = "asked unseen"
ASKED = 140
"""Questions of each kind that each collection is asked."""
STRENGTH = 1.0
"""How freely the weights may grow."""
REFUSED = 0.05
"""The share of the answerable questions that may be refused; sets `partly_from`."""
FALSELY_ANSWERED = 0.2
"""The share of the others that may be answered as though it were sure; sets `answered_from`."""


@dataclass(frozen=True, slots=True)
class Case:
    """What was found for a question of one of the collections, and whether its papers answer it: `nearly` is of people
    who were to ask what a paper that is there does not answer."""

    collection: str
    given: dict[str, float]
    answerable: bool
    nearly: bool


def sample_for(name: str, file: Path, asked: int) -> Sample:
    """The papers and questions of one of the collections, with what people asked that its papers do not answer."""
    data = read_text_papers(file, SETS[name])
    if name == UNSEEN:
        own = [one for one in data.questions if one.paper_id.startswith(SETS[name][0])]
        return sample_of(replace(data, questions=tuple(own)), "dev", asked=asked)
    sample = sample_of(data, "dev", asked=asked)
    there = {paper.id for paper in sample.papers}
    near = [one for one in data.near_misses if one.split == "dev" and one.paper_id in there]
    random.Random(SEED).shuffle(near)
    return replace(sample, unanswerable=(*sample.unanswerable, *near[:asked]))


def cases_of(name: str, sample: Sample, home: Path, reader: Reader, calibration: ReadCalibration) -> Iterator[Case]:
    """The sample's questions, as they are read in a collection of its papers."""
    retriever = build_benchmark_retriever(
        read_settings(home=home, llm="none"), no_progress, print, sample.papers, name.replace(" ", "-")
    )
    there = {paper.id for paper in sample.papers}
    for answerable, questions in ((True, sample.asked), (False, sample.unanswerable)):
        for question in questions:
            given = _read(question, retriever, reader, calibration)
            if given is not None:
                yield Case(name, given, answerable, not answerable and question.paper_id in there)


def _read(
    question: TextQuestion, retriever: PaperRetriever, reader: Reader, calibration: ReadCalibration
) -> dict[str, float] | None:
    """The features of a question; None where no text is read for it."""
    passages, asked = retriever.passages(question.text), retriever.in_terms(question.text)
    sentences = weighed(read_sentences(reader, asked, passages_to_read(passages)), ())
    if all(sentence.part == "abstract" for sentence in sentences) or retriever.lexical is None:
        return None
    ranked = best_first(sentences, passages)
    said = reader.agreement([(asked, one.gloss or one.text) for one in ranked[:READ_AGAIN]])
    chance = calibration.chance(features(ranked, said[0], passages, ()))
    return text_features(odds_of(chance), ranked, retriever.lexical.rarity_of(question.text))


def fitted(cases: Sequence[Case], reader: str) -> dict[str, object]:
    """The calibration's record; each collection counts alike, and in each what is answered as much as what is not."""
    rows = np.array([[case.given[name] for name in TEXT_FEATURES] for case in cases])
    right = np.array([case.answerable for case in cases])
    kinds = [(case.collection, case.answerable) for case in cases]
    weight = np.array([1 / kinds.count(kind) for kind in kinds])
    made = fit_logistic(rows, right, weight, STRENGTH)
    partly = _quantile(made.chance[right], weight[right], REFUSED)
    answered = max(partly, _quantile(made.chance[~right], weight[~right], 1 - FALSELY_ANSWERED))
    _tell(cases, rows[:, 0], made.chance, partly, answered)
    return {
        "reader": reader,
        "weights": dict(zip(TEXT_FEATURES, (round(float(one), 4) for one in made.weights), strict=True)),
        "bias": round(made.bias, 4),
        "answered_from": round(answered, 4),
        "partly_from": round(partly, 4),
    }


def _quantile(values: np.ndarray, weight: np.ndarray, share: float) -> float:
    """The value below which that share of the weight lies."""
    return float(np.quantile(values, share, weights=weight, method="inverted_cdf"))


def _tell(cases: Sequence[Case], before: np.ndarray, chance: np.ndarray, partly: float, answered: float) -> None:
    """Print how well answerable questions are told from others; `before` is what the abstracts' calibration gives."""
    right, nearly = np.array([case.answerable for case in cases]), np.array([case.nearly for case in cases])
    print(f"AUROC {_auroc(chance, right):.3f}, of the abstracts' calibration {_auroc(before, right):.3f}")
    for name in dict.fromkeys(case.collection for case in cases):
        own = np.array([case.collection == name for case in cases])
        yes, no = chance[own & right], chance[own & ~right]
        print(
            f"{name}: AUROC {_auroc(chance[own], right[own]):.3f}, of the abstracts' calibration "
            f"{_auroc(before[own], right[own]):.3f}; {(yes >= answered).mean():.2f} of {len(yes)} answered, "
            f"{(no >= answered).mean():.2f} of {len(no)} falsely, {(yes < partly).mean():.2f} refused"
        )
    if nearly.any():
        print(f"near misses: {(chance[nearly] >= answered).mean():.2f} of {nearly.sum()} answered falsely")


def _auroc(score: np.ndarray, right: np.ndarray) -> float:
    return auroc(score[right], score[~right])


def main() -> None:
    """Ask, fit, and write the weights."""
    silence_libraries()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.full_text_fitting", description=__doc__)
    parser.add_argument("file", type=Path, help="the answer-selection file")
    parser.add_argument("--asked", type=int, default=ASKED)
    arguments = parser.parse_args()
    reader = open_reader()
    assert reader is not None, "the default is one that ships"
    calibration = read_calibration(shipped_file(READING_FILE))
    cases: list[Case] = []
    with tempfile.TemporaryDirectory() as home:
        for name in SETS:
            cases += cases_of(name, sample_for(name, arguments.file, arguments.asked), Path(home), reader, calibration)
    record = fitted(cases, reader.fingerprint)
    shipped_file(MODEL_FILE).write_text(json.dumps(record) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
