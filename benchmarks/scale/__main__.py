"""Measure what a collection costs as it grows: `python -m benchmarks.scale [--size N] [--write docs/results.md]`.

Collections of a thousand, ten thousand … abstracts up to `--size` are built, started, asked and added to, each of it
in a process of its own. With `--keep` what an earlier run has built and measured is taken as it is.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.quiet import silence_libraries
from benchmarks.figures import provenance, write_between_marks
from benchmarks.scale import asking, building, starting
from benchmarks.scale.clocks import out_of_memory
from benchmarks.scale.made_vectors import base_vectors
from benchmarks.scale.neighbours import neighbour_rows
from benchmarks.scale.places import Measured, Place, place_arguments, place_of
from benchmarks.scale.real_texts import keep_figures, kept_figures, real_figures
from benchmarks.scale.table import MARKS, scale_table
from retrieval.models.embedding import open_embedder
from retrieval.models.onnx_embedding import OnnxEmbedder

COMMAND = "python -m benchmarks.scale"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PARTS = (building.PART, starting.RETRIEVER, starting.PROGRAM, asking.PART)
REAL_FILE = "real.json"
QUESTIONS_AT_START = starting.ASKED


def main() -> None:
    """Print the tables, and with --write put them into the page."""
    silence_libraries()
    arguments = place_arguments(__doc__, COMMAND)
    arguments.add_argument("--keep", action="store_true", help="take what an earlier run has built and measured")
    arguments.add_argument("--real", action="store_true", help="also real abstracts with the real model")
    arguments.add_argument("--neighbours", action="store_true", help="only compare made vectors with real ones")
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    given = arguments.parse_args()
    place = place_of(given)
    place.kept.mkdir(parents=True, exist_ok=True)
    base, embedder = place.base, open_embedder()
    vectors = base_vectors(base, embedder, place.kept)
    if given.neighbours:
        print("\n".join(neighbour_rows(vectors, embedder.embed(base.questions), embedder)))
        return
    if given.real:
        assert isinstance(embedder, OnnxEmbedder), "the default one is"
        keep_figures(real_figures(base, embedder), place.kept / REAL_FILE)
    measured = {size: _measured(replace(place, size=size), base.questions, given.keep) for size in sizes(given.size)}
    table = f"{provenance(_command(place))}\n\n{scale_table(measured, kept_figures(place.kept / REAL_FILE))}"
    print(table)
    if given.write:
        write_between_marks(given.write, table, MARKS)


def sizes(largest: int) -> list[int]:
    """The sizes that are measured: those before the largest, and that one."""
    return sorted({*(size for size in SIZES if size < largest), largest})


def _measured(place: Place, questions: Sequence[str], keep: bool) -> Measured:
    if not keep:
        shutil.rmtree(place.own, ignore_errors=True)
    first = ["--", *questions[:QUESTIONS_AT_START]]
    runs = {
        building.PART: ("building", []),
        starting.RETRIEVER: ("starting", first),
        starting.PROGRAM: ("starting", ["--whole", *first]),
        asking.PART: ("asking", []),
    }
    for part, (module, further) in runs.items():
        if place.has(part):
            continue
        print(f"{place.size:,} abstracts: {part}", file=sys.stderr, flush=True)
        if module == "starting":
            out_of_memory(place.settings.home)
            further = ["--began", str(time.time()), *further]
        subprocess.run([sys.executable, "-m", f"benchmarks.scale.{module}", *place.arguments, *further], check=True)
    parts = [place.measured(part) for part in PARTS]
    return {key: value for part in parts for key, value in part.items()}


def _command(place: Place) -> str:
    # Where the folder lies is nobody else's business.
    return f"make bench-scale SIZE={place.size}" + (" SCIFACT=DIR" if place.scifact else "")


if __name__ == "__main__":
    main()
