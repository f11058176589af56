"""How much visitors may have: papers and bytes of one, and of all of them together."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.notices.notice import Notice
from app.surfaces.collections import FullError

VISITORS_IN_FULL = 50
"""All visitors together may have as much as so many of them with all that one may have."""
ROOM_BYTES = 500_000_000
"""What has to be free on the disk besides: the index of what is added takes more than the files."""
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """What one visitor may have; and how long one request's papers may take, as those of others wait meanwhile."""

    papers: int = 200
    bytes: int = 200 * MEGABYTE
    seconds: float = 600.0

    def room_for(self, own: int, all_visitors: int) -> int:
        """How many bytes more a visitor may send who has `own`. Raises `FullError` where it is none."""
        if own >= self.bytes:
            raise FullError(Notice("visitor_bytes", limit=self.bytes // MEGABYTE))
        if all_visitors >= VISITORS_IN_FULL * self.bytes:
            raise FullError(Notice("visitors_full"))
        return self.bytes - own


def check_disk(folder: Path, wanted: int) -> None:
    """Raises `FullError` where the disk has no room for so many bytes and what is made of them."""
    with suppress(OSError):
        if shutil.disk_usage(folder).free < wanted + ROOM_BYTES:
            raise FullError(Notice("adding_no_room"))
