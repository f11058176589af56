"""The `paperbacked` command: results on stdout, progress and notes on stderr.

Exit status 0, 1 for a failure with one line of reason, 2 for wrong usage.
Everything heavy is imported where it is needed, so that --help is quick.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from app.cli.adding import add, collections, remove, sync
from app.cli.feedback import feedback
from app.cli.filter_options import narrowable
from app.cli.mcp import mcp
from app.cli.measure import evaluate, finetune
from app.cli.models import models
from app.cli.output import Collection, Json, Llm, LlmUrl, note, print_json, progress_shown, results, settings_with
from retrieval.errors import PaperbackedError

app = typer.Typer(
    name="paperbacked",
    help="Ask AI-safety papers; every sentence of an answer is backed by a quote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130
INTERRUPT_SECONDS = 3.0
"""How long the end of a command may take that Ctrl-C was pressed for."""


def _version(wanted: bool) -> None:
    if wanted:
        from paperbacked import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def paperbacked(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Ask AI-safety papers; every sentence of an answer is backed by a quote."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.  [default: 7860]")] = None,
    llm: Llm = None,
    llm_url: LlmUrl = None,
    collection: Collection = None,
) -> None:
    """Serve the chat page and the API."""
    settings = settings_with(host=host, port=port, llm=llm, llm_url=llm_url, collection=collection)
    from app.server import listening_socket, run_server

    with listening_socket(settings.host, settings.port) as socket, progress_shown() as progress:
        run_server(settings, socket, progress, note)


@app.command()
@narrowable
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in plain words.")] = None,
    json_: Json = False,
    *,
    narrowed: dict[str, Any],
    llm: Llm = None,
    llm_url: LlmUrl = None,
    collection: Collection = None,
    batch: Annotated[
        Path | None,
        typer.Option(
            metavar="IN.jsonl", help='Answer the questions of a file, each line as {"id": "1", "question": "…"}.'
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="OUT.jsonl", help="Where the answers of --batch go, in the same order.")
    ] = None,
) -> None:
    """Ask one question, or a file of them."""
    if (question is None) == (batch is None) or (batch is None) != (out is None):
        raise typer.BadParameter("Give a question, or --batch with --out.")
    from app.answering.query.request import filters_from_json
    from app.build import build_answerer
    from app.collection import collection_facets

    filters = filters_from_json(narrowed)
    settings = settings_with(llm=llm, llm_url=llm_url, collection=collection)
    facets = collection_facets(settings)
    if batch and out:
        from app.cli.batch import answer_file, read_batch

        asked = read_batch(batch, filters, facets)
        with progress_shown() as progress:
            answerer = build_answerer(settings, progress, note)
            # What there is to filter by is known now, if it was not before.
            asked = asked if facets else read_batch(batch, filters, answerer.facets)
            answer_file(answerer, asked, out, progress)
        return
    from app.answering.question import checked_question
    from app.cli.terminal import print_answer

    # Before anything slow begins; filters may be known only behind it.
    checked = checked_question(question or "", filters=filters, facets=facets)
    with progress_shown() as progress:
        answer = build_answerer(settings, progress, note).ask(checked.text, filters=filters)
    with results():
        if json_:
            print_json(answer.as_json())
        else:
            print_answer(answer)


@app.command()
def papers(json_: Json = False, collection: Collection = None) -> None:
    """List the papers of a collection."""
    from app.cli.terminal import print_papers
    from app.collection import collection_papers

    found = collection_papers(settings_with(collection=collection))
    with results():
        if json_:
            for paper in found:
                print_json(paper.as_json())
        else:
            print_papers(found)
    if not len(found):
        note("There are no papers in this collection.")


@app.command()
@narrowable
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    json_: Json = False,
    top: Annotated[int, typer.Option(min=1, max=100, help="How many papers.")] = 10,
    *,
    narrowed: dict[str, Any],
    collection: Collection = None,
) -> None:
    """Find the papers nearest to a query."""
    from app.answering.citation import sources_as_json
    from app.answering.query.request import filters_from_json
    from app.answering.question import checked_question
    from app.build import build_answerer
    from app.cli.terminal import print_sources
    from app.collection import collection_facets

    filters = filters_from_json(narrowed)
    settings = settings_with(collection=collection, llm="none")
    # Before anything slow begins; filters may be known only behind it.
    asked = checked_question(query, filters=filters, facets=collection_facets(settings))
    with progress_shown() as progress:
        passages = build_answerer(settings, progress, note).search(asked.text, filters, top)
    with results():
        if json_:
            print_json(sources_as_json(passages))
        else:
            print_sources(passages)


@app.command()
def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Papers as JSON lines; see data/README.md.")],
    collection: Collection = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Embed on a Ray cluster: its address, auto for the one that this machine is in, or local.",
        ),
    ] = None,
) -> None:
    """Add papers to a collection and index it."""
    from app.build import ingest_papers

    settings = settings_with(collection=collection)
    with progress_shown() as progress:
        ingested = ingest_papers(settings, files, progress, note, ray)
    report = ingested.report
    told = f"{report.new:,} new, {report.changed:,} changed, {report.same:,} unchanged"
    papers = "1 paper" if ingested.papers == 1 else f"{ingested.papers:,} papers"
    note(f"The collection {settings.collection!r} has {papers}: {told}.")


app.command()(add)
app.command()(sync)
app.command()(remove)
app.command()(collections)
app.command()(evaluate)
app.command()(finetune)
app.command()(mcp)
app.add_typer(models)
app.add_typer(feedback)


@app.command()
def doctor(json_: Json = False) -> None:
    """Say what is installed, reachable and cached, and what will be used and why."""
    from app.build import is_current
    from app.cli.doctor import diagnose
    from app.cli.terminal import print_findings
    from app.collection import collection_papers

    settings = settings_with()
    findings = diagnose(
        home=settings.home,
        chroma=settings.chroma,
        chroma_token=settings.chroma_token.get_secret_value() if settings.chroma_token else None,
        collection=settings.collection,
        embedding=settings.embedding,
        reader=settings.reader,
        llm=settings.llm,
        llm_url=settings.llm_url,
        llm_key=settings.llm_key.get_secret_value() if settings.llm_key else None,
        read_collection=lambda: collection_papers(settings),
        is_current=lambda papers, embedder: is_current(settings, papers, embedder),
    )
    with results():
        if json_:
            print_json([{"what": finding.what, "ok": finding.ok, "found": finding.found} for finding in findings])
        else:
            print_findings(findings)
    if not all(finding.ok for finding in findings if finding.needed):
        raise typer.Exit(1)


def main() -> None:
    """Run the command; every error meant for the user ends in one line on stderr."""
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        from app.quiet import silence_libraries

        silence_libraries()
        # A terminal need not know every letter of a paper; better a "?" than no answer.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        app()
    except PaperbackedError as error:
        note(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        _stop()
    except SystemExit as exit:
        # Typer turns Ctrl-C into this status by itself.
        if exit.code == INTERRUPTED:
            _stop()
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Ctrl-C: as always, and for certain, since a library that is just calling back may swallow the exception."""
    ending = threading.Timer(INTERRUPT_SECONDS, _stop)
    ending.daemon = True
    ending.start()
    raise KeyboardInterrupt


def _stop() -> NoReturn:
    """Leave at once: no library's thread may keep waiting who pressed Ctrl-C, and every write is whole or not there."""
    note("Stopped.")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)
