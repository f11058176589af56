"""Texts compared by their letters: cosine of tf-idf weights of letter n-grams, which survives typing errors.

The weights are those of sklearn's HashingVectorizer (analyzer "char_wb") and
TfidfTransformer (sublinear_tf), without the seconds that importing it takes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

NGRAMS = range(3, 6)
_SPACE = re.compile(r"\s+")


class LetterIndex:
    """Letter n-gram scores of a query against every document; held in memory."""

    def __init__(self, documents: Sequence[str]) -> None:
        counts = [Counter(_ngrams(document)) for document in documents]
        self._number: dict[str, int] = {}
        for count in counts:
            for ngram in count:
                self._number.setdefault(ngram, len(self._number))
        having = np.zeros(len(self._number), dtype=np.float64)
        for count in counts:
            having[[self._number[ngram] for ngram in count]] += 1
        self._documents = len(documents)
        # One more, so that there is one to look up where no n-gram is known.
        self._rarity = np.append(np.log((1 + len(documents)) / (1 + having)) + 1, 0.0)
        self._begin, self._document, self._weight = self._postings(counts)

    def _postings(self, counts: Sequence[Counter[str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """By n-gram, where its entries begin; of each entry the document, and the n-gram's weight in it."""
        ngrams, documents, weights = ([np.zeros(0, dtype=kind)] for kind in (np.int64, np.int64, np.float64))
        for document, count in enumerate(counts):
            numbers, weight = self._weighed(count)
            ngrams.append(numbers)
            documents.append(np.full(len(numbers), document))
            weights.append(weight)
        of, document, weight = (np.concatenate(parts) for parts in (ngrams, documents, weights))
        order = np.argsort(of, kind="stable")
        begin = np.searchsorted(of[order], np.arange(len(self._number) + 1))
        return begin, document[order], weight[order]

    def _weighed(self, count: Counter[str]) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the n-grams that documents have, and their weights in the unit vector of all.

        What no document has counts in the vector's length: a query of strange words is near to none.
        """
        numbers = np.array([self._number.get(ngram, -1) for ngram in count], dtype=np.int64)
        rarity = np.where(numbers < 0, np.log(1 + self._documents) + 1, self._rarity[numbers])
        weights = (1 + np.log(np.array(list(count.values()), dtype=np.float64))) * rarity
        weights /= float(np.linalg.norm(weights)) or 1.0
        return numbers[numbers >= 0], weights[numbers >= 0]

    def scores(self, query: str) -> np.ndarray:
        """The cosine of the query and each document, in [0, 1]."""
        scores = np.zeros(self._documents)
        for number, weight in zip(*self._weighed(Counter(_ngrams(query))), strict=True):
            begin, end = self._begin[number], self._begin[number + 1]
            scores[self._document[begin:end]] += weight * self._weight[begin:end]
        return scores


def _ngrams(text: str) -> Iterator[str]:
    """The n-grams of each word with a space on both sides; a shorter word is one itself."""
    for word in _SPACE.split(text.lower()):
        if not word:
            continue
        padded = f" {word} "
        for length in NGRAMS:
            yield padded[:length]
            if length >= len(padded):
                break
            for at in range(1, len(padded) - length + 1):
                yield padded[at : at + length]
