"""What is set like a heading and is none: pieces of code, of tables and of lists, as manuals have them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retrieval.documents.document import ReadDocument
from retrieval.documents.pdf.titles import reads_as_title
from tests.retrieval.documents.test_layouts import PROSE, kinds_of, setter

TITLES = [
    "Effects of sleep on memory",
    "RELATED WORK",
    "K-means & its variants",
    "mRNA expression",
    "Method(s) and limits (of both)",
    "a) Participants",
    "Training/test split",
    "ResNet-50",
    "Using the BZ_IO_ERROR code",
    "What about jailbreaks?",
    "“Yes” and “no”",
    "Étude de cas",
    "研究方法",
    "序",
]
NONE = [
    "int main(void)",
    "main(void)",
    "gnutls_x509_crt_init (crt)",
    "-----",
    "BZ_RUN_OK, BZ_FLUSH_OK",
    "struct nettle_hash nettle_sm3",
    "int * der_len, unsigned flags)",
    "*digest)",
    '<edit name="property" mode="assign">',
    "Foo::bar baz",
    "MAKE_NOACCESS --> MAKE_MEM_NOACCESS",
    "• ANNOTATE_RWLOCK_RELEASED",
    "D E F G",
    "12 300 4.5",
    "return x;",
    "the words of the line before",
]


@pytest.mark.parametrize("text", TITLES)
def test_titles(text: str) -> None:
    assert reads_as_title(text)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_title(text: str) -> None:
    assert not reads_as_title(text)


@pytest.mark.parametrize("text", ["gnutls_x509_crt_init (crt)", "int main(void)", "BZ_DATA_ERROR_MAGIC"])
def test_code_in_bold_is_text_of_its_section(text: str, read: Callable[[bytes], ReadDocument]) -> None:
    page = setter()
    page.heading("1 Introduction", 12)
    page.paragraph(PROSE)
    page.heading(text, 12)
    page.paragraph(PROSE)
    page.heading("Further reading of it", 12)
    page.paragraph(PROSE)
    told = read(page.finished())
    assert kinds_of(told) == [("body", "1 Introduction"), ("body", "Further reading of it")]
    first = told.text.sections[0]
    assert text in told.text.text[first.start : first.end]


def test_a_numbered_heading_may_name_code_and_go_on_in_the_next_line(read: Callable[[bytes], ReadDocument]) -> None:
    page = setter(2)
    page.heading("1 Introduction", 12)
    page.paragraph(PROSE)
    page.heading("2.1 BZ2_bzCompressInit", 12)
    page.paragraph(PROSE)
    page.heading("2.2 How the rows of the table are joined and read again by the program", 12)
    page.paragraph(PROSE)
    titles = [title for _, title in kinds_of(read(page.finished()))]
    assert titles[1:] == [
        "2.1 BZ2_bzCompressInit",
        "2.2 How the rows of the table are joined and read again by the program",
    ]
