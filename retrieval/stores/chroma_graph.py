"""How Chroma builds and walks the graph of a segment's vectors, as measured."""

from __future__ import annotations

from typing import Final

GRAPH: Final = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 200,
    "batch_size": 100,
    "sync_threshold": 1000,
}
"""Of 150,000 vectors in 600 topics all of the best 60 are found. Built with half the care (`ef_construction`), whole
topics cannot be reached from the others; more neighbours take more room, and find nothing that was not found.

What is not synchronised is put into the graph again by whoever opens the segment, which takes seconds for tens of
thousands. So little is left: batches are written as large as they may be, and each is synchronised once."""

EXACT = 1000
"""Of so many given vectors each is read and compared; of more the graph is faster, and as good as exact."""
