"""Who may be spoken to: the servers of papers, by their addresses, and no other."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from retrieval.errors import OnlineError

CONNECT_SECONDS = 3.0
"""After this a server is not there: for its name and for the connection together."""
MOST_ADDRESSES = 4
_PORTS = {"https": 443, "http": 80}
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_UNICAST = ipaddress.IPv6Network("2000::/3")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""Where an IPv4 address is behind the last 32 bits (NAT64, RFC 6052)."""
T = TypeVar("T")


class UnreachableError(OnlineError):
    """There is no network, or the server is not there."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} cannot be reached: check the network, or go on without --online.")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where each server is, without a slash at the end; `onward` are hosts to which these may lead by a redirect.

    All must be https, but for servers on this machine, whose address says so.
    """

    arxiv: str = "https://export.arxiv.org/api/query"
    arxiv_pdf: str = "https://export.arxiv.org/pdf"
    crossref: str = "https://api.crossref.org/works"
    doi: str = "https://doi.org"
    openalex: str = "https://api.openalex.org/works"
    zotero: str = "https://api.zotero.org"
    zotero_here: str = "http://127.0.0.1:23119/api"
    onward: tuple[str, ...] = (
        "arxiv.org",
        "www.arxiv.org",
        "data.crossref.org",
        "api.datacite.org",
        "data.datacite.org",
        "data.crosscite.org",
        "data.medra.org",
        "japanlinkcenter.org",
    )

    @property
    def origins(self) -> frozenset[tuple[str, str, int]]:
        """Scheme, host and port of every server."""
        known = (self.arxiv, self.arxiv_pdf, self.crossref, self.doi, self.openalex, self.zotero, self.zotero_here)
        return frozenset(filter(None, map(origin_of, known))) | {("https", host, 443) for host in self.onward}


PUBLIC = Addresses()


def origin_of(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None where it is not one of http or https, or holds a password."""
    try:
        parts: SplitResult = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host or parts.username is not None or parts.password is not None:
        return None
    return parts.scheme, host, port or _PORTS[parts.scheme]


def checked(address: str, addresses: Addresses) -> tuple[str, str, int]:
    """The origin of an address that may be asked. Raises `OnlineError` for any other."""
    origin = origin_of(address)
    if origin is None or origin not in addresses.origins:
        raise OnlineError(f"{_named(address)} is no server that papers are taken from: it was not asked.")
    scheme, host, _ = origin
    if scheme != "https" and host not in LOOPBACK_NAMES:
        raise OnlineError(f"{host} would be asked without encryption: give its address with https://.")
    return origin


def resolved(host: str, port: int) -> tuple[str, ...]:
    """IP addresses of a host, checked: public ones, or those of this machine where the host's name says so.

    Raises `UnreachableError`, within `CONNECT_SECONDS`, where there are none, and `OnlineError` where one of them is
    not public: the name of a public server that leads into a private network is an attack.
    """
    try:
        found = within(CONNECT_SECONDS, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError, TimeoutError) as error:
        raise UnreachableError(host) from error
    numbers = tuple(dict.fromkeys(str(each[4][0]) for each in found))[:MOST_ADDRESSES]
    if not numbers:
        raise UnreachableError(host)
    if not all(may_connect(number, host) for number in numbers):
        raise OnlineError(
            f"{host} leads to an address within a private network, which is not asked: check the network."
        )
    return numbers


def may_connect(number: str, host: str) -> bool:
    """Whether the IP address is public, or of this machine where the host's name says that it is."""
    try:
        address = ipaddress.ip_address(number.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    if host in LOOPBACK_NAMES:
        return address.is_loopback
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        # What else has an IPv4 address in it leads to that one, past the check of it.
        elif address not in _UNICAST or address.sixtofour:
            return False
    return address.is_global and not address.is_multicast


def within(seconds: float, call: Callable[[], T], stop: Callable[[], None] | None = None) -> T:
    """What `call` gives, or raises; `TimeoutError` where it takes longer, after `stop` was called to end it.

    The call runs on a thread of its own, as a name look-up has no bound in time, and neither have servers that send
    a byte now and then. It does not keep the program from ending.
    """
    outcome: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((call(), None))
        except BaseException as error:
            outcome.put((None, error))

    threading.Thread(target=run, name="online", daemon=True).start()
    try:
        value, failure = outcome.get(timeout=seconds)
    except Empty:
        if stop:
            stop()
        raise TimeoutError(f"longer than {seconds:g} seconds") from None
    if failure is not None:
        raise failure
    return value  # type: ignore[return-value]


def _named(address: str) -> str:
    origin = origin_of(address)
    return origin[1][:200] if origin else "An address that is none"
