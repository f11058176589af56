"""Full texts for tests of storage: one made by hand, and any that could be."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from retrieval.full_text import Box, FullText, PageSize, Section, SectionKind, layout_of, text_at_hand
from retrieval.types import Paper

SHA256 = "ab" * 32
_ABSTRACT = "We listen to owls."
_PARTS: tuple[tuple[str, SectionKind, str], ...] = (
    ("Abstract", "abstract", _ABSTRACT),
    ("1 Introduction", "body", "Owls hunt at night. They hear mice under snow.\n\nNobody had counted them."),
    ("2 Results", "body", "We counted 40 owls in 3 woods. Most of them were barn owls."),
    ("Figure 1", "caption", "Figure 1: Owls by wood and by year."),
    ("References", "references", "[1] A. Bird. On owls. 1999. [2] B. Bird. On mice. 2001."),
)


def owl_text(more: str = "", file: str | None = SHA256) -> FullText:
    """A text of five sections on two pages, with a box for each word; `more` goes into its results."""
    text, sections = "", list[Section]()
    for title, kind, said in _PARTS:
        start = len(text)
        text += said + (f" {more}" if more and title == "2 Results" else "")
        sections.append(Section(title, start, len(text), kind))
        text += "\n\n"
    pieces = list[tuple[int, int, Box]]()
    at = 0
    for number, word in enumerate(text.split()):
        start = text.index(word, at)
        at = start + len(word)
        page, line = 1 + (start > len(text) // 2), number // 8
        x = 72 + 50 * (number % 8)
        pieces.append((start, at, Box(page, x, 72.25 + 14 * line, x + 45.5, 84.5 + 14 * line)))
    return FullText(text, tuple(sections), (PageSize(595.0, 842.0),) * 2, layout_of(pieces), file)


def owl_paper(more: str = "", file: str | None = SHA256, paper_id: str = "owls", abstract: str = _ABSTRACT) -> Paper:
    """A paper with that text."""
    paper = Paper(paper_id, f"Listening to {paper_id}", abstract, "en", authors=("Ada Owl",), doi=f"10.1234/{paper_id}")
    return replace(paper, text=text_at_hand(owl_text(more, file)))


@st.composite
def full_texts(draw: st.DrawFn) -> FullText:
    """Any text with any sections, pages and boxes that belong together."""
    signs = st.characters(exclude_categories=["Cs"])
    text = draw(st.text(signs, max_size=200))
    kinds: tuple[SectionKind, ...] = ("abstract", "body", "caption", "references")
    title = st.text(signs, max_size=10)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    places = list(zip(cuts[::2], cuts[1::2], strict=False))
    sections = tuple(Section(draw(title), start, end, draw(st.sampled_from(kinds))) for start, end in places)
    sizes = st.builds(PageSize, st.floats(1, 15_000), st.floats(1, 15_000))
    pages = tuple(draw(st.lists(sizes, min_size=1, max_size=4)))
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=20)))
    side = st.floats(-200, 15_000, width=32)
    page = sorted(draw(st.lists(st.integers(1, len(pages)), min_size=len(ends), max_size=len(ends))))
    pieces = [
        (start, end, Box(page[number], draw(side), draw(side), draw(side), draw(side)))
        for number, (start, end) in enumerate(zip(ends[::2], ends[1::2], strict=False))
    ]
    file = draw(st.none() | st.just(SHA256))
    return FullText(text, sections, pages, layout_of(pieces), file)
