"""Cut abstracts into sentences and passages with exact character offsets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.types import Chunk, Paper, Span

CHUNKER = "sentences-3"
"""Names this way of cutting; a change of the rules below changes it, and so rebuilds every index."""

MAX_PASSAGE_CHARS = 700
MAX_SENTENCE_CHARS = 600

# A mark that may end a sentence, with what closes it: quotes, brackets.
# The look-behind and the possessive "+" keep a run of a hundred thousand dots linear.
_LATIN_END = re.compile(r"(?<![.!?])[.!?]++[\"'”’»)\]}]*+(?=\s)")
_CHINESE_END = re.compile(r"[。！？]+[”’」』）】》]*")
# Never the end of a sentence: "e.g.", "U.S.", an initial.
_ABBREVIATION = re.compile(
    r"(?:\b(?i:e\.g|i\.e|cf|vs|resp|approx|dr|mr|mrs|ms|prof|st)|\b[A-Z]|\b(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
# No end before a number: "Fig. 3".
_NUMBERED = re.compile(r"\b(?:no|nos|vol|p|pp|ch|sec|fig|figs|eq|eqs|tab|ref|refs)\.$", re.IGNORECASE)
# An end only where a capitalised word follows: "Smith et al. (2023)".
_MAY_END_TOO = re.compile(r"\b(?:et al|etc|inc|ltd|jr|sr)\.$", re.IGNORECASE)
# A dollar sign that opens no formula: "$5", "$2.50".
_PRICE = re.compile(r"\$\d[\d.,]*(?=\s|$)")
_ROMAN_ITEM = re.compile(r"(?:^|[\s,，、。；;:：])[IVXivx]{1,4}。$")


def split_sentences(text: str) -> list[Span]:
    """The sentences of an English or Chinese text, in order, without the space between them.

    Spans never overlap, hold no leading or trailing white space and together
    hold every other character. "et al.", "e.g.", "3.5" and "$O(1)$" end no
    sentence. A sentence of over `MAX_SENTENCE_CHARS` is cut at spaces.
    """
    spans: list[Span] = []
    start = 0
    for end in _ends(text):
        spans += _bounded(text, start, end)
        start = end
    return spans


def _ends(text: str) -> list[int]:
    ends = {match.end() for match in _LATIN_END.finditer(text) if _ends_sentence(text, match)}
    ends |= {
        match.end()
        for match in _CHINESE_END.finditer(text)
        if not _ROMAN_ITEM.search(text[max(0, match.end() - 8) : match.end()])
    }
    ends.add(len(text))
    return sorted(end for end in ends if not _inside_formula(text, end))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    follower = text[match.end() :].lstrip()[:2]
    if not follower:
        return True
    opens = follower[0] in "\"'“‘«([{" and follower[1:2].isalnum()
    if not (follower[0].isupper() or follower[0].isdigit() or opens or not follower[0].isascii()):
        return False
    mark = match.group().rstrip("\"'”’»)]}")
    if mark.endswith("..") or mark == "…":
        return follower[0].isupper()
    if mark != ".":
        return True
    if match.group() != ".":
        return True
    before = text[max(0, match.start() - 24) : match.end()]
    if _MAY_END_TOO.search(before):
        return follower[0].isupper()
    if _NUMBERED.search(before) and follower[0].isdigit():
        return False
    return not _ABBREVIATION.search(before)


def _inside_formula(text: str, position: int) -> bool:
    before = text[max(0, position - 200) : position]
    return (before.count("$") - len(_PRICE.findall(before))) % 2 == 1 and "$" in text[position : position + 200]


def _bounded(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    while True:
        while start < end and text[start].isspace():
            start += 1
        stop = end
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        if stop - start <= MAX_SENTENCE_CHARS:
            return [*spans, Span(start, stop)] if stop > start else spans
        cut = text.rfind(" ", start + MAX_SENTENCE_CHARS // 2, start + MAX_SENTENCE_CHARS)
        cut = cut if cut > start else start + MAX_SENTENCE_CHARS
        spans += _bounded(text, start, cut)
        start = cut


def cut_passages(sentences: Sequence[Span], max_chars: int = MAX_PASSAGE_CHARS) -> list[Span]:
    """Neighbouring sentences joined into passages of about equal length, none over `max_chars`.

    A sentence longer than that stands alone.
    """
    if not sentences:
        return []
    total = sentences[-1].end - sentences[0].start
    target = total / -(-total // max_chars)
    passages: list[Span] = []
    start, end = sentences[0].start, sentences[0].end
    for sentence in sentences[1:]:
        grown = sentence.end - start
        if grown > max_chars or (end - start + grown) / 2 > target:
            passages.append(Span(start, end))
            start = sentence.start
        end = sentence.end
    return [*passages, Span(start, end)]


def chunk_paper(paper: Paper) -> list[Chunk]:
    """The passages of a paper as they are indexed.

    The title or label goes into the embedded text, not into the passage. Where
    the abstract is not in English, its English translation is embedded in its
    place. A paper without an abstract gets one empty passage, so that its title
    can be found.
    """
    sentences = split_sentences(paper.abstract)
    if not sentences:
        return [Chunk(paper.id, 0, 0, "", paper.name)]
    chunks: list[Chunk] = []
    for passage in cut_passages(sentences):
        inside = [sentence for sentence in sentences if passage.start <= sentence.start < passage.end]
        body = " ".join(
            gloss or paper.abstract[s.start : s.end] for s, gloss in zip(inside, glosses(paper, inside), strict=True)
        )
        text = paper.abstract[passage.start : passage.end]
        chunks.append(Chunk(paper.id, passage.start, passage.end, text, f"{paper.name}\n{body}"))
    return chunks


def passage_spans(paper: Paper) -> list[Span]:
    """The places of the paper's passages as they are indexed: of those that are embedded alike only the first."""
    return [Span(chunk.start, chunk.end) for chunk in distinct(chunk_paper(paper))]


def chunk_sentences(paper: Paper) -> list[Chunk]:
    """The sentences of a paper as they are read and quoted: without the title."""
    sentences = split_sentences(paper.abstract)
    return [
        Chunk(paper.id, sentence.start, sentence.end, text, gloss or text)
        for sentence, gloss in zip(sentences, glosses(paper, sentences), strict=True)
        for text in [paper.abstract[sentence.start : sentence.end]]
    ]


def distinct(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Of chunks that are embedded alike only the first: many equal vectors break the graph that is searched."""
    first: dict[str, Chunk] = {}
    for chunk in chunks:
        first.setdefault(chunk.embedded, chunk)
    return list(first.values())


def glosses(paper: Paper, sentences: Sequence[Span]) -> list[str | None]:
    """The English of each of the paper's sentences, None where the abstract is in English.

    Sentence n of the abstract is sentence n of `translations["en"]`; where their
    numbers differ there is no telling, and the abstract's own text must do.
    """
    translation = paper.translations.get("en") if paper.language != "en" else None
    if not translation:
        return [None] * len(sentences)
    originals = split_sentences(paper.abstract)
    english = split_sentences(translation)
    if len(originals) != len(english):
        return [None] * len(sentences)
    by_start = {original.start: translation[e.start : e.end] for original, e in zip(originals, english, strict=True)}
    return [by_start.get(sentence.start) for sentence in sentences]
