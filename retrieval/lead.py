"""What opens a paper: its abstract, or, where it has none, the beginning of its text."""

from __future__ import annotations

from retrieval.chunking import chunk_sentences, chunk_text_sentences, sentences_in
from retrieval.errors import CorpusError
from retrieval.full_text import FullText
from retrieval.types import Chunk, Paper, Passage, Span

LEAD_CHARS = 3_000
"""How much of a text opens it: what an introduction sets out to do is mostly said in so much."""
_TOLD_IN = ("abstract", "body")


def lead_of(paper: Paper) -> Passage:
    """The abstract whole; of a paper without one the beginning of its text, in whole sentences.

    An empty passage of the abstract where there is neither, or the text cannot be read.
    """
    if paper.abstract or paper.text is None:
        return Passage(paper, 0, len(paper.abstract), 1.0)
    try:
        span = _beginning(paper.text.load())
    except CorpusError:
        # What is told of it besides is as good as before; who quotes it is told that it cannot be read.
        return Passage(paper, 0, 0, 1.0)
    return Passage(paper, span.start, span.end, 1.0, part="text") if span else Passage(paper, 0, 0, 1.0)


def lead_text(paper: Paper) -> str:
    """What opens the paper, in English where its abstract has a translation."""
    return paper.translations.get("en") or lead_of(paper).text


def lead_sentences(paper: Paper) -> list[Chunk]:
    """The sentences of what opens the paper, as they are read and quoted."""
    lead = lead_of(paper)
    return chunk_sentences(paper) if lead.part == "abstract" else chunk_text_sentences(paper, lead.start, lead.end)


def _beginning(full: FullText) -> Span | None:
    told = (section for section in full.sections if section.kind in _TOLD_IN and full.text[section.start : section.end])
    section = next(told, None)
    if section is None:
        return None
    sentences = sentences_in(full.text, section.start, min(section.end, section.start + LEAD_CHARS))
    # The last of them may be cut off.
    whole = sentences[:-1] if section.end > section.start + LEAD_CHARS and len(sentences) > 1 else sentences
    return Span(whole[0].start, whole[-1].end) if whole else None
