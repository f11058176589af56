"""How many questions a client address, and all of them together, may ask a minute."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from retrieval.errors import PaperbackedError

WINDOW_SECONDS = 60
MAX_CLIENTS = 10_000
"""Clients remembered at once; beyond that the one that has been silent longest is forgotten."""
_MAX_NAME_CHARS = 100
_ALL = "all"


class LimitError(PaperbackedError):
    """A question too many; `retry_after` is in whole seconds."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class QuestionLimits:
    """Questions a minute, counted over the last sixty seconds in this process; 0 stands for no limit."""

    def __init__(self, client_limit: int, server_limit: int) -> None:
        self._client = RateLimitItemPerMinute(client_limit, namespace="client") if client_limit else None
        self._server = RateLimitItemPerMinute(server_limit, namespace="server") if server_limit else None
        self._storage = MemoryStorage()
        self._windows = MovingWindowRateLimiter(self._storage)
        self._seen: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, client: str) -> None:
        """Count one question of the client at that address.

        Raises `LimitError` where it is one too many; such a question is not counted.
        """
        name = client_name(client)
        with self._lock:
            if self._server and not self._windows.test(self._server, _ALL):
                raise self._refusal(self._server, _ALL, "This server is asked too much at the moment")
            if self._client:
                self._make_room_for(name)
                if not self._windows.hit(self._client, name):
                    raise self._refusal(self._client, name, "That is more than one address may ask in a minute")
                self._seen[name] = time.monotonic()
                self._seen.move_to_end(name)
            if self._server:
                self._windows.hit(self._server, _ALL)

    @property
    def clients(self) -> int:
        """How many clients are remembered now."""
        return len(self._seen)

    def _refusal(self, item: RateLimitItemPerMinute, name: str, sentence: str) -> LimitError:
        left = self._windows.get_window_stats(item, name).reset_time - time.time()
        seconds = min(max(math.ceil(left), 1), WINDOW_SECONDS)
        return LimitError(f"{sentence}: try again in {seconds} second{'s' if seconds > 1 else ''}.", seconds)

    def _make_room_for(self, name: str) -> None:
        # The storage empties a client's window by itself, but keeps its name for ever.
        assert self._client is not None
        while self._seen:
            silent, seen = next(iter(self._seen.items()))
            room = len(self._seen) < MAX_CLIENTS or name in self._seen
            if room and time.monotonic() - seen <= WINDOW_SECONDS:
                return
            del self._seen[silent]
            key = self._client.key_for(silent)
            with self._storage.locks[key]:
                self._storage.clear(key)


def client_name(address: str) -> str:
    """What a client is counted as: an IPv6 client, who owns many addresses, by its network of 64 bits."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:_MAX_NAME_CHARS]
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped) if ip.ipv4_mapped else f"{IPv6Address(int(ip) >> 64 << 64)}/64"
