"""Readers of every surface on one server for an hour: `python -m benchmarks.soak [--minutes 60] [--write PAGE]`.

Fails where the server does not stay as it was, or a question was not answered.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.quiet import silence_libraries
from benchmarks.figures import provenance, write_between_marks
from benchmarks.soak.picture import draw_soak
from benchmarks.soak.run import READERS, Soaked, soak
from benchmarks.soak.samples import TIME

COMMAND = "make soak"
MARKS = "<!-- soak: begin -->", "<!-- soak: end -->"


def table(soaked: Soaked, command: str) -> str:
    """The verdicts and the outcomes, in Markdown."""
    return "\n".join([provenance(command), "", *_lines(soaked)])


def _lines(soaked: Soaked) -> Iterator[str]:
    yield "| | first third | last third | may be | flat |"
    yield "|---|---|---|---|---|"
    for one in soaked.verdicts:
        flat = "yes" if one.flat else "no"
        yield f"| {one.what} | {one.first:.4g} | {one.last:.4g} | {one.limit:.4g} | {flat} |"
    yield ""
    yield "| readers of | what became of their questions |"
    yield "|---|---|"
    for surface, counted in soaked.outcomes.items():
        yield f"| {surface} | {', '.join(f'{count:,} {outcome}' for outcome, count in counted.most_common())} |"


def main() -> None:
    """Run it, print the tables, draw the picture, and with --write put the tables into the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    arguments.add_argument("--minutes", type=float, default=60.0)
    arguments.add_argument("--readers", type=int, default=READERS)
    arguments.add_argument("--write", type=Path, help="the page to put the tables into")
    arguments.add_argument("--picture", type=Path, default=Path("dist/soak.png"), help="where the picture goes")
    arguments.add_argument("--untimed", action="store_true", help="do not judge the time of answers")
    wanted = arguments.parse_args()
    with tempfile.TemporaryDirectory() as home:
        soaked = soak(Path(home), 60 * wanted.minutes, wanted.readers)
    wanted.picture.parent.mkdir(parents=True, exist_ok=True)
    draw_soak(soaked.samples, soaked.took, soaked.warm_s, wanted.picture)
    told = table(soaked, f"{COMMAND} MINUTES={wanted.minutes:g}")
    print(told)
    if wanted.write:
        write_between_marks(wanted.write, told, MARKS)
    print(f"{soaked.failures} failures, {soaked.tracebacks} tracebacks")
    judged = [one for one in soaked.verdicts if not (wanted.untimed and one.what == TIME)]
    if soaked.failures or soaked.tracebacks or not all(one.flat for one in judged):
        sys.exit(1)


if __name__ == "__main__":
    main()
