"""The sides of a comparison as a table, under the answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from app.answering.events import TableRow
from app.surfaces.markup import text_html
from app.surfaces.page.answer_text import marker
from app.surfaces.page.exchange import Exchange
from app.surfaces.ui_strings import UiStrings


def comparison_table(exchange: Exchange, number: int, words: UiStrings) -> str:
    """A row for each side; sides that one quote tells of share its cells. Empty without sides.

    On a narrow screen the table is moved sideways, by keyboard too.
    """
    rows = exchange.answer.table if exchange.answer else ()
    if not rows:
        return ""
    label = text_html(words("table_label"))
    head = "".join(f'<th scope="col">{text_html(words(f"table_{name}"))}</th>' for name in ("name", "paper", "quote"))
    alike = [list(sides) for _, sides in groupby(rows, key=lambda row: row.citation and row.citation.number)]
    body = "".join(_rows(sides, number, words) for sides in alike)
    return (
        f'<div class="comparison" role="region" aria-label="{label}" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _rows(sides: Sequence[TableRow], number: int, words: UiStrings) -> str:
    """Sides one below the other that have the same quote, or none."""
    names = [f'<th scope="row">{text_html(row.name)}</th>' for row in sides]
    return "".join(
        f"<tr>{name}{'' if place else _told(sides[0], len(sides), number, words)}</tr>"
        for place, name in enumerate(names)
    )


def _told(row: TableRow, high: int, number: int, words: UiStrings) -> str:
    """The paper and its quote, `high` rows high."""
    span, quote = f' rowspan="{high}"' if high > 1 else "", row.citation
    if quote is None:
        return f'<td colspan="2"{span}>{text_html(words("table_unsaid"))}</td>'
    said = f'<q lang="{text_html(quote.paper.language)}">{text_html(quote.quote)}</q>'
    link = marker(number, quote.number, quote.paper.name, words)
    return f"<td{span}>{text_html(quote.paper.name)}</td><td{span}>{said}{link}</td>"
