"""Files that belong to a reference, as Zotero, JabRef and others name them: only those that are there count."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

SUFFIX = ".pdf"
MOST_FILES = 20
_MOST_CHARS = 20_000
_LISTED = re.compile(r"(?<!\\);")
_PARTS = re.compile(r"(?<!\\):")
_ESCAPED = re.compile(r"\\([:;\\_{}&%$#])")
_DRIVE = re.compile(r"[A-Za-z]")


def attached_files(field: str, folder: Path) -> tuple[Path, ...]:
    """The PDFs that a field such as `file` of BibTeX or L1 of RIS names.

    It has one name or several with ";" between, each alone or as "title:name:type" with signs escaped. What is relative
    is below `folder`, that of the file of references; nothing above it is reached by "..", and no address is followed.
    """
    found: list[Path] = []
    for listed in _LISTED.split(field[:_MOST_CHARS])[:MOST_FILES]:
        path = _existing(_name_in(listed.strip()), folder)
        if path and path not in found:
            found.append(path)
    return tuple(found)


def below(paths: tuple[Path, ...], folder: Path) -> tuple[Path, ...]:
    """Those of the files that are in the folder or in one of its folders."""
    place = folder.resolve()
    return tuple(path for path in paths if path.resolve().is_relative_to(place))


def _name_in(listed: str) -> str:
    if listed.casefold().startswith("file:"):
        return unquote(urlsplit(listed).path)
    parts = _PARTS.split(listed)
    if len(parts) >= 3:
        # "title:name:type"; the name of a file of Windows has a colon of its own.
        parts = parts[1:-1]
    if len(parts) == 2 and not _DRIVE.fullmatch(parts[0]):
        parts = parts[:1] if parts[0].casefold().endswith(SUFFIX) else parts[1:]
    return _ESCAPED.sub(r"\1", ":".join(parts)).strip()


def _existing(name: str, folder: Path) -> Path | None:
    if not name.casefold().endswith(SUFFIX) or "\0" in name:
        return None
    path = Path(name)
    whole = path.is_absolute()
    try:
        path = (path if whole else folder / path).resolve()
        inside = whole or path.is_relative_to(folder.resolve())
        return path if inside and path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        # A name that no file can have, or links that lead in a circle.
        return None
