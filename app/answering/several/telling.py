"""The findings of all parts as one answer: one numbering, part by part, each quote numbered once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.answering.answer import AnswerPart, AnswerSentence, Direct
from app.answering.citation import Citation
from app.answering.several.findings import Findings
from app.answering.writing.quotes import own_words, quoted_answer, said_directly
from app.languages.phrases import AnswerPhrases
from retrieval.types import Part

MAX_NAME_CHARS = 160
_MARKS = "?!.？！。"


@dataclass(frozen=True, slots=True)
class Told:
    """The answer's pieces, its quotes numbered from 1, the parts with their numbers, and each part's first quote."""

    pieces: tuple[AnswerSentence | str, ...]
    quotes: tuple[Citation, ...]
    parts: tuple[AnswerPart, ...]
    first: tuple[Citation | None, ...]


def told(findings: Sequence[Findings], words: AnswerPhrases) -> Told:
    """The findings in their order. What claims nothing stands between the sentences and is none itself."""
    numbered = _Numbering()
    pieces: list[AnswerSentence | str] = []
    parts: list[AnswerPart] = []
    first: list[Citation | None] = []
    before: tuple[Citation, ...] = ()
    opened = 0
    for found in findings:
        known = numbered.known
        own = (numbered.of_paper(found.quotes[0]),) if found.fact else tuple(map(numbered.numbered, found.quotes))
        gap = "\n\n" if pieces else ""
        lead = f"{gap}{_lead(found, words)}" if found.is_part else gap
        if found.fact:
            number = own[0].number
            pieces.append(AnswerSentence(f"{lead}{found.fact} [{number}].", (number,), "supported", 1.0))
        elif found.is_side and own and all(quote.number <= opened for quote in own):
            pass  # the line that compares was quoted with it, and the table has the row
        elif not own and not found.sentences:
            pieces.append(f"{lead}{found.unsaid}")
        elif found.status == "partly" and not found.sentences and all(quote.number <= known for quote in own):
            # What comes near was quoted before: said again it would tell nothing.
            pieces.append(f"{lead}{found.unsaid or words.part_unsaid}")
            found, own = replace(found, status="abstained"), ()
        else:
            pieces += _with_lead(_sentences(found, own, known, before, words), lead)
        opened = opened if found.is_part else numbered.known
        before = own or before
        if found.is_part:
            parts.append(AnswerPart(found.name, found.status, tuple(quote.number for quote in own)))
            first.append(own[0] if own else None)
    return Told(tuple(pieces), tuple(numbered.quotes.values()), tuple(parts), tuple(first))


class _Numbering:
    """The quotes so far, each with the number that it got first."""

    def __init__(self) -> None:
        self.quotes: dict[tuple[str, Part, int, int], Citation] = {}

    @property
    def known(self) -> int:
        return len(self.quotes)

    def of_paper(self, quote: Citation) -> Citation:
        """A quote of the same paper that has a number already, else this one."""
        known = (one for one in self.quotes.values() if one.paper.id == quote.paper.id)
        return next(known, None) or self.numbered(quote)

    def numbered(self, quote: Citation) -> Citation:
        """The quote with its number; one that stands within a quote before it has that one's."""
        for known in self.quotes.values():
            same = known.paper.id == quote.paper.id and known.part == quote.part
            if same and known.start <= quote.start and quote.end <= known.end:
                return known
        place = (quote.paper.id, quote.part, quote.start, quote.end)
        return self.quotes.setdefault(place, replace(quote, number=len(self.quotes) + 1))


def _lead(found: Findings, words: AnswerPhrases) -> str:
    """A part as it stands before its answer, with its first letter large and a mark at its end."""
    said = own_words(found.name)
    if len(said) > MAX_NAME_CHARS:
        said = f"{said[:MAX_NAME_CHARS].rstrip()}…"
    return f"{said[:1].upper()}{said[1:].rstrip(_MARKS)}{words.side_mark if found.is_side else words.part_mark}"


def _sentences(
    found: Findings, own: Sequence[Citation], known: int, before: Sequence[Citation], words: AnswerPhrases
) -> Iterator[AnswerSentence]:
    if found.sentences:
        yield from _renumbered(found, own)
        return
    fresh = [quote for quote in own if quote.number > known]
    direct = _direct(found, own)
    if not fresh and direct:
        yield said_directly(direct, words)
        return
    if not fresh:
        yield AnswerSentence(words.said_above.format(number=own[0].number), (own[0].number,), "supported", 1.0)
        return
    same = bool(before) and before[-1].paper.id == fresh[0].paper.id
    yield from quoted_answer(fresh, replace(words, lead_in=words.same_paper) if same else words, found.opening, direct)


def _direct(found: Findings, own: Sequence[Citation]) -> Direct | None:
    """The line that says it directly, with the numbers that its quotes have now."""
    if found.direct is None:
        return None
    new = {old.number: quote.number for old, quote in zip(found.quotes, own, strict=True)}
    return replace(found.direct, citations=tuple(sorted({new[number] for number in found.direct.citations})))


def _renumbered(found: Findings, own: Sequence[Citation]) -> Iterator[AnswerSentence]:
    """The sentences of a record's answer, each ending in its marker, with the numbers that their quotes have now."""
    new = {old.number: quote.number for old, quote in zip(found.quotes, own, strict=True)}
    for sentence in found.sentences:
        text, numbers = sentence.text, tuple(new[number] for number in sentence.citations)
        for old, number in zip(sentence.citations, numbers, strict=True):
            if text.endswith(marker := f"[{old}]"):
                text = f"{text.removesuffix(marker)}[{number}]"
        yield replace(sentence, text=text, citations=numbers)


def _with_lead(sentences: Iterator[AnswerSentence], lead: str) -> Iterator[AnswerSentence]:
    for place, sentence in enumerate(sentences):
        yield replace(sentence, text=f"{lead}{sentence.text}") if place == 0 else sentence
