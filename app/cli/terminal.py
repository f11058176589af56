"""How answers, papers and progress look in a terminal."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from app.answering.answer import Answer
from app.answering.citation import Citation, sources_as_json
from app.languages import language_of
from retrieval.sanitize import sanitize
from retrieval.types import Paper, Passage, Progress

if TYPE_CHECKING:
    from app.cli.doctor import Finding

QUIET_SECONDS = 2.0
"""Work that takes no longer is not spoken of where there is no terminal."""
LINE_SECONDS = 10.0
"""How far apart two lines of progress are there, at the least."""
TABLE_ROWS = 1_000
"""Papers that one table shows; more are in another one below."""


def print_answer(answer: Answer) -> None:
    """The answer, what it cites, and when it abstains the closest papers."""
    console = Console(highlight=False)
    console.print(_with_titles_set_off(answer))
    if answer.table:
        console.print(_comparison(answer))
    if answer.citations:
        console.print("\nCited", style="bold")
    for _, group in groupby(answer.citations, key=lambda citation: citation.paper.id):
        quotes = list(group)
        numbers = "".join(f"[{quote.number}]" for quote in quotes)
        said = Text.assemble((f"{numbers} ", "cyan"), _reference(quotes[0].paper), _places(quotes))
        console.print(said, soft_wrap=True)
    for sentence in answer.sentences:
        if sentence.support == "contradicted":
            console.print(Text(f"\nThe quotes say the opposite of: {sentence.text}", style="yellow"))
    if answer.note:
        console.print(Text(f"\n{answer.note}", style="yellow"))
    models = ", ".join(filter(None, (answer.models.llm, answer.models.embedding)))
    console.print(Text(f"\n{answer.mode} · {models} · {answer.timings.total_ms or 0:.0f} ms", style="dim"))


def _places(quotes: Sequence[Citation]) -> str:
    """On which pages of a full text the quotes stand, and in which sections: a line for each place of several."""
    at: dict[str, list[int]] = {}
    for quote in quotes:
        if place := quote.place:
            told = ", ".join(filter(None, (f"p. {place.page}" if place.page else "", place.section)))
            at.setdefault(told, []).append(quote.number)
    at.pop("", None)
    if len(at) == 1 and len(*at.values()) == len(quotes):
        return f" · {next(iter(at))}"
    return "".join(f"\n    {''.join(f'[{number}]' for number in numbers)} {told}" for told, numbers in at.items())


def _comparison(answer: Answer) -> Table:
    """The sides of a comparison."""
    words = language_of(answer.question).phrases
    table = Table(padding=(0, 2, 0, 0), show_lines=True)
    for name in words.table_columns:
        table.add_column(name)
    for row in answer.table:
        quote = row.citation
        said = f"“{quote.quote}” [{quote.number}]" if quote else words.not_said
        table.add_row(*map(Text, (sanitize(row.name), quote.paper.name if quote else "", said)))
    return table


def print_papers(papers: Iterable[Paper]) -> None:
    """Tables of papers, each as wide as its own need: a table of all would have to be in memory at once."""
    console, waiting = Console(highlight=False), iter(papers)
    headed = True
    while batch := list(islice(waiting, TABLE_ROWS)):
        console.print(_paper_table(batch, headed, whole=headed and len(batch) < TABLE_ROWS))
        headed = False


def _paper_table(papers: Sequence[Paper], headed: bool, whole: bool) -> Table:
    """With `whole` these are all papers, and what none of them has gets no column."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=headed)
    columns = {
        "Date": [str(paper.published or "") for paper in papers],
        "Organisation": [paper.organisation or "" for paper in papers],
        "Title": [paper.name for paper in papers],
        "Category": [paper.category or "" for paper in papers],
    }
    shown = {name: cells for name, cells in columns.items() if any(cells) or not whole}
    for name in shown:
        table.add_column(name)
    for cells in zip(*shown.values(), strict=True):
        table.add_row(*map(Text, cells))
    return table


def print_sources(passages: Sequence[Passage]) -> None:
    """The papers found, best first, each with its best passage."""
    console = Console(highlight=False)
    for source, passage in zip(sources_as_json(tuple(passages)), passages, strict=True):
        line = Text.assemble(
            (f"{source['rank']}. ", "cyan"), _reference(passage.paper), (f"  {passage.score:.2f}", "dim")
        )
        # A broken address could not be followed.
        console.print(line, soft_wrap=True)
        console.print(Padding(Text(passage.text or "No abstract in this collection."), (0, 0, 1, 3)))


def print_findings(findings: Sequence[Finding]) -> None:
    """What the doctor found, one line each."""
    console = Console(highlight=False)
    for finding in findings:
        mark, style = ("ok  ", "green") if finding.ok else ("no  ", "red" if finding.needed else "yellow")
        console.print(Text.assemble((mark, style), (f"{finding.what}: ", "bold"), sanitize(finding.found)))


def _reference(paper: Paper) -> str:
    about = ", ".join(filter(None, (paper.organisation, str(paper.published or "") or None)))
    return " · ".join(filter(None, (paper.name, about, paper.url)))


def _with_titles_set_off(answer: Answer) -> Text:
    text = Text(answer.answer)
    for title in {passage.paper.title for passage in answer.sources if passage.paper.title}:
        text.highlight_words([title], "italic")
    return text


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """A `Progress` that shows bars on stderr where that is a terminal, and a line now and then where it is none."""
    console = Console(stderr=True)
    if not console.is_terminal:
        with progress_lines() as lines:
            yield lines
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bars = Bars(*columns, console=console, transient=True)
    tasks: dict[str, TaskID] = {}

    def progress(label: str, done: int, total: int) -> None:
        if label not in tasks:
            tasks[label] = bars.add_task(label, total=total)
        bars.update(tasks[label], completed=done, total=total)
        # A bar that stayed on would be drawn over what the command prints.
        if bars.finished:
            bars.stop()
        else:
            bars.start()

    try:
        yield progress
    finally:
        bars.stop()


@contextmanager
def progress_lines(quiet_s: float = QUIET_SECONDS, line_s: float = LINE_SECONDS) -> Iterator[Progress]:
    """A `Progress` that writes a line on stderr once work has taken `quiet_s`, then one every `line_s` at most."""
    lines = _Lines(quiet_s, line_s)
    # On a thread of its own: the work itself may be silent for longer.
    writer = threading.Thread(target=lines.write, name="progress", daemon=True)
    writer.start()
    try:
        yield lines.report
    finally:
        lines.close()
        writer.join()


class _Lines:
    """What was reported last, and when it is time to say so."""

    def __init__(self, quiet_s: float, line_s: float) -> None:
        self._quiet_s, self._line_s = quiet_s, line_s
        self._underway: str | None = None
        self._began = 0.0
        self._next_line = 0.0
        self._over = False
        self._changed = threading.Condition()

    def report(self, label: str, done: int, total: int) -> None:
        with self._changed:
            if self._underway is None:
                self._began = time.monotonic()
            self._underway = f"{label}: {done:,} of {total:,}" if done < total else None
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()

    def write(self) -> None:
        """Write lines until `close`."""
        with self._changed:
            while not self._over:
                if self._underway is None:
                    self._changed.wait()
                elif (wait := max(self._began + self._quiet_s, self._next_line) - time.monotonic()) > 0:
                    self._changed.wait(wait)
                else:
                    print(sanitize(self._underway), file=sys.stderr, flush=True)
                    self._next_line = time.monotonic() + self._line_s
