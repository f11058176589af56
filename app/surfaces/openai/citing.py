"""An answer's citations in OpenAI's protocol: as its own annotations, and whole in fields beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict
from urllib.parse import quote

from app.answering.answer import Answer
from app.answering.citation import Citation
from app.answering.writing.quotes import described
from app.languages import language_of
from app.surfaces.exports.cited_text import link_of
from retrieval.types import Paper

_WHOLE_WORDS, _END_WORDS = 8, 4
"""A quote of no more words than the first is named whole in its address, a longer one by so many at either end."""


class UrlCitation(TypedDict):
    """Where a citation leads, and the marker's place in the message's content."""

    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(TypedDict):
    """A citation as clients of this protocol know them, and list them as their own sources."""

    type: str
    url_citation: UrlCitation


def place_on(page: str, collection: str | None) -> Callable[[Paper], str]:
    """Where each paper of the collection stands on the chat page of that address, which ends with a slash."""
    over = f"{page}?collection={quote(collection, safe='')}" if collection else page
    return lambda paper: f"{over}#paper={quote(paper.id, safe='')}"


def as_annotations(answer: Answer, content: str, place: Callable[[Paper], str]) -> list[Annotation]:
    """One for each number, which leads to the paper's own address, or to its `place` where it has none.

    Clients count them to find what a marker such as [2] stands for, so that none may be left out. They also take two
    of the same address for one, so that each leads to the words that it quotes.
    """
    words = language_of(answer.question).phrases
    found: list[Annotation] = []
    for citation in sorted(answer.citations, key=lambda one: one.number):
        link = link_of(citation.paper) or place(citation.paper)
        marker = f"[{citation.number}]"
        start = max(content.find(marker), 0)
        cited: UrlCitation = {
            "start_index": start,
            "end_index": start + len(marker),
            "url": _at_its_words(link, citation),
            "title": " ".join(described(citation.paper, words).split()),
        }
        found.append({"type": "url_citation", "url_citation": cited})
    return found


def extras(answer: Answer) -> dict[str, Any]:
    """What the protocol has no field for; clients that do not know it pass over it."""
    whole = answer.as_json()
    return {"citations": whole["citations"], "paperbacked": whole}


def _at_its_words(link: str, citation: Citation) -> str:
    """The link with the quote's words as a text fragment, which browsers scroll to and light."""
    words = citation.quote.split()
    ends = (words,) if len(words) <= _WHOLE_WORDS else (words[:_END_WORDS], words[-_END_WORDS:])
    # A hyphen and a comma mean something within a fragment.
    named = ",".join(quote(" ".join(part), safe="").replace("-", "%2D") for part in ends)
    return f"{link}{'' if '#' in link else '#'}:~:text={named}"
