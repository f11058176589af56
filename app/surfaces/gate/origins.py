"""Who sends a request: our own page, a page that may ask, a page that may not, or a program."""

from __future__ import annotations

from collections.abc import Collection
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


def by_foreign_name(scope: Scope) -> bool:
    """Whether a browser was led here by a name that is not this machine's own.

    Only for a server that listens to this machine alone. A page elsewhere can point its own name at
    127.0.0.1 and then counts as same-origin; it must name our port, which a proxy in front has not.
    """
    host = Headers(scope=scope).get("host")
    place = _place(f"http://{host}") if host else None
    server = scope.get("server")
    if place is None or server is None:
        return False
    name, port = place
    return port == server[1] and not _is_loopback(name)


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
