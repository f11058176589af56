"""What is missing from what an answer was made of: passages that were left out, and servers that did not answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable
from threading import Lock

from app.notices.notice import Notice, together
from retrieval.types import SilentServer

Missing = str | SilentServer
"""The id of a vector that is of no passage of the papers, or a server."""
LOGGED_EACH_SECONDS = 60.0
"""A server that is down is asked with every question; the log says so only so often."""
_log = logging.getLogger("paperbacked.answers")
_logged: dict[str, float] = {}
_logging = Lock()


def told_of_missing(missing: Collection[Missing]) -> str | None:
    """What readers are told of it, None where nothing is missing.

    Where servers are is the operator's business: readers are told how many are silent, the log which.
    """
    silent = {one.address for one in missing if isinstance(one, SilentServer)}
    passages = sum(not isinstance(one, SilentServer) for one in missing)
    _log_silent(sorted(silent))
    return together(
        Notice("left_out", count=passages) if passages else None,
        Notice("servers_gone", count=len(silent)) if silent else None,
    )


def _log_silent(addresses: Iterable[str]) -> None:
    for address in addresses:
        now = time.monotonic()
        with _logging:
            due = now - _logged.get(address, -LOGGED_EACH_SECONDS) >= LOGGED_EACH_SECONDS
            if due:
                _logged[address] = now
        if due:
            _log.warning("The server of vectors at %s did not answer: answers lack what it holds.", address)
