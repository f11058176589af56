"""Where quoted words stand in a paper's full text: on which page, in which section, and in which boxes."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.json_records import PlaceRecord
from retrieval.errors import CorpusError
from retrieval.full_text import Box, FullText
from retrieval.types import Paper, Part

LOOKED_AT_CHARS = 20_000
"""So much of a text is looked through for the words of its abstract, which stand at its beginning."""


@dataclass(frozen=True, slots=True)
class PlaceInText:
    """`page` is that on which the words begin, from 1; None in a text without pages. `section` is the title of theirs,
    empty where it has none, and `boxes` has one for each line that they stand in."""

    page: int | None
    section: str
    boxes: tuple[Box, ...] = ()


def place_in_text(paper: Paper, part: Part, start: int, end: int) -> PlaceInText | None:
    """Where `paper.part(part)[start:end]` stands in the full text; None where it does not, or that cannot be read.

    Words of the abstract stand there where they are found letter for letter.
    """
    if paper.text is None:
        return None
    try:
        full = paper.text.load()
    except CorpusError:
        # The quote is good without: only its place is not told.
        return None
    if part == "abstract":
        words = paper.abstract[start:end]
        start = full.text.find(words, 0, LOOKED_AT_CHARS) if words else -1
        if start < 0:
            return None
        end = start + len(words)
    return _place(full, start, end)


def _place(full: FullText, start: int, end: int) -> PlaceInText:
    section = full.section_of(start)
    return PlaceInText(full.page_of(start), section.title if section else "", full.boxes(start, end))


def place_record(paper: Paper, part: Part, place: PlaceInText | None = None) -> PlaceRecord:
    """What JSON tells of it: nothing of a paper without a full text."""
    if paper.text is None:
        return {}
    record: PlaceRecord = {"part": part}
    if place and place.page is not None:
        record["page"] = place.page
    if place and place.section:
        record["section"] = place.section
    if place and place.boxes:
        record["boxes"] = [
            {"page": box.page, "x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1} for box in place.boxes
        ]
    return record
