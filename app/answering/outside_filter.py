"""What the filters of a question hide: papers that answer it, which the whole collection has."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.answer import OutsideFilter
from app.answering.citation import Citation
from app.answering.collection.filter_words import read_filters
from app.answering.collection.question import folded
from app.answering.collection.records import Records
from app.answering.work import Work
from app.answering.writing.quotes import own_words
from app.languages.phrases import AnswerPhrases
from retrieval.types import Filters, Paper


@dataclass(frozen=True, slots=True)
class NamedOutside:
    """The papers, by their ids, and the organisations that a question names and its filters leave out."""

    papers: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.papers or self.organisations)

    def has(self, paper: Paper) -> bool:
        return paper.id in self.papers or paper.organisation in self.organisations


def named_outside(text: str, filters: Filters, records: Records) -> NamedOutside:
    """What the question's words name that its filters leave out."""
    called = records.called_in(text)
    papers = (*records.named_in(text), *([called] if called else ()))
    labs = read_filters(folded(text), records.facets).filters.organisations if filters.organisations else ()
    return NamedOutside(
        frozenset(paper.id for paper in papers if not filters.admit(paper)),
        frozenset(labs) - frozenset(filters.organisations),
    )


def outside_filter(work: Work, again: Work, named: NamedOutside) -> OutsideFilter | None:
    """What the filters of `work` hide, `again` being the same question to the whole collection; None for nothing.

    Where the question has `named` what they hide, that alone answers it. Where both answer, nothing else is told.
    """
    if again.evidence.status != "answered" and not _answers_the_rest(work, again):
        return None
    hidden = [quote for quote in again.quotes if not work.question.filters.admit(quote.paper)]
    hidden = [quote for quote in hidden if named.has(quote.paper)] if named else hidden
    by_reading = bool(again.evidence.quotes) and not again.several
    answered = work.evidence.status == "answered"
    if (again.quotes and not hidden) or (answered and not (hidden and by_reading)):
        return None
    if by_reading or len({quote.paper.id for quote in again.quotes}) == 1:
        return _told(hidden[0], work.words.outside, work.words)
    if work.several and len({quote.paper.id for quote in hidden}) == 1:
        return _told(hidden[0], work.words.outside_rest, work.words)
    return OutsideFilter(work.words.unfiltered)


def _answers_the_rest(work: Work, again: Work) -> bool:
    """Whether the collection answers all parts that are not answered here, though not the whole, as of a comparison."""
    if not (work.several and again.several):
        return False
    both = zip(work.several.parts, again.several.parts, strict=True)
    rest = [there.status for here, there in both if here.status != "answered"]
    return bool(rest) and all(status == "answered" for status in rest)


def _told(quote: Citation, sentence: str, words: AnswerPhrases) -> OutsideFilter:
    return OutsideFilter(sentence.format(paper=_with_organisation(quote.paper, words)), quote)


def beside(text: str, outside: OutsideFilter | None, *, refused: bool) -> str:
    """The text with the sentence: at the end of a refusal's first paragraph, after any other text as its last."""
    if outside is None:
        return text
    first, gap, rest = text.partition("\n\n")
    space = "" if first.endswith("。") else " "
    return f"{first}{space}{outside.text}{gap}{rest}" if refused else f"{text}\n\n{outside.text}"


def _with_organisation(paper: Paper, words: AnswerPhrases) -> str:
    """The paper in running text: "Anthropic's Sleeper Agents (January 2024)", as far as that is known."""
    name = own_words(paper.name)
    if paper.organisation:
        name = words.whose.format(organisation=own_words(paper.organisation), paper=name)
    return words.bracketed.format(name=name, facts=words.month(paper.published)) if paper.published else name
