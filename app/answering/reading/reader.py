"""Read a question and what papers say together, and a claim and its evidence."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from app.answering.reading.packing import PackedRow, SpecialTokens, packed
from retrieval.errors import ModelError
from retrieval.models.onnx_session import OnnxSession, read_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

INPUTS = ("ids", "kinds", "mask", "pool")
ROWS_TOGETHER = 1
"""Rows that a call reads: calls go side by side, and in one of several all would be as long as the longest."""
NOTHING = -20.0
"""The log odds of a sentence in which there is nothing to read."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A paper's name, and sentences of it in reading order."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: of each sentence how surely it answers, as log odds against "none of these answers"."""

    sentences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The chances, in [0, 1] and together 1, that evidence supports a claim, contradicts it, or does neither."""

    supported: float
    contradicted: float
    not_enough: float


class Reader(Protocol):
    """Reads; every call gives the same for the same, however busy the machine is."""

    name: str
    fingerprint: str

    def load(self) -> None:
        """Load now rather than at the first question. Raises `ModelError`."""

    def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
        """How surely the sentences of each excerpt answer the question."""
        ...

    def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
        """Of pairs of claim and evidence, what the evidence says of the claim."""
        ...


class OnnxReader:
    """A `Reader` in ONNX Runtime; the file is loaded at first use. Safe from any thread."""

    def __init__(self, name: str, fingerprint: str, model: Path, tokenizer: Path) -> None:
        self.name, self.fingerprint = name, fingerprint
        self._session = OnnxSession(model, INPUTS)
        self._tokenizer_file = tokenizer
        self._loading = threading.Lock()
        self._words: tuple[Tokenizer, SpecialTokens] | None = None

    def load(self) -> None:
        """Load now rather than at the first question. Raises `ModelError`."""
        self._session.load()
        self._tokenizer()

    def _tokenizer(self) -> tuple[Tokenizer, SpecialTokens]:
        with self._loading:
            if self._words is None:
                tokenizer = read_tokenizer(self._tokenizer_file)
                cls, sep = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
                if cls is None or sep is None:
                    raise ModelError(f"{self._tokenizer_file.name} is no tokenizer of BERT's: reinstall the program.")
                self._words = (tokenizer, SpecialTokens(cls, sep))
            return self._words

    def read(self, question: str, excerpts: Sequence[Excerpt]) -> list[Reading]:
        """How surely the sentences of each excerpt answer the question."""
        tokenizer, special = self._tokenizer()
        texts = [question, *(text for one in excerpts for text in (one.title, *one.sentences))]
        ids = iter(_ids(tokenizer, texts))
        asked = next(ids)
        pieces: list[_Piece] = []
        for place, one in enumerate(excerpts):
            title = next(ids)
            pieces += _pieces(place, asked, title, [next(ids) for _ in one.sentences], special)
        odds = [[NOTHING] * len(one.sentences) for one in excerpts]
        for places, (sentences, none, _) in self._run([piece.row for piece in pieces]):
            for at, piece in ((at, pieces[place]) for at, place in enumerate(places)):
                for number, value in zip(piece.numbers, sentences[at] - none[at], strict=False):
                    odds[piece.excerpt][number] = float(value)
        return [Reading(tuple(own)) for own in odds]

    def agreement(self, pairs: Sequence[tuple[str, str]]) -> list[Agreement]:
        """Of pairs of claim and evidence, what the evidence says of the claim."""
        tokenizer, special = self._tokenizer()
        ids = iter(_ids(tokenizer, [text for pair in pairs for text in pair]))
        rows = [packed(next(ids), (), [next(ids)], special) for _ in pairs]
        told: dict[int, Agreement] = {}
        for places, (_, _, claims) in self._run(rows):
            for at, place in enumerate(places):
                told[place] = Agreement(*(float(chance) for chance in _softmax(claims[at])))
        return [told[place] for place in range(len(rows))]

    def _run(self, rows: Sequence[PackedRow]) -> list[tuple[list[int], list[np.ndarray]]]:
        """The rows' places, a few of like length at a time, with the network's outputs for them."""
        order = sorted(range(len(rows)), key=lambda place: len(rows[place].ids))
        places = [order[at : at + ROWS_TOGETHER] for at in range(0, len(order), ROWS_TOGETHER)]
        outputs = self._session.run([_inputs([rows[place] for place in some]) for some in places])
        return list(zip(places, outputs, strict=True))


@dataclass(frozen=True, slots=True)
class _Piece:
    """As much of an excerpt as fits into one row; `numbers` are its sentences'."""

    excerpt: int
    numbers: tuple[int, ...]
    row: PackedRow


def _pieces(
    excerpt: int, question: list[int], title: list[int], sentences: Sequence[list[int]], special: SpecialTokens
) -> list[_Piece]:
    left = [number for number, sentence in enumerate(sentences) if sentence]
    pieces: list[_Piece] = []
    while left:
        row = packed(question, title, [sentences[number] for number in left], special)
        pieces.append(_Piece(excerpt, tuple(left[: len(row.spans)]), row))
        left = left[len(row.spans) :]
    return pieces


def _inputs(rows: Sequence[PackedRow]) -> dict[str, np.ndarray]:
    count, width = len(rows), max(len(row.ids) for row in rows)
    ids, kinds, mask = (np.zeros((count, width), dtype=np.int64) for _ in range(3))
    pool = np.zeros((count, max(1, max(len(row.spans) for row in rows)), width), dtype=np.float32)
    for at, row in enumerate(rows):
        length = len(row.ids)
        ids[at, :length], mask[at, :length] = row.ids, 1
        kinds[at, row.second : length] = 1
        for number, (start, end) in enumerate(row.spans):
            pool[at, number, start:end] = 1.0 / max(1, end - start)
    return {"ids": ids, "kinds": kinds, "mask": mask, "pool": pool}


def _ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    return [one.ids for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max())
    return raised / raised.sum()
