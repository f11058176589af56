"""Cut abstracts and full texts into sentences and passages with exact character offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval.full_text import FullText
from retrieval.types import Chunk, Paper, Part, Span

CHUNKER = "sentences-4"
"""Names this way of cutting; a change of the rules below changes it, and so rebuilds every index."""

MAX_PASSAGE_CHARS = 700
MAX_SENTENCE_CHARS = 600
MAX_NAME_CHARS = 200
MAX_HEADING_CHARS = 100
"""So much of a paper's name and of a section's title is embedded with a passage of a full text: a model reads 256
tokens."""
MAX_TEXT_PASSAGES = 20_000
"""A full text, however many headings it has, is cut into no more; a book of 5 million characters has 8,000."""
TEXT_BASE = 1 << 17
"""Where the places of a full text's passages begin: those in an abstract, of at most 100,000 characters, are below."""

# A mark that may end a sentence, with what closes it: quotes, brackets; and what is cited right behind a word's full
# stop, as in "was shown.[12]" and "was shown.3,4".
# The look-behind and the possessive "+" keep a run of a hundred thousand dots linear.
_LATIN_END = re.compile(
    r"(?<![.!?])([.!?]++[\"'”’»)\]}]*+)"
    r"((?<=[^\W\d_A-Z]{3}\.)(?:\[\d[\d,–-]{0,30}\]|\d{1,3}(?:[,–-]\d{1,3}){0,8}+|[¹²³⁰⁴-⁹]{1,6}+))?+(?=\s)"
)
_CHINESE_END = re.compile(r"[。！？]+[”’」』）】》]*")
# Never the end of a sentence: "e.g.", "U.S.", an initial.
_ABBREVIATION = re.compile(
    r"(?:\b(?i:eg|ie|e\.\s?g|i\.\s?e|cf|viz|vs|resp|approx|incl|esp|dr|mr|mrs|ms|prof|st)"
    r"|\b[A-Z]|\b(?:[A-Za-z]\.)+[A-Za-z])\.$"
)
# No end before a number: "Fig. 3", "Eq. (2)", "no. S1", "Sept. 3"; and none within "Table.1 shows".
_NUMBERED = re.compile(
    r"\b(?:no|nos|vols?|pp?|ch|chap|sec|secs|sect|figs?|eqs?|eqns?|tabs?|refs?|thm|lem|prop|def|cor|alg|suppl|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$",
    re.IGNORECASE,
)
_NUMBERED_WHOLE = re.compile(r"\b(?:figure|table|equation|section|chapter|version)\.$", re.IGNORECASE)
_NUMBER = re.compile(r"[(\[]?[A-Z]{0,2}[.-]?\d")
# No end before a letter that counts: "Fig. A", "Secs. II to IV".
_LETTERED = re.compile(r"\b(?:[Ff]igs?|[Ee]qn?s?|[Tt]hm|[Ll]em|Tabs?|Secs?|Sect|App|Suppl)\.$")
_LETTER = re.compile(r"[(\[]?(?:[A-Z]|[IVX]{1,5})(?!\w)")
# A number before what it numbers, "3.2. Results", and one that begins a list within a sentence, "that: 1. it holds".
_LABEL = re.compile(r"\s*[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[ivx]{1,4})\.[)\]]?\s*")
_LISTED = re.compile(r"[:;]\s[(\[]?\d{1,2}\.$")
# An end only where a capitalised word follows: "Smith et al. (2023)".
_MAY_END_TOO = re.compile(r"\b(?:et al|etc|inc|ltd|jr|sr)\.$", re.IGNORECASE)
_NEXT_SIGNS = re.compile(r"\S.?", re.DOTALL)
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
# A dollar sign that opens no formula: "$5", "$2.50".
_PRICE = re.compile(r"\$\d[\d.,]*(?=\s|$)")
_ROMAN_ITEM = re.compile(r"(?:^|[\s,，、。；;:：])[IVXivx]{1,4}。$")


def place_of(part: Part, start: int) -> int:
    """The place, in the whole of a paper, of an offset into one of its parts: by it the index knows a passage."""
    return TEXT_BASE + start if part == "text" else start


def part_at(place: int) -> tuple[Part, int]:
    """The part that a place is in, and the offset into it."""
    return ("text", place - TEXT_BASE) if place >= TEXT_BASE else ("abstract", place)


def split_sentences(text: str) -> list[Span]:
    """The sentences of an English or Chinese text, in order, without the space between them.

    Spans never overlap, hold no leading or trailing white space and together
    hold every other character. "et al.", "e.g.", "3.5", "Eq. (2)" and "$O(1)$" end no
    sentence, and "3.2." before what it numbers is none. A sentence of over `MAX_SENTENCE_CHARS` is cut at spaces.
    """
    spans: list[Span] = []
    start = 0
    for end in _ends(text):
        if end < len(text) and _LABEL.fullmatch(text, start, end):
            continue
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
    # Looked for in place: to copy what follows a mark would take quadratic time in a long text.
    following = _NEXT_SIGNS.search(text, match.end())
    if not following:
        return True
    follower = following[0]
    opens = follower[0] in "\"'“‘«([{" and follower[1:2].isalnum()
    if not (follower[0].isupper() or follower[0].isdigit() or opens or not follower[0].isascii()):
        return False
    mark, cited = match[1].rstrip("\"'”’»)]}"), match[2]
    before = text[max(0, match.start() - 24) : match.end(1)]
    if cited:
        counts = _NUMBERED.search(before) or _NUMBERED_WHOLE.search(before)
        return not (counts or follower[0].isdigit())
    if mark.endswith("..") or mark == "…":
        return follower[0].isupper()
    if match[1] != ".":
        return True
    return _full_stop_ends(text, before, following.start())


def _full_stop_ends(text: str, before: str, after: int) -> bool:
    """Whether a full stop at the end of `before` ends a sentence, where the text goes on at `after`."""
    if _MAY_END_TOO.search(before):
        return text[after].isupper()
    if _NUMBERED.search(before) and _NUMBER.match(text, after):
        return False
    if _LETTERED.search(before) and _LETTER.match(text, after):
        return False
    return not (_ABBREVIATION.search(before) or _LISTED.search(before))


def _inside_formula(text: str, position: int) -> bool:
    before = text[max(0, position - 200) : position]
    return (before.count("$") - len(_PRICE.findall(before))) % 2 == 1 and "$" in text[position : position + 200]


def _bounded(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    stop = end
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    while True:
        while start < stop and text[start].isspace():
            start += 1
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


def sentences_in(text: str, start: int, end: int) -> list[Span]:
    """The sentences of the characters `start` to `end` of a full text, which an empty line ends too.

    They are those that `split_sentences` finds in each paragraph by itself, so nothing outside is looked at.
    """
    return [
        Span(first + sentence.start, first + sentence.end)
        for first, last in _paragraphs(text, start, end)
        for sentence in split_sentences(text[first:last])
    ]


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for gap in _EMPTY_LINE.finditer(text, start, end):
        if gap.start() > start:
            yield start, gap.start()
        start = gap.end()
    yield start, end


def chunk_paper(paper: Paper) -> list[Chunk]:
    """The passages of a paper as they are indexed: those of its abstract, then those of its full text.

    The title or label goes into the embedded text, not into the passage. Where
    the abstract is not in English, its English translation is embedded in its
    place. A paper with neither abstract nor text gets one empty passage, so that
    its title can be found. Raises `CorpusError` where its text cannot be read.
    """
    text = _text_chunks(paper, paper.text.load()) if paper.text else []
    return _abstract_chunks(paper) + text or [Chunk(paper.id, 0, 0, "", paper.name)]


def _abstract_chunks(paper: Paper) -> list[Chunk]:
    sentences = split_sentences(paper.abstract)
    chunks: list[Chunk] = []
    for passage in cut_passages(sentences):
        inside = [sentence for sentence in sentences if passage.start <= sentence.start < passage.end]
        body = " ".join(
            gloss or paper.abstract[s.start : s.end] for s, gloss in zip(inside, glosses(paper, inside), strict=True)
        )
        text = paper.abstract[passage.start : passage.end]
        chunks.append(Chunk(paper.id, passage.start, passage.end, text, f"{paper.name}\n{body}"))
    return chunks


def _text_chunks(paper: Paper, full: FullText) -> list[Chunk]:
    """The passages of each section by itself. What is cited is none of the paper's own words; what the paper has as
    its abstract is not there twice."""
    cut = {"body", "caption"} if paper.abstract else {"body", "caption", "abstract"}
    name = paper.name[:MAX_NAME_CHARS]
    chunks: list[Chunk] = []
    for section in full.sections:
        if section.kind not in cut:
            continue
        above = "\n".join(filter(None, (name, section.title[:MAX_HEADING_CHARS])))
        for passage in cut_passages(sentences_in(full.text, section.start, section.end)):
            text = full.text[passage.start : passage.end]
            embedded = f"{above}\n{' '.join(text.split())}"
            chunks.append(Chunk(paper.id, passage.start, passage.end, text, embedded, "text"))
            if len(chunks) == MAX_TEXT_PASSAGES:
                return chunks
    return chunks


def passage_spans(paper: Paper) -> list[Span]:
    """The places of the paper's passages as they are indexed: of those that are embedded alike only the first."""
    return [place_of_chunk(chunk) for chunk in distinct(chunk_paper(paper))]


def place_of_chunk(chunk: Chunk) -> Span:
    """Where the passage begins and ends in the whole of its paper, see `place_of`."""
    return Span(place_of(chunk.part, chunk.start), place_of(chunk.part, chunk.end))


def chunk_sentences(paper: Paper) -> list[Chunk]:
    """The sentences of a paper's abstract as they are read and quoted: without the title."""
    sentences = split_sentences(paper.abstract)
    return [
        Chunk(paper.id, sentence.start, sentence.end, text, gloss or text)
        for sentence, gloss in zip(sentences, glosses(paper, sentences), strict=True)
        for text in [paper.abstract[sentence.start : sentence.end]]
    ]


def chunk_text_sentences(paper: Paper, start: int, end: int) -> list[Chunk]:
    """The sentences of the characters `start` to `end` of a paper's full text, such as those of one passage.

    Raises `CorpusError` where its text cannot be read.
    """
    text = paper.part("text")
    return [
        Chunk(paper.id, sentence.start, sentence.end, own, " ".join(own.split()), "text")
        for sentence in sentences_in(text, start, end)
        for own in [text[sentence.start : sentence.end]]
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
