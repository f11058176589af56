"""A conversation as a file: Markdown with quotes; what it cites as BibTeX, RIS or CSL-JSON; what it compares as CSV.

Everything in the Markdown that comes from a paper, a reader or a model is escaped:
it stays the text that it is and becomes no heading, link, picture or tag.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from urllib.parse import quote

from app.answering.answer import Answer
from app.answering.citation import Citation
from app.answering.refusals import nothing_near
from app.answering.sources import closest_papers
from app.surfaces.exports.comparison import comparisons_csv, markdown_table
from app.surfaces.exports.references import papers_bibtex, papers_csl, papers_ris
from app.surfaces.ui_strings import UiStrings, ui_strings
from retrieval.errors import InputError
from retrieval.sanitize import sanitize
from retrieval.types import Paper, knows_month
from retrieval.web_address import paper_address, web_address

MAX_FILE_CHARS = 1_000_000
"""Fifty real answers have 150,000; a request that asks for more has a few quotes again and again."""

_Part = TypeVar("_Part")
_MODELS = ("embedding", "reranker", "llm", "prompt", "corpus")
_LIVE = re.compile(r"[\\`*_\[\]~#|$!^=]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What makes a list, a heading's underline, a rule or an indented block of the line that it begins.
_OPENING = re.compile(r"^(?:([-+=])|(\d{1,9})([.)]))")
# A marker stays readable as [1] where it can be neither the text of a link nor its definition.
_MARKER = re.compile(r"\\\[(\d{1,3})\\\](?![(:])")
# Begins nowhere within a run of white space, which would take the square of its length in time.
_PARAGRAPHS = re.compile(r"(?<!\s)\s*\n\s*\n\s*")
_ADDRESS_SIGNS = "!$&'*+,-./:;=?@_~%#"


def conversation_markdown(answers: Sequence[Answer], words: UiStrings | None = None, today: date | None = None) -> str:
    """Questions as headings, answers with their markers, quotes under numbered references, versions at the end.

    `words` are the interface's, English where none are given; `today` is the date that it bears.
    Raises `InputError` where it becomes longer than `MAX_FILE_CHARS`, as do the other forms.
    """
    words = words or ui_strings()
    day = today or datetime.now(UTC).date()
    return "\n\n".join(part for part in _bounded(_markdown_parts(answers, words, day)) if part) + "\n"


def _markdown_parts(answers: Sequence[Answer], words: UiStrings, day: date) -> Iterator[str]:
    yield f"# {words('md_heading')}"
    for answer in answers:
        yield from _answer(answer, words)
    yield from ("---", words("md_exported", date=day.isoformat()))
    for line in dict.fromkeys(_made_with(answer, words) for answer in answers):
        yield words("md_models", models=line)


def as_bibtex(answers: Sequence[Answer]) -> str:
    """An entry for each paper that the answers cite, abstract and all; empty where they cite none."""
    return "\n".join(_bounded(papers_bibtex(cited_papers(answers))))


def as_ris(answers: Sequence[Answer]) -> str:
    """A record of RIS for each paper that the answers cite; empty where they cite none."""
    return "\n".join(_bounded(papers_ris(cited_papers(answers))))


def as_csl(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """An item of CSL-JSON for each paper that the answers cite."""
    return list(_bounded(papers_csl(cited_papers(answers)), lambda item: len(json.dumps(item))))


def as_csv(answers: Sequence[Answer]) -> str:
    """The sides of the answers' comparisons, a line each under a heading."""
    return "".join(_bounded([comparisons_csv(answers)]))


def _bounded(parts: Iterable[_Part], size: Callable[[_Part], int] = len) -> Iterator[_Part]:
    """The parts as they are made; none is made after the file has become too long."""
    room = MAX_FILE_CHARS
    for part in parts:
        room -= size(part)
        if room < 0:
            raise InputError(f"The file would be longer than {MAX_FILE_CHARS:,} characters: export fewer answers.")
        yield part


def cited_papers(answers: Iterable[Answer]) -> tuple[Paper, ...]:
    """Each paper that the answers cite, once, in the order of first citation."""
    papers = {citation.paper.id: citation.paper for answer in answers for citation in answer.citations}
    return tuple(papers.values())


def _answer(answer: Answer, words: UiStrings) -> Iterator[str]:
    yield f"## {escaped(answer.question)}"
    if answer.understood_as:
        yield words("md_understood", question=escaped(answer.understood_as))
    paragraphs = _PARAGRAPHS.split(answer.answer.strip())
    abstained, far = answer.status == "abstained", nothing_near(answer)
    # The rest of a refusal names the closest papers, where any is near, which follow here as a list.
    for paragraph in paragraphs[:1] if abstained and not far else paragraphs:
        yield _with_markers(paragraph, {citation.number for citation in answer.citations})
    if answer.table:
        yield markdown_table(answer.table, words, escaped)
    for sentence in answer.sentences:
        if sentence.support != "supported":
            yield f"- {words(f'md_{sentence.support}', sentence=escaped(sentence.text))}"
    if answer.note:
        yield words("md_note", note=escaped(answer.note))
    if answer.citations:
        yield f"### {words('md_references')}"
        for citation in answer.citations:
            yield from _reference(citation, words)
    else:
        yield words("md_nothing" if abstained else "md_unquoted")
    if abstained and answer.sources and not far:
        yield f"### {words('md_closest')}"
        yield "\n".join(f"- {linked_paper(paper)}" for paper in closest_papers(answer.sources))


def _reference(citation: Citation, words: UiStrings) -> Iterator[str]:
    yield f"[{citation.number}] {linked_paper(citation.paper)}"
    yield f"> {escaped(citation.quote)}"
    if citation.gloss:
        yield words("card_gloss", gloss=escaped(citation.gloss))


def linked_paper(paper: Paper) -> str:
    """The paper's name as a link where it has one, its organisation and its month."""
    name = escaped(paper.name) if paper.title else f"\\[{escaped(paper.name)}\\]"
    address = web_address(paper_address(paper))
    linked = f"[{name}]({quote(address, safe=_ADDRESS_SIGNS)})" if address else name
    month = paper.published.strftime("%Y-%m" if knows_month(paper.published) else "%Y") if paper.published else ""
    return " · ".join(part for part in (linked, escaped(paper.organisation or ""), month) if part)


def _made_with(answer: Answer, words: UiStrings) -> str:
    names = {name: getattr(answer.models, name) for name in _MODELS}
    parts = [words(f"md_model_{name}", name=escaped(value)) for name, value in names.items() if value]
    if not names["llm"]:
        parts.append(words("md_model_no_llm"))
    return " · ".join(parts)


def escaped(text: str) -> str:
    """Outside text as one line of Markdown that shows exactly that text."""
    line = " ".join(sanitize(text).split())
    line = _LIVE.sub(r"\\\g<0>", "".join(_ENTITIES.get(character, character) for character in line))
    return _OPENING.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", line)


def _with_markers(text: str, numbers: set[int]) -> str:
    return _MARKER.sub(lambda found: f"[{found[1]}]" if int(found[1]) in numbers else found[0], escaped(text))
