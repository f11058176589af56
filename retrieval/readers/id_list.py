"""Lists of arXiv ids, DOIs and their addresses, one or more a line: works to be looked up, which takes a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from retrieval.errors import CorpusError
from retrieval.identity import WantedId, ids_in
from retrieval.readers.base import NEEDS_ONLINE, Entry, PaperReader
from retrieval.readers.encodings import cannot_be_read, open_text, text_of_head

_MOST_LINE_CHARS = 10_000
_COMMENT = re.compile(r"(?:^|\s)[#%].*")
_AROUND = re.compile(r"^(?:[-*•]|\d{1,6}[.)]|\[\d{1,6}\])\s+")
_WORD = re.compile(r"[^\s,;]+")
_MOSTLY = 0.8
"""A list may have a line that is wrong; a text has ids in a few of its lines."""


def read_ids(path: Path) -> Iterator[Entry]:
    """An entry for each id that a file names, in its order. Raises `CorpusError` as other readers do."""
    empty = True
    seen: set[tuple[str, str]] = set()
    with open_text(path) as file:
        try:
            number = 0
            while line := file.readline(_MOST_LINE_CHARS):
                number += 1
                text = _COMMENT.sub("", line).strip()
                if not text:
                    continue
                empty = False
                place = f"line {number}"
                wanted = ids_in(text)
                if not wanted:
                    yield Entry(place, problem="neither an arXiv id nor a DOI")
                for each in wanted:
                    if (each.kind, each.id) not in seen:
                        seen.add((each.kind, each.id))
                        yield entry_of_id(replace(each, place=place))
        except OSError as error:
            raise cannot_be_read(path, error) from error
    if empty:
        raise CorpusError(f"{path} holds no ids: give a file with an arXiv id or a DOI a line.")


def entry_of_id(wanted: WantedId) -> Entry:
    """The entry of a work of which only the id is known."""
    return Entry(wanted.place, problem=NEEDS_ONLINE, wanted=wanted)


def looks_like_ids(head: bytes) -> bool:
    """Whether a file that begins so lists ids and is no text that names some."""
    lines = [_COMMENT.sub("", line).strip() for line in text_of_head(head).splitlines()[:200]]
    lines = [line for line in lines if line]
    return bool(lines) and sum(map(_is_of_ids, lines)) >= _MOSTLY * len(lines)


def _is_of_ids(line: str) -> bool:
    """Whether each word of the line is an id or its address."""
    words = _WORD.findall(_AROUND.sub("", line).replace("arXiv: ", "arXiv:").replace("doi: ", "doi:"))
    return bool(words) and all(ids_in(word) for word in words)


ID_LIST = PaperReader("a list of ids", (".ids",), looks_like_ids, read_ids)
