"""Kinds of files that nothing here reads, though papers come as them: what they are, and what helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

MOST_NAMED = 20
"""Files of such kinds that are told of by their names; of a folder's others there is the number."""
_AS_PDF = "save it as PDF"
_KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "a Word document": ((".doc", ".docx", ".docm", ".dotx"), _AS_PDF),
    "a text document of an office program": ((".odt", ".rtf", ".pages", ".wpd"), _AS_PDF),
    "slides": ((".ppt", ".pptx", ".pptm", ".odp", ".key"), _AS_PDF),
    "a spreadsheet": ((".xls", ".xlsx", ".xlsm", ".ods", ".numbers"), "save it as CSV"),
    "an e-book": ((".epub", ".mobi", ".azw", ".azw3", ".fb2"), _AS_PDF),
    "a web page": ((".html", ".htm", ".xhtml", ".mhtml", ".mht", ".webarchive"), _AS_PDF),
    "LaTeX source": ((".tex", ".ltx"), "add the PDF that is made of it"),
    "PostScript": ((".ps", ".eps"), _AS_PDF),
    "a scanned book": ((".djvu", ".djv"), _AS_PDF),
    "an XPS document": ((".xps", ".oxps"), _AS_PDF),
    "text with marks of another kind": ((".rst", ".org", ".adoc", ".textile"), "save it as Markdown or plain text"),
    "a notebook": ((".ipynb",), _AS_PDF),
    "an EndNote library": ((".enl", ".enlx", ".enw"), "export it as RIS or BibTeX"),
    "references of PubMed": ((".nbib",), "export them as RIS or CSV"),
    "XML": ((".xml",), "export it as RIS, BibTeX or PDF"),
    "an archive": ((".zip", ".rar", ".7z", ".tar", ".tgz"), "unpack it and add the folder"),
}
BY_SUFFIX = {suffix: (kind, help_) for kind, (suffixes, help_) in _KINDS.items() for suffix in suffixes}
"""What a file is and what helps, by the end of its name; the page's files.js names the same."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """What lies in a folder and is not read, and why."""

    place: str
    problem: str


def unread_kind(name: str) -> str | None:
    """Why a file of that name is not read and what helps, without a full stop; None for no kind that papers come as.

    >>> unread_kind("thesis.docx")
    'cannot be read: a Word document; save it as PDF'
    """
    found = BY_SUFFIX.get(PurePath(name).suffix.casefold())
    return f"cannot be read: {found[0]}; {found[1]}" if found else None


def passed_over(place: str, names: Sequence[str], others: int) -> Iterator[PassedOver]:
    """What is told of a folder's files that are not read.

    `names` are the places in it of those of a kind that papers come as; `others` is how many further ones there are,
    pictures, programs and hidden files among them.
    """
    folder = place.rstrip("/")
    for name in names[:MOST_NAMED]:
        yield PassedOver(f"{folder}/{name}", unread_kind(name) or "cannot be read")
    if (more := len(names) - MOST_NAMED) > 0:
        yield PassedOver(place, f"{_files(more)} of such kinds cannot be read either")
    if others:
        yield PassedOver(
            place, f"{_files(others)} of no kind that is read: pictures, programs, hidden files and the like"
        )


def _files(count: int) -> str:
    return "1 other file" if count == 1 else f"{count:,} other files"
