"""The fields of one block of BibTeX: found by bibtexparser, strings put in, LaTeX as the text that it prints."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from retrieval.readers.exact import NAME
from retrieval.readers.latex import latex_as_text
from retrieval.readers.names import MOST_AUTHORS, told

if TYPE_CHECKING:
    from bibtexparser.model import Entry as ParsedEntry

MAX_FIELD_CHARS = 500_000
"""What is longer than any text that a paper may have stays as it is written; no string is longer."""
_MOST_NAME_CHARS = 20_000
MOST_STRINGS = 100_000
_AS_WRITTEN = frozenset({NAME, "author", "file"})
_ADDRESSES = frozenset({"doi", "url", "eprint", "howpublished"})
_MARK = re.compile(r"(?<!\\)[{}]")
_MARK_OR_QUOTE = re.compile(r"(?<!\\)[{}\"]")
_BARE = re.compile(r"[^\s#{}\"]+")
_URL = re.compile(r"\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}|\\href\s*\{([^{}]*)\}\s*\{[^{}]*\}")
_ESCAPED = re.compile(r"\\([_%&#$~{}])")
_STRING = re.compile(r"@[ \t]*string\s*[{(]\s*([^\s={}\"]{1,200})\s*=\s*(.*)[})]\s*$", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Known:
    """What entries may refer to: strings by name in small letters, and by key the fields that others inherit."""

    strings: dict[str, str] = field(default_factory=dict[str, str])
    parents: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])


def fields_of(block: str, known: Known) -> dict[str, str]:
    """The fields of an entry by name in small letters, those that it inherits among them.

    Names of authors, files and our own field are as they are written. Raises `ValueError` with the reason where the
    block is no entry.
    """
    fields: dict[str, str] = {}
    for each in _parsed(block).fields:
        name = each.key.strip().casefold()
        value = joined(str(each.value), known)
        # Of a field that stands there twice the first counts, as for BibTeX.
        if name not in fields:
            fields[name] = _read(name, value)
    parent = known.parents.get(fields.get("crossref", "").casefold(), {})
    return parent | fields


def string_of(block: str, known: Known) -> None:
    """Add what a block such as `@string{acl = "ACL"}` defines; one that is broken defines nothing."""
    if (found := _STRING.match(block)) and len(known.strings) < MOST_STRINGS:
        # One string may be made of others: without a bound a few lines could fill the memory.
        known.strings[found[1].casefold()] = joined(found[2], known)[:MAX_FIELD_CHARS]


def names_of(authors: str) -> tuple[str, ...]:
    """The names in a field such as `author`, given name first."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    names: list[str] = []
    for name in split_multiple_persons_names(authors)[:MOST_AUTHORS]:
        parts = parse_single_name_into_parts(name[:_MOST_NAME_CHARS], strict=False)
        said = " ".join([*parts.first, *parts.von, *parts.last])
        names.append(" ".join(latex_as_text(", ".join(filter(None, [said, " ".join(parts.jr)]))).split()))
    return told(tuple(names))


def joined(value: str, known: Known) -> str:
    """A value as it stands in a block, such as `"In " # acl # { 2023}`, as one text without its brackets and quotes."""
    parts: list[str] = []
    place, chars, joins = 0, 0, True
    while place < len(value) and chars <= 2 * MAX_FIELD_CHARS:
        sign = value[place]
        if sign.isspace():
            place += 1
        elif sign == "#":
            place, joins = place + 1, True
        else:
            part, place = _part(value, place, known)
            parts.append(part if joins else f" {part}")
            chars, joins = chars + len(part), False
    return "".join(parts)


def _part(value: str, place: int, known: Known) -> tuple[str, int]:
    """The part of a value that begins at `place`, and where it ends."""
    if value[place] in '{"':
        quoted = value[place] == '"'
        depth = 0
        for mark in (_MARK_OR_QUOTE if quoted else _MARK).finditer(value, place + 1):
            if mark[0] == "{":
                depth += 1
            elif depth == 0:
                return value[place + 1 : mark.start()], mark.end()
            elif mark[0] == "}":
                depth -= 1
        return value[place + 1 :], len(value)
    bare = _BARE.match(value, place)
    if bare is None:
        return "", place + 1
    return known.strings.get(bare[0].casefold(), bare[0]), bare.end()


def _read(name: str, value: str) -> str:
    if name in _AS_WRITTEN or len(value) > MAX_FIELD_CHARS:
        return value
    if name in _ADDRESSES:
        found = _URL.search(value)
        bare = (found[1] or found[2] or "") if found else value
        # Without mathematics and dashes, which mean themselves in an address.
        return re.sub(r"(?<!\\)[{}]", "", _ESCAPED.sub(r"\1", bare)).strip()
    return " ".join(latex_as_text(value).split())


def _parsed(block: str) -> ParsedEntry:
    from bibtexparser.model import DuplicateFieldKeyBlock, ParsingFailedBlock
    from bibtexparser.model import Entry as ParsedEntry
    from bibtexparser.splitter import Splitter

    # It tells the log of what is returned as well.
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    for found in Splitter(block).split().blocks:
        if isinstance(found, ParsedEntry):
            return found
        if isinstance(found, DuplicateFieldKeyBlock):
            entry = found.ignore_error_block
            if isinstance(entry, ParsedEntry):
                return entry
        if isinstance(found, ParsingFailedBlock):
            raise ValueError(_reason(found.error))
    raise ValueError("not an entry")


def _reason(error: Exception) -> str:
    told_reason = getattr(error, "abort_reason", None)
    words = " ".join(str(told_reason or error).split())[:200].rstrip(". ")
    return f"not BibTeX ({words})"
