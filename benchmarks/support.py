"""Fit the support check and say how well it works: `python -m benchmarks.support --scifact DIR`.

Writes data/models/support.json, and with --write puts the table into a page.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.answering.checking.agreement import features, figures_hold, read_quoted_evidence
from app.answering.checking.claims import read_claim
from app.answering.checking.support import MODEL_FILE, SupportScorer
from app.answering.checking.vocabulary import Vocabulary, vocabulary_of
from app.answering.logistic import Logistic
from app.quiet import silence_libraries
from benchmarks.figures import provenance, write_between_marks
from benchmarks.support_examples import SupportExample, own_examples, scifact_examples, scifact_papers
from benchmarks.support_fitting import (
    ELSEWHERE,
    MUTATIONS,
    PRECISION,
    TRUE,
    TURNED,
    UNSEEN,
    fitted,
    held_out_scores,
    of_kind,
    passed,
    with_threshold,
)
from retrieval.evaluation.metrics import auroc
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import open_embedder
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, shipped_file

MARKS = "<!-- support: begin -->", "<!-- support: end -->"
SCIFACT_WRONG = ("CONTRADICT", "wrong sentence", "cited abstract without evidence")


@dataclass(frozen=True, slots=True)
class Measured:
    """A scorer, and its held-out scores of our own examples and of SciFact's validation claims."""

    scorer: SupportScorer
    own: np.ndarray
    validation: np.ndarray


class Texts:
    """The vectors of texts, each embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, np.ndarray] = {}

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def main() -> None:
    """Fit on our papers and on SciFact's training claims, measure on held-out papers and its validation claims."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.support", description=__doc__)
    arguments.add_argument("--scifact", type=Path, required=True, help="folder with corpus.jsonl and claims_*.jsonl")
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    given = arguments.parse_args()
    embedder = open_embedder()
    papers = read_papers(default_papers_file())
    texts = Texts(embedder)
    own = [*own_examples(papers, texts.vectors)]
    train = [*scifact_examples(given.scifact, "train")]
    validation = [*scifact_examples(given.scifact, "validation")]
    texts.vectors([text for example in (*own, *train, *validation) for text in (example.claim, *example.evidence)])
    ours, theirs = vocabulary_of(papers), vocabulary_of(scifact_papers(given.scifact))
    results = {}
    for name, similarity in (("embedded", True), ("worded", False)):
        vectors = texts if similarity else None
        rows = [*_rows(own, ours, vectors), *_rows(train, theirs, vectors)]
        apart = [*_rows(validation, theirs, vectors)]
        results[name] = _measured(own, train, validation, rows, apart, similarity=similarity)
    record = {"embedding": embedder.name} | {name: _record(result.scorer) for name, result in results.items()}
    shipped_file(MODEL_FILE).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    table = support_page(results, own, validation)
    print(table)
    if given.write:
        write_between_marks(given.write, table, MARKS)


def _rows(
    examples: Sequence[SupportExample], vocabulary: Vocabulary, texts: Texts | None
) -> Iterator[dict[str, float]]:
    for example in examples:
        vectors = texts.vectors(example.evidence) if texts else None
        evidence = read_quoted_evidence(example.evidence, example.about, vocabulary, vectors)
        claim = read_claim(example.claim, vocabulary)
        vector = texts.vectors([example.claim])[0] if texts else None
        yield features(claim, evidence, vocabulary, vector) | {"figures": float(figures_hold(claim, evidence))}


def _measured(
    own: Sequence[SupportExample],
    train: Sequence[SupportExample],
    validation: Sequence[SupportExample],
    rows: Sequence[dict[str, float]],
    apart: Sequence[dict[str, float]],
    *,
    similarity: bool,
) -> Measured:
    examples = [*own, *train]
    # A figure that the evidence lacks decides alone, as it does in the product.
    held = held_out_scores(examples, rows, similarity=similarity) * [row["figures"] for row in rows]
    ours = held[: len(own)]
    scorer = with_threshold(fitted(examples, rows, similarity=similarity), own, ours)
    theirs = np.array([scorer.score(row) * row["figures"] for row in apart])
    return Measured(scorer, ours, theirs)


def _record(scorer: SupportScorer) -> dict[str, object]:
    def part(regression: Logistic) -> dict[str, object]:
        return {"weights": dict(regression.weights), "bias": regression.bias}

    return {
        "relevance": part(scorer.relevance),
        "polarity": part(scorer.polarity),
        "threshold": scorer.threshold,
    }


def support_page(
    results: dict[str, Measured], own: Sequence[SupportExample], validation: Sequence[SupportExample]
) -> str:
    """AUC by kind and the shares called supported, with similarity and with words alone."""
    columns = list(results.values())
    lines = [
        provenance("python -m benchmarks.support --scifact DIR"),
        "",
        "Claims of our papers in five folds by paper, SciFact's validation claims by weights that never saw them.",
        "“Supported” is what reaches the threshold, “words alone” is the check without the default embedding model.",
        "",
        "| | n | AUC | supported | AUC, words alone | supported, words alone |",
        "|---|---|---|---|---|---|",
    ]
    for kind in TRUE:
        lines.append(_line(f"true: {kind}", of_kind(own, kind), None, [(c.own, c.scorer) for c in columns]))
    true = np.array([example.supported for example in own])
    for kind in dict.fromkeys((*ELSEWHERE, *TURNED, UNSEEN)):
        name = f"false: {kind}" + (" (never trained on)" if kind == UNSEEN else "")
        lines.append(_line(name, of_kind(own, kind), true, [(c.own, c.scorer) for c in columns]))
    supported = of_kind(validation, "SUPPORT")
    pairs = [(c.validation, c.scorer) for c in columns]
    lines.append(_line("SciFact: SUPPORT", supported, None, pairs))
    for kind in SCIFACT_WRONG:
        lines.append(_line(f"SciFact: {kind}", of_kind(validation, kind), supported, pairs))
    found = [f"threshold {c.scorer.threshold:.2f}, precision {_precision(own, c):.3f}" for c in columns]
    lines += ["", f"With similarity: {found[0]}; words alone: {found[1]} (wanted: at least {PRECISION:g})."]
    return "\n".join(lines)


def _line(
    name: str, kind: np.ndarray, against: np.ndarray | None, columns: Sequence[tuple[np.ndarray, SupportScorer]]
) -> str:
    cells = [name, str(int(kind.sum()))]
    for scores, scorer in columns:
        cells.append("" if against is None else f"{auroc(scores[against], scores[kind]):.3f}")
        cells.append(f"{np.mean(scores[kind] >= scorer.threshold):.0%}")
    return f"| {' | '.join(cells)} |"


def _precision(own: Sequence[SupportExample], measured: Measured) -> float:
    threshold = measured.scorer.threshold
    right, false = passed(own, measured.own, threshold, TRUE), passed(own, measured.own, threshold, MUTATIONS)
    return right / (right + false)


if __name__ == "__main__":
    main()
