"""Commands for a reader's own papers: add them, follow a source of them, remove them, list collections."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, note, print_json, progress_shown, results, settings_with

if TYPE_CHECKING:
    from app.settings import Settings
    from retrieval.adding.report import AddReport

OWN_COLLECTION = "mine"
"""Where papers go whose reader named no collection: never into the one that ships with the program."""
MOST_PASTED = 10_000_000
Into = Annotated[str | None, typer.Option(help=f"The collection of papers.  [default: {OWN_COLLECTION}]")]


def add(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE…",
            help="A file of references (BibTeX, RIS, CSL-JSON, CSV, JSON lines …), a PDF, Markdown or text, a folder "
            "of these, an arXiv id, a DOI, zotero:, or - for ids or entries on stdin.",
        ),
    ],
    collection: Into = None,
    online: Annotated[
        bool, typer.Option("--online", help="Look up what papers lack at arXiv, doi.org, Crossref and OpenAlex.")
    ] = False,
    pdfs: Annotated[bool, typer.Option("--pdfs", help="Fetch the PDFs of papers of arXiv too.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Change nothing where there is anything that cannot be read.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of it all, and change nothing.")
    ] = False,
    json_: Json = False,
) -> None:
    """Add papers of your own to a collection, and say what became of each."""
    from app.adding import add_papers
    from retrieval.adding.request import AddRequest

    settings = own_settings(collection)
    pasted = _stdin() if "-" in sources else ""
    request = AddRequest(
        sources=tuple(source for source in sources if source != "-"),
        text=pasted,
        online=online or pdfs,
        pdfs=pdfs,
        strict=strict,
        dry_run=dry_run,
        local_files=True,
    )
    with progress_shown() as progress:
        report = add_papers(settings, request, progress, note)
    _tell(report, json_)
    if not dry_run and not report.nothing_came:
        name = settings.collection
        note(f'Ask them: paperbacked ask --collection {name} "…"')


def sync(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A folder, zotero:, zotero:USER_ID or zotero:groups/GROUP_ID.")
    ],
    collection: Into = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Remove papers that the source has no longer, however many they are.")
    ] = False,
    json_: Json = False,
) -> None:
    """Bring a collection up to date with a folder or a Zotero library: papers that it has no longer go too."""
    from app.adding import sync_papers

    settings = own_settings(collection)

    def may_remove(count: int, of: int) -> bool:
        if yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return yes
        asked = f"{source} has {count:,} of {of:,} papers no longer. Remove them from {settings.collection}?"
        return typer.confirm(asked, err=True)

    with progress_shown() as progress:
        synced = sync_papers(settings, source, progress, note, may_remove=may_remove)
    _tell(synced.report, json_)
    if synced.removed:
        note(f"{_counted(synced.removed)} removed that {source} has no longer.")
    if synced.report.counts["broken"]:
        note("None was removed, as not all of the source could be read.")


def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of papers, as papers --json tells them.")],
    collection: Into = None,
) -> None:
    """Remove papers from a collection."""
    from app.adding import remove_papers
    from app.collection import collection_papers
    from retrieval.errors import InputError

    settings = own_settings(collection)
    there = collection_papers(settings).numbers_of(ids)
    if missing := [paper_id for paper_id in ids if paper_id not in there]:
        raise InputError(
            f"There is no paper {missing[0][:80]!r} in {settings.collection}: papers --json tells the ids of all."
        )
    with progress_shown() as progress:
        count = remove_papers(settings, ids, progress, note)
    note(f"{_counted(count)} removed from {settings.collection}.")


def collections(json_: Json = False) -> None:
    """List the collections: how many papers each has, how large it is, and what was added last."""
    from app.cli.report_table import print_collections
    from app.collection import collection_states

    states = collection_states(settings_with())
    with results():
        if json_:
            for state in states:
                print_json(state.as_json())
        else:
            print_collections(states)


def own_settings(collection: str | None) -> Settings:
    """The settings for a collection of the reader's own, which is called `mine` where no name was given."""
    from app.collection import DEFAULT

    settings = settings_with(collection=collection)
    if collection is None and settings.collection == DEFAULT:
        note(f"No collection was named: this is about {OWN_COLLECTION}.")
        return settings_with(collection=OWN_COLLECTION)
    return settings


def _counted(count: int) -> str:
    return "1 paper was" if count == 1 else f"{count:,} papers were"


def _stdin() -> str:
    from retrieval.errors import InputError

    text = sys.stdin.buffer.read(MOST_PASTED + 1)
    if len(text) > MOST_PASTED:
        raise InputError(f"More than {MOST_PASTED:,} bytes came on stdin: save them as a file, and add that.")
    return text.decode("utf-8", "replace")


def _tell(report: AddReport, json_: bool) -> None:
    """The report on stdout. Ends the command with status 1 where nothing could be made of anything."""
    from app.cli.report_table import print_report

    with results():
        if json_:
            print_json(report.as_json())
        else:
            print_report(report)
    if report.nothing_came and report.became:
        raise typer.Exit(1)
