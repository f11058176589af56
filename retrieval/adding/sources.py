"""What somebody named as a source of papers: a file, a folder, an id, an address, a library."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from retrieval.adding.unread import PassedOver, passed_over, unread_kind
from retrieval.documents.reading import document_kind
from retrieval.errors import InputError
from retrieval.identity import WantedId, ids_in
from retrieval.readers.registry import READERS, kind_of

_TEXT = ".txt"
DOCUMENTS = (".pdf", ".md", ".markdown", _TEXT)
"""What the names of documents end with, which are read in full."""
MOST_FILES = 100_000
"""A folder with more is refused."""
ZOTERO = "zotero:"
_BARE = re.compile(r"(?:arxiv:\s*)?[a-z-]*(?:\.[a-z]{2})?[/\d.]+(?:v\d+)?|(?:doi:\s*)?10\.\d{4,9}/\S+", re.IGNORECASE)
_HOSTS = frozenset(
    f"{before}{host}" for host in ("arxiv.org", "alphaxiv.org", "doi.org") for before in ("", "www.", "export.", "dx.")
)


@dataclass(frozen=True, slots=True)
class References:
    """A file that names papers; `place` is what its owner calls it, `name` that within the folder that was named."""

    path: Path
    place: str
    name: str


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file that is one paper; `place` and `name` as in `References`."""

    path: Path
    place: str
    name: str


@dataclass(frozen=True, slots=True)
class ZoteroSource:
    """A Zotero library: `name` is what stands behind "zotero:", empty for the program on this machine."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """What was named and is no source, and why."""

    place: str
    problem: str


Source = References | DocumentFile | WantedId | ZoteroSource | Nothing | PassedOver


def sources_of(named: str, called: str | None = None) -> Iterator[Source]:
    """All sources that a name stands for, many where it is a folder's; `called` is what its owner calls it.

    Raises `InputError` for a folder of too many files.
    """
    if named.casefold().startswith(ZOTERO):
        yield ZoteroSource(named[len(ZOTERO) :].strip(), called or named)
        return
    if work := work_named(named):
        yield work
        return
    path = Path(named)
    place = called or named
    try:
        if not named.strip():
            yield Nothing(place, "nothing was named")
        elif path.is_dir():
            yield from _in_folder(path, place)
        elif path.is_file():
            yield _file(path, place, Path(place).name or place)
        else:
            yield Nothing(place, _nothing_there(named))
    except (OSError, ValueError) as error:  # ValueError: a zero byte within a name.
        yield Nothing(place, f"it cannot be read ({getattr(error, 'strerror', None) or 'no path'})")


def as_called(sentence: str, path: Path, name: str) -> str:
    """A sentence of a file as whoever gave it knows the file: what was sent lies under a name and a path of ours."""
    if name == path.name:
        return sentence.replace(str(path), name)
    ours = "|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in (str(path), path.name))
    return re.sub(ours, lambda _: name, sentence)


def work_named(text: str) -> WantedId | None:
    """The work that a text names and nothing else: an arXiv id, a DOI, or the address of either."""
    text = text.strip().strip("<>")
    if not (_BARE.fullmatch(text) or _is_address_of_a_work(text)):
        return None
    return next((replace(found, place=text) for found in ids_in(text)), None)


def _is_address_of_a_work(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme.casefold() in {"http", "https"} and address.hostname in _HOSTS
    except ValueError:
        return False


def _nothing_there(named: str) -> str:
    if re.match(r"https?://", named, re.IGNORECASE):
        return "it is no address of arXiv or doi.org: save the file, and name that"
    return "there is no such file or folder, and it is no arXiv id or DOI"


def _file(path: Path, place: str, name: str) -> Source:
    suffix = path.suffix.casefold()
    document = document_kind(path)
    # A text may be a list of ids too; what is another document is one, whatever it begins like.
    if (document is None or suffix == _TEXT) and document != "pdf" and kind_of(path) is not None:
        return References(path, place, name)
    if document:
        return DocumentFile(path, place, name)
    unread = unread_kind(place)
    return Nothing(place, unread or "nothing here reads such a file: give references, a PDF, Markdown or plain text")


def _in_folder(folder: Path, place: str) -> Iterator[Source]:
    """Files of references first, as they know best what documents are; last what nothing reads and is passed over."""
    documents: list[DocumentFile] = []
    unread: list[str] = []
    suffixes = {*DOCUMENTS, *(suffix for reader in READERS for suffix in reader.suffixes)}
    files, others = _walked(folder)
    for path in files:
        name = path.relative_to(folder).as_posix()
        source = _file(path, f"{place.rstrip('/')}/{name}", name) if path.suffix.casefold() in suffixes else None
        match source:
            case References() as references:
                yield references
            case DocumentFile() as document:
                documents.append(document)
            case _ if unread_kind(name):
                unread.append(name)
            case _:
                others += 1
    yield from documents
    yield from passed_over(place, unread, others)


def _walked(folder: Path) -> tuple[list[Path], int]:
    """All files of a folder, sorted, and how many are hidden or links: these are passed over, and so is what is in
    hidden folders."""
    files: list[Path] = []
    others = 0
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(here, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                files.append(path)
            else:
                others += 1
        if len(files) > MOST_FILES:
            raise InputError(f"{folder} has more than {MOST_FILES:,} files: name a smaller folder.")
    return sorted(files), others
