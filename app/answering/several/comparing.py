"""The two sides of a comparison: what each is, after a sentence that speaks of both where one answers."""

from __future__ import annotations

from dataclasses import replace

from app.answering.answer import AnswerStatus
from app.answering.citation import Citation
from app.answering.collection.abbreviations import forms_of
from app.answering.collection.filter_words import read_filters
from app.answering.collection.gist import gist_of
from app.answering.collection.question import folded
from app.answering.collection.records import Records
from app.answering.evidence.definition import definition_counts
from app.answering.evidence.selection import as_quotes
from app.answering.query.comparison import Comparison
from app.answering.several.findings import Findings
from app.answering.several.searching import Search
from app.languages.language import Language
from app.languages.patterns import OWN
from retrieval.facets import FACETS, Filters
from retrieval.lead import lead_of
from retrieval.lexical.tokens import content_words, words_of_paper
from retrieval.types import Paper

SPOKEN_FROM, ANSWERS_FROM = 0.3, 0.5
"""A sentence that names both sides is quoted from the first chance that it answers, and answers from the second."""
OF_BOTH, OF_SIDE = 2, 1
"""Quotes that speak of both, and of each side; of a paper that is a side there are the aim and the finding."""


def compared(
    question: str, comparison: Comparison, search: Search, records: Records, language: Language
) -> tuple[tuple[Findings, ...], AnswerStatus]:
    """What is said of both and of each, and what that comes to.

    Nothing, where the question is better answered as a whole: no side of it is known.
    """
    labs = [_lab(side, records) for side in comparison.sides]
    if any(labs) and not (all(labs) and comparison.aspect):
        return (), "abstained"
    whole = search.find(question, question)
    both = None if any(labs) and not _is_prepared(whole) else _of_both(whole, comparison)
    if not both and not any(labs):
        one, other = comparison.sides
        plainly = language.phrases.compare_both.format(one=one, other=other)
        both = _named_both(search.find(plainly, plainly), comparison)
        # That they are compared does not yet say which is better.
        both = replace(both, status="partly") if both and comparison.judging else both
    sides = tuple(
        _lab_side(side, comparison, lab, search) if lab else _side(side, search, records, language)
        for side, lab in zip(comparison.sides, labs, strict=True)
    )
    sides = tuple(replace(side, unsaid=language.phrases.side_unsaid, is_side=True) for side in sides)
    found = sum(side.status != "abstained" for side in sides)
    # Where one side alone is known, it answers neither which is better nor as well as a paper that answers the whole.
    least = 2 if comparison.judging or whole.status == "answered" else 1
    known = found if found == 2 else sum(side.status == "answered" for side in sides)
    if not both and known < least:
        return (), "abstained"
    if both:
        return (both, *sides), both.status if found == 2 or both.status == "answered" else "partly"
    alone = replace(whole, name="", quotes=(), direct=None, unsaid=language.phrases.none_of_both, is_part=False)
    # What two papers say is all that can be told of them; of two things it says nothing yet of how they differ.
    surely = not comparison.judging and all(_paper(side, search, records) for side in comparison.sides)
    return (alone, *sides), "answered" if surely else "partly"


def _lab(side: str, records: Records) -> Filters | None:
    """The filter for a side that is an organisation, and nothing else."""
    read = read_filters(folded(side), records.facets)
    return read.filters if read.filters.organisations and not content_words(read.rest.replace(OWN, "")) else None


def _lab_side(side: str, comparison: Comparison, lab: Filters, search: Search) -> Findings:
    chosen = search.filters
    if chosen.organisations and not set(lab.organisations) <= set(chosen.organisations):
        return Findings(side, "abstained")
    facets = {facet.plural: chosen.of(facet) for facet in FACETS} | {"organisations": lab.organisations}
    filters = Filters(**facets, since=chosen.since, until=chosen.until)
    found = search.find(comparison.aspect, comparison.aspect, filters)
    return replace(found, name=side, quotes=found.quotes[:OF_SIDE], direct=None)


def _of_both(whole: Findings, comparison: Comparison) -> Findings | None:
    """The quotes that answer the comparison, of a paper that speaks of both sides, or the surest such sentence."""
    if _is_prepared(whole):
        return replace(whole, name="", is_part=False)
    if whole.status == "answered":
        quotes = [quote for quote in whole.quotes if all(_speaks_of(quote.paper, one) for one in comparison.sides)]
        if quotes:
            return replace(whole, name="", quotes=tuple(quotes[:OF_BOTH]), is_part=False)
    return _named_both(whole, comparison)


def _is_prepared(whole: Findings) -> bool:
    """Whether somebody prepared an answer to the comparison, of papers' sentences."""
    return whole.direct is not None and bool(whole.quotes)


def _named_both(whole: Findings, comparison: Comparison) -> Findings | None:
    """The surest sentence that names both sides."""
    for one in whole.read:
        if one.score >= SPOKEN_FROM and all(_says(one.text, side) for side in comparison.sides):
            quote = Citation(1, one.paper, one.start, one.end, one.score, part=one.part)
            status = "answered" if one.score >= ANSWERS_FROM else "partly"
            opening = "" if status == "answered" else whole.opening
            return replace(whole, name="", status=status, quotes=(quote,), opening=opening, is_part=False)
    return None


def _side(side: str, search: Search, records: Records, language: Language) -> Findings:
    """What a side is: what its paper did and found, or how it is defined."""
    if paper := _paper(side, search, records):
        quotes = as_quotes(gist_of(paper, side))
        if quotes:
            return Findings(side, "answered", quotes, confidence=1.0, passages=(lead_of(paper),))
    asked = language.phrases.what_is.format(term=side)
    found = search.find(asked, asked)
    quotes = tuple(
        quote for quote in found.quotes if _speaks_of(quote.paper, side) or definition_counts(quote.quote, side)
    )
    if not quotes:
        return replace(found, name=side, status="abstained", quotes=(), direct=None)
    return replace(found, name=side, quotes=quotes[:OF_SIDE], direct=None)


def _paper(side: str, search: Search, records: Records) -> Paper | None:
    """The paper that a side is, where the filters admit it."""
    named = records.named_in(side)
    paper = records.called(side) or (named[0] if len(named) == 1 else None)
    return paper if paper and search.filters.admit(paper) else None


def _says(text: str, side: str) -> bool:
    words = set(content_words(text))
    return any(words.issuperset(content_words(form)) for form in forms_of(side.casefold()))


def _speaks_of(paper: Paper, side: str) -> bool:
    words = words_of_paper(paper)
    return any(words.issuperset(content_words(form)) for form in forms_of(side.casefold()))
