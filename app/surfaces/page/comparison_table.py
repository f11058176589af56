"""The sides of a comparison as a table, under the answer."""

from __future__ import annotations

from app.answering.events import TableRow
from app.surfaces.markup import text_html
from app.surfaces.page.answer_text import marker
from app.surfaces.page.exchange import Exchange
from app.surfaces.ui_strings import UiStrings


def comparison_table(exchange: Exchange, number: int, words: UiStrings) -> str:
    """A row for each side; on a narrow screen the table is moved sideways, by keyboard too. Empty without sides."""
    rows = exchange.answer.table if exchange.answer else ()
    if not rows:
        return ""
    label = text_html(words("table_label"))
    head = "".join(f'<th scope="col">{text_html(words(f"table_{name}"))}</th>' for name in ("name", "paper", "quote"))
    body = "".join(_row(row, number, words) for row in rows)
    return (
        f'<div class="comparison" role="region" aria-label="{label}" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: TableRow, number: int, words: UiStrings) -> str:
    name, quote = f'<th scope="row">{text_html(row.name)}</th>', row.citation
    if quote is None:
        return f'<tr>{name}<td colspan="2">{text_html(words("table_unsaid"))}</td></tr>'
    said = f'<q lang="{text_html(quote.paper.language)}">{text_html(quote.quote)}</q>'
    link = marker(number, quote.number, quote.paper.name, words)
    return f"<tr>{name}<td>{text_html(quote.paper.name)}</td><td>{said}{link}</td></tr>"
