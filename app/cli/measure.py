"""The commands that measure and train."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Collection, Json, LlmUrl, note, print_json, progress_shown, results, settings_with


class Measured(StrEnum):
    """What `paperbacked evaluate` measures."""

    RETRIEVAL = "retrieval"
    ANSWERS = "answers"


def evaluate(
    what: Annotated[
        Measured, typer.Argument(metavar="retrieval|answers", help="What to measure.")
    ] = Measured.RETRIEVAL,
    beir: Annotated[Path | None, typer.Option(metavar="DIR", help="Measure on a BEIR folder instead.")] = None,
    split: Annotated[str, typer.Option(help="Which of the folder's qrels.")] = "test",
    questions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Questions as JSON lines.  [default: the dev questions]")
    ] = None,
    llm: Annotated[
        str | None,
        typer.Option(metavar="MODEL|none", help="The language model that writes the answers.  [default: none]"),
    ] = None,
    llm_url: LlmUrl = None,
    json_: Json = False,
    collection: Collection = None,
) -> None:
    """Measure how well papers are found, or how good the answers are."""
    if what is Measured.ANSWERS:
        if beir:
            raise typer.BadParameter("A BEIR folder has no answers to measure: leave out --beir.")
        _evaluate_answers(questions, llm or "none", llm_url, collection, json_)
        return
    if llm or llm_url:
        raise typer.BadParameter(
            "Papers are found without a language model: say `evaluate answers`, or leave out --llm."
        )
    from app.build import build_answerer, build_benchmark_retriever
    from app.evaluation.reports import reports_of
    from app.evaluation.retrieval_table import print_report

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


def _evaluate_answers(
    questions: Path | None, llm: str, llm_url: str | None, collection: str | None, json_: bool
) -> None:
    from app.build import build_answerer
    from app.evaluation.answer_table import print_answer_report
    from app.evaluation.reports import answers_report
    from retrieval.shipped import default_questions_file

    settings = settings_with(collection=collection, llm=llm, llm_url=llm_url)
    with progress_shown() as progress:
        answerer = partial(build_answerer, settings, progress, note)
        report = answers_report(questions or default_questions_file("dev.jsonl"), answerer, progress)
    with results():
        if json_:
            print_json({"answers": report.as_json()})
        else:
            print_answer_report(report)


class Trained(StrEnum):
    """What `paperbacked finetune` trains."""

    EMBEDDING = "embedding"
    READER = "reader"
    MATCHER = "matcher"
    ANSWERS = "answers"


def finetune(
    what: Annotated[
        Trained,
        typer.Argument(
            metavar="embedding|reader|matcher|answers",
            help="The model that finds papers, the one that reads them, the one that finds prepared answers, or the "
            "one that writes answers.",
        ),
    ] = Trained.EMBEDDING,
    recipe: Annotated[
        str, typer.Option(help="embedding: default, or model-card for the settings of the seed model.")
    ] = "default",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the model goes.")] = Path("tuned"),
    hold_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="embedding: ids of papers that nothing is learned from, one a line."),
    ] = None,
    also: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="embedding: a BEIR folder whose training queries are learned as well; reader: a folder of public "
            "sets, or a BEIR corpus that the twins are about, and may be repeated; answers: the BEIR folder of "
            "SciFact, which the training examples of other fields are about.",
        ),
    ] = None,
    push_to_hub: Annotated[
        str | None, typer.Option(metavar="OWNER/NAME", help="embedding: publish the model on the hub, privately.")
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="answers: a hub id or a folder.  [default: the small model that ships]"),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="all but embedding: stop after so many steps, to try it.")] = None,
) -> None:
    """Fine-tune the embedding model on the questions for the papers, the reader on near misses, the matcher on ways
    of asking for the prepared answers, or a language model on the training examples.
    """
    if what is Trained.READER:
        if hold_out or push_to_hub or base or recipe != "default":
            raise typer.BadParameter("Of the options, `finetune reader` takes --out, --also and --steps.")
        from app.training.reading import ReaderRun, finetune_reader

        with progress_shown() as progress:
            finetune_reader(ReaderRun(out, tuple(also or ()), steps), progress, note)
        return
    if what is Trained.MATCHER:
        if hold_out or push_to_hub or base or also or recipe != "default":
            raise typer.BadParameter("Of the options, `finetune matcher` takes --out and --steps.")
        from app.training.matching import finetune_matcher

        with progress_shown() as progress:
            finetune_matcher(out, steps, progress, note)
        return
    if what is Trained.ANSWERS:
        if hold_out or push_to_hub or len(also or ()) > 1 or recipe != "default":
            raise typer.BadParameter("Of the options, `finetune answers` takes --out, one --also, --base and --steps.")
        from app.training.answers import SftRun, finetune_answers

        with progress_shown() as progress:
            abstracts = also[0] / "corpus.jsonl" if also else None
            finetune_answers(SftRun(out, settings_with().home, base, steps, abstracts), progress, note)
        return
    if base or steps is not None:
        raise typer.BadParameter("--base is for `finetune answers`, --steps for all but `finetune embedding`.")
    if len(also or ()) > 1:
        raise typer.BadParameter("`finetune embedding` takes one --also.")
    from app.training.embedding import EmbeddingRun, finetune_embedding

    with progress_shown() as progress:
        finetune_embedding(EmbeddingRun(recipe, out, hold_out, also[0] if also else None, push_to_hub), progress, note)
