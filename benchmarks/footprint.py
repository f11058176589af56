"""Where the server's memory goes, and the time of an answer: `python -m benchmarks.footprint [--write PAGE]`."""

from __future__ import annotations

import argparse
import importlib
import os
import tempfile
from pathlib import Path

import numpy as np
import psutil

from app.quiet import silence_libraries
from benchmarks.figures import provenance, write_between_marks

COMMAND = "python -m benchmarks.footprint"
MARKS = "<!-- footprint: begin -->", "<!-- footprint: end -->"
ASKED = 60


def rows_of(home: Path) -> list[str]:
    """The table's rows: memory that each step adds, and what an answer of quotes takes, all in this process."""
    own = psutil.Process(os.getpid())
    told: list[str] = []
    before = 0.0

    def step(name: str) -> None:
        nonlocal before
        now = own.memory_info().rss / 1e6
        told.append(f"| {name} | {now - before:.0f} MB | {now:.0f} MB |")
        before = now

    from app.build import build_answerer
    from app.settings import read_settings
    from benchmarks.answering import dev_questions

    step("the program and what it imports")
    answerer = build_answerer(read_settings(home=home, llm="none"), wait=False)
    step("papers, Chroma and the words' index")
    answerer.warm_up()
    step("both models")
    timings = [answerer.ask(question.text).timings for question in dev_questions()[:ASKED]]
    step(f"{ASKED} answers")
    importlib.import_module("gradio")
    step("Gradio")
    read = [(one.retrieve_ms, one.evidence_ms, one.total_ms) for one in timings if one.retrieve_ms and one.evidence_ms]
    found, chosen, whole = (np.array(column, dtype=float) for column in zip(*read, strict=True))
    for name, taken in (("found", found), ("read and chosen", chosen - found), ("answered", whole)):
        told.append(
            f"| {name}, median and 95th percentile | {np.median(taken):.0f} ms | {np.percentile(taken, 95):.0f} ms |"
        )
    return told


def main() -> None:
    """Print the table, and with --write put it into the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    page = arguments.parse_args().write
    with tempfile.TemporaryDirectory() as home:
        rows = rows_of(Path(home))
    table = "\n".join([provenance(COMMAND), "", "| | | in all |", "|---|---|---|", *rows])
    print(table)
    if page:
        write_between_marks(page, table, MARKS)


if __name__ == "__main__":
    main()
