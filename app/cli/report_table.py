"""What became of papers that were added, and which collections there are, as tables in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from retrieval.adding.report import NOTABLE, OUTCOMES, AddReport, Became, Outcome

if TYPE_CHECKING:
    from app.collection import CollectionState

MOST_ROWS = 50
"""Entries that are all shown; of more only the notable ones are."""
MOST_NOTABLE = 200
SAID: dict[Outcome, tuple[str, str]] = {
    "added": ("added", "green"),
    "updated": ("updated", "cyan"),
    "same": ("the same", "dim"),
    "duplicate": ("duplicate", "yellow"),
    "no_abstract": ("no abstract", "yellow"),
    "broken": ("broken", "red"),
    "passed_over": ("passed over", "dim"),
}


def print_report(report: AddReport) -> None:
    """A row for each entry, or for the notable ones of many; below them how many there are of which kind."""
    console = Console(highlight=False)
    total = sum(report.counts.values())
    shown = report.became
    if total > MOST_ROWS:
        shown = tuple(one for one in report.became if one.outcome in NOTABLE)[:MOST_NOTABLE]
    if shown:
        console.print(_table(shown))
    console.print(_counts(report))
    if (left := total - len(shown)) and shown:
        console.print(
            Text(f"{left:,} more {'is' if left == 1 else 'are'} not shown; --json tells of all.", style="dim")
        )


def _table(shown: Sequence[Became]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name, share in (("Source", 2), ("Became", None), ("Paper", 3)):
        table.add_column(name, ratio=share, overflow="fold", no_wrap=share is None)
    for one in shown:
        word, style = SAID[one.outcome]
        table.add_row(Text(one.place), Text(word, style=style), _paper(one))
    return table


def _paper(one: Became) -> Text:
    about = Text(one.name)
    if one.of:
        about.append(f"{' · ' if about else ''}{one.of}", style="dim")
    if one.reason:
        about.append(f"{' · ' if about else ''}{one.reason}", style="dim")
    return about


def _counts(report: AddReport) -> Text:
    return Text(f"{report.collection}: {_told(report) or 'nothing was found to add'}.")


def print_collections(states: Sequence[CollectionState]) -> None:
    """A row for each collection."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("Collection", "Papers", "On disk", "Last added"):
        table.add_column(name, justify="right" if name in {"Papers", "On disk"} else "left")
    for state in states:
        last = f"{state.last.at:%Y-%m-%d %H:%M} UTC, {_told(state.last) or 'nothing'}" if state.last else ""
        papers = "damaged" if state.papers is None else f"{state.papers:,}"
        table.add_row(*(Text(cell) for cell in (state.name, papers, _size(state.size), last)))
    Console(highlight=False).print(table)


def _told(report: AddReport) -> str:
    return ", ".join(f"{report.counts[one]:,} {SAID[one][0]}" for one in OUTCOMES if report.counts[one])


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
