"""What was pasted, in its parts: entries to their ends, whatever stands in them, and in a time that fits its length."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.adding.pasted import pasted

ENTRY = "@article{a,\n  title = {One {two} (three}\n}"


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY,
        "@article(a,\n  title = {One) two}\n)",
        '@article(a, title = "One (two) three", year = 2020)',
        "@string{x = {@article{no}}}",
    ],
)
def test_an_entry_ends_with_its_own_bracket(entry: str) -> None:
    parts = pasted(f"2301.00001\n{entry} 10.1000/x\n")
    assert parts.bibtex == entry
    assert [work.id for work in parts.works] == ["2301.00001", "10.1000/x"]


def test_one_that_is_never_closed_ends_where_the_next_begins() -> None:
    parts = pasted(f"@article{{a, title = {{x}}\n{ENTRY}\n2301.00001")
    assert parts.bibtex.endswith(ENTRY) and [work.id for work in parts.works] == ["2301.00001"]


@pytest.mark.parametrize("begins", ["@a{\n", "@a{x,\n", "@a(\n", "@a{(\n", "@a(}\n", "TY  - x\n", "{(\n"])
def test_two_million_signs_that_close_nothing_take_seconds(begins: str) -> None:
    text = begins * (2_000_000 // len(begins))
    began = time.monotonic()
    pasted(text)
    assert time.monotonic() - began < 20


@given(st.text(alphabet="@a{}()\n x", max_size=80))
def test_nothing_is_lost(text: str) -> None:
    parts = pasted(text)
    if text.lstrip()[:1] != "{":
        assert parts.bibtex.count("x") + (parts.rest.place.count("x") if parts.rest else 0) <= text.count("x")
        assert all(line.lstrip().startswith("@") for line in parts.bibtex.splitlines()[:1])
