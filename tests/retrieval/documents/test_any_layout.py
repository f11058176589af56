"""Characters anywhere on pages, in any size and direction: the text and its map always hold together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.pdf.glyphs import Glyph, PageBox, Style
from retrieval.documents.pdf.reading import text_of_pages
from retrieval.documents.pdf.words import page_words
from retrieval.full_text import FullText
from retrieval.sanitize import sanitize

_SIGNS = st.sampled_from([*"abcXYZ019.,-:()[]", "fi", "中", "文", "\u00b4", "e", "\u2022"])
_STYLES = st.builds(
    Style,
    size=st.sampled_from([0.5, 6.0, 7.0, 9.0, 10.0, 10.5, 17.0, 400.0]),
    font=st.sampled_from(["Times-Roman", "Times-Bold"]),
    bold=st.booleans(),
    direction=st.sampled_from([0, 0, 0, 0, 1, 2, 3, -1]),
    invisible=st.sampled_from([False, False, False, True]),
)


@st.composite
def runs(draw: st.DrawFn, box: PageBox) -> list[Glyph]:
    """Characters after one another from anywhere, in one style."""
    style = draw(_STYLES)
    x = draw(st.floats(box.left - 50, box.right + 50, width=32))
    y = draw(st.floats(box.bottom - 50, box.top + 50, width=32))
    found: list[Glyph] = []
    # A run has one step and one gap: to draw them for each character takes minutes.
    usual = draw(st.sampled_from([0.0, 0.3, 0.5, 0.5, 0.5, -1.0])) * style.size
    gap = draw(st.integers(0, 12))
    marked = draw(st.booleans())
    for number, sign in enumerate(draw(st.lists(_SIGNS, min_size=1, max_size=24))):
        step = 3.0 * style.size if number == gap else usual
        x1, y1 = (x + step, y) if style.direction in (0, 2, -1) else (x, y + step)
        found.append(Glyph(sign, x, y, x1, y1, style, marked))
        x, y = x1, y1
    return found


@st.composite
def documents(draw: st.DrawFn) -> tuple[FullText, list[tuple[float, float]], str]:
    """What is read of a few pages, their sizes as they are shown, and all their characters."""
    pages, sizes, signs = [], [], ""
    for number in range(draw(st.integers(1, 3))):
        left, bottom = draw(st.sampled_from([(0.0, 0.0), (20.0, 30.0), (-300.0, 100.0)]))
        box = PageBox(left, bottom, left + draw(st.sampled_from([200.0, 612.0])), bottom + 792.0)
        turn = draw(st.integers(0, 3))
        drawn = [glyph for run in draw(st.lists(runs(box), max_size=8)) for glyph in run]
        signs += "".join(glyph.text for glyph in drawn)
        pages.append(page_words(number + 1, box, turn, drawn))
        sizes.append(box.size(turn))
    return text_of_pages(pages, {})[0], sizes, signs


@given(documents())
def test_the_map_is_monotone_and_every_box_is_on_its_page(
    read: tuple[FullText, list[tuple[float, float]], str],
) -> None:
    text, sizes, _ = read
    layout, before = text.layout, 0
    for number in range(len(layout)):
        assert before <= layout.starts[number] < layout.ends[number] <= len(text.text)
        before = layout.ends[number]
        box = layout.box(number)
        width, height = sizes[box.page - 1]
        assert 0 <= box.x0 <= box.x1 <= width + 0.01 and 0 <= box.y0 <= box.y1 <= height + 0.01
        piece = text.text[layout.starts[number] : layout.ends[number]]
        assert piece == piece.strip() and "\n" not in piece


@given(documents())
def test_sections_are_in_order_and_hold_whole_paragraphs(read: tuple[FullText, list[tuple[float, float]], str]) -> None:
    text, _, _ = read
    before = 0
    for section in text.sections:
        assert before <= section.start < section.end <= len(text.text)
        assert section.start == 0 or text.text[section.start - 2 : section.start] == "\n\n"
        assert section.end == len(text.text) or text.text[section.end : section.end + 2] == "\n\n"
        before = section.end


@given(documents())
def test_nothing_is_in_the_text_that_was_not_drawn(read: tuple[FullText, list[tuple[float, float]], str]) -> None:
    text, _, signs = read
    # An accent may have joined the letter that it stands over.
    told = [sign for sign in text.text if not sign.isspace() and sign != "\u00e9"]
    assert all(told.count(sign) <= signs.count(sign) for sign in set(told))
    assert sanitize(text.text, kept="\n") == text.text


@given(documents())
def test_every_letter_of_the_text_has_a_place(read: tuple[FullText, list[tuple[float, float]], str]) -> None:
    text, _, _ = read
    covered = {
        place for start, end in zip(text.layout.starts, text.layout.ends, strict=True) for place in range(start, end)
    }
    assert covered == {place for place, sign in enumerate(text.text) if not sign.isspace()}


@given(st.floats(-500, 500), st.floats(-500, 500), st.integers(0, 3))
def test_a_point_that_is_turned_comes_back(x: float, y: float, turn: int) -> None:
    box = PageBox(10.0, 20.0, 622.0, 812.0)
    back = box.back(*box.turned(x, y, turn), turn)
    assert abs(back.x - x) < 1e-6 and abs(back.y - y) < 1e-6


def test_lines_that_run_backwards_off_the_page_are_read() -> None:
    box = PageBox(0.0, 0.0, 612.0, 792.0)
    style = Style(size=10.0, font="Times-Roman", bold=False, direction=0, invisible=False)
    drawn: list[Glyph] = []
    for row in range(40):
        y, x = 700.0 - 16 * row, 100.0 + 12 * row
        for sign in "abcabc":
            drawn.append(Glyph(sign, x, y, x - 10.0, y, style, False))
            x -= 10.0
    text, *_ = text_of_pages([page_words(1, box, 0, drawn)], {})
    assert set(text.text) <= {*"abc \n"}
