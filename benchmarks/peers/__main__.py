"""Measure paperbacked and its peers in one sitting: `python -m benchmarks.peers [--write docs/peers.md]`, `make peers`.

Each peer gets an environment of its own under .venv-peers, installed by pip. All get the same papers, questions and
base weights. With --scifact a BEIR folder and with --reading the folder of the answer-selection file are measured too.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from app.quiet import silence_libraries
from benchmarks.figures import provenance, write_between_marks
from benchmarks.peers.environments import PeerError, installed
from benchmarks.peers.peers import CHECKOUT, PEERS, Peer, Runner, runners
from benchmarks.peers.picture import draw_peers
from benchmarks.peers.questions import QuestionSet, own_questions, scifact_questions, unseen_questions
from benchmarks.peers.sitting import Measured, Sitting
from benchmarks.peers.summary import Row, keep_rows, kept_rows, rows_of
from benchmarks.peers.tables import peers_page
from benchmarks.peers.weights import onnx_weights
from retrieval.errors import InputError, PaperbackedError
from retrieval.models.embedding import base_folder

MARKS = "<!-- peers: begin -->", "<!-- peers: end -->"
PLACE = CHECKOUT / ".venv-peers"
ROWS, MADE_BY = "rows.json", "made_by.txt"
"""What was measured last, and the command, commit, machine and day of it."""
PICTURE = "images/peers.png"
ROUNDS, PAPERS = 3, 1_000
UNSEEN_ASKED, UNSEEN_PAPERS = 75, 150
"""Of what nobody tuned to, so many questions of each kind and so many papers are enough: all would take hours."""


def main() -> None:
    """Print the tables, and with --write put them into the page and the picture beside it."""
    silence_libraries()
    given = arguments()
    try:
        rows, made_by = _kept(given) if given.draw else _measured(given)
        text = f"{made_by}\n\n{peers_page(rows)}"
        print(text)
        if given.write:
            write_between_marks(given.write, text, MARKS)
            draw_peers(rows, given.write.parent / PICTURE)
    except PaperbackedError as error:
        sys.exit(str(error))


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--scifact", type=Path, metavar="DIR", help="a BEIR folder, its split test")
    parser.add_argument("--reading", type=Path, metavar="DIR", help="the folder of answer_selection.jsonl")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--papers", type=int, default=PAPERS, help="so many papers of SciFact, the judged ones among them"
    )
    parser.add_argument("--asked", type=int, help="so many questions of each kind; without it all")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", type=str.lower, help="these peers alone; how a name begins is enough"
    )
    parser.add_argument("--keep", action="store_true", help="take environments that are there, with their times")
    parser.add_argument("--draw", action="store_true", help="make the page again of what was measured last")
    parser.add_argument("--place", type=Path, default=PLACE, help="where environments and indexes go")
    parser.add_argument("--write", type=Path, help="the page to put the tables into")
    return parser.parse_args(words)


def command(given: argparse.Namespace) -> str:
    """What measures the same again; where the folders lie is nobody else's business."""
    words = ["make peers", "SCIFACT=DIR" if given.scifact else "", "READING=DIR" if given.reading else ""]
    words += [f"ASKED={given.asked}" if given.asked else "", f"PAPERS={given.papers}" * (given.papers != PAPERS)]
    words += [f"ROUNDS={given.rounds}" * (given.rounds != ROUNDS), "KEEP=1" if given.keep else ""]
    words += [f'ONLY="{" ".join(given.only)}"' if given.only else ""]
    return " ".join(filter(None, words))


def _kept(given: argparse.Namespace) -> tuple[list[Row], str]:
    return kept_rows(given.place / ROWS), (given.place / MADE_BY).read_text(encoding="utf-8").strip()


def _measured(given: argparse.Namespace) -> tuple[list[Row], str]:
    chosen = [peer for peer in PEERS if not given.only or peer.name.lower().startswith(tuple(given.only))]
    if not chosen:
        raise InputError(f"No peer is called so: choose from {', '.join(peer.name for peer in PEERS)}.")
    sets = _sets(given)
    measured = _installed(chosen, given.place, anew=not given.keep)
    work = given.place / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)

    def weights(runner: Runner) -> Path:
        return onnx_weights(given.place / "onnx") if runner.peer.needs_onnx else base_folder()

    def keep() -> None:
        keep_rows(rows_of(measured), given.place / ROWS)

    made_by = provenance(command(given))
    (given.place / MADE_BY).write_text(made_by, encoding="utf-8")
    Sitting(measured, sets, work, weights, _note, keep).hold(given.rounds)
    keep()
    return rows_of(measured), made_by


def _sets(given: argparse.Namespace) -> list[QuestionSet]:
    sets = [own_questions().cut_to(given.asked)]
    if given.reading:
        unseen = unseen_questions(given.reading).cut_to(given.asked or UNSEEN_ASKED)
        sets.append(unseen.with_papers(min(given.papers, UNSEEN_PAPERS)))
    if given.scifact:
        sets.append(scifact_questions(given.scifact).cut_to(given.asked).with_papers(given.papers))
    return sets


def _installed(peers: list[Peer], place: Path, *, anew: bool) -> list[Measured]:
    """A runner for each way of each peer; those of a peer that cannot be installed have their failure."""
    measured: list[Measured] = []
    for peer in peers:
        _note(f"installing {peer.name}")
        made, failure = None, None
        try:
            made = installed(peer, place / peer.folder, anew=anew)
        except PeerError as error:
            failure = error.message
            _note(failure)
        measured += [Measured(runner, made, failure) for runner in runners((peer,))]
    return measured


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
