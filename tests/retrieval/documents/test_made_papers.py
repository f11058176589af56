"""Papers set as LaTeX sets them, of which every word and its place are known, read back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.retrieval.documents.conftest import ReadMade
from tests.support.exactness import exact_boxes, told_sentences
from tests.support.made_papers import HOW_MANY, kind_of

# One and two columns, both sizes of paper; 7 and 37 are turned, 11 is cropped, 19 Chinese, 42 long.
SEEDS = (0, 1, 2, 3, 4, 5, 6, 7, 11, 13, 19, 25, 37, 42, 55, 58)
GOAL = 0.99


def test_the_sixty_papers_are_of_all_kinds() -> None:
    kinds = [kind_of(seed) for seed in range(HOW_MANY)]
    assert {kind.shape.columns for kind in kinds} == {1, 2}
    assert {kind.shape.width for kind in kinds} == {595.0, 612.0}
    for part in ("chinese", "appendix", "stamp", "noted"):
        assert {getattr(kind, part) for kind in kinds} == {True, False}, part
    assert any(kind.shape.turned for kind in kinds) and any(kind.shape.crop for kind in kinds)


def test_sentences_are_found_letter_for_letter_and_in_their_order(read_made: ReadMade) -> None:
    told = [each for seed in SEEDS for each in told_sentences(read_made(seed)[0], read_made(seed)[1].text)]
    missed = [each.sentence for each in told if each.start is None]
    assert len(told) > 1_000
    assert len(missed) <= (1 - GOAL) * len(told), missed


def test_the_boxes_of_a_sentence_hold_its_words_and_no_others(read_made: ReadMade) -> None:
    held = [each for seed in SEEDS for each in exact_boxes(read_made(seed)[0], read_made(seed)[1].text)]
    wrong = [told.sentence for told, exact in held if not exact]
    assert len(held) > 1_000
    assert len(wrong) <= (1 - GOAL) * len(held), wrong


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_first_page_says(seed: int, read_made: ReadMade) -> None:
    made, read = read_made(seed)
    assert (read.title, read.authors) == (made.title, made.authors)
    assert read.language == ("zh" if made.kind.chinese else "en")
    stamped = (f"2301.{10000 + seed}", date(2023, 2, 14))
    assert (read.arxiv_id, read.published)[: 1 + made.kind.stamp] == (stamped if made.kind.stamp else (None,))
    assert read.doi is None and read.notes == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_sections_captions_and_references(seed: int, read_made: ReadMade) -> None:
    made, read = read_made(seed)
    text = read.text
    bodies = list(dict.fromkeys(each.title for each in text.sections if each.kind == "body"))
    assert bodies == [title for title, _ in made.sections]
    assert [each.title for each in text.sections if each.kind == "caption"] == [name for name, _ in made.captions]
    for name, told in made.captions:
        [section] = [each for each in text.sections if each.kind == "caption" and each.title == name]
        assert text.text[section.start : section.end].startswith(told.text[:20])
    [references] = [each for each in text.sections if each.kind == "references"]
    assert made.references[0].text[:20] in text.text[references.start : references.end]
    quoted = "".join(text.text[each.start : each.end] for each in text.sections if each.kind != "references")
    assert not any(told.text[:60] in quoted for told in made.references if "Proceedings" in told.text)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_abstract_is_its_section_to_the_letter(seed: int, read_made: ReadMade) -> None:
    _, read = read_made(seed)
    [section] = [each for each in read.text.sections if each.kind == "abstract"]
    assert read.abstract == read.text.text[section.start : section.end]
    assert 100 < len(read.abstract) < 3_000


@pytest.mark.parametrize("seed", SEEDS)
def test_headers_footers_numbers_and_what_is_cut_away_are_no_text(seed: int, read_made: ReadMade) -> None:
    made, read = read_made(seed)
    assert not [text for text in made.unread if text in read.text.text]
    assert not [part for part in read.text.text.split("\n\n") if part.isdigit()]
    assert "arXiv:" not in read.text.text


def test_the_marks_of_footnotes_are_no_part_of_a_sentence(read_made: ReadMade) -> None:
    made, read = read_made(4)
    assert made.notes
    for note in made.notes:
        # A footnote comes after the paragraph that it stands under, and is of its section.
        place = read.text.text.index(note.text)
        section = read.text.section_of(place)
        assert section and section.kind == "body"
    ends = [told.text[-30:] for _, told_all in made.sections for told in told_all]
    assert not [end for end in ends if f"{end}1" in read.text.text or f"{end}2" in read.text.text]


def test_pages_have_the_sizes_that_they_are_shown_in(read_made: ReadMade) -> None:
    for seed in (5, 7, 11):
        made, read = read_made(seed)
        assert len(read.text.pages) == made.pages
        for size in read.text.pages:
            assert (size.width, size.height) == pytest.approx((made.kind.shape.width, made.kind.shape.height))
        assert read.text.page_of(read.text.text.index(made.prose[0].text[:40])) == 1


def test_a_file_is_named_by_its_digest(read_made: ReadMade) -> None:
    import hashlib

    made, read = read_made(0)
    assert read.text.file == hashlib.sha256(made.pdf).hexdigest()
