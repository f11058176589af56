"""Documents as papers: what the first page says of itself, and the file's name where it says nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from retrieval.adding.works import is_supplement
from retrieval.documents.document import ReadDocument
from retrieval.full_text import text_at_hand
from retrieval.identity import paper_id_for, title_key
from retrieval.readers.jsonl import MAX_SHORT_CHARS, MAX_TEXT_CHARS, parse_paper
from retrieval.types import Paper

MOST_AUTHORS = 500
HEAD_CHARS = 10_000
"""Where a document's title stands, if anywhere."""
_SHORT_WORD = 3
_OF_A_TITLE = 0.7
_PIECE_CHARS = 6_000
_SHINGLE = 5
_ALIKE = 0.4
"""Two documents of one title are one work where the shorter beginning shares this part of its word sequences."""


def paper_of(document: ReadDocument, name: str) -> Paper:
    """The paper that a document is. `name` is what its file is called, which becomes its label where it has no title.

    What supplements a paper says the paper's DOI and title, which are not its own.
    """
    stem = re.sub(r"[\s_]+", " ", PurePosixPath(name).stem).strip() or name
    title = (document.title or "").strip()[:MAX_SHORT_CHARS] or None
    supplement = is_supplement(title, PurePosixPath(name).stem)
    label = None if title else stem[:MAX_SHORT_CHARS]
    if supplement and title and not is_supplement(title):
        title, label = None, f"Supplementary material of {title}"[:MAX_SHORT_CHARS]
    own = not supplement
    year = document.published.year if document.published else None
    named = (document.doi, document.arxiv_id) if own else (None, None)
    record: dict[str, Any] = {
        "id": paper_id_for(*named, title or label, year if title else None),
        "title": title,
        "label": label,
        "abstract": document.abstract[:MAX_TEXT_CHARS],
        "language": document.language,
        "authors": list(document.authors[:MOST_AUTHORS]),
        "published": document.published.isoformat() if document.published else None,
        "doi": named[0],
        "arxiv_id": named[1],
        "source": name[-MAX_SHORT_CHARS:],
    }
    return replace(parse_paper(record), text=text_at_hand(document.text))


def with_document(paper: Paper, document: ReadDocument) -> Paper:
    """The paper with the text of the document that was attached to it, and with its abstract where it has none.

    What the document says of itself fills in only where it says that it is this paper.
    """
    found = replace(paper, text=text_at_hand(document.text))
    if not found.abstract and document.abstract:
        read = paper_of(document, "attached")
        found = replace(found, abstract=read.abstract, language=read.language)
    if title_key(paper.title) and title_key(paper.title) == title_key(document.title):
        found = replace(
            found,
            doi=found.doi or document.doi,
            arxiv_id=found.arxiv_id or document.arxiv_id,
            authors=found.authors or document.authors[:MOST_AUTHORS],
        )
    return found


def speaks_of(text: str, title: str | None) -> bool:
    """Whether a document's text begins with that title, so that what is known by it is known of the document."""
    key = title_key(title)
    if not key:
        return False
    head = text[:HEAD_CHARS]
    if key in title_key(head):
        return True
    words = {word for word in _words(title or "") if len(word) > _SHORT_WORD}
    # Formulas, ligatures and words that are cut at a line's end are written otherwise in a text.
    return bool(words) and len(words & set(_words(head))) >= _OF_A_TITLE * len(words)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def alike(one: str, other: str) -> bool:
    """Whether two texts begin alike, as a preprint and its publication do."""
    ours, theirs = _shingles(one), _shingles(other)
    fewer = min(len(ours), len(theirs))
    return one == other or (fewer > 0 and len(ours & theirs) >= _ALIKE * fewer)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _words(text[:_PIECE_CHARS])
    return {tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}
