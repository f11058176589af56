"""Who may ask which collection of a server, and who may change it; decided by the name of the collection alone."""

from __future__ import annotations

from app.collection import DEFAULT
from app.collections.names import belongs_to, owner_of
from app.notices.notice import Notice
from app.settings import COLLECTION_NAME, Settings
from app.surfaces.collections import ReadOnlyError


class Access:
    """The rules of one server.

    A collection of a visitor's own is theirs alone, and there only where visitors have their own. Every other is
    shared by all who may use the server, where it is served at all.
    """

    def __init__(self, settings: Settings) -> None:
        self._own = settings.collection
        self._served = settings.collections
        self._mode = settings.adds

    @property
    def adding(self) -> bool:
        """Whether papers are taken at all."""
        return self._mode != "off"

    @property
    def for_visitors(self) -> bool:
        """Whether each visitor has collections of their own."""
        return self._mode == "visitors"

    def sees(self, name: str, visitor: str | None) -> bool:
        """Whether the visitor may ask a collection of that name, if there is one."""
        if not COLLECTION_NAME.fullmatch(name):
            return False
        if name == self._own:
            return True
        if owner_of(name) is not None:
            return self.for_visitors and belongs_to(name, visitor)
        return self._mode == "on" or self._served == ("*",) or name in self._served

    def may_change(self, name: str) -> bool:
        """Whether whoever sees a collection of that name may change it, too."""
        if name == DEFAULT:
            return False
        # The served one is everybody's, whatever its name.
        shared = name == self._own or owner_of(name) is None
        return self._mode == "on" if shared else self.for_visitors

    def check_change(self, name: str) -> None:
        """Raises `ReadOnlyError` where nobody may change a collection of that name."""
        if not self.adding:
            raise ReadOnlyError(Notice("adding_off"))
        if not self.may_change(name):
            raise ReadOnlyError(Notice("collection_fixed"))

    def maker(self, visitor: str | None) -> str | None:
        """To whom a collection belongs that this visitor makes. Raises `ReadOnlyError` where they may make none."""
        if not self.adding or (self.for_visitors and visitor is None):
            raise ReadOnlyError(Notice("adding_off"))
        return visitor if self.for_visitors else None
