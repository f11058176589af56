"""Markdown and plain text: sections, what stands before the text, and simple marks."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.reading import read_document
from retrieval.documents.text_files import read_text
from retrieval.errors import DocumentError
from retrieval.full_text import FullText

PAPER = """---
title: "Reading *by* machines"
authors:
  - Ada Lovelace
  - name: Søren Kierkegaard
date: 2023-04-05
doi: https://doi.org/10.1234/ABC.5
arxiv: arXiv:2304.01234v2
---
# Reading by machines

## Abstract

We **read** [many pages](https://example.org/a_(b)) and `count` them.
They are _long_.

## 1 Introduction

Machines read files such as my_file_name.txt and 2*3*4 numbers.

> A quoted line
> goes on.

- the first item
- the second one

```python
x = "**kept**"  # and [this](too)
```

Results
-------

A table has <b>bold</b> cells.<!-- nobody sees this -->

## References

Lovelace, A. Notes. 1843.
"""


def said(text: FullText) -> list[tuple[str, str, str]]:
    return [(each.kind, each.title, text.text[each.start : each.end]) for each in text.sections]


def test_markdown_with_what_stands_before_it() -> None:
    read = read_text(PAPER)
    assert read.title == "Reading *by* machines"
    assert read.authors == ("Ada Lovelace", "Søren Kierkegaard")
    assert (read.published, read.doi, read.arxiv_id) == (date(2023, 4, 5), "10.1234/abc.5", "2304.01234")
    assert read.abstract == "We read many pages and count them. They are long."
    assert [(kind, title) for kind, title, _ in said(read.text)] == [
        ("abstract", "Abstract"), ("body", "1 Introduction"), ("body", "Results"), ("references", "References"),
    ]  # fmt: skip
    introduction = said(read.text)[1][2]
    assert introduction.split("\n\n") == [
        "Machines read files such as my_file_name.txt and 2*3*4 numbers.",
        "A quoted line goes on.",
        "- the first item",
        "- the second one",
        'x = "**kept**" # and [this](too)',
    ]
    assert said(read.text)[2][2] == "A table has bold cells."
    assert read.text.pages == () and len(read.text.layout) == 0 and read.text.file is None


def test_plain_text_has_paragraphs_and_known_headings() -> None:
    read = read_text(
        "My notes\non reading\n\nIntroduction\n\nThey *stay* as they are.\n\nReferences\n\n[1] One.", False
    )
    assert said(read.text) == [
        ("body", "", "My notes on reading"),
        ("body", "Introduction", "They *stay* as they are."),
        ("references", "References", "[1] One."),
    ]
    assert read.title is None


@pytest.mark.parametrize("data", [b"some letters and a zero\0 among them", b"\0" * 50])
def test_what_is_no_text_is_one_sentence(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(data)
    with pytest.raises(DocumentError, match=r"^notes.txt is no text: .*\.$"):
        read_document(path)
    path.write_bytes(b" \n\n ")
    with pytest.raises(DocumentError, match=r"^notes.txt is empty: .*\.$"):
        read_document(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_usual_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes("# Café\n\nNaïve readers read café menus.".encode(encoding))
    read = read_document(path)
    assert (read.title, read.text.text.split("\n\n")[1]) == ("Café", "Naïve readers read café menus.")


@pytest.mark.parametrize(
    ("front", "authors", "published"),
    [
        ("author: Lovelace, Ada\ndate: 5 April 2023", ("Ada Lovelace",), date(2023, 4, 5)),
        ("authors: Ada Lovelace and Flann O'Brien\nyear: 2023", ("Ada Lovelace", "Flann O'Brien"), date(2023, 1, 1)),
        (
            'authors: ["Ada Lovelace", "Flann O\'Brien"]\npublished: 2023-04',
            ("Ada Lovelace", "Flann O'Brien"),
            date(2023, 4, 1),
        ),
        ("title: Notes\ndate: soon", (), None),
    ],
)
def test_authors_and_dates_are_read_as_references_have_them(
    front: str, authors: tuple[str, ...], published: date | None
) -> None:
    read = read_text(f"---\n{front}\n---\nText.")
    assert (read.authors, read.published) == (authors, published)


def test_signs_that_hide_do_not_come_through() -> None:
    read = read_text("---\ntitle: A\u202e\x1b[31m title\n---\nText \u202eturned\x07 round\u200b.")
    assert not set("\u202e\x1b\x07\u200b") & set(f"{read.title}{read.text.text}")


@given(st.text(alphabet=st.sampled_from("ab *_`[]()<>!#-=\n\"'.1:~中\u202e\x1b"), max_size=400), st.booleans())
def test_whatever_a_file_says_sections_are_in_order_and_hold_all_of_it(source: str, marked: bool) -> None:
    text = read_text(source, marked).text
    before = 0
    for section in text.sections:
        assert before <= section.start < section.end <= len(text.text)
        before = section.end
    assert "\n\n\n" not in text.text and text.text == text.text.strip()
    assert not {"\x1b", "\u202e"} & set(text.text)


@pytest.mark.parametrize("part", ["[", "](", "*a", "_a ", "`", "<a", "**", "![](", "- ", "<!--", "#", "a: b\n", "> "])
def test_no_text_takes_long(part: str) -> None:
    source = part * (400_000 // len(part))
    began = time.process_time()
    read_text(source)
    assert time.process_time() - began < 10
