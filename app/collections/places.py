"""How many collections there may be, of one visitor, of all visitors and of all who share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from app.collections.about import about
from app.notices.notice import Notice
from app.surfaces.collections import FullError
from retrieval.papers.database import FILE as DATABASE

MOST_COLLECTIONS = 10
"""Of one visitor."""
MOST_SHARED = 500
"""Of all who share them."""
MOST_OF_VISITORS = 2_000
"""Of all visitors together: each is looked at for every list. Of more, the longest unused one without papers goes."""


def check_place(there: Sequence[str], owner: str | None) -> None:
    """Raises `FullError` where there is no place for one more beside those of that owner, None for shared ones."""
    most = MOST_COLLECTIONS if owner else MOST_SHARED
    if len(there) >= most:
        raise FullError(Notice("collections_many", limit=most))


def in_the_way(folder: Path, theirs: Sequence[str], busy: Callable[[str], bool]) -> str | None:
    """Which of all visitors' collections has to go for one more, None where none has to.

    Raises `FullError` where all have papers, or are about to.
    """
    if len(theirs) < MOST_OF_VISITORS:
        return None
    without = [name for name in theirs if not (folder / name / DATABASE).exists() and not busy(name)]
    if not without:
        raise FullError(Notice("visitors_full"))
    return min(without, key=lambda name: about(folder / name).used)
