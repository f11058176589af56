"""The commands that measure and train."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli_output import Collection, Json, note, print_json, progress_shown, results, settings_with


def evaluate(
    beir: Annotated[Path | None, typer.Option(metavar="DIR", help="Measure on a BEIR folder instead.")] = None,
    split: Annotated[str, typer.Option(help="Which of the folder's qrels.")] = "test",
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Questions as JSON lines.  [default: the dev questions]")
    ] = None,
    json_: Json = False,
    collection: Collection = None,
) -> None:
    """Measure how well papers are found, and what each part of the retrieval adds."""
    from app.build import build_answerer, build_benchmark_retriever
    from app.evaluation import reports_of
    from app.evaluation_table import print_report

    settings = settings_with(collection=collection, llm="none")
    with progress_shown() as progress:
        answerer = partial(build_answerer, settings, progress, note)
        index = partial(build_benchmark_retriever, settings, progress, note)
        reports = reports_of(questions, beir, split, answerer, index, progress)
    with results():
        if json_:
            print_json({name: report.as_json() for name, report in reports.items()})
        for report in () if json_ else reports.values():
            print_report(report)


def finetune(
    recipe: Annotated[str, typer.Option(help="default, or model-card for the settings of the seed model.")] = "default",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the model goes.")] = Path("tuned"),
    hold_out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ids of papers that nothing is learned from, one a line.")
    ] = None,
) -> None:
    """Fine-tune the embedding model on the questions written for the papers."""
    from app.finetuning import finetune_embedding

    with progress_shown() as progress:
        finetune_embedding(recipe, out, hold_out, progress, note)
