"""Cells that a spreadsheet would compute, whoever wrote them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.surfaces.exports.comparison import csv_cell

COMPUTED = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20a",
        "\t=1",
        "\r\n=1",
        " \u200b=1",
        "\u202e=1",
    ],
)
def test_none_begins_like_a_formula(text: str) -> None:
    assert csv_cell(text).startswith("'")


@given(st.text(COMPUTED + "a \u200b\u2060\ufeff", max_size=8))
def test_nor_does_any_other(text: str) -> None:
    assert not csv_cell(text).startswith(tuple(COMPUTED))
