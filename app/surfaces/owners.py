"""Who of those that send requests may make collections and change them."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope

from app.notices.notice import Notice
from app.surfaces.collections import Collections, ReadOnlyError
from app.surfaces.gate.cors import at_the_machine
from app.surfaces.gate.rate_limits import client_name
from app.surfaces.gate.request_limits import REQUESTER, client_of
from app.surfaces.visitors import visitor_in


def sender_of(scope: Scope) -> str:
    """The client that sends the request, as clients are counted: an IPv6 one by its network."""
    return client_name(client_of(scope))


@dataclass(frozen=True, slots=True)
class Owners:
    """The rule of one server.

    With `only_here` it takes papers because it listens to this machine alone, and so from readers at this machine
    alone: who comes through a proxy that nobody told it of is none.
    """

    collections: Collections
    only_here: bool = False

    def may_add(self, scope: Scope) -> bool:
        """Whether who sends the request may add papers to what is theirs to change."""
        if not self.collections.adding or scope.get(REQUESTER, "page") not in ("page", "program"):
            return False  # Pages of other origins may ask at the most, on whatever way they come.
        return not self.only_here or at_the_machine(client_of(scope), Headers(scope=scope).get("host"))

    def check(self, scope: Scope) -> str | None:
        """The visitor who sends the request, None for nobody in particular. Raises `ReadOnlyError`."""
        if not self.may_add(scope):
            raise ReadOnlyError(Notice("adding_off"))
        return visitor_in(scope)
