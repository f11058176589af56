"""Pages as pictures: what is drawn stands where the boxes say, and no page makes a picture too large."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.documents.reading import render_page
from retrieval.errors import DocumentError
from retrieval.full_text import Box
from tests.retrieval.documents.conftest import ReadMade
from tests.support import hostile_pdfs as made


def rows_of(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and grey of each point of a PNG as `picture.png` writes it."""
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    start = png.index(b"IDAT")
    length = int.from_bytes(png[start - 4 : start], "big")
    raw = zlib.decompress(png[start + 4 : start + 4 + length])
    rows = [raw[row * (3 * width + 1) + 1 : (row + 1) * (3 * width + 1) : 3] for row in range(height)]
    return width, height, b"".join(rows)


def darkest(picture: tuple[int, int, bytes], box: Box, scale: float) -> int:
    width, height, points = picture
    x0, x1 = round(box.x0 * scale), min(width, round(box.x1 * scale) + 1)
    lines = range(round(box.y0 * scale), min(height, round(box.y1 * scale) + 1))
    return min(min(points[line * width + x0 : line * width + x1], default=255) for line in lines)


@pytest.mark.parametrize("seed", [0, 5, 7, 11])
def test_each_word_of_the_text_is_drawn_in_its_box_and_nothing_beside_its_line(
    seed: int, read_made: ReadMade, tmp_path: Path
) -> None:
    made_one, read = read_made(seed)
    path = tmp_path / "paper.pdf"
    path.write_bytes(made_one.pdf)
    picture = rows_of(render_page(path, 1, 1_200))
    size = read.text.pages[0]
    assert picture[:2] == (1_200, round(1_200 * size.height / size.width))
    scale = 1_200 / size.width
    layout = read.text.layout
    boxes = [layout.box(number) for number in range(len(layout)) if layout.pages[number] == 1]
    assert len(boxes) > 200
    assert all(darkest(picture, box, scale) < 128 for box in boxes)
    # Left of all text the paper is white, where no stamp stands.
    edge = min(box.x0 for box in boxes) - 3
    if not made_one.kind.stamp:
        assert darkest(picture, Box(1, 0, 0, edge, size.height), scale) > 250


@pytest.mark.parametrize(
    ("pdf", "size"),
    [(made.vast_page, (2_000, 2_000)), (made.long_strip, (6, 4_000)), (made.form_in_itself, (2_000, 2_588))],
)
def test_a_picture_is_never_larger_than_2000_by_4000(
    pdf: Callable[[], bytes], size: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf())
    width, height, _ = rows_of(render_page(path, 1, 1_000_000))
    assert (width, height) == size


@pytest.mark.parametrize("page", [0, -1, 2, 10**6])
def test_a_page_that_is_not_there_is_one_sentence(page: int, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(made.vast_page())
    with pytest.raises(DocumentError, match=r"^paper.pdf has no such page"):
        render_page(path, page, 500)


@pytest.mark.parametrize("pdf", [made.encrypted, made.BROKEN["letters"], made.bomb])
def test_what_cannot_be_drawn_is_one_sentence(pdf: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf())
    with pytest.raises(DocumentError, match=r"^paper.pdf [^\n]*\.$"):
        render_page(path, 1, 500)
    with pytest.raises(DocumentError, match=r"^missing.pdf cannot be opened"):
        render_page(tmp_path / "missing.pdf", 1, 500)
