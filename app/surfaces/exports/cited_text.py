"""An answer or a table as text alone, with numbered quotes or references, for programs that show nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from app.answering.answer import Answer
from app.answering.side_by_side.table import ANSWER, Column, PaperRow, PaperTable
from app.answering.writing.quotes import described, quoted
from app.languages import ENGLISH, LANGUAGES, either, language_of
from app.languages.phrases import AnswerPhrases
from retrieval.types import Paper

_HEADING = either(re.escape(language.phrases.references) for language in LANGUAGES)
_ENDING = re.compile(rf"\n\n(?:{_HEADING})\n- \[[\s\S]*\Z")
_LINK = re.compile(r"https?://[^\s<>\"'`\\]+")
# What would make a tag, the address of a link or an image, or the definition of one in Markdown.
# A backslash before it would undo ours, and so gets one too.
_LIVE = re.compile(r"\\(?=[\\<])|<(?=[^\s0-9=]|\Z)|(?<=\])[(:]")


def cited_text(answer: Answer) -> str:
    """The answer's text and its ending."""
    return answer.answer + ending(answer)


def compared_text(table: PaperTable, named: Callable[[Paper], str]) -> str:
    """A paragraph a paper, as `named`: its quotes with their numbers, and what is not said; in English."""
    paragraphs = ["\n".join((named(row.paper), *_compared(row, table.columns))) for row in table.rows]
    return "\n\n".join((*paragraphs, table.note) if table.note else paragraphs)


def _compared(row: PaperRow, columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        quote = row.cells[column]
        near = "comes near: " if column == ANSWER and row.status == "partly" else ""
        yield f"- {column}: {near}{quoted(quote, ENGLISH.phrases) if quote else 'not said'}"


def ending(answer: Answer) -> str:
    """What follows the text: a line for each cited paper, and the sentences that no quote supports; may be empty."""
    words = language_of(answer.question).phrases
    numbers: dict[str, list[int]] = {}
    papers = {citation.paper.id: citation.paper for citation in answer.citations}
    for citation in answer.citations:
        numbers.setdefault(citation.paper.id, []).append(citation.number)
    lines = [f"- {_markers(numbers[paper_id])} {_reference(paper, words)}" for paper_id, paper in papers.items()]
    parts = ["\n".join((words.references, *lines))] if lines else []
    for support, head in (("contradicted", words.denied), ("", words.unbacked)):
        if answer.mode == "generated" and (unbacked := _unbacked(answer, support)):
            parts.append(f"{head} {unbacked}")
    return "".join(f"\n\n{part}" for part in parts)


def without_ending(text: str) -> str:
    """The text of an answer that came with its references, as a client sends it back in the history."""
    return _ENDING.sub("", text)


def link_of(paper: Paper) -> str | None:
    """The paper's address where it is one to follow, with nothing in it that would end it early."""
    return paper.url if paper.url and _LINK.fullmatch(paper.url) else None


def escaped_markdown(text: str) -> str:
    """The text for clients that render Markdown: nothing in it becomes a tag, an image or a link of its own.

    Markers such as [1] stay as they are.
    """
    return _LIVE.sub(r"\\\g<0>", text)


def _markers(numbers: list[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def _reference(paper: Paper, words: AnswerPhrases) -> str:
    name = " ".join(described(paper, words).split())
    link = link_of(paper)
    return f"{name}, {link}" if link else name


def _unbacked(answer: Answer, support: str) -> str:
    """The sentences of that support; of none, those that are neither supported nor contradicted."""
    others = {sentence.support for sentence in answer.sentences} - {"supported", "contradicted"}
    wanted = {support} if support else others
    return " ".join(f"“{sentence.text}”" for sentence in answer.sentences if sentence.support in wanted)
