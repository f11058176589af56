"""A picture of the collection: a lane for each organisation, time from left to right, a mark for each paper.

The form of a mark tells its category, so that nothing rests on colour alone; how
high the marks of a lane stand tells how many papers that time brought. Marks are
drawn in pixels and placed in hundredths of the width, so that the picture fits
any page without its lettering shrinking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.surfaces.markup import text_html
from app.surfaces.page.paper_naming import month_year
from app.surfaces.ui_strings import UiStrings
from retrieval.types import Paper

NOT_GIVEN = "-"
"""The value of a filter for papers without the thing; a value that a paper gives has "=" before it."""

_MOST_COLUMNS, _MOST_LANES, _MOST_HIGH, _MOST_YEARS, _MOST_CATEGORIES = 14, 5, 12, 8, 14
_MONTHS_A_COLUMN = (1, 3, 12, 24, 60, 120, 240, 600, 1200, 12_000)
_PITCH = 18
"""Pixels from one mark to the one above it."""

_FORMS = (
    "M-6-6H6V6H-6Z",
    "M-6.6 0a6.6 6.6 0 1 0 13.2 0a6.6 6.6 0 1 0-13.2 0Z",
    "M0-7L7 6H-7Z",
    "M0-7.8L7.8 0L0 7.8L-7.8 0Z",
    "M-5-5H5V5H-5Z",
    "M-5.6 0a5.6 5.6 0 1 0 11.2 0a5.6 5.6 0 1 0-11.2 0Z",
    "M0-5.6L5.8 5.2H-5.8Z",
    "M0-6.6L6.6 0L0 6.6L-6.6 0Z",
    "M-6 0H6M0-6V6",
)
"""Filled for the four largest categories, outlined for the next four, a cross for all the rest."""
_DOT = "M-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0Z"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Columns of equal length in months, the first beginning with month `first` (counted from the year 0)."""

    first: int
    step: int
    columns: int

    def column(self, day: date) -> int:
        return (_month(day) - self.first) // self.step

    def percent(self, month: float) -> float:
        """How far to the right a month begins, from 0 to 100; a month outside is moved to the edge."""
        return round(min(max((month - self.first) / (self.step * self.columns), 0), 1) * 100, 3)


@dataclass(frozen=True, slots=True)
class Lane:
    """The dated papers of one organisation; `value` is None where it cannot be a filter."""

    name: str
    value: str | None
    papers: tuple[Paper, ...]


def timeline(days: Sequence[date]) -> Timeline:
    """The finest columns of which few enough cover all these days."""
    first, last = _month(min(days)), _month(max(days))
    step = columns = 1
    for step in _MONTHS_A_COLUMN:
        columns = last // step - first // step + 1
        if columns <= _MOST_COLUMNS:
            break
    return Timeline(first // step * step, step, columns)


def filter_value(value: str | None) -> str:
    """An organisation or category as the value of a filter."""
    return f"={value}" if value else NOT_GIVEN


def collection_picture(papers: Sequence[Paper], words: UiStrings) -> str:
    """The picture as HTML with inline SVG, and the categories as its legend."""
    dated = [(paper, paper.published) for paper in papers if paper.published]
    if not dated:
        return f'<p class="picture-note">{text_html(words("picture_all_undated"))}</p>' if papers else ""
    line = timeline([day for _, day in dated])
    forms = category_forms(papers)
    ordered = [paper for paper, _ in sorted(dated, key=lambda one: one[1])]
    tallest = max(Counter((paper.organisation, line.column(day)) for paper, day in dated).values())
    bundle = -(-tallest // _MOST_HIGH)
    hint = words("picture_hint_bundles", count=bundle) if bundle > 1 else words("picture_hint")
    drawn = "".join(_lane(lane, line, forms, bundle, words) for lane in lanes(ordered, words))
    return (
        f'<figure class="picture" aria-labelledby="picture-heading"><div class="picture-plot">'
        f'<h2 id="picture-heading">{text_html(words("picture_heading"))}</h2>{drawn}{_years(ordered, line, words)}'
        f'<p class="picture-pointed" aria-hidden="true" data-hint="{text_html(hint)}">{text_html(hint)}</p></div>'
        f"<figcaption>{_legend(papers, forms, words)}{_undated(len(papers) - len(dated), words)}</figcaption></figure>"
    )


def category_forms(papers: Sequence[Paper]) -> dict[str | None, int]:
    """The number of the form that each category is drawn in, the most frequent first; -1 for none."""
    counted = Counter(paper.category for paper in papers if paper.category)
    ranked = sorted(counted, key=lambda category: (-counted[category], category))
    return {None: -1} | {category: min(rank, len(_FORMS) - 1) for rank, category in enumerate(ranked)}


def lanes(papers: Sequence[Paper], words: UiStrings) -> list[Lane]:
    """The largest organisations, most papers first, then all others together, then papers without one."""
    counted = Counter(paper.organisation for paper in papers if paper.organisation)
    ranked = sorted(counted, key=lambda name: (-counted[name], name))
    own = ranked if len(ranked) <= _MOST_LANES + 1 else ranked[:_MOST_LANES]
    others = set(ranked) - set(own)
    found = [
        Lane(name, filter_value(name), tuple(paper for paper in papers if paper.organisation == name)) for name in own
    ]
    rest = tuple(paper for paper in papers if paper.organisation in others)
    nameless = tuple(paper for paper in papers if not paper.organisation)
    if rest:
        found.append(Lane(words("picture_others"), None, rest))
    if nameless:
        found.append(Lane(words("picture_no_organisation"), NOT_GIVEN, nameless))
    return found


def _lane(lane: Lane, line: Timeline, forms: dict[str | None, int], bundle: int, words: UiStrings) -> str:
    columns: dict[int, list[Paper]] = {}
    for paper in lane.papers:
        assert paper.published
        columns.setdefault(line.column(paper.published), []).append(paper)
    height = max(-(-len(stack) // bundle) for stack in columns.values()) * _PITCH + 4
    drawn: list[str] = []
    for column, stack in sorted(columns.items()):
        # The largest category stands at the bottom of every column, so that its share can be seen.
        stack.sort(key=lambda paper: forms[paper.category] % (len(_FORMS) + 1))
        marks: list[str] = []
        for level, first in enumerate(range(0, len(stack), bundle)):
            # One stop for the tab key a lane; the arrow keys do the rest.
            reach = -1 if drawn or marks else 0
            up = height - 3 - _PITCH * (level + 0.5)
            marks.append(
                f'<a href="#library" tabindex="{reach}" {_target(lane, stack[first : first + bundle], line, words)}>'
                f'<g transform="translate(0 {up:g})"><rect class="reach" x="-14" y="{-_PITCH / 2:g}" width="28" '
                f'height="{_PITCH}"/>{_form(forms[stack[first].category])}</g></a>'
            )
        drawn.append(f'<svg x="{line.percent(line.first + (column + 0.5) * line.step)}%">{"".join(marks)}</svg>')
    rules = "".join(f'<line x1="{at}%" x2="{at}%" y1="0" y2="{height}"/>' for at in _year_edges(line) if 0 < at < 100)
    ground = f'<line class="ground" x1="0" x2="100%" y1="{height - 0.5}" y2="{height - 0.5}"/>'
    key = "picture_lane_one" if len(lane.papers) == 1 else "picture_lane"
    return (
        f'<div class="lane" role="group" aria-label="{text_html(words(key, name=lane.name, count=len(lane.papers)))}">'
        f'{_lane_name(lane)}<svg class="lane-marks" width="100%" height="{height}">{rules}{ground}{"".join(drawn)}'
        "</svg></div>"
    )


def _lane_name(lane: Lane) -> str:
    inner = f"{text_html(lane.name)} <small>{len(lane.papers):,}</small>"
    if lane.value is None:
        return f'<span class="lane-name">{inner}</span>'
    return (
        f'<button type="button" class="lane-name" aria-pressed="false" data-filter="organisation" '
        f'data-value="{text_html(lane.value)}">{inner}</button>'
    )


def _target(lane: Lane, papers: Sequence[Paper], line: Timeline, words: UiStrings) -> str:
    """What a mark leads to and its name: one paper, or the bundle that it stands for."""
    paper = papers[0]
    assert paper.published
    month = month_year(paper.published, words)
    if len(papers) == 1:
        category = paper.category or words("picture_no_category")
        label = words("picture_paper", name=paper.name, month=month, category=category)
        return f'data-paper="{text_html(paper.id)}" aria-label="{text_html(label)}"'
    label = words("picture_bundle", count=len(papers), name=lane.name, month=month)
    year = f"={paper.published.year}" if line.step <= 12 else ""
    return f'data-bundle="{text_html(lane.value or "")}" data-year="{year}" aria-label="{text_html(label)}"'


def _form(number: int) -> str:
    css = "none" if number < 0 else number
    return f'<path class="form form-{css}" d="{_DOT if number < 0 else _FORMS[number]}"/>'


def _year_edges(line: Timeline) -> list[float]:
    """Where years begin, as long as they can be told apart."""
    years = range(line.first // 12, (line.first + line.step * line.columns) // 12 + 1)
    return [line.percent(year * 12) for year in years] if len(years) <= _MOST_YEARS + 1 else []


def _years(papers: Sequence[Paper], line: Timeline, words: UiStrings) -> str:
    """The years below the picture: buttons where they are few, otherwise every few columns a plain figure."""
    begin, end = line.first // 12, (line.first + line.step * line.columns - 1) // 12
    if end - begin < _MOST_YEARS:
        counted = Counter(paper.published.year for paper in papers if paper.published)
        labels = [
            f'<button type="button" aria-pressed="false" data-filter="year" data-value="={year}" '
            f'style="left:{line.percent(year * 12)}%;width:{line.percent(year * 12 + 12) - line.percent(year * 12):g}%"'
            f">{year} <small>{counted[year]:,}</small></button>"
            for year in range(begin, end + 1)
            if counted[year]
        ]
        return (
            f'<div class="years" role="group" aria-label="{text_html(words("picture_years"))}">{"".join(labels)}</div>'
        )
    every = -(-line.columns // 5)
    labels = [
        f'<span style="left:{line.percent(line.first + column * line.step)}%">'
        f"{(line.first + column * line.step) // 12}</span>"
        for column in range(0, line.columns, every)
    ]
    return f'<div class="years" aria-hidden="true">{"".join(labels)}</div>'


def _legend(papers: Sequence[Paper], forms: dict[str | None, int], words: UiStrings) -> str:
    """The categories; empty where no paper has one."""
    if len(forms) == 1:
        return ""
    counted = Counter(paper.category for paper in papers)
    rows: list[str] = []
    named = [category for category in forms if category][:_MOST_CATEGORIES]
    for category in [*named, *([None] if counted[None] else [])]:
        name = category or words("library_not_given")
        rows.append(
            f'<li><button type="button" aria-pressed="false" data-filter="category" '
            f'data-value="{text_html(filter_value(category))}"><svg width="18" height="18" viewBox="-9 -9 18 18" '
            f'aria-hidden="true">{_form(forms[category])}</svg><span>{text_html(name)}</span> '
            f"<small>{counted[category]:,}</small></button></li>"
        )
    return f'<h3>{text_html(words("picture_legend"))}</h3><ul class="legend">{"".join(rows)}</ul>'


def _undated(count: int, words: UiStrings) -> str:
    if not count:
        return ""
    text = words("picture_undated_one") if count == 1 else words("picture_undated", count=f"{count:,}")
    return f'<p class="picture-note">{text_html(text)}</p>'


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
