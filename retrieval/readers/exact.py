"""What a form of references has no place for, kept beside it, so that a paper that was written is read as it was.

A form such as BibTeX has no field for a summary, and takes a tag in a title for one. So what is written also says, as
JSON in a field of ours, what the paper has otherwise than the rest of it reads. What somebody changed in the rest since
then counts: a value is taken only where the rest still reads as it did.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from retrieval.json_lines import is_object
from retrieval.types import Paper

NAME = "paperbacked"
_READ_AS = "read_as"
_LEFT_OUT = frozenset({"id", "full_text"})
MOST_CHARS = 4_000_000
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_WITHOUT_PLACE = frozenset({"label", "summary", "translations"})
"""Fields that no form of references has."""
_NOTHING: tuple[object, ...] = (None, "", [], {}, False)
_DEFAULTS: dict[str, object] = {"language": "en", "kind": "paper"}


def exact_of(paper: Paper, read: Mapping[str, object]) -> str:
    """What is to be said beside the rest, as JSON on one line; `read` is the record that the rest reads as."""
    said: dict[str, object] = {"id": paper.id}
    read_as: dict[str, str] = {}
    for name, value in paper.as_json().items():
        if name in _LEFT_OUT or _same(value, read.get(name)):
            continue
        said[name] = value
        if not _is_nothing(name, read.get(name)):
            read_as[name] = _short(read[name])
    if read_as:
        said[_READ_AS] = read_as
    # Within braces of BibTeX those of a text would count.
    return _STRING.sub(_without_braces, json.dumps(said, ensure_ascii=False))


def _without_braces(string: re.Match[str]) -> str:
    return string[0].replace("{", "\\u007b").replace("}", "\\u007d")


def with_exact(record: Mapping[str, object], exact: str | None) -> dict[str, object]:
    """The record with what is said beside it, where that still fits; the record as it is where it is not ours."""
    merged = dict(record)
    said = _said(exact)
    if said is None:
        return merged
    read_as = said.pop(_READ_AS, {})
    hashes = read_as if is_object(read_as) else {}
    for name, value in said.items():
        if name not in record and name not in _WITHOUT_PLACE:
            continue
        now = record.get(name)
        told = hashes.get(name)
        fits = _is_nothing(name, now) if told is None else not _is_nothing(name, now) and _short(now) == told
        if name == "id" or fits:
            merged[name] = value
    return merged


def _said(exact: str | None) -> dict[str, object] | None:
    if not exact or len(exact) > MOST_CHARS:
        return None
    try:
        said: object = json.loads(exact)
    except (ValueError, RecursionError):
        return None
    return said if is_object(said) and isinstance(said.get("id"), str) else None


def _same(one: object, other: object) -> bool:
    return one == other or (one in _NOTHING and (other is None or other in _NOTHING))


def _is_nothing(name: str, value: object) -> bool:
    """Whether the rest says nothing of it: it has no place there, or is left at what is usual."""
    return value in _NOTHING or value == _DEFAULTS.get(name, _NOTHING)


def _short(value: object) -> str:
    written = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:12]
