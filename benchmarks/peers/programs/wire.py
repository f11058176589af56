"""What a peer's program and the measuring process say to each other: a JSON object a line, in and out.

Needs the standard library alone, as it runs in every peer's own environment. Asked are
`{"do": "index", "papers": FILE, "folder": DIR}`, `{"do": "open", "folder": DIR}`,
`{"do": "find", "question": TEXT, "top": N}` and `{"do": "answer", "question": TEXT}`; what comes back is
`{"pieces": N}`, `{}`, `{"found": [[paper id, score], …]}`, best first, and `{"status": …, "score": …}`, or
`{"error": …}`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

PIECES_A_PAPER = 5
"""So many pieces are asked for each paper that is wanted: several may be of one paper."""


@dataclass(frozen=True)
class Text:
    """A paper as peers get it: its id, and title, abstract and full text as one text."""

    id: str
    text: str


@dataclass(frozen=True)
class Options:
    """How a program was started: `weights` is the folder of the base model, `variant` the way it is to work."""

    weights: str
    variant: str


class Peer(Protocol):
    """What a peer does."""

    def index(self, papers: str, folder: str) -> int:
        """Index the papers of the file into the folder, which is empty; gives into how many pieces."""
        ...

    def open(self, folder: str) -> None:
        """Open what was indexed there."""
        ...

    def find(self, question: str, pieces: int) -> Iterable[tuple[str, float]]:
        """So many pieces, best first: of which paper, and how near (more is nearer)."""
        ...


@runtime_checkable
class Answers(Protocol):
    """What a peer does that says itself whether the papers answer."""

    def answer(self, question: str) -> tuple[str, float]:
        """ "answered", "partly" or "abstained", and how sure it is."""
        ...


def read_texts(file: str) -> list[Text]:
    """The papers of a file that has one JSON object a line."""
    with Path(file).open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    kept = ("abstract", "text")
    return [
        Text(one["id"], "\n\n".join(filter(None, (one["title"] or one.get("label"), *map(one.get, kept)))))
        for one in records
    ]


def best_of_papers(pieces: Iterable[tuple[str, float]], top: int) -> list[tuple[str, float]]:
    """The first `top` papers, each with the score of its best piece."""
    best: dict[str, float] = {}
    for paper, score in pieces:
        best.setdefault(paper, score)
    return list(best.items())[:top]


def serve(started: Callable[[Options], Peer]) -> None:
    """Do what is asked until standard input ends. A library's own prints go to standard error."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", required=True)
    parser.add_argument("--variant", default="")
    given = parser.parse_args()
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    peer = started(Options(given.weights, given.variant))
    for request in requests():
        try:
            reply = done(peer, request)
        except Exception as error:  # Whatever a library raises is told, and the row says so.
            reply = {"error": f"{type(error).__name__}: {error}"[:500]}
        print(json.dumps(reply), file=replies, flush=True)


def requests() -> Iterator[dict[str, str]]:
    """What is asked, line by line."""
    for line in sys.stdin:
        yield json.loads(line)


def done(peer: Peer, request: dict[str, str]) -> dict[str, object]:
    """The reply to a request."""
    match request["do"]:
        case "index":
            return {"pieces": peer.index(request["papers"], request["folder"])}
        case "open":
            peer.open(request["folder"])
            return {}
        case "find":
            top = int(request["top"])
            return {"found": best_of_papers(peer.find(request["question"], top * PIECES_A_PAPER), top)}
        case "answer" if isinstance(peer, Answers):
            status, score = peer.answer(request["question"])
            return {"status": status, "score": score}
        case other:
            return {"error": f"cannot do {other}"}
