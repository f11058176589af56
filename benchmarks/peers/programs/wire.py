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
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

MOST_PIECES_A_PAPER = 5
"""At most so many pieces are asked for each paper that is wanted: several may be of one paper."""
LONG_CHARS, PIECE_CHARS, OVERLAP_CHARS = 4_000, 1_000, 200
"""Texts longer than the first, which no abstract is, are cut where a peer has nothing of its own for it: what its
embedding model reads would end within their beginning."""


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


def pieces_of(text: str) -> list[str]:
    """The text as it is where a model reads most of it, else pieces that overlap."""
    return [text] if len(text) <= LONG_CHARS else cut(text, PIECE_CHARS, OVERLAP_CHARS)


def cut(text: str, chars: int, overlap: int) -> list[str]:
    """Pieces of so many characters, each beginning with the last ones of the piece before."""
    return [text[max(0, at - overlap) : at + chars] for at in range(0, len(text), chars)]


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
    asked = Asked(started(Options(given.weights, given.variant)))
    for request in requests():
        try:
            reply = asked.done(request)
        except Exception as error:  # Whatever a library raises is told, and the row says so.
            reply = {"error": f"{type(error).__name__}: {error}"[:500]}
        print(json.dumps(reply), file=replies, flush=True)


def requests() -> Iterator[dict[str, str]]:
    """What is asked, line by line."""
    for line in sys.stdin:
        yield json.loads(line)


class Asked:
    """A peer that is asked line by line."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._pieces_a_paper = 1

    def done(self, request: dict[str, str]) -> dict[str, object]:
        """The reply to a request."""
        match request["do"]:
            case "index":
                pieces = self._peer.index(request["papers"], request["folder"])
                papers = Path(request["papers"]).read_bytes().count(b"\n")
                _beside(request["folder"]).write_text(f"{pieces / papers}")
                return {"pieces": pieces}
            case "open":
                self._peer.open(request["folder"])
                a_paper = float(_beside(request["folder"]).read_text())
                self._pieces_a_paper = min(MOST_PIECES_A_PAPER, max(1, math.ceil(a_paper)))
                return {}
            case "find":
                top = int(request["top"])
                found = self._peer.find(request["question"], top * self._pieces_a_paper)
                return {"found": best_of_papers(found, top)}
            case "answer" if isinstance(self._peer, Answers):
                status, score = self._peer.answer(request["question"])
                return {"status": status, "score": score}
            case other:
                return {"error": f"cannot do {other}"}


def _beside(folder: str) -> Path:
    """Where it stands how many pieces of a paper are in the folder."""
    return Path(f"{folder}.pieces")
