"""What is asked of a sentence-transformers model to have texts as vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class SentenceEncoder(Protocol):
    """A `SentenceTransformer`, or what stands in for one."""

    def encode(
        self,
        sentences: Sequence[str],
        /,
        *,
        batch_size: int = 32,
        show_progress_bar: bool | None = None,
        normalize_embeddings: bool = False,
    ) -> Any:
        """An array or tensor, shape [sentences, dimensions]."""
