"""How many questions a client address, and all of them together, may ask a minute.

Counted on a clock that only goes forward: who sets the machine's time back must not keep
readers out, which is what the libraries for this do that count by the time of day.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from app.notices.notice import Notice
from retrieval.errors import PaperbackedError

WINDOW_SECONDS = 60
MAX_CLIENTS = 10_000
"""Clients remembered at once; beyond that the one that has been silent longest is forgotten."""
_MAX_NAME_CHARS = 100


class LimitError(PaperbackedError):
    """A question too many; `retry_after` is in whole seconds."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class RateLimit:
    """Questions a minute, counted over the last sixty seconds in this process; 0 stands for no limit."""

    def __init__(self, client_limit: int, server_limit: int, now: Callable[[], float] = time.monotonic) -> None:
        self._client_limit = client_limit
        self._server_limit = server_limit
        self._now = now
        self._all: deque[float] = deque()
        self._clients: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, client: str) -> None:
        """Count one question of the client at that address.

        Raises `LimitError` where it is one too many; such a question is not counted.
        """
        name = client_name(client)
        with self._lock:
            now = self._now()
            if self._server_limit and _within(self._all, now) >= self._server_limit:
                raise self._refusal(self._all, now, "server_limit")
            if self._client_limit:
                asked = self._asked_by(name, now)
                if _within(asked, now) >= self._client_limit:
                    raise self._refusal(asked, now, "client_limit")
                asked.append(now)
            if self._server_limit:
                self._all.append(now)

    @property
    def clients(self) -> int:
        """How many clients are remembered now."""
        return len(self._clients)

    def _asked_by(self, name: str, now: float) -> deque[float]:
        """When the client has asked, the client being the latest to have come."""
        while self._clients:
            silent, asked = next(iter(self._clients.items()))
            room = len(self._clients) < MAX_CLIENTS or name in self._clients
            if room and asked and now - asked[-1] < WINDOW_SECONDS:
                break
            del self._clients[silent]
        asked = self._clients.setdefault(name, deque())
        self._clients.move_to_end(name)
        return asked

    def _refusal(self, asked: deque[float], now: float, code: str) -> LimitError:
        seconds = min(max(math.ceil(asked[0] + WINDOW_SECONDS - now), 1), WINDOW_SECONDS)
        return LimitError(Notice(code, count=seconds), seconds)


def _within(asked: deque[float], now: float) -> int:
    """How many of these times lie in the window that ends now; older ones are dropped."""
    while asked and now - asked[0] >= WINDOW_SECONDS:
        asked.popleft()
    return len(asked)


def client_name(address: str) -> str:
    """What a client is counted as: an IPv6 client, who owns many addresses, by its network of 64 bits."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:_MAX_NAME_CHARS]
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped) if ip.ipv4_mapped else f"{IPv6Address(int(ip) >> 64 << 64)}/64"
