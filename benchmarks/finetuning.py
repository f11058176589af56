"""What fine-tuning gains: `python -m benchmarks.finetuning --unseen DIR --beir DIR`.

`--unseen` is a model trained with `paperbacked finetune --hold-out data/questions/papers_held_out.txt`.
Papers are ranked by their nearest passage alone, by the base model and by the tuned
one on the same questions. The table goes into docs/results.md and the model card.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from app.quiet import silence_libraries
from benchmarks.figures import provenance, write_between_marks
from retrieval.errors import PaperbackedError
from retrieval.evaluation.metrics import bootstrap_interval, hit, ndcg, reciprocal_rank
from retrieval.finetune.score import as_queries, passage_rankings
from retrieval.lexical.glossary import read_glossary
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import TUNED_FILE, open_embedder
from retrieval.models.names import BASE_EMBEDDING, DEFAULT_EMBEDDING
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.readers.beir import read_beir
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, default_questions_file, shipped_file
from retrieval.types import Paper

MARKS = "<!-- finetuning: begin -->", "<!-- finetuning: end -->"
PAGE = Path(__file__).parent.parent / "docs" / "results.md"
METRICS = {
    "mrr@10": partial(reciprocal_rank, depth=10),
    "hit@1": partial(hit, depth=1),
    "ndcg@10": partial(ndcg, depth=10),
}
Rankings = Sequence[Sequence[str]]
Grades = Sequence[Mapping[str, int]]


def main() -> None:
    """Measure, and write the table where figures stand."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.finetuning", description=__doc__)
    arguments.add_argument(
        "--unseen", type=Path, required=True, metavar="DIR", help="the model trained without a third"
    )
    arguments.add_argument("--beir", type=Path, required=True, metavar="DIR", help="a BEIR folder, such as SciFact")
    given = arguments.parse_args()
    try:
        rows = measured(given.unseen, given.beir)
    except PaperbackedError as error:
        sys.exit(str(error))
    command = f"python -m benchmarks.finetuning --unseen DIR --beir {given.beir}"
    table = "\n".join(
        ["| on | n | metric | base | tuned | gain (95%, paired) |", "| --- | --- | --- | --- | --- | --- |", *rows]
    )
    text = f"{provenance(command)}\n\n{table}"
    print(text)
    for page in (PAGE, shipped_file(TUNED_FILE).with_name("README.md")):
        write_between_marks(page, text, MARKS)


def measured(unseen: Path, beir: Path) -> list[str]:
    """The rows: seen papers, papers never trained on, and another collection."""
    base, tuned = open_embedder(BASE_EMBEDDING), open_embedder(DEFAULT_EMBEDDING)
    papers = read_papers(default_papers_file())
    held_out = frozenset(default_questions_file("papers_held_out.txt").read_text(encoding="utf-8").split())
    test = _answerable("test.jsonl")
    strangers = [question for question in (*_answerable("dev.jsonl"), *test) if held_out.issuperset(question.papers)]
    other = read_beir(beir, "test")
    grades, queries = [other.qrels[query] for query in other.queries], list(other.queries.values())
    rows = compared("papers seen, test questions unseen", *_on_questions((base, tuned), papers, test))
    pair = base, open_embedder(str(unseen))
    rows += compared("papers and questions unseen (dev and test)", *_on_questions(pair, papers, strangers))
    ranked = [passage_rankings(model.embed, other.papers, queries) for model in (base, tuned)]
    return rows + compared(f"{beir.resolve().name}, test", grades, *ranked)


def _answerable(name: str) -> list[LabelledQuestion]:
    return [question for question in read_labelled_questions(default_questions_file(name)) if question.papers]


def _on_questions(
    models: tuple[Embedder, Embedder], papers: Sequence[Paper], questions: Sequence[LabelledQuestion]
) -> tuple[Grades, Rankings, Rankings]:
    queries = as_queries(questions, read_glossary(shipped_file("glossary.zh-en.tsv")))
    base, tuned = (passage_rankings(model.embed, papers, queries) for model in models)
    return [dict.fromkeys(question.papers, 1) for question in questions], base, tuned


def compared(what: str, grades: Grades, base: Rankings, tuned: Rankings) -> list[str]:
    """A row a metric: both means, and the mean difference with its paired bootstrap interval."""
    rows = []
    for name, metric in METRICS.items():
        before = [metric(ranking, given) for ranking, given in zip(base, grades, strict=True)]
        after = [metric(ranking, given) for ranking, given in zip(tuned, grades, strict=True)]
        gains = [new - old for new, old in zip(after, before, strict=True)]
        low, high = bootstrap_interval(gains)
        means = (sum(values) / len(values) for values in (before, after, gains))
        rows.append(
            "| {} | {} | {} | {:.3f} | {:.3f} | {:+.3f} ({:+.3f} to {:+.3f}) |".format(
                what, len(gains), name, *means, low, high
            )
        )
    return rows


if __name__ == "__main__":
    main()
