"""The library and about sections: every paper listed once, outside text inert, the picture true to the numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from app.answering.answerer import Models
from app.surfaces.page import about, library
from app.surfaces.page.about import about_html
from app.surfaces.page.collection_picture import category_forms, collection_picture, lanes, timeline
from app.surfaces.page.library import library_html
from app.surfaces.page.sections import Sections
from app.surfaces.ui_strings import LANGUAGES, UiStrings, ui_strings
from retrieval.papers.papers import papers_of
from retrieval.types import Paper
from tests.support.paged_text import paged, paper_with

ENGLISH = ui_strings("en")
HOSTILE = "<img src=x onerror=alert(1)>\"'</td><script>alert(1)</script> {name} ${value}"
EVIL = Paper(
    HOSTILE,
    HOSTILE,
    HOSTILE,
    HOSTILE,
    authors=(HOSTILE,),
    organisation=HOSTILE,
    published=date(2024, 1, 2),
    category=HOSTILE,
    url="javascript:alert(1)",
    summary=HOSTILE,
    source=HOSTILE,
)


def library_of(papers: Iterable[Paper], words: UiStrings = ENGLISH) -> str:
    held = papers_of(papers)
    return library_html(held, held.facets, words)


def about_of(papers: Iterable[Paper], models: Models, words: UiStrings = ENGLISH) -> str:
    held = papers_of(papers)
    return about_html(held, held.facets, models, words)


def dated(count: int, **values: Any) -> tuple[Paper, ...]:
    """Papers of one month each, from January 2020."""
    days = [date(2020 + month // 12, month % 12 + 1, 3) for month in range(count)]
    return tuple(
        Paper(f"p{number}", f"T{number}", "", "en", **dict[str, Any](published=day) | values)
        for number, day in enumerate(days)
    )


class Tags(HTMLParser):
    """The elements that a browser would make, with their attributes, and whether each was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in {"input", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_every_paper_has_one_row_newest_first(all_papers: tuple[Paper, ...]) -> None:
    html = library_of(all_papers)
    tags = Tags(html)
    assert not tags.open
    rows = [attributes for attributes in tags.named("tr") if attributes.get("class") == "entry"]
    assert sorted(row["data-id"] or "" for row in rows) == sorted(paper.id for paper in all_papers)
    days = [attributes["datetime"] or "" for attributes in tags.named("time")]
    assert days == sorted(days, reverse=True) and len(days) == sum(bool(paper.published) for paper in all_papers)
    controls = {attributes["aria-controls"] for attributes in tags.named("button") if "aria-controls" in attributes}
    assert controls == {attributes["id"] for attributes in tags.named("tr") if attributes.get("class") == "more"}
    assert "94 papers, Jan 2022 to Jul 2024." in html


def test_what_is_no_title_is_set_apart(all_papers: tuple[Paper, ...]) -> None:
    html = library_of(all_papers)
    untitled = [paper for paper in all_papers if paper.title is None]
    assert html.count('<span class="untitled">') == len(untitled) == 8
    assert all(f'<span class="untitled">{paper.label}' in unescape(html) for paper in untitled)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_papers_stay_text(language: str) -> None:
    words = ui_strings(language)
    papers = (EVIL, *dated(3))
    for html in (
        library_of(papers, words),
        about_of(papers, Models(HOSTILE, HOSTILE), words),
    ):
        tags = Tags(html)
        assert not tags.open
        assert not tags.named("script") and not tags.named("img")
        assert not any(name.startswith("on") for _, attributes in tags.found for name in attributes)
        links = [attributes["href"] or "" for attributes in tags.named("a")]
        assert all(re.match(r"#library|https?://|api/|demo", link) for link in links)


def test_a_hostile_paper_is_named_in_full() -> None:
    rows = Tags(library_of((EVIL,))).named("tr")
    (row,) = [attributes for attributes in rows if attributes.get("class") == "entry"]
    assert row["data-id"] == row["data-name"] == HOSTILE
    assert row["data-organisation"] == f"={HOSTILE}" and row["data-year"] == "=2024"


def test_no_more_rows_than_a_browser_bears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_ROWS", 5)
    papers = dated(12)
    html = library_of(papers)
    rows = [attributes for attributes in Tags(html).named("tr") if attributes.get("class") == "entry"]
    assert [row["data-id"] for row in rows] == [f"p{number}" for number in (11, 10, 9, 8, 7)]
    assert "Of 12 papers the newest 5 are listed here" in html and "5 papers</p>" in html
    assert len(Tags(html).named("a")) == 5


def test_the_list_is_narrowed_by_what_its_papers_have_and_by_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "MOST_ROWS", 5)
    older = tuple(replace(paper, organisation="Gone") for paper in dated(7))
    newer = dated(5, published=date(2024, 1, 2), organisation="Here", category="C")
    papers = (*older, *(replace(paper, id=f"n{paper.id}") for paper in newer), Paper("undated", "U", "", "en"))
    options = re.findall(r'<option value="=?(.*?)">', library_of(papers))
    assert options == ["", "Here", "", "C", "", "2024"]


def test_what_no_paper_has_takes_no_place() -> None:
    html = library_of([Paper("a", "Owls", "", "en", published=date(2020, 1, 3)), Paper("b", "Whales", "", "en")])
    heads = re.findall(r'<th [^>]*?( hidden)?><button [^>]*data-sort="(\w+)"', html)
    assert [name for hidden, name in heads if not hidden] == ["title", "date", "language"] and 'colspan="3"' in html
    assert re.findall(r'<select data-field="(\w+)"[^>]* hidden>', html) == ["organisation", "category"]
    assert 'class="legend"' not in html
    full = library_of([EVIL, Paper("b", "Whales", "", "en", url="https://example.org/b")])
    assert " hidden><button" not in full and " hidden><option" not in full and 'class="legend"' in full


def test_the_picture_has_a_mark_for_every_dated_paper(all_papers: tuple[Paper, ...]) -> None:
    html = collection_picture(all_papers, ENGLISH)
    tags = Tags(html)
    marks = tags.named("a")
    assert sorted(mark["data-paper"] or "" for mark in marks) == sorted(
        paper.id for paper in all_papers if paper.published
    )
    assert all(mark["aria-label"] for mark in marks)
    # One stop for the tab key in each lane.
    assert [mark["tabindex"] for mark in marks].count("0") == html.count('class="lane-marks"') == 3
    assert "16 papers have no date" in html
    assert "Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training, Jan 2024, Model" in html


def test_each_large_category_has_a_form_of_its_own(all_papers: tuple[Paper, ...]) -> None:
    forms = category_forms(all_papers)
    assert len(set(forms.values())) == len(forms) == 10
    assert forms["Enhancing human feedback"] == 0 and forms[None] == -1
    many = tuple(Paper(f"p{n}", "T", "", "en", category=f"c{n:02}", published=date(2024, 1, 1)) for n in range(40))
    assert max(category_forms(many).values()) == 8
    assert collection_picture(many, ENGLISH).count("<li>") == 14  # the rest can be chosen in the list


@pytest.mark.parametrize(
    ("first", "last", "step", "columns"),
    [
        (date(2024, 5, 1), date(2024, 5, 31), 1, 1),
        (date(2023, 6, 1), date(2024, 7, 1), 1, 14),
        (date(2022, 1, 1), date(2024, 7, 1), 3, 11),
        (date(2010, 1, 1), date(2023, 1, 1), 12, 14),
        (date(1950, 1, 1), date(2024, 1, 1), 120, 8),
        (date(1, 1, 1), date(9999, 12, 31), 12_000, 10),
    ],
)
def test_the_columns_fit_the_time(first: date, last: date, step: int, columns: int) -> None:
    line = timeline([last, first])
    assert (line.step, line.columns) == (step, columns)
    assert line.column(first) == 0 and line.column(last) == columns - 1
    html = collection_picture(
        [Paper("a", "A", "", "en", published=first), Paper("b", "B", "", "en", published=last)], ENGLISH
    )
    assert all(0 <= float(percent) <= 100 for percent in re.findall(r'<svg x="([\d.]+)%"', html))


def test_a_mark_stands_for_several_papers_where_they_are_many() -> None:
    papers = tuple(Paper(f"p{n}", f"T{n}", "", "en", organisation="A", published=date(2024, 1, 2)) for n in range(100))
    tags = Tags(collection_picture(papers, ENGLISH))
    marks = tags.named("a")
    assert len(marks) == 12 and "data-paper" not in marks[0]
    assert marks[0]["aria-label"] == "9 papers, A, Jan 2024" and marks[-1]["data-paper"] == "p99"
    assert (marks[0]["data-bundle"], marks[0]["data-year"]) == ("=A", "=2024")


def test_small_organisations_share_a_lane() -> None:
    papers = tuple(
        Paper(f"{name}{n}", "T", "", "en", organisation=name, published=date(2024, 1, 1))
        for size, name in enumerate("ABCDEFGH", 1)
        for n in range(size)
    )
    drawn = lanes((*papers, Paper("x", "T", "", "en", published=date(2024, 1, 1))), ENGLISH)
    assert [lane.name for lane in drawn] == [*"HGFED", "Other organisations", "Organisation not given"]
    assert [lane.value for lane in drawn] == ["=H", "=G", "=F", "=E", "=D", None, "-"]
    assert sum(len(lane.papers) for lane in drawn) == len(papers) + 1


@pytest.mark.parametrize(
    ("papers", "lead"),
    [
        ((), "No papers yet."),
        ((Paper("a", "A", "", "en"),), "1 paper."),
        ((Paper("a", "A", "", "en"), Paper("b", "B", "", "en")), "2 papers."),
    ],
)
def test_without_dates_there_is_no_picture(papers: tuple[Paper, ...], lead: str) -> None:
    html = library_of(papers)
    assert "<figure" not in html and f'<p class="lead">{lead}</p>' in html
    assert ("No paper has a date" in html) is bool(papers)


def test_about_tells_what_is_true_of_the_collection(all_papers: tuple[Paper, ...]) -> None:
    html = about_of(all_papers, Models("minilm-papers", None))
    assert not Tags(html).open
    assert "94 papers: Google DeepMind 42, Anthropic 25, OpenAI 11, NIST 1, 15 without an organisation." in html
    assert "Jan 2022" in html and "Jul 2024" in html and "16 have no date" in html
    assert "For 8 of them the source gives no title" in html
    assert "a spreadsheet of safety papers by three laboratories <small>78</small>" in html
    assert "minilm-papers was at work for finding, and no language model" in html
    assert 'href="api/v1/openapi.json"' in html and 'href="demo"' in html
    assert "smollm2 for writing" in about_of(all_papers, Models("m", "smollm2"))


def test_of_very_many_papers_about_tells_what_is_counted_and_reads_none(monkeypatch: pytest.MonkeyPatch) -> None:
    papers = tuple(replace(paper, source="a shelf") for paper in (*dated(4), Paper("u", None, "", "en")))
    assert "a shelf" in about_of(papers, Models("m", None)) and "gives no title" in about_of(papers, Models("m", None))
    monkeypatch.setattr(about, "MOST_READ", 4)
    html = about_of(papers, Models("m", None))
    assert "5 papers: 5 without an organisation." in html and "1 have no date" in html
    assert "a shelf" not in html and "gives no title" not in html


def test_every_limit_of_the_check_is_told(all_papers: tuple[Paper, ...]) -> None:
    """What docs/verification.md says the check cannot see, the page says too; other embedding models are not on it."""
    docs = (Path(__file__).parents[4] / "docs" / "verification.md").read_text(encoding="utf-8")
    limits = docs.split("## What the check cannot see")[1].split("\n## ")[0].count("\n- **")
    html = about_of(all_papers, Models("m", None))
    told = html.split("What the check does not see")[1].split("<h2>")[0].count("<li>")
    assert told == limits - 1


def test_the_interface_is_there_in_every_language(all_papers: tuple[Paper, ...]) -> None:
    english, chinese = ui_strings("en"), ui_strings("zh")
    own = [key for key in english if key.startswith(("library_", "picture_", "about_", "sections_"))]
    assert own
    for key in own:
        places = re.findall(r"\{\w+\}", english(key))
        assert sorted(places) == sorted(re.findall(r"\{\w+\}", chinese(key))), key
    html = library_of(all_papers, chinese)
    assert 'lang="zh"' in html and "94 篇论文，2022年1月至2024年7月" in html
    spoken = json.loads(unescape(re.findall(r'data-words="([^"]*)"', html)[0]))
    assert spoken["some_shown"] == "显示 {shown} / {total} 篇论文"


def test_the_long_list_is_made_once_a_language(papers: tuple[Paper, ...]) -> None:
    class Fixed:
        def __init__(self) -> None:
            self.papers, self.models = papers_of(papers), Models("m", None)
            self.facets = self.papers.facets

    answerer = Fixed()
    sections = Sections(answerer)  # type: ignore[arg-type]
    listed = sections.library(ENGLISH)
    assert sections.library(ENGLISH) is listed
    told = sections.about(ENGLISH)
    assert sections.about(ENGLISH) is told and "no language model" in told
    answerer.papers = papers_of(papers[1:])  # another process has indexed it anew
    assert sections.library(ENGLISH) != listed
    assert sections.library(ENGLISH) != sections.library(ui_strings("zh"))
    assert sections.about(ENGLISH) != told
    answerer.models = Models("m", "smollm2")  # a language model was fetched meanwhile
    assert "smollm2 for writing" in sections.about(ENGLISH)


def test_each_row_can_be_chosen_and_says_what_can_be_done_with_its_paper() -> None:
    text = paged(["Owls sleep."])
    papers = papers_of([paper_with(text, retracted=True), Paper("q", "Other", "Said.", "en")])
    html = library_html(papers, papers.facets, ENGLISH, may_change=True)
    assert html.count('type="checkbox" class="pick"') == 2
    assert 'aria-label="Choose: The paper p"' in html
    assert html.count(">retracted<") == 1 and html.count("this work has been withdrawn") == 1
    assert 'data-may-change="yes"' in html and 'data-may-change=""' in library_of([EVIL])


def test_another_list_says_so_to_the_scripts() -> None:
    def made(*papers: Paper, words: UiStrings = ENGLISH) -> str:
        return re.findall(r'data-made="([^"]+)"', library_of(papers, words))[0]

    one, other = Paper("a", "A", "", "en"), Paper("b", "B", "", "en")
    assert len({made(one), made(one, other), made(one, words=ui_strings("zh"))}) == 3
    assert made(one) == made(one)


def test_a_paper_of_which_the_year_alone_is_known_bears_no_month() -> None:
    paper = Paper("a", "A", "", "en", published=date(2024, 1, 1))
    assert "1 paper, 2024." in library_of([paper]) and "Jan 2024" not in library_of([paper])
    assert "1 篇论文，2024年。" in library_of([paper], ui_strings("zh"))
