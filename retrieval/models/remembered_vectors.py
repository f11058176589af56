"""The vectors of texts that are asked for again and again, such as the sentences of papers that are often found."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from retrieval.models.embedder import Embedder


class RememberedVectors:
    """Embeds each text once, as long as it is among the `most` that were asked for last. Safe from any thread."""

    def __init__(self, embedder: Embedder, most: int) -> None:
        self._embedder = embedder
        self._most = most
        self._known: OrderedDict[str, np.ndarray] = OrderedDict()
        self._changing = threading.Lock()

    def of(self, texts: Sequence[str]) -> dict[str, np.ndarray]:
        """The unit vector of each text. Raises `ModelError`."""
        distinct = list(dict.fromkeys(texts))
        with self._changing:
            found = {text: self._known[text] for text in distinct if text in self._known}
        fresh = [text for text in distinct if text not in found]
        if fresh:
            # Copies, as a row would keep the whole array that it is of.
            found |= {text: vector.copy() for text, vector in zip(fresh, self._embedder.embed(fresh), strict=True)}
        with self._changing:
            for text in distinct:
                self._known[text] = found[text]
                self._known.move_to_end(text)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found
