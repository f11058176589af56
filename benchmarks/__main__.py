"""Measure everything: `python -m benchmarks [--write docs/results.md]`."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from app.quiet import silence_libraries


def main() -> None:
    """Print the table, and with --write put it into the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    page = arguments.parse_args().write
    from app.build import build_answerer
    from app.settings import read_settings
    from benchmarks.abstention import abstention_figures
    from benchmarks.answering import answering_figures
    from benchmarks.figures import figures_page, write_between_marks
    from benchmarks.indexing import indexing_figures
    from benchmarks.serving import serving_figures

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        answerer = build_answerer(read_settings(home=home, llm="none"))
        figures = [*answering_figures(answerer), *abstention_figures(answerer)]
        figures += serving_figures(home)
    figures += indexing_figures()
    table = figures_page(figures, "make bench")
    print(table)
    if page:
        write_between_marks(page, table)


if __name__ == "__main__":
    main()
