"""Hyphens at line ends, which letters a code of a PDF is, and accents that are drawn apart."""

from __future__ import annotations

import pytest

from retrieval.documents.pdf.glyphs import Glyph, PageBox, Style
from retrieval.documents.pdf.hyphens import Vocabulary
from retrieval.documents.pdf.lines import Line, drawn_lines
from retrieval.documents.pdf.reading import text_of_pages
from retrieval.documents.pdf.signs import sign_of
from retrieval.documents.pdf.words import page_words

STYLE = Style(10.0)
BOX = PageBox(0, 0, 612, 792)


def drawn(lines: list[str], style: Style = STYLE, width: float = 5.0) -> list[Glyph]:
    """Lines of a fixed width, drawn with their spaces."""
    found: list[Glyph] = []
    for number, line in enumerate(lines):
        spaced = False
        for place, sign in enumerate(line):
            if sign != " ":
                x, y = 50 + place * width, 700 - 12 * number
                found.append(Glyph(sign, x, y, x + width, y, style, spaced))
            spaced = sign == " "
    return found


def lines_of(lines: list[str]) -> list[Line]:
    return drawn_lines(page_words(1, BOX, 0, drawn(lines)).words, 1)


def text_of(lines: list[str]) -> str:
    return text_of_pages([page_words(1, BOX, 0, drawn(lines))], {})[0].text


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["we have infor-", "mation enough for all"], "we have information enough for all"),
        (["it is a state-of-the-", "art method for this"], "it is a state-of-the-art method for this"),
        (["the model is called GPT-", "4 by those who made it"], "the model is called GPT-4 by those who made it"),
        (["as shown by Jean-", "Pierre in his own work"], "as shown by Jean-Pierre in his own work"),
        (["all of it is human-", "written text of people"], "all of it is human-written text of people"),
        (["many LM-", "generated texts are here"], "many LM-generated texts are here"),
        (["with an encoder-de-", "coder of that kind"], "with an encoder-decoder of that kind"),
        (["one and the same —", "as we said before it"], "one and the same — as we said before it"),
        (["all kinds of and/", "or for the readers"], "all kinds of and/or for the readers"),
    ],
)
def test_what_a_hyphen_at_a_lines_end_becomes(lines: list[str], said: str) -> None:
    assert text_of(lines) == said


def test_the_document_knows_best() -> None:
    ends = ["there, and the pre-", "training is long"]
    assert text_of(["we use pre-training here and", *ends]).endswith("the pre-training is long")
    assert text_of(["we use pretraining here and", *ends]).endswith("the pretraining is long")
    words = Vocabulary(lines_of(["the zyx-wvu is not the", "the zyxwvu is and zyxwvu", "is"]))
    assert not words.keeps_hyphen("zyx-", "wvu")


@pytest.mark.parametrize(
    ("code", "sign"),
    [
        (0x02, "-"), (0xFFFE, "-"), (0xAD, "-"), (0x2010, "-"), (0xFB01, "fi"), (0xFB03, "ffi"), (0xA0, " "),
        (0x2009, " "), (0x0D, " "),
        (0x1B, " "), (0x00, ""), (0x202E, ""), (0x200B, ""), (0xFEFF, ""), (0xE123, ""), (0xFFFD, ""),
        (0xD800, ""), (0x110000, ""), (-1, ""), (0xF0B7, "•"), (0x41, "A"), (0x4E2D, "中"), (0x2014, "—"),
    ],
)  # fmt: skip
def test_the_sign_of_a_code(code: int, sign: str) -> None:
    assert sign_of(code).strip() == sign.strip()
    assert len(sign_of(code)) == len(sign) or code == 0xD800


def test_an_accent_over_a_letter_is_one_letter() -> None:
    glyphs = drawn(["caf  and a long line of words that follow it here"])
    accent = Glyph("\u00b4", 65.5, 700, 69.5, 700, STYLE, False)
    letter = Glyph("e", 65, 700, 70, 700, STYLE, False)
    before = [*glyphs[:3], accent, letter, *glyphs[3:]]
    after = [*glyphs[:3], letter, accent, *glyphs[3:]]
    for order in (before, after):
        text = text_of_pages([page_words(1, BOX, 0, order)], {})[0].text
        assert text.startswith("café and a long line")


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    first, second = "我们研究语言" * 5, "模型的能力\u3002"
    glyphs = drawn([first, second], width=10.0)
    text, _ = text_of_pages([page_words(1, BOX, 0, glyphs)], {})
    assert text.text == first + second
    [one] = text.boxes(3, 4)
    assert (one.x0, one.x1) == (80.0, 90.0), "each character has a place of its own"
