"""The library: the papers of the collection in a table, under a picture of them. A pure function to HTML.

Sorting, searching and opening a row are static/library.js, which reads what the rows say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from urllib.parse import urlsplit

from app.surfaces.markup import outside_link, text_html
from app.surfaces.page.cards import retracted_html
from app.surfaces.page.collection_picture import collection_picture, filter_value
from app.surfaces.page.paper_naming import month_year, name_html
from app.surfaces.page.quote_places import has_pages, page_place
from app.surfaces.page.render import value_name
from app.surfaces.ui_strings import UiStrings
from retrieval.facets import FACETS, MOST_NAMED, Facets
from retrieval.papers.papers import Papers
from retrieval.types import Paper
from retrieval.web_address import paper_address

MOST_ROWS = 2_000
"""How many papers the table lists and the picture shows; a browser grows slow with more."""

_COLUMNS = ("title", "organisation", "date", "category", "language", "link")
_NARROWING = tuple(facet for facet in FACETS if facet.listed)
# What library.js says, by key; it fills the places in braces itself.
_SPOKEN = (
    *(
        "library_all_shown",
        "library_all_shown_one",
        "library_some_shown",
        "library_none_shown",
        "library_ask_only_means",
    ),
    *("library_search_stays", "library_cannot_ask_only", "library_or", "library_read", "library_open"),
    *("library_fetching", "library_failed", "card_ask", "card_similar", "card_no_abstract", "library_only"),
    *("library_picked_one", "library_picked", "library_ask_one", "library_ask_picked", "library_picked_most"),
    *("library_remove", "library_remove_sure", "library_remove_keep", "library_remove_failed", "library_pages"),
)


def library_html(papers: Papers, facets: Facets, words: UiStrings, may_change: bool = False) -> str:
    """The heading, the picture, the fields that narrow the list, and the list, newest papers first.

    `may_change` where the reader may take papers out. What is told of collections, and how papers are added, is put
    into its place by static/collections.js and static/adding.js.
    """
    newest = papers.select()[:MOST_ROWS]
    listed = sorted(newest, key=lambda paper: (paper.published or date.min, paper.name), reverse=True)
    empty = _empty_columns(listed)
    rows = "".join(_row(number, paper, words, empty) for number, paper in enumerate(listed))
    spoken = json.dumps({key.partition("_")[2]: words(key) for key in _SPOKEN}, ensure_ascii=False)
    lead = text_html(_lead(len(papers), facets, words))
    picture = collection_picture(newest, words) if listed else ""
    made = f"{words.language} {papers.hash[:16]}"
    return (
        f'<section class="library" lang="{words.language}" aria-labelledby="library-heading" '
        f'data-words="{text_html(spoken)}" data-made="{made}" data-may-change="{"yes" if may_change else ""}" '
        f'data-most-picked="{MOST_NAMED}"><h1 id="library-heading" tabindex="-1">'
        f'{text_html(words("library_heading"))}</h1><p class="lead">{lead}</p>'
        f'<div class="shelf"></div><div class="adding"></div>'
        f"{picture}{_fields(listed, len(papers), facets, words)}{_table(rows, words, empty)}"
        f'<p class="library-empty" hidden>{text_html(words("library_none_shown"))}</p>{_picked(words)}</section>'
    )


def _picked(words: UiStrings) -> str:
    """What can be done with the papers that are chosen by their check marks (static/picking.js)."""
    return (
        f'<div class="picked" role="group" aria-label="{text_html(words("library_picked_label"))}" hidden>'
        f'<p role="status"></p><button type="button" class="picked-ask"></button>'
        f'<button type="button" class="picked-clear">{text_html(words("library_unpick"))}</button></div>'
    )


def _lead(count: int, facets: Facets, words: UiStrings) -> str:
    if not count:
        return words("library_lead_none")
    number = f"{count:,}"
    if not (facets.earliest and facets.latest):
        return words("library_lead_one_undated") if count == 1 else words("library_lead_undated", count=number)
    first, last = month_year(facets.earliest, words), month_year(facets.latest, words)
    if count == 1:
        return words("library_lead_one", first=first)
    if first == last:
        return words("library_lead_month", count=number, first=first)
    return words("library_lead", count=number, first=first, last=last)


def _fields(listed: Sequence[Paper], count: int, facets: Facets, words: UiStrings) -> str:
    """Search, a choice for each facet and of the year, and what they leave; `count` are all papers.

    There is a choice of what the listed papers have, for it narrows the list.
    """
    years = sorted({paper.published.year for paper in listed if paper.published}, reverse=True)
    undated = any(not paper.published for paper in listed)
    have = {facet.name: {facet.of(paper) for paper in listed} for facet in _NARROWING}
    choices = "".join(
        _choice(
            facet.name,
            (value for value in facets.of(facet) if value in have[facet.name]),
            any(not facet.of(paper) for paper in listed),
            words,
        )
        for facet in _NARROWING
    )
    total = len(listed)
    note = words("library_newest", count=f"{count:,}", shown=f"{total:,}") if count > total else ""
    shown = words("library_all_shown_one") if total == 1 else words("library_all_shown", total=f"{total:,}")
    search = text_html(words("library_search"))
    return (
        f'<div class="library-fields" role="search"><input type="search" maxlength="200" placeholder="{search}" '
        f'aria-label="{search}" autocomplete="off" spellcheck="false">'
        f"{choices}{_choice('year', [str(year) for year in years], undated, words)}</div>"
        f'<div class="library-found"><p role="status" class="library-count">'
        f"{text_html(shown)}</p>"
        f'<button type="button" class="library-clear" hidden>{text_html(words("library_clear"))}</button>'
        f'<button type="button" class="library-ask" hidden>{text_html(words("library_ask_only"))}</button>'
        f'<p class="library-means" hidden></p></div>'
        + (f'<p class="picture-note">{text_html(note)}</p>' if note else "")
    )


def _empty_columns(listed: Sequence[Paper]) -> frozenset[str]:
    """The columns in which no paper has anything, as is usual of a reader's own PDFs: they are not shown."""
    said = {
        "organisation": (paper.organisation for paper in listed),
        "category": (paper.category for paper in listed),
        "link": map(paper_address, listed),
    }
    return frozenset(name for name, values in said.items() if listed and not any(values))


def _choice(name: str, values: Iterable[str], not_given: bool, words: UiStrings) -> str:
    """Not shown where there is nothing to choose, but there: static/library.js counts on it."""
    options = [("", words(f"library_any_{name}")), *((filter_value(value), value) for value in values)]
    hidden = " hidden" if len(options) == 1 else ""
    if not_given:
        options.append((filter_value(None), words("library_not_given")))
    listed = "".join(f'<option value="{text_html(value)}">{text_html(label)}</option>' for value, label in options)
    return f'<select data-field="{name}" aria-label="{text_html(words(f"library_{name}"))}"{hidden}>{listed}</select>'


def _table(rows: str, words: UiStrings, empty: frozenset[str]) -> str:
    # The roles are said although they are the elements' own: on a phone the rows are laid out as blocks,
    # and browsers then forget that there was a table.
    heads = "".join(
        f'<th role="columnheader" scope="col" aria-sort="{"descending" if name == "date" else "none"}"'
        f'{_hidden(name, empty)}><button type="button" data-sort="{name}">'
        f"{text_html(words(f'library_{name}'))}</button></th>"
        for name in _COLUMNS
    )
    return (
        f'<table role="table" class="contents"><caption>{text_html(words("library_caption"))}</caption>'
        f'<thead role="rowgroup"><tr role="row" data-label="{text_html(words("library_sort_by"))}">{heads}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table>'
    )


def _hidden(name: str, empty: frozenset[str]) -> str:
    return " hidden" if name in empty else ""


def _row(number: int, paper: Paper, words: UiStrings, empty: frozenset[str]) -> str:
    """The paper's line and, below it and folded away, what opens under it."""
    day = paper.published
    shown = f'<time datetime="{day.isoformat()}">{text_html(month_year(day, words))}</time>' if day else ""
    cells = {facet.name: text_html(value_name(facet, facet.of(paper) or "", words)) for facet in FACETS}
    cells |= {"date": shown, "link": _link(paper)}
    told = "".join(
        f'<td role="cell" class="cell-{name}"{_hidden(name, empty)}>{cells[name]}</td>' for name in _COLUMNS[1:]
    )
    values = "".join(f'data-{facet.name}="{text_html(filter_value(facet.of(paper)))}" ' for facet in _NARROWING)
    authors = f'<p class="authors">{text_html(", ".join(paper.authors))}</p>' if paper.authors else ""
    summary = f'<p class="summary">{text_html(paper.summary)}</p>' if paper.summary else ""
    pages = f'data-pages="{text_html(page_place(paper.id, 1))}" ' if has_pages(paper) else ""
    pick = text_html(words("library_pick", title=paper.name))
    retracted = (
        f' <span class="retracted">{text_html(words("paper_retracted_short"))}</span>' if paper.retracted else ""
    )
    return (
        f'<tr role="row" class="entry" id="paper-{number}" data-id="{text_html(paper.id)}" {values}{pages}'
        f'data-year="{filter_value(str(day.year) if day else None)}" data-name="{text_html(paper.name)}">'
        f'<th role="rowheader" scope="row"><label class="pick-place">'
        f'<input type="checkbox" class="pick" aria-label="{pick}"></label>'
        f'<button type="button" aria-expanded="false" '
        f'aria-controls="paper-{number}-more">{name_html(paper, words)}{retracted}</button></th>{told}</tr>'
        f'<tr role="row" class="more" id="paper-{number}-more" hidden>'
        f'<td role="cell" colspan="{len(_COLUMNS) - len(empty)}">'
        f"{authors}{retracted_html(paper, words)}{summary}</td></tr>"
    )


def _link(paper: Paper) -> str:
    """A link that bears the name of the host it leads to."""
    address = paper_address(paper)
    host = (urlsplit(address).hostname or "").removeprefix("www.") if address else ""
    return outside_link(address, f"{host} ↗")
