"""A reference library of Zotero: of the program on this machine, or by Zotero's web interface with a key.

Both speak https://www.zotero.org/support/dev/web_api/v3/basics. What is read is each item's `data`, which has the key,
the version, every field and the files; CSL-JSON has neither key nor files, and the program would make it item by item.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit
from urllib.request import url2pathname

from retrieval.errors import InputError, OnlineError
from retrieval.json_lines import is_list, is_object, is_strings
from retrieval.online.addresses import PUBLIC, Addresses, UnreachableError
from retrieval.online.fetch import Fetch
from retrieval.online.request import Answer, Wanted
from retrieval.online.zotero_items import is_work, zotero_paper
from retrieval.readers.base import Entry
from retrieval.sanitize import sanitize

PAGE = 100
"""Items of one answer; Zotero gives no more."""
MOST_ITEMS = 100_000
MOST_PAGE_BYTES = 50_000_000
"""A hundred items with a note each may be many times as large as other answers."""
_NAMED = re.compile(r"zotero:(?:(groups/)?(\d{1,12}))?", re.IGNORECASE)
_KEY = re.compile(r"[A-Z0-9]{8}")
_SECRET = re.compile(r"[A-Za-z0-9]{8,64}")
_PDF = "application/pdf"
_FILES_AT = frozenset({"imported_file", "imported_url", "linked_file"})
"""How an attachment that is a file is linked."""


@dataclass(frozen=True, slots=True)
class ZoteroLibrary:
    """Whose library: number 0 is that of the program on this machine; any other is asked for at Zotero's web interface.

    `key` is one that its owner made at https://www.zotero.org/settings/keys; public libraries need none.
    """

    kind: Literal["users", "groups"] = "users"
    number: int = 0
    key: str | None = field(default=None, repr=False)

    @property
    def here(self) -> bool:
        """Whether the program on this machine is asked."""
        return self.number == 0

    @classmethod
    def named(cls, name: str, key: str | None = None) -> ZoteroLibrary:
        """The library of "zotero:", "zotero:USER_ID" or "zotero:groups/GROUP_ID". Raises `InputError`."""
        found = _NAMED.fullmatch(name.strip())
        if not found:
            raise InputError(
                f"{sanitize(name)[:100]!r} is no library of Zotero: write zotero: for the program on this machine, "
                "zotero:USER_ID or zotero:groups/GROUP_ID."
            )
        if key is not None and not _SECRET.fullmatch(key):
            raise InputError("The key for Zotero is none: copy it from https://www.zotero.org/settings/keys.")
        return cls("groups" if found[1] else "users", int(found[2] or 0), key)


class Zotero:
    """Reads a library. Nothing is asked before a method or `version` is used; each raises `OnlineError`."""

    def __init__(
        self,
        library: ZoteroLibrary,
        contact: str | None = None,
        addresses: Addresses = PUBLIC,
        *,
        pause: Callable[[float], None] = time.sleep,
        fetch: Fetch | None = None,
    ) -> None:
        self._library = library
        self._fetch = fetch or Fetch(addresses, contact, pause=pause)
        base = self._fetch.addresses.zotero_here if library.here else self._fetch.addresses.zotero
        self._base = f"{base}/{library.kind}/{library.number}"
        self._version: int | None = None

    @property
    def version(self) -> int:
        """The library's version, as of the last time that `entries` read it, else as of now.

        It grows with every change of a library on the web. The program on this machine counts only what it has
        synchronised, so that its number says nothing: read the library whole, which takes a second.
        """
        if self._version is None:
            self._version = _version_of(self._answer("items", {"limit": 1, "format": "keys"}))
        return self._version

    def changed_since(self, version: int) -> bool:
        """Whether the library may have changed since it had that version."""
        if self._library.here or version <= 0:
            return True
        self._version = None
        return self.version != version

    def entries(self, since: int = 0) -> Iterator[Entry]:
        """Every work of the library, or, on the web, every one that changed after version `since`.

        An entry's place is "Zotero item KEY". Files that belong to it are told where the program on this machine
        says where they lie; a file without a work is an entry with a problem and this file. Raises `OnlineError` where
        the library cannot be read whole: then what came before must not be taken for all.
        """
        files = self._files() if self._library.here else {}
        query: dict[str, object] = {} if self._library.here or not since else {"since": since}
        for item in self._items(query):
            key, data = item.get("key"), item.get("data")
            if not (isinstance(key, str) and _KEY.fullmatch(key) and is_object(data)):
                yield Entry("Zotero item", problem="an item without key or data")
            elif is_work(data):
                yield self._entry(key, item, data, files)
        for file in files.pop("", ()):
            yield Entry(f"Zotero file {file.name}", problem="a file without a reference", attached=(file,))

    def deleted(self, since: int) -> tuple[str, ...]:
        """Keys of what was deleted on the web after version `since`."""
        if self._library.here:
            raise OnlineError("Zotero on this machine does not tell what was deleted: read the library whole.")
        told = _json(self._answer("deleted", {"since": since}))
        keys = told.get("items") if is_object(told) else None
        return tuple(key for key in keys if _KEY.fullmatch(key)) if is_strings(keys) else ()

    def _entry(
        self, key: str, item: Mapping[str, Any], data: Mapping[str, Any], files: Mapping[str, tuple[Path, ...]]
    ) -> Entry:
        place, meta = f"Zotero item {key}", item.get("meta")
        parsed = meta.get("parsedDate") if is_object(meta) else None
        try:
            paper = zotero_paper(data, parsed if isinstance(parsed, str) else None)
        except ValueError as error:
            return Entry(place, problem=str(error), attached=files.get(key, ()))
        return Entry(place, paper, attached=files.get(key, ()))

    def _items(self, query: Mapping[str, object]) -> Iterator[Mapping[str, Any]]:
        """All items, a page at a time. Raises `OnlineError` too where the library changes meanwhile."""
        start, version = 0, None
        # By the time they were added: what is added or changed meanwhile moves none to another page.
        order = {"format": "json", "include": "data", "sort": "dateAdded", "direction": "asc", "limit": PAGE}
        while start < MOST_ITEMS:
            answer = self._answer("items", {**query, **order, "start": start})
            self._version = _version_of(answer)
            if version not in (None, self._version):
                raise OnlineError("The Zotero library changed while it was read: try again.")
            version = self._version
            page = _json(answer)
            if not is_list(page):
                raise _not_zotero()
            yield from filter(is_object, page)
            start += PAGE
            total = answer.headers.get("total-results", "")
            if not page or (total.isdecimal() and start >= int(total)) or (not total and len(page) < PAGE):
                return
        raise OnlineError(f"The Zotero library has more than {MOST_ITEMS:,} items: export a part of it as BibTeX.")

    def _files(self) -> dict[str, tuple[Path, ...]]:
        """PDFs on this machine by the key of the work to which they belong; under "" those that belong to none."""
        found: dict[str, tuple[Path, ...]] = {}
        for item in self._items({"itemType": "attachment"}):
            key, data = item.get("key"), item.get("data")
            if not (isinstance(key, str) and _KEY.fullmatch(key) and is_object(data)):
                continue
            if data.get("contentType") != _PDF or data.get("linkMode") not in _FILES_AT:
                continue
            if path := self._path(key, item):
                parent = data.get("parentItem")
                work = parent if isinstance(parent, str) else ""
                found[work] = (*found.get(work, ()), path)
        return found

    def _path(self, key: str, item: Mapping[str, Any]) -> Path | None:
        """Where an attachment's file lies; None where it is not on this machine."""
        links = item.get("links")
        enclosure = links.get("enclosure") if is_object(links) else None
        address = enclosure.get("href") if is_object(enclosure) else None
        if not (isinstance(address, str) and address.startswith("file:")):
            answer = self._asked(f"items/{key}/file/view/url", {})
            address = answer.body.decode("utf-8", "replace").strip() if answer.status == 200 else ""
        return local_file(address)

    def _answer(self, what: str, query: Mapping[str, object]) -> Answer:
        answer = self._asked(what, query)
        if answer.status == 403 and self._library.here:
            raise OnlineError(
                "Zotero does not let other programs read its library: in its settings, under Advanced, allow other "
                "applications on this computer to communicate with Zotero."
            )
        if answer.status in (401, 403):
            raise OnlineError(
                "Zotero does not show this library: make a key that may read it at https://www.zotero.org/settings/keys."
            )
        if answer.status == 404:
            raise OnlineError("Zotero has no such library: look up its number at https://www.zotero.org/settings/keys.")
        if answer.status != 200:
            raise _not_zotero(answer.status)
        return answer

    def _asked(self, what: str, query: Mapping[str, object]) -> Answer:
        headers = {"Zotero-API-Version": "3"}
        if self._library.key and not self._library.here:
            headers["Zotero-API-Key"] = self._library.key
        address = f"{self._base}/{what}" + (f"?{urlencode(query)}" if query else "")
        wanted = Wanted(address, "application/json", headers, most_bytes=MOST_PAGE_BYTES)
        try:
            return self._fetch.get(wanted)
        except UnreachableError as error:
            if not self._library.here:
                raise
            raise OnlineError(
                "Zotero is not running on this machine: start it, or name a library on the web as zotero:USER_ID."
            ) from error


def local_file(address: str) -> Path | None:
    """The PDF at a file:// address; None for one that is none, or that is not on this machine."""
    try:
        parts = urlsplit(address)
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            return None
        path = Path(url2pathname(parts.path))
        return path if path.is_absolute() and path.suffix.casefold() == ".pdf" and path.is_file() else None
    except (OSError, ValueError):
        return None


def _version_of(answer: Answer) -> int:
    version = answer.headers.get("last-modified-version", "")
    return int(version) if version.isdecimal() and len(version) < 16 else 0


def _json(answer: Answer) -> object:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise _not_zotero() from error


def _not_zotero(status: int | None = None) -> OnlineError:
    how = f" (status {status})" if status else ""
    return OnlineError(f"Zotero does not answer as it should{how}: try again later.")
