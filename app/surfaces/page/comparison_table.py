"""The sides of a comparison as a table, under the answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from app.answering.answer import TableRow
from app.surfaces.markup import text_html
from app.surfaces.page.answer_text import marker
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.quote_places import words_of
from app.surfaces.ui_strings import UiStrings


def comparison_table(exchange: Exchange, number: int, words: UiStrings) -> str:
    """A row for each side; sides that one quote tells of share it. Empty without sides.

    Where it does not fit the table is moved sideways, by keyboard too; on a phone its cells stand one below the other.
    """
    rows = exchange.answer.table if exchange.answer else ()
    if not rows:
        return ""
    label = text_html(words("table_label"))
    head = "".join(f'<th scope="col">{text_html(words(f"table_{name}"))}</th>' for name in ("name", "paper", "quote"))
    alike = [list(sides) for _, sides in groupby(rows, key=lambda row: row.citation and row.citation.number)]
    body = "".join(_row(sides, number, words) for sides in alike)
    return (
        f'<div class="comparison" role="region" aria-label="{label}" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(sides: Sequence[TableRow], number: int, words: UiStrings) -> str:
    """Sides that stand together as they have the same quote, or none."""
    name = f'<th scope="row">{"<br>".join(text_html(row.name) for row in sides)}</th>'
    quote = sides[0].citation
    if quote is None:
        return f'<tr>{name}<td colspan="2">{text_html(words("table_unsaid"))}</td></tr>'
    said = f'<q lang="{text_html(quote.paper.language)}">{text_html(words_of(quote, words))}</q>'
    link = marker(number, quote.number, quote.paper.name, words)
    return f"<tr>{name}<td>{text_html(quote.paper.name)}</td><td>{said}{link}</td></tr>"
