"""Calibrate the reader and say how well it reads: `python -m benchmarks.reading [--fit] [--write PAGE]`.

Calibrated is on the dev questions of all authors, told is how it does on the test
questions, whose authors and abstracts are others than those that it learned from. With
--fit data/models/reading.json is written anew.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.collection.records import Records
from app.answering.evidence.calibration import FEATURES, MODEL_FILE, features, read_calibration
from app.answering.evidence.read_evidence import READ_AGAIN, best_first, quotes_read, weighed
from app.answering.evidence.selection import passages_to_read
from app.answering.query.understanding import understood
from app.answering.reading.opening import open_reader
from app.answering.reading.reader import Reader
from app.answering.reading.sentences import read_sentences
from app.build import build_answerer, build_benchmark_retriever
from app.cli.terminal import progress_bars
from app.collection import collection_papers
from app.quiet import silence_libraries
from app.settings import Settings, read_settings
from benchmarks.figures import provenance, write_between_marks
from benchmarks.logistic_fitting import fit_logistic
from benchmarks.reading_cases import Case, cases_of_papers, cases_of_scifact, scifact_papers
from benchmarks.reading_claims import claims_table, contradicts_from
from benchmarks.reading_tables import Read, draw_reliability, tables
from retrieval.lexical.words import words_in_memory
from retrieval.models.embedding import open_embedder
from retrieval.retriever import PaperRetriever
from retrieval.shipped import shipped_file
from retrieval.types import Passage, Sentence

COMMAND = "python -m benchmarks.reading"
MARKS = "<!-- reading: begin -->", "<!-- reading: end -->"
OTHER_ABSTRACTS = 600
"""Abstracts of the other field that are asked."""
REFUSED = 0.05
"""The share of the answerable dev questions that may be refused; sets `partly_from`."""
FALSELY_ANSWERED = 0.15
"""The share of the unanswerable dev questions that may be answered as though it were sure; sets `answered_from`."""
FALSELY_CORRECTED = 0.01
"""The share of the other dev questions whose premise may be denied; sets `corrects_from`."""
STRENGTH = 1.0
"""The inverse of the penalty on the weights, features in standard deviations."""


def read_cases(cases: Iterable[Case], retriever: PaperRetriever, reader: Reader) -> list[Read]:
    """The cases as the chain would ask them; those that need no evidence are left out."""
    records = Records(retriever.papers, words_in_memory(retriever.papers))
    done: list[Read] = []
    for case in cases:
        asked = understood(case.question, records)
        if not (asked.courtesy or asked.of_records) and (read := _read(case, asked.standalone, retriever, reader)):
            done.append(read)
    return done


def _read(case: Case, standalone: str, retriever: PaperRetriever, reader: Reader) -> Read | None:
    passages = retriever.passages(standalone)
    papers = {passage.paper.id: passage.paper for passage in passages}
    written = retriever.questions(standalone, papers.values(), focus=case.question.text)
    english = retriever.in_english(standalone)
    ranked = best_first(weighed(read_sentences(reader, english, passages_to_read(passages)), written), passages)
    if not ranked:
        return None
    said = reader.agreement([(english, one.gloss or one.text) for one in ranked[:READ_AGAIN]])
    given = features(ranked, said[0], passages, written)
    denied = max(one.contradicted for one in said)
    return Read(case, given, _is_gold(ranked[0], case), _quotes_gold(ranked, passages, case), denied)


def _is_gold(sentence: Sentence, case: Case) -> bool:
    places = [(start, end) for paper, start, end in case.gold if paper == sentence.paper.id]
    return any(sentence.start < end and start < sentence.end for start, end in places)


def _quotes_gold(ranked: Sequence[Sentence], passages: Sequence[Passage], case: Case) -> bool:
    quotes = quotes_read(ranked, passages, case.question.text)
    return any(_is_gold(Sentence(one.paper, one.start, one.end, one.score), case) for one in quotes)


def fitted(dev: Sequence[Read], reader: str, contradicts_from: float) -> dict[str, Any]:
    """The calibration's record; every author counts by the root of how much was asked of them."""
    known = [read for read in dev if read.case.answerable is not None]
    rows = np.array([[read.given[name] for name in FEATURES] for read in known])
    right = np.array([read.case.answerable for read in known])
    counts = Counter(read.case.author for read in known)
    weight = np.array([counts[read.case.author] ** -0.5 for read in known])
    made = fit_logistic(rows, right, weight, STRENGTH)
    chance = made.chance
    denied = np.array([read.denied for read in dev if not read.case.correction])
    partly = float(np.quantile(chance[right], REFUSED))
    return {
        "reader": reader,
        "weights": dict(zip(FEATURES, (round(float(one), 4) for one in made.weights), strict=True)),
        "bias": round(made.bias, 4),
        "answered_from": round(max(partly, float(np.quantile(chance[~right], 1 - FALSELY_ANSWERED))), 4),
        "partly_from": round(partly, 4),
        "corrects_from": round(float(np.quantile(denied, 1 - FALSELY_CORRECTED)), 4),
        "contradicts_from": contradicts_from,
    }


def measured(settings: Settings, scifact: Path | None, reader: Reader) -> list[Read]:
    """All cases, asked of the default collection and, with `scifact`, of some of its abstracts."""
    with progress_bars() as progress:
        answerer = build_answerer(settings.model_copy(update={"reader": "none"}), progress)
        read = read_cases(cases_of_papers(answerer), answerer.retriever, reader)
        if scifact:
            papers = scifact_papers(scifact, OTHER_ABSTRACTS)
            retriever = build_benchmark_retriever(settings, progress, print, papers, "scifact-read")
            read += read_cases(cases_of_scifact(scifact), retriever, reader)
    return read


def main() -> None:
    """Fit where that is wanted, print the tables, and with --write put them into the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--fit", action="store_true", help="calibrate anew, and write data/models/reading.json")
    arguments.add_argument("--scifact", type=Path, metavar="DIR", help="the BEIR folder of SciFact, for its twins")
    arguments.add_argument("--claims", type=Path, metavar="DIR", help="a folder of claims, as finetune reader takes it")
    arguments.add_argument("--write", type=Path, metavar="PAGE", help="the page to put the tables into")
    given = arguments.parse_args()
    file = shipped_file(MODEL_FILE)
    with tempfile.TemporaryDirectory() as home:
        settings = read_settings(home=Path(home), llm="none")
        reader = open_reader(settings.reader)
        assert reader is not None, "the default is one that ships"
        read = measured(settings, given.scifact, reader)
    if given.fit:
        surely = contradicts_from(reader, tuple(collection_papers(settings)), open_embedder(settings.embedding))
        record = fitted([one for one in read if one.case.split == "dev"], reader.fingerprint, surely)
        file.write_text(json.dumps(record) + "\n", encoding="utf-8")
    calibration = read_calibration(file)
    options = "".join(f" --{name} DIR" for name in ("scifact", "claims") if getattr(given, name))
    parts = [provenance(COMMAND + options)]
    for split in ("dev", "test"):
        parts += [f"**{split}**", tables([one for one in read if one.case.split == split], calibration)]
    if given.claims:
        parts.append(claims_table(reader, given.claims, calibration.contradicts_from))
    text = "\n\n".join(parts)
    print(text)
    if given.write:
        write_between_marks(given.write, text, MARKS)
        test = [one for one in read if one.case.split == "test"]
        draw_reliability(test, calibration, given.write.parent / "images" / "reliability.png")


if __name__ == "__main__":
    main()
