"""Where a quote stands is told with it, and leads to its page: exactly its boxes, whatever the paper is called."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.citation import Citation
from app.surfaces.page.cards import card, folded_card
from app.surfaces.page.quote_places import MOST_AROUND, MOST_BOXES, excerpts, page_place, place_html
from app.surfaces.ui_strings import ui_strings
from retrieval.errors import CorpusError
from retrieval.full_text import Box, FullText, PaperText, plain_text, text_at_hand
from retrieval.types import Paper, Passage
from tests.support.paged_text import paged, paper_with

EN = ui_strings("en")
TEXT = paged(
    ["Owls sleep by day.\n\nThey hunt\nby night.", "Of nine owls seven slept.\nNobody knows why."],
    ["1 Intro", "2 Results"],
)
ABSTRACT = "Owls sleep by day. We counted."


def quoting(paper: Paper, words: str, number: int = 1) -> Citation:
    part = "abstract" if words in paper.abstract else "text"
    start = paper.part(part).index(words)
    return Citation(number, paper, start, start + len(words), 0.5, part=part)


def lit(href: str) -> list[tuple[float, ...]]:
    """The boxes that an address names, as static/pages.js reads them."""
    found = re.findall(r"(\d+):([\d.]+),([\d.]+),([\d.]+),([\d.]+)", href)
    return [tuple(map(float, one)) for one in found]


def test_a_quote_of_the_text_leads_to_its_page_with_its_lines_lit() -> None:
    html = place_html(quoting(paper_with(TEXT), "seven slept.\nNobody"), False, EN)
    [href] = re.findall(r'href="([^"]+)"', html)
    assert ">p. 2 · 2 Results<" in html
    assert href.startswith("#page=p/2/")
    assert lit(href) == [(2, 130, 0, 250, 20), (2, 0, 20, 60, 40)]


def test_a_quote_of_the_abstract_that_stands_in_the_text_leads_there() -> None:
    paper = paper_with(TEXT, ABSTRACT)
    assert 'href="#page=p/1/1:0,0,180,20"' in place_html(quoting(paper, "Owls sleep by day."), False, EN)
    assert place_html(quoting(paper, "We counted."), False, EN) == ""


def test_without_a_document_the_place_is_told_and_leads_nowhere() -> None:
    html = place_html(quoting(paper_with(replace(TEXT, file=None)), "seven slept."), False, EN)
    assert "p. 2 · 2 Results" in html and "href" not in html
    assert place_html(quoting(paper_with(plain_text("Owls sleep.")), "Owls sleep."), False, EN) == ""
    assert place_html(quoting(Paper("p", None, ABSTRACT, "en"), "We counted."), False, EN) == ""


@given(
    st.text(min_size=1, max_size=30).filter(lambda name: not re.search("[\ud800-\udfff]", name)),
    st.integers(1, 60_000),
    st.lists(st.tuples(*[st.floats(0, 20_000, width=32)] * 4), max_size=80),
)
def test_an_address_bears_any_id_and_its_boxes_to_a_tenth_of_a_point(
    paper_id: str, page: int, sides: list[tuple[float, float, float, float]]
) -> None:
    place = page_place(paper_id, page, [Box(page, *one) for one in sides])
    assert re.fullmatch(r"#page=[\w%.~-]+/\d+(/[\d:.,;]+)?", place)
    named, number, *_ = place.removeprefix("#page=").split("/")
    assert (unquote(named), int(number)) == (paper_id, page)
    expected = [(page, *one) for one in sides[:MOST_BOXES]]
    found = lit(place)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other, abs=0.051)


def test_a_card_shows_the_paragraph_around_the_quote_and_not_the_abstract() -> None:
    paper = paper_with(TEXT, "We counted.")
    html = card(paper, None, [quoting(paper, "seven slept.", 2)], 3, EN)
    assert "We counted." not in html
    assert '<mark id="t3-q2" data-numbers="2" tabindex="-1">seven slept.</mark>' in html
    assert "Of nine owls <mark" in html and "hunt" not in html
    both = card(paper, None, [quoting(paper, "seven slept.", 2), quoting(paper, "We counted.", 1)], 3, EN)
    assert both.index("We counted.") < both.index("Of nine owls") and both.count("<mark") == 2


def test_of_a_paper_without_an_abstract_what_was_found_is_shown() -> None:
    paper = paper_with(TEXT)
    start = TEXT.text.index("They hunt")
    html = folded_card(Passage(paper, start, start + 9, 0.4, part="text"), 1, EN)
    assert "They hunt" in html and "No abstract" not in html
    assert "No abstract" in folded_card(Passage(paper, 0, 0, 0.4), 1, EN)


def test_several_quotes_of_one_paragraph_share_it_and_say_which_is_where() -> None:
    paper = paper_with(TEXT)
    quotes = [quoting(paper, "Nobody knows why.", 2), quoting(paper, "seven slept.", 1)]
    html = card(paper, None, quotes, 1, EN)
    assert html.count('class="abstract excerpt"') == 1 and html.count("<mark") == 2
    assert re.findall(r'data-place="(\d)"', html) == ["1", "2"]
    assert html.count("place-number") == 2


def test_a_long_paragraph_is_cut_at_spaces_around_the_quote() -> None:
    long = plain_text(f"{'owl ' * 2000}Seven slept. {'day ' * 2000}")
    quote = quoting(paper_with(long), "Seven slept.")
    [(span, _)] = excerpts(quote.paper, [quote])
    shown = long.text[span.start : span.end]
    assert shown.startswith("owl ") and shown.endswith(" day") and "Seven slept." in shown
    assert len(shown) <= 2 * MOST_AROUND + len(quote.quote)
    assert '<p class="abstract excerpt" lang="en">… owl' in card(quote.paper, None, [quote], 1, EN)


@given(st.text("ab \n", max_size=200), st.data())
def test_an_excerpt_has_its_quotes_whole_whatever_the_text_is(text: str, data: st.DataObject) -> None:
    paper = paper_with(plain_text(f"{text}x"))
    starts = data.draw(st.lists(st.integers(0, len(text)), min_size=1, max_size=4))
    quotes = [
        Citation(1, paper, start, data.draw(st.integers(start + 1, len(text) + 1)), 0.5, part="text")
        for start in starts
    ]
    found = excerpts(paper, quotes)
    assert sorted((quote.start, quote.end) for _, held in found for quote in held) == sorted(
        (quote.start, quote.end) for quote in quotes
    )
    assert all(span.start <= quote.start and quote.end <= span.end for span, held in found for quote in held)
    assert all(one.end <= other.start for (one, _), (other, _) in pairwise(found))


def test_a_text_that_is_gone_is_told_and_takes_no_card_away() -> None:
    def gone() -> FullText:
        raise CorpusError("The text is gone.")

    text = text_at_hand(TEXT)
    paper = Paper("p", "Owls", "", "en", text=PaperText(gone, text.digest, text.characters, text.pages, text.file))
    quote = Citation(1, paper, 0, 4, 0.5, part="text")
    html = card(paper, Passage(paper, 0, 4, 0.4, part="text"), [quote], 1, EN)
    assert "The text is gone." in html and "Cite" in html


def test_a_withdrawn_work_says_so_on_its_card() -> None:
    paper = replace(paper_with(TEXT), retracted=True)
    assert "Retracted" in card(paper, None, [quoting(paper, "seven slept.")], 1, EN)
    assert "Retracted" in folded_card(Passage(paper, 0, 4, 0.4, part="text"), 1, EN)
    assert "已撤稿" in card(paper, None, [quoting(paper, "seven slept.")], 1, ui_strings("zh"))
    assert "Retracted" not in card(paper_with(TEXT), None, [quoting(paper, "seven slept.")], 1, EN)


HOSTILE = '<img src=x onerror=alert(1)>"'


def test_what_a_document_calls_its_sections_stays_text() -> None:
    paper = paper_with(paged([f"{HOSTILE} slept."], [HOSTILE]))
    html = card(paper, None, [quoting(paper, "slept.")], 1, EN)
    assert "<img" not in html and "&lt;img" in html
