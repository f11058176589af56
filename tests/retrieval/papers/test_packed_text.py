"""Full texts as blobs: they come back as they were, and damage is called so."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import CorpusError
from retrieval.full_text import NO_LAYOUT, Box, FullText, PageSize, Section, layout_of, plain_text
from retrieval.papers.packed_text import UNREADABLE, packed_body, packed_layout, unpacked
from tests.support.owl_texts import full_texts, owl_text


def again(full: FullText) -> FullText:
    return unpacked(packed_body(full), packed_layout(full.layout), full.file)


def boxes_of(full: FullText) -> list[Box]:
    return [full.layout.box(piece) for piece in range(len(full.layout))]


@given(full_texts())
def test_any_text_comes_back(full: FullText) -> None:
    back = again(full)
    assert (back.text, back.sections, back.pages, back.file) == (full.text, full.sections, full.pages, full.file)
    assert back.digest == full.digest
    assert (back.layout.starts, back.layout.ends, back.layout.pages) == (
        full.layout.starts,
        full.layout.ends,
        full.layout.pages,
    )
    for box, before in zip(boxes_of(back), boxes_of(full), strict=True):
        sides = ((box.x0, before.x0), (box.y0, before.y0), (box.x1, before.x1), (box.y1, before.y1))
        assert all(one == pytest.approx(other, abs=0.011) for one, other in sides)


def test_boxes_are_those_of_before() -> None:
    full = owl_text()
    start = full.text.index("We counted")
    assert again(full).boxes(start, start + 30) == full.boxes(start, start + 30) != ()
    assert len(packed_layout(full.layout)) < 10 * len(full.layout)


def test_a_text_without_pages() -> None:
    full = plain_text("# Owls\n\nThey hunt.")
    back = again(full)
    assert (back.text, back.sections, back.pages, len(back.layout)) == (full.text, full.sections, (), 0)


def test_sides_that_are_no_numbers_are_somewhere() -> None:
    nowhere = Box(1, float("nan"), float("inf"), float("-inf"), 1e30)
    full = FullText("Owls", (), (PageSize(1, 1),), layout_of([(0, 4, nowhere)]))
    assert len(again(full).layout) == 1


@pytest.mark.parametrize("size", [float("nan"), float("inf"), "1", None])
def test_what_could_not_be_read_back_is_not_written(size: Any) -> None:
    with pytest.raises(ValueError):
        packed_body(FullText("Owls", (), (PageSize(size, 1),)))


def test_numbers_of_numpy_would_come_back_as_others() -> None:
    import numpy as np

    with pytest.raises(ValueError):
        packed_body(FullText("Owls", (), (PageSize(np.float64(1), 1),)))


def test_half_a_sign_is_not_written() -> None:
    with pytest.raises(ValueError):
        packed_body(FullText("\ud800"))


OWLS = owl_text()
BODY, LAYOUT = packed_body(OWLS), packed_layout(OWLS.layout)


def body_with(**changed: Any) -> bytes:
    return zlib.compress(json.dumps(json.loads(zlib.decompress(BODY)) | changed).encode())


def layout_of_pieces(*pieces: tuple[int, int, Box]) -> bytes:
    return packed_layout(layout_of(pieces))


AT = Box(1, 0, 0, 1, 1)


@pytest.mark.parametrize(
    ("body", "layout"),
    [
        (b"", LAYOUT),
        (BODY[:-9], LAYOUT),
        (BODY, LAYOUT[:-9]),
        (BODY + b"more", LAYOUT),
        (b"no text at all", LAYOUT),
        (zlib.compress(b"{"), LAYOUT),
        (zlib.compress(b"[]"), LAYOUT),
        (zlib.compress(b"[" * 200_000), LAYOUT),
        (zlib.compress(b" " * 200_000_000), LAYOUT),
        (body_with(text=5), LAYOUT),
        (body_with(text="x" * 5_000_001), LAYOUT),
        (body_with(text="short"), LAYOUT),
        (body_with(sections=[["T", 0, 10_000, "body"]]), LAYOUT),
        (body_with(sections=[["T", 5, 9, "body"], ["T", 0, 4, "body"]]), LAYOUT),
        (body_with(sections=[["T", 0, 4, "poem"]]), LAYOUT),
        (body_with(sections=[["T", 0, "4", "body"]]), LAYOUT),
        (body_with(sections=[[None, 0, 4, "body"]]), LAYOUT),
        (body_with(sections=[["T", 0, 4, "body", 5]]), LAYOUT),
        (body_with(pages=[]), LAYOUT),
        (body_with(pages=[["1", 2]]), LAYOUT),
        (BODY, zlib.compress(b"12345")),
        (BODY, layout_of_pieces((0, 4, AT), (3, 5, AT))),
        (BODY, layout_of_pieces((4, 4, AT))),
        (BODY, layout_of_pieces((-1, 4, AT))),
        (BODY, layout_of_pieces((0, 10_000, AT))),
        (BODY, layout_of_pieces((0, 4, Box(3, 0, 0, 1, 1)))),
        (BODY, layout_of_pieces((0, 4, Box(0, 0, 0, 1, 1)))),
    ],
)
def test_damage_is_called_so(body: bytes, layout: bytes) -> None:
    assert unpacked(BODY, LAYOUT).text == OWLS.text
    with pytest.raises(CorpusError) as caught:
        unpacked(body, layout)
    assert str(caught.value) == UNREADABLE


@given(st.sampled_from([BODY, LAYOUT]), st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_byte_is_seen(blob: bytes, at: int, by: int) -> None:
    place = at % len(blob)
    damaged = blob[:place] + bytes([blob[place] ^ by]) + blob[place + 1 :]
    body, layout = (damaged, LAYOUT) if blob is BODY else (BODY, damaged)
    try:
        back = unpacked(body, layout)
    except CorpusError:
        return
    # zlib's first two bytes say how it was packed, and may be others.
    assert place < 2 and back.digest == unpacked(BODY, LAYOUT).digest


def test_no_layout_is_none() -> None:
    assert unpacked(BODY, packed_layout(NO_LAYOUT)).boxes(0, 10) == ()
    assert Section("1 Introduction", 20, 92) in OWLS.sections
