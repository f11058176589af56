"""Title, authors, date, DOI and arXiv id of a first page; where it is not sure, nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from retrieval.documents.document import ReadDocument
from retrieval.documents.pdf.first_page import is_name
from tests.support.typesetting import Shape, Typesetter

Read = Callable[[bytes], ReadDocument]
PROSE = "Readers of long papers look for one sentence and want to see where it stands on the page they read. " * 3


def first_page(
    authors: tuple[str, ...] = (),
    top: str = "",
    bottom: str = "",
    title: str = "On the Reading of Pages by Machines",
    info: tuple[str, str] | None = None,
    subject: str = "",
) -> bytes:
    page = Typesetter(Shape(columns=1), numbers=False)
    if info:
        page.about(*info)
    if subject:
        page._canvas.setSubject(subject)
    if top:
        page.draw(top, page.left, 30, "Times-Roman", 9)
    page.centred(title, 18, bold=True)
    page.gap(10)
    for line in authors:
        page.centred(line, 11)
    page.gap(10)
    page.heading("Abstract", 12, centred=True)
    page.paragraph(PROSE.strip())
    page.heading("1 Introduction", 12)
    page.paragraph(PROSE.strip())
    if bottom:
        page.draw(bottom, page.left, 740, "Times-Roman", 8)
    return page.finished()


@pytest.mark.parametrize(
    ("lines", "authors"),
    [
        (
            ("Ada Lovelace, Charles Babbage and Mary Somerville",),
            ("Ada Lovelace", "Charles Babbage", "Mary Somerville"),
        ),
        (("Ada Lovelace", "University of London", "ada@example.org"), ("Ada Lovelace",)),
        (("Jean-Luc van den Berg & J. R. Müller",), ("Jean-Luc van den Berg", "J. R. Müller")),
        (("Ada Lovelace*, Charles Babbage†",), ("Ada Lovelace", "Charles Babbage")),
        (("A working draft about reading",), ()),
        (("University of London", "Department of Pages"), ()),
        (("Version 2.1 of May",), ()),
        ((), ()),
    ],
)
def test_authors_are_names_below_the_title(lines: tuple[str, ...], authors: tuple[str, ...], read: Read) -> None:
    assert read(first_page(lines)).authors == authors


@pytest.mark.parametrize(
    ("name", "holds"),
    [
        ("Ada Lovelace", True), ("J. R. R. Tolkien", True), ("Søren Kierkegaard", True), ("Zoë O'Brien-Müller", True),
        ("Ludwig van Beethoven", True), ("Anna Maria de la Cruz", True), ("王小明", True),
        ("Ada", False), ("ada lovelace", False), ("Google Research", False), ("University of Oxford", False),
        ("Stanford, CA 94305", False), ("ada@example.org", False), ("Equal Contribution", False),
        ("Technical Report", False),
        ("清华大学", False), ("", False), ("{ada, charles}@x.org", False),
    ],
)  # fmt: skip
def test_what_is_a_name(name: str, holds: bool) -> None:
    assert is_name(name) == holds


@pytest.mark.parametrize(
    ("info", "title"),
    [
        (("On the reading of pages by machines", "x"), "On the reading of pages by machines"),
        (("Microsoft Word - final_v3.docx", "x"), "On the Reading of Pages by Machines"),
        (("Another title that the page does not say", "x"), "On the Reading of Pages by Machines"),
        (None, "On the Reading of Pages by Machines"),
    ],
)
def test_the_file_is_believed_where_the_page_bears_it_out(info: tuple[str, str] | None, title: str, read: Read) -> None:
    assert read(first_page(info=info)).title == title


@pytest.mark.parametrize(
    ("top", "bottom", "published"),
    [
        ("Published as a conference paper at ICLR 2023", "", date(2023, 1, 1)),
        ("", "Proceedings of the 40th Conference, Honolulu, July 2022. Copyright by the authors.", date(2022, 1, 1)),
        ("", "37th Conference on Neural Information Processing Systems (NeurIPS 2021).", date(2021, 1, 1)),
        ("March 3, 2019", "", date(2019, 3, 3)),
        ("Published as a paper in the year 2999", "", None),
        ("", "", None),
    ],
)
def test_when_it_was_published(top: str, bottom: str, published: date | None, read: Read) -> None:
    # Not even where nothing else tells is it the day on which the file was made, which these have.
    assert read(first_page(top=top, bottom=bottom)).published == published


@pytest.mark.parametrize(
    ("top", "bottom", "subject", "doi"),
    [
        ("", "https://doi.org/10.1145/3442188.3445922", "", "10.1145/3442188.3445922"),
        ("doi: 10.1000/ABC.12", "", "", "10.1000/abc.12"),
        ("", "", "Journal of Pages, doi:10.1038/s41586-020-1", "10.1038/s41586-020-1"),
        ("see 10.1000/1 and 10.1000/2", "", "", None),
        ("doi.org/10.1000/1 doi.org/10.1000/2", "", "", None),
        ("", "", "", None),
    ],
)
def test_the_doi_is_the_papers_own(top: str, bottom: str, subject: str, doi: str | None, read: Read) -> None:
    assert read(first_page(top=top, bottom=bottom, subject=subject)).doi == doi


def test_a_doi_among_the_references_is_not_its_own(read: Read) -> None:
    page = Typesetter(Shape(columns=1), numbers=False)
    page.centred("On the Reading of Pages by Machines", 18, bold=True)
    page.heading("1 Introduction", 12)
    page.paragraph(PROSE.strip())
    page.new_page()
    page.heading("References", 12)
    page.paragraph("[1] A. Lovelace. Notes. https://doi.org/10.1000/18430")
    assert read(page.finished()).doi is None


def test_arxivs_stamp_tells_id_and_day_and_is_no_text(read: Read) -> None:
    page = Typesetter(Shape(columns=1), numbers=False)
    page.stamp("arXiv:1706.03762v7 [cs.CL] 2 Aug 2023")
    page.centred("On the Reading of Pages by Machines", 18, bold=True)
    page.heading("1 Introduction", 12)
    page.paragraph(PROSE.strip() + " See also arXiv:1412.6980 for the optimiser.")
    told = read(page.finished())
    assert (told.arxiv_id, told.published) == ("1706.03762", date(2023, 8, 2))
    assert "1706" not in told.text.text and "1412.6980" in told.text.text


def test_an_arxiv_id_in_the_text_is_not_its_own(read: Read) -> None:
    told = read(first_page(bottom="Our code builds on arXiv:1412.6980 of others."))
    assert told.arxiv_id is None


def test_a_number_in_the_title_stays(read: Read) -> None:
    assert (
        read(first_page(title="Subject Number 30 in the Study of Pages")).title
        == "Subject Number 30 in the Study of Pages"
    )
