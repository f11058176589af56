"""By what a visitor is known again who has collections of their own: a cookie with a random number, nothing else."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.types import Scope

from app.surfaces.gate.request_limits import REQUESTER

COOKIE = "paperbacked_visitor"
VISITOR_CHARS = 16
"""Hexadecimal digits of the hash by which a visitor is known here: no cookie can be made from it."""
DAYS = 365
_RANDOM_BYTES = 16
_VALUE = re.compile(rf"[0-9a-f]{{{2 * _RANDOM_BYTES}}}")


def visitor_of(cookies: Mapping[str, str]) -> str | None:
    """The visitor whose cookie is among these; None for one that is none of ours."""
    value = cookies.get(COOKIE, "")
    if not _VALUE.fullmatch(value):
        return None
    return hashlib.sha256(f"paperbacked visitor {value}".encode()).hexdigest()[:VISITOR_CHARS]


def visitor_in(scope: Scope) -> str | None:
    """The visitor who sends a request; None where a page of another origin does, whatever its reader's cookies say."""
    if scope.get(REQUESTER, "page") not in ("page", "program"):
        return None
    return visitor_of(HTTPConnection(scope).cookies)


def new_cookie() -> str:
    """The cookie of a visitor who has none yet: 128 random bits."""
    return secrets.token_hex(_RANDOM_BYTES)


def set_cookie(value: str, *, https: bool, framed: bool = False) -> str:
    """The header that gives a browser that cookie; scripts cannot read it, and it is sent to no other site's requests.

    A page that is shown in a frame of another site, as a Space is (`framed`), would not get it back at all: there the
    cookie is one for this frame within that site alone (partitioned), which needs https.
    """
    beginning = f"{COOKIE}={value}; Path=/; Max-Age={DAYS * 86_400}; HttpOnly"
    if https and framed:
        return f"{beginning}; Secure; SameSite=None; Partitioned"
    return f"{beginning}; SameSite=Lax" + ("; Secure" if https else "")
