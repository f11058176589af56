"""Texts compared by their letters: cosine of tf-idf weights of letter n-grams, which survives typing errors.

The weights are those of sklearn's HashingVectorizer (analyzer "char_wb") and TfidfTransformer (sublinear_tf).
How rare an n-gram is, is counted in a sample of the documents: more of them would not change the order of any
two. The n-grams are told apart by a hash of their letters that is the same in every process.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from retrieval.errors import CorpusError

NGRAMS = range(3, 6)
SAMPLE = 2_000
"""Documents of which n-grams are counted."""
BUCKET_BITS = 20
BUCKETS = 2**BUCKET_BITS
_BUCKET_SHIFT = np.uint64(64 - BUCKET_BITS)
_BASE, _MIXED = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
_SPACE = ord(" ")
_FORMAT = b"letters1"
_UNREADABLE = "How rare letters are in this collection cannot be read: ingest its papers again."


@dataclass(frozen=True, slots=True)
class LetterWeights:
    """The n-grams of a text by their bucket, in order, and their weights in a vector of length one."""

    buckets: np.ndarray
    weights: np.ndarray


class LetterRarity:
    """How many documents of a sample have each letter n-gram. Never changed: `with_more` gives another."""

    def __init__(self, documents: int, having: np.ndarray) -> None:
        self.documents = documents
        self._having = having
        self._rarity = (np.log((1 + documents) / (1 + having.astype(np.float64))) + 1).astype(np.float32)

    @classmethod
    def of(cls, documents: Iterable[str]) -> LetterRarity:
        """That of the documents, or of the first `SAMPLE` of them."""
        return cls(0, np.zeros(BUCKETS, dtype=np.uint16)).with_more(documents)

    def with_more(self, documents: Iterable[str]) -> LetterRarity:
        """That of the documents which are counted here and more; itself where the sample is full."""
        more = list(islice(documents, max(0, SAMPLE - self.documents)))
        if not more:
            return self
        having = self._having.copy()
        for document in more:
            having[np.unique(_ngrams(document))] += 1
        return LetterRarity(self.documents + len(more), having)

    def weights(self, text: str) -> LetterWeights:
        """The weights of a text's n-grams.

        What no document has counts in the vector's length: a query of strange words is near to none.
        """
        buckets, counts = np.unique(_ngrams(text), return_counts=True)
        weights = (1 + np.log(counts)).astype(np.float32) * self._rarity[buckets]
        return LetterWeights(buckets, weights / (np.linalg.norm(weights) or np.float32(1)))

    def to_bytes(self) -> bytes:
        """As it is kept."""
        head = _FORMAT + self.documents.to_bytes(4, "little")
        return head + zlib.compress(self._having.astype("<u2").tobytes(), level=6)

    @classmethod
    def from_bytes(cls, data: bytes) -> LetterRarity:
        """What `to_bytes` has given. Raises `CorpusError` for anything else."""
        head = len(_FORMAT) + 4
        reading = zlib.decompressobj()
        try:
            counts = reading.decompress(data[head:], BUCKETS * 2 + 1)
        except zlib.error as error:
            raise CorpusError(_UNREADABLE) from error
        documents = int.from_bytes(data[len(_FORMAT) : head], "little")
        if not data.startswith(_FORMAT) or len(counts) != BUCKETS * 2 or not reading.eof or documents > SAMPLE:
            raise CorpusError(_UNREADABLE)
        having = np.frombuffer(counts, dtype="<u2").astype(np.uint16)
        if having.max() > documents:
            raise CorpusError(_UNREADABLE)
        return cls(documents, having)


def cosines(query: LetterWeights, documents: Sequence[LetterWeights]) -> list[float]:
    """The cosine of the query and each document, in [0, 1]."""
    # Not touched but where the query has something, so that its size costs nothing.
    place = np.zeros(BUCKETS, dtype=np.float32)
    place[query.buckets] = query.weights
    return [min(1.0, float(place[document.buckets] @ document.weights)) for document in documents]


def _ngrams(text: str) -> np.ndarray:
    """The bucket of each n-gram of each word with a space on both sides; a shorter word is one itself."""
    spaced = f" {' '.join(text.lower().split())} "
    letters = np.frombuffer(spaced.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    spaces = np.concatenate(([0], np.cumsum(letters == _SPACE)))
    found = [np.zeros(0, dtype=np.uint64)]
    for length in NGRAMS:
        count = len(letters) - length + 1
        if count <= 0:
            break
        # No space but at an end: then all of it is of one word.
        within = spaces[length - 1 : length - 1 + count] == spaces[1 : 1 + count]
        value = np.full(count, length, dtype=np.uint64)
        for at in range(length):
            value = value * _BASE + letters[at : at + count]
        found.append(value[within])
    values = np.concatenate(found)
    mixed = (values ^ (values >> np.uint64(32))) * _MIXED
    return (mixed >> _BUCKET_SHIFT).astype(np.int32)
