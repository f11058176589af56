"""What servers of papers say, with a bound on where it is asked for, how often, and for how long."""

from __future__ import annotations

import io
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import BinaryIO
from urllib.parse import urljoin

import httpx

from retrieval.errors import OnlineError, one_line
from retrieval.online.addresses import (
    CONNECT_SECONDS,
    LOOPBACK_NAMES,
    PUBLIC,
    Addresses,
    UnreachableError,
    checked,
    origin_of,
    resolved,
)
from retrieval.online.contact import agent
from retrieval.online.request import Answer, Wanted, ask, too_slow

MOST_REDIRECTS = 5
TRIES = 3
MOST_WAIT_SECONDS = 60.0
"""A server that wants to be left alone for longer is left alone for this run."""
GAP_SECONDS = 0.2
"""Between two requests to the same public server: Crossref allows those who give no contact five a second."""
OFFLINE_SECONDS = 60.0
"""For so long a server that was not there is not tried again: a list of a thousand DOIs must not take an hour."""
MOST_GIVEN_UP = 3
"""A server that was too busy for so many requests in a row is left alone for as long."""
_BUSY = frozenset({429, 500, 502, 503, 504})
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})


class Fetch:
    """Asks servers of papers.

    `contact` is an e-mail address at which their keepers reach whoever asks. `trust` says whose certificates are
    believed: those of browsers where it is None. Raises `InputError` for a contact that is no address.
    """

    def __init__(
        self,
        addresses: Addresses = PUBLIC,
        contact: str | None = None,
        *,
        pause: Callable[[float], None] = time.sleep,
        first_wait: float = 1.0,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.addresses = addresses
        self._agent = agent(contact)
        self._pause = pause
        self._first_wait = first_wait
        self._trust = trust
        self._not_before: dict[str, float] = {}
        self._closed: dict[str, tuple[float, OnlineError]] = {}
        self._offline_until = 0.0
        self._given_up: dict[str, int] = {}

    def get(self, wanted: Wanted) -> Answer:
        """The server's answer, whatever its status but one that says that it is busy.

        Raises `OnlineError`: not reached within 3 seconds, too slow, too large, led elsewhere, busy after three tries.
        """
        with io.BytesIO() as sink:
            answer = self.save(wanted, sink)
            return replace(answer, body=sink.getvalue())

    def save(self, wanted: Wanted, sink: BinaryIO) -> Answer:
        """As `get`, but with the body in `sink`."""
        for number in range(TRIES):
            wait = self._first_wait * 2**number if number < TRIES - 1 else None
            try:
                answer = self._followed(wanted, sink)
            except httpx.TransportError as error:
                if wait is None or isinstance(error, httpx.TimeoutException):
                    raise _broken_off(wanted, error) from error
            else:
                if answer.status not in _BUSY:
                    self._given_up.pop(answer.host, None)
                    return answer
                wait = self._wished(answer, wait)
            self._pause(wait)
        raise AssertionError("the last try returns or raises")

    def _wished(self, answer: Answer, wait: float | None) -> float:
        """How long a busy server is waited for. Raises `OnlineError` where that is too long, or no try is left."""
        wished = _seconds_of(answer.headers.get("retry-after"))
        if wished is not None and wished > MOST_WAIT_SECONDS:
            busy = OnlineError(f"{answer.host} wants to be left alone for {_in_words(wished)}: try again after that.")
            self._closed[answer.host] = time.monotonic() + wished, busy
            raise busy
        if wait is None:
            busy = OnlineError(f"{answer.host} is too busy (status {answer.status}): try again later.")
            self._given_up[answer.host] = self._given_up.get(answer.host, 0) + 1
            if self._given_up[answer.host] >= MOST_GIVEN_UP:
                self._closed[answer.host] = time.monotonic() + OFFLINE_SECONDS, busy
            raise busy
        return wait if wished is None else wished

    def _followed(self, wanted: Wanted, sink: BinaryIO) -> Answer:
        """The answer where the redirects end."""
        origin = origin_of(wanted.address)
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._once(wanted, sink)
            if answer.status not in _ELSEWHERE:
                return answer
            try:
                onward = urljoin(wanted.address, answer.headers.get("location", ""))
            except ValueError:
                onward = ""
            elsewhere = origin_of(onward) != origin
            if elsewhere and _leads_inward(wanted.address, onward):
                raise OnlineError(f"{answer.host} leads to a program of this machine, which is not asked.")
            wanted = replace(wanted, address=onward, private={} if elsewhere else wanted.private)
        host = origin[1] if origin else "The server"
        raise OnlineError(f"{host} leads on from address to address: try again later.")

    def _once(self, wanted: Wanted, sink: BinaryIO) -> Answer:
        """One server's answer. Raises at once what it was that kept it from answering a moment ago."""
        _, host, port = checked(wanted.address, self.addresses)
        self._raise_if_closed(host)
        self._take_turn(host)
        try:
            answer = self._from_any(host, port, wanted, sink)
        except UnreachableError as error:
            self._note_unreachable(host, error)
            raise
        # Zotero says so in a header of its own where it would like a pause before the next request.
        if backoff := _seconds_of(answer.headers.get("backoff")):
            self._not_before[host] = time.monotonic() + min(backoff, MOST_WAIT_SECONDS)
        return answer

    def _raise_if_closed(self, host: str) -> None:
        now = time.monotonic()
        until, closed = self._closed.get(host, (0.0, None))
        if closed and now < until:
            raise closed
        if host not in LOOPBACK_NAMES and now < self._offline_until:
            raise UnreachableError(host)

    def _note_unreachable(self, host: str, error: UnreachableError) -> None:
        """Not ask it again for a while, and, where two are not there, no other: then it is the network."""
        if host in LOOPBACK_NAMES:
            return
        now = time.monotonic()
        if any(now < until and isinstance(why, UnreachableError) for until, why in self._closed.values()):
            self._offline_until = now + OFFLINE_SECONDS
        self._closed[host] = now + OFFLINE_SECONDS, error

    def _from_any(self, host: str, port: int, wanted: Wanted, sink: BinaryIO) -> Answer:
        """The answer of the first of a host's IP addresses that is there."""
        began = time.monotonic()
        numbers = resolved(host, port)
        for left in range(len(numbers), 0, -1):
            seconds = max(0.5, (CONNECT_SECONDS - (time.monotonic() - began)) / left)
            try:
                return ask(wanted, numbers[-left], self._agent, self._believed, seconds, sink)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if "CERTIFICATE" in str(error).upper():
                    raise OnlineError(f"{host} does not prove that it is {host}: check the network.") from error
        raise UnreachableError(host)

    @cached_property
    def _believed(self) -> ssl.SSLContext:
        return self._trust or httpx.create_ssl_context(trust_env=False)

    def _take_turn(self, host: str) -> None:
        wait = self._not_before.get(host, 0.0) - time.monotonic()
        if wait > 0:
            self._pause(wait)
        self._not_before[host] = time.monotonic() + (0.0 if host in LOOPBACK_NAMES else GAP_SECONDS)


def _leads_inward(address: str, onward: str) -> bool:
    """Whether a server elsewhere leads to this machine, where the program of Zotero is asked by nobody else."""
    before, then = origin_of(address), origin_of(onward)
    return before is not None and before[1] not in LOOPBACK_NAMES and then is not None and then[1] in LOOPBACK_NAMES


def _seconds_of(value: str | None) -> float | None:
    """Seconds of a Retry-After header, which has a number or a date; None where it has neither."""
    if not value:
        return None
    if value.strip().isdecimal() and len(value) < 12:
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return None


def _in_words(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"


def _broken_off(wanted: Wanted, error: httpx.TransportError) -> OnlineError:
    host = httpx.URL(wanted.address).host
    if isinstance(error, httpx.TimeoutException):
        return too_slow(host, wanted.seconds)
    return OnlineError(f"{host} broke off its answer ({one_line(error)}): try again later.")
