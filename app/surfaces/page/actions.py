"""What a reader can do with an answer: ask it again, change the question, take it along, say what it was worth."""

from __future__ import annotations

from app.surfaces.markup import text_html
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.paper_naming import origin
from app.surfaces.page.permalink import permalink
from app.surfaces.page.quote_places import words_of
from app.surfaces.ui_strings import UiStrings
from retrieval.types import Paper
from retrieval.web_address import paper_address

EXPORT_FORMATS = ("markdown", "bibtex", "ris", "csl-json", "csv")
"""CSV has comparisons alone, and is offered under one."""


def actions(exchange: Exchange, number: int, last: bool, words: UiStrings) -> str:
    """One row of text buttons; the last answer has retry and the export of the whole conversation."""
    row = [
        _button("data-retry", words("action_retry")) if last else "",
        edit_button(number, words),
    ]
    if exchange.text:
        row.append(_button(f'data-copy="{text_html(as_plain_text(exchange, words))}"', words("action_copy")))
    if exchange.answer:
        row.append(_link(exchange, words))
        row.append(_export(words, bool(exchange.answer.table)) if last else "")
        row.append(_thumbs(words))
    if exchange.passages and not exchange.far:
        row.append(_button(f'data-sources="{number}"', words("action_sources")))
    label = text_html(words("action_row"))
    return f'<div class="actions" role="group" aria-label="{label}">{"".join(row)}</div>'


def edit_button(number: int, words: UiStrings) -> str:
    """What brings question `number` back into the box."""
    return _button(f'data-edit="{number}"', words("action_edit"))


def _button(attribute: str, label: str) -> str:
    return f'<button type="button" {attribute}>{text_html(label)}</button>'


def _link(exchange: Exchange, words: UiStrings) -> str:
    return f'<a href="{text_html(permalink(exchange))}" data-permalink>{text_html(words("action_link"))}</a>'


def _export(words: UiStrings, compares: bool) -> str:
    names = ("export_markdown", "export_bibtex", "export_ris", "export_csl", "export_csv")
    rows = "".join(
        _button(f'data-export="{form}"', words(name))
        for form, name in zip(EXPORT_FORMATS, names, strict=True)
        if form != "csv" or compares
    )
    return f'<details class="menu"><summary>{text_html(words("action_export"))}</summary><div>{rows}</div></details>'


def _thumbs(words: UiStrings) -> str:
    return "".join(
        f'<button type="button" data-thumb="{verdict}" aria-pressed="false">{text_html(label)}</button>'
        for verdict, label in (("up", words("action_up")), ("down", words("action_down")))
    )


def as_plain_text(exchange: Exchange, words: UiStrings) -> str:
    """What Copy puts on the clipboard: question, answer and numbered references."""
    references = [
        f"[{citation.number}] “{words_of(citation, words)}” {_reference(citation.paper, words)}"
        for citation in exchange.citations
    ]
    return "\n\n".join(part for part in (exchange.question, exchange.text, "\n".join(references)) if part)


def _reference(paper: Paper, words: UiStrings) -> str:
    parts = (paper.name.rstrip("."), ", ".join(origin(paper, words)), paper_address(paper))
    return ". ".join(part for part in parts if part)
