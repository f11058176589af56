"""Who sends a request: our own page, a page that may ask, a page that may not, or a program."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

Requester = Literal["page", "guest", "stranger", "program"]
"""Our own page; a page of an allowed origin; a page of any other; and what is no page of a browser."""

_USUAL_PORTS = {"http": 80, "https": 443}


def requester_of(scope: Scope, allowed: Collection[str]) -> Requester:
    """Who sends the request, by what a browser says of the page it comes from; a program can say what it likes."""
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    # Said by the browser itself, and true also behind a proxy that changes the host's name.
    if site == "same-origin":
        return "page"
    if origin is None:
        crossing = site in ("cross-site", "same-site")
        return "stranger" if crossing and not _followed_link(scope, headers) else "program"
    if _same_place(origin, scope, headers):
        return "page"
    return "guest" if origin in allowed else "stranger"


@dataclass(frozen=True, slots=True)
class CorsPolicy:
    """Which pages of other origins may ask, and by which names the server may be called.

    `hosts` are names without a port, `*.example.org` for all below one; without any, a
    server that listens to this machine alone (`local_only`) has no names but this
    machine's, and another answers to every name.
    """

    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    local_only: bool = False

    def knows(self, scope: Scope) -> bool:
        """Whether the server may be called by the name in the request.

        A page elsewhere can point its own name at this server's address and then counts as
        same-origin (DNS rebinding); only the name tells.
        """
        host = Headers(scope=scope).get("host")
        if host is None or not (self.hosts or self.local_only):
            return True  # no browser leaves it out
        place, server = _place(f"http://{host}"), scope.get("server")
        if place is None:
            return False
        name, port = place
        if _is_loopback(name):
            return True
        if self.hosts:
            # Only a name can be pointed elsewhere; by an address probes come, and proxies.
            return _is_address(name) or any(_is_called(name, known) for known in self.hosts)
        # A page led here must name our port, which a proxy in front has not.
        return server is None or port != server[1]


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _is_called(name: str, known: str) -> bool:
    return name.endswith(known[1:]) if known.startswith("*.") else name == known


def at_the_machine(client: str | None, host: str | None) -> bool:
    """Whether a page's reader sits at this machine: called from here and by its own name, so not through a proxy."""
    place = _place(f"http://{host}") if host else None
    return client is not None and _is_loopback(client) and place is not None and _is_loopback(place[0])


def _followed_link(scope: Scope, headers: Headers) -> bool:
    """A reader who followed a link to an address of ours; the page with the link cannot see what comes back."""
    to_document = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return to_document and scope["method"] == "GET"


def _same_place(origin: str, scope: Scope, headers: Headers) -> bool:
    scheme = origin.partition("://")[0]
    # The other way round is usual: a proxy takes https and speaks http to us.
    if scheme == "http" and scope.get("scheme") == "https":
        return False
    place = _place(origin)
    return place is not None and place == _place(f"{scheme}://{headers.get('host', '')}")


def _place(address: str) -> tuple[str, int] | None:
    """Host and port of an address, or None where it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port or _USUAL_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.hostname.rstrip("."), port) if parts.hostname else None


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
