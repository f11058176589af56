"""Layouts that papers have and the made ones have not: line numbers, headers, three columns, lists, odd headings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from retrieval.documents.document import ReadDocument
from tests.support.typesetting import Shape, Typesetter

Read = Callable[[bytes], ReadDocument]
PROSE = (
    "Readers of long papers look for one sentence and want to see where it stands on the page. "
    "The words around it tell whether it means what it seems to mean, and most tools hide them. "
    "We therefore keep the place of every word and show it when somebody asks for its source. "
)


def setter(columns: int = 1, **shape: float) -> Typesetter:
    return Typesetter(Shape(columns=columns, **shape), numbers=False)  # type: ignore[arg-type]


def kinds_of(read: ReadDocument) -> list[tuple[str, str]]:
    return [(each.kind, each.title) for each in read.text.sections]


def test_numbers_of_lines_in_the_margin_are_no_text(read: Read) -> None:
    page = setter()
    page.heading("1 Introduction", 12)
    for _ in range(4):
        page.paragraph(PROSE, indent=12)
    for number in range(40):
        page.draw(f"{number + 101:03}", 20, 60 + 12 * number, "Helvetica", 6)
        page.draw(f"{number + 141:03}", 590, 60 + 12 * number, "Helvetica", 6)
    text = read(page.finished()).text.text
    assert not [number for number in range(101, 181) if str(number) in text]
    assert text.count(PROSE.strip()) == 4


def test_numbers_in_a_table_stay(read: Read) -> None:
    page = setter()
    page.heading("1 Results", 12)
    page.paragraph(PROSE)
    for number in (17, 93, 54, 88, 21, 60, 45, 72, 39, 11):
        page.gap(12)
        page.draw(str(number), page.left + 40, page.y, "Times-Roman", 10)
        page.draw("model", page.left + 90, page.y, "Times-Roman", 10)
    text = read(page.finished()).text.text
    assert all(str(number) in text for number in (17, 93, 54, 11))


def test_headers_that_change_with_the_page_are_no_text(read: Read) -> None:
    page = setter()
    for number in range(6):
        title = "J. Doe and R. Roe" if number % 2 else "On reading"
        page.draw(f"{number + 1} {title}", page.left, 30, "Times-Roman", 9)
        for _ in range(3):
            page.paragraph(PROSE, indent=12)
        if number < 5:
            page.new_page()
    text = read(page.finished()).text.text
    assert "On reading" not in text and "Doe" not in text
    assert text.count("Readers of long papers") == 18


def test_three_columns_are_read_one_after_the_other(read: Read) -> None:
    page = setter(3, margin=40.0, gutter=16.0, size=8.0, leading=10.0)
    told = [f"This is part {number} of the story. {PROSE}" for number in range(24)]
    for paragraph in told:
        page.paragraph(paragraph, indent=10)
    text = read(page.finished()).text.text
    places = [text.find(f"This is part {number} of the story. Readers of long papers") for number in range(24)]
    assert -1 not in places and places == sorted(places)


def test_a_table_over_the_whole_width_does_not_part_the_text(read: Read) -> None:
    page = setter()
    page.paragraph(PROSE)
    for row in range(8):
        page.gap(12)
        for column in range(5):
            page.draw(f"cell {row} {column}", page.left + 100 * column, page.y, "Times-Roman", 10)
    page.paragraph(PROSE)
    text = read(page.finished()).text.text
    assert "cell 0 0 cell 0 1 cell 0 2" in text and text.count(PROSE.strip()) == 2


def test_text_that_stands_on_its_side_is_read_where_a_page_has_no_other(read: Read) -> None:
    page = setter()
    canvas = page._canvas
    canvas.rotate(90)
    for number in range(12):
        canvas.drawString(60, -60 - 14 * number, f"Row {number} of a table that lies on its side across the page.")
    read_one = read(page.finished())
    text = read_one.text
    rows = [text.text.find(f"Row {number} of a table") for number in range(12)]
    assert -1 not in rows and rows == sorted(rows)
    boxes = text.boxes(rows[3], rows[3] + len("Row 3 of a table that lies on its side"))
    # On the page as it is shown the row goes from below to above, its letters lie on their backs.
    assert all(60 + 14 * 3 - 12 < box.x0 < box.x1 < 60 + 14 * 3 + 4 for box in boxes)
    downwards = [box.y0 for box in boxes]
    assert len(boxes) == 10 and downwards == sorted(downwards, reverse=True)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("Abstract", "abstract"), ("ABSTRACT", "abstract"), ("References", "references"), ("REFERENCES", "references"),
     ("7. References", "references"), ("Bibliography", "references")],
)  # fmt: skip
def test_headings_by_their_names(heading: str, kind: str, read: Read) -> None:
    page = setter()
    page.heading("Introduction" if kind == "references" else "A Paper on Reading Things", 14)
    page.paragraph(PROSE)
    page.heading(heading, 12)
    page.paragraph(PROSE)
    assert (kind, heading) in kinds_of(read(page.finished()))


@pytest.mark.parametrize("before", ["Abstract\u2014", "Abstract. ", "ABSTRACT: ", "Summary: "])
def test_an_abstract_whose_heading_is_in_its_line(before: str, read: Read) -> None:
    page = setter(2)
    page.centred("A Paper on Reading Things", 18, bold=True, full=True)
    page.below()
    page.paragraph(before + PROSE.strip())
    page.paragraph("Index Terms: reading, pages")
    page.heading("I. INTRODUCTION", 10, centred=True)
    page.paragraph(PROSE)
    told = read(page.finished())
    assert told.abstract == PROSE.strip()
    assert kinds_of(told) == [("abstract", "Abstract"), ("body", "I. INTRODUCTION")]


def test_an_abstract_without_a_heading(read: Read) -> None:
    page = setter()
    page.centred("A Paper on Reading Things", 18, bold=True)
    page.gap(20)
    page.paragraph(PROSE)
    page.heading("1 Introduction", 12)
    page.paragraph(PROSE)
    assert read(page.finished()).abstract == PROSE.strip()


def test_a_list_has_an_item_a_paragraph(read: Read) -> None:
    page = setter()
    page.heading("1 Method", 12)
    page.paragraph(PROSE)
    for number in range(3):
        page.paragraph(f"({number + 1}) {PROSE.strip()}", indent=10, hanging=25)
    parts = read(page.finished()).text.text.split("\n\n")
    assert [part[:4] for part in parts[2:]] == ["(1) ", "(2) ", "(3) "]


def test_a_table_of_contents_is_no_text(read: Read) -> None:
    page = setter()
    page.heading("Contents", 14)
    for number in range(8):
        page.gap(14)
        page.draw(
            f"{number + 1} Part {number} " + ". " * 40 + f"{number * 7 + 3}", page.left, page.y, "Times-Roman", 10
        )
    page.new_page()
    page.heading("1 Part 0", 12)
    page.paragraph(PROSE)
    told = read(page.finished())
    assert ". . ." not in told.text.text and kinds_of(told) == [("body", "1 Part 0")]


def test_without_any_heading_all_is_one_section(read: Read) -> None:
    page = setter()
    for _ in range(3):
        page.paragraph(PROSE, indent=12)
    told = read(page.finished())
    assert kinds_of(told) == [("body", "")]
    assert told.text.text.split("\n\n") == [PROSE.strip()] * 3


def test_a_page_without_text_among_others(read: Read) -> None:
    page = setter()
    page.paragraph(PROSE)
    page.new_page()
    page.new_page()
    page.paragraph(PROSE)
    told = read(page.finished())
    assert len(told.text.pages) == 3 and told.text.page_of(len(told.text.text) - 5) == 3


def test_a_paragraph_goes_on_over_a_picture_and_a_page(read: Read) -> None:
    page = setter(2)
    before = "First we say this and that in so many words that the column is full. " * 20
    page.paragraph(f"{before}And then, at the very end of the first column of the page, a sentence that")
    page.next_column()
    page.gap(100)
    page.paragraph("Figure 1: A picture stands between both of its parts.", size=9)
    page.gap(10)
    page.draw("goes on below the picture is still one sentence.", page.left, page.y + 12, "Times-Roman", 10)
    text = read(page.finished()).text
    [caption] = [each for each in text.sections if each.kind == "caption"]
    assert text.text[caption.start : caption.end] == "Figure 1: A picture stands between both of its parts."
    whole = text.text.index("a sentence that goes on below the picture is still one sentence.")
    assert caption.start > whole


@pytest.mark.parametrize("lines", [("A title of the paper", "that has two lines")])
def test_a_title_of_several_lines(lines: Sequence[str], read: Read) -> None:
    page = setter()
    for line in lines:
        page.centred(line, 18, bold=True)
    page.gap(20)
    page.heading("Abstract", 12)
    page.paragraph(PROSE)
    assert read(page.finished()).title == " ".join(lines)


@pytest.mark.parametrize(("pages_before", "abstract"), [(0, PROSE.strip()), (3, PROSE.strip()), (8, "")])
def test_an_abstract_far_behind_is_not_the_paper_s_own(pages_before: int, abstract: str, read: Read) -> None:
    page = setter()
    page.centred("A Manual of Reading Pages", 18, bold=True)
    for number in range(pages_before):
        page.heading(f"{number + 1} Chapter", 12)
        page.paragraph(f"{PROSE} This is chapter {number + 1}.")
        page.new_page()
    page.heading("Abstract", 12)
    page.paragraph(PROSE.strip())
    page.heading("9 Introduction", 12)
    page.paragraph(PROSE.strip())
    assert read(page.finished()).abstract == abstract
