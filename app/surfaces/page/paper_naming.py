"""How a paper is named on the page: its title, who it is from, and when."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from app.surfaces.markup import text_html
from app.surfaces.ui_strings import UiStrings, ui_strings
from retrieval.types import Paper, knows_month


def paper_place(paper_id: str) -> str:
    """The address, on the page, of the view of the paper of that id (static/paper.js)."""
    return f"#paper={quote(paper_id, safe='')}"


def name_html(paper: Paper, words: UiStrings | None = None) -> str:
    """The title, or the label set apart as words of this project and not of the paper's authors."""
    if paper.title:
        return text_html(paper.title)
    aside = text_html((words or ui_strings())("paper_no_title"))
    return f'<span class="untitled">{text_html(paper.name)} <small>{aside}</small></span>'


def origin(paper: Paper, words: UiStrings | None = None) -> list[str]:
    """Organisation and month, as far as they are known."""
    month = month_year(paper.published, words or ui_strings()) if paper.published else None
    return [part for part in (paper.organisation, month) if part]


def month_year(day: date, words: UiStrings) -> str:
    """Such as "Jan 2024", in the reader's language; the year alone where no more is known."""
    if not knows_month(day):
        return words("paper_year", year=day.year)
    name = words("paper_months").split(",")[day.month - 1]
    return words("paper_month_year", month_name=name, year=day.year)
