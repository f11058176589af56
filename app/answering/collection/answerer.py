"""Answers about the collection, from its records: a count, and the papers with their dates, each cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import get_args

from app.answering.collection.gist import gist_of
from app.answering.collection.phrases import scope, shown
from app.answering.collection.question import CollectionQuestion
from app.answering.collection.records import Records
from app.answering.events import AnswerSentence, Citation
from app.answering.evidence.selection import as_quotes
from app.answering.query.courtesy import scope_of
from app.answering.reply import Reply
from app.answering.writing.quotes import described, own_words, quoted
from app.answering.writing.summaries import NO_SUMMARIES, Summaries
from app.languages.language import Language
from app.languages.patterns import Fact, Intent
from app.languages.phrases import CollectionPhrases
from retrieval.chunking import chunk_sentences
from retrieval.facets import FACETS, Filters
from retrieval.retriever import LeftOut, PaperRetriever, unheard
from retrieval.types import Paper, Passage, Sentence
from retrieval.web_address import paper_address

FACTS: tuple[Intent, ...] = get_args(Fact)
NAMED_AUTHORS = 8
"""Authors of a paper that are named; of more, the others are counted."""
LISTED = 25
"""Papers that an answer lists."""
RECENT = 5
"""Papers of "the newest papers", and of papers like another one."""
WEIGHED_CHARS = 5_000
"""How much of an abstract is weighed for the sentence nearest to a topic."""
QUOTED = 5
"""So few papers are listed with their words."""
SOURCES = 10
FOLLOWUPS = 3
NEAR = 0.85
"""A paper is near a topic that no record names where its score reaches this share of the best one's …"""
NEAREST_FROM = 0.2
"""… and where that best score reaches this; a topic that no paper has stays below."""


class CollectionAnswerer:
    """The collection as one asks a librarian about it."""

    def __init__(
        self,
        papers: Sequence[Paper],
        retriever: PaperRetriever,
        summaries: Mapping[str, Summaries] = MappingProxyType({}),
    ) -> None:
        self.records = Records(papers, self._term_in_english)
        self._retriever = retriever
        self._summaries = summaries

    def answer(
        self, asked: CollectionQuestion, chosen: Filters, language: Language, left_out: LeftOut = unheard
    ) -> Reply:
        """The answer; `chosen` are the filters that the reader has set, which count besides the question's own.

        `left_out` is told of passages of the index that are not what the papers say.
        """
        filters = _both(asked.filters, chosen)
        if filters is None:
            return self._nothing(asked, asked.filters, chosen, language, left_out)
        if asked.intent == "overview" and filters.is_empty:
            return self._overview(language)
        if asked.paper and asked.intent == "summary":
            return _summary(asked.paper, self._in_english(asked.topic), language, self._in_other_words(language))
        if asked.paper and asked.intent in FACTS:
            fact = _fact(asked.intent, asked.paper, language)
            return replace(self._listing(fact, [asked.paper], [asked.paper], "", language), followups=())
        if asked.paper:
            return self._similar(asked, asked.paper, filters, chosen, language, left_out)
        topic = self._in_english(asked.topic)
        records = Records(asked.among) if asked.among else self.records
        papers = records.select(filters, topic, asked.author)
        if not papers and topic:
            return self._by_content(asked, filters, chosen, language, left_out)
        if asked.intent in ("newest", "oldest"):
            papers = tuple(paper for paper in papers if paper.published)
        if not papers:
            return self._nothing(asked, filters, chosen, language, left_out)
        newest = self.records.facets.latest if asked.relative else None
        which = scope(language, filters, asked.topic, asked.author, newest)
        shown_papers = self._wanted(asked, papers)
        heading = self._heading(asked, papers, shown_papers, which, language.collection)
        return self._listing(heading, shown_papers, papers, topic, language)

    def _wanted(self, asked: CollectionQuestion, papers: Sequence[Paper]) -> Sequence[Paper]:
        ordered = papers[::-1] if asked.intent == "oldest" else papers
        return ordered[: asked.limit or (RECENT if asked.intent in ("newest", "oldest") else LISTED)]

    def _heading(
        self,
        asked: CollectionQuestion,
        papers: Sequence[Paper],
        listed: Sequence[Paper],
        which: str,
        say: CollectionPhrases,
    ) -> str:
        if asked.intent in ("newest", "oldest"):
            one, several = say.newest if asked.intent == "newest" else say.oldest
            return (one if len(listed) == 1 else several).format(scope=which, count=len(listed))
        heading = say.found[len(papers) != 1].format(scope=which, count=f"{len(papers):,}")
        return heading + (say.listed_newest if len(papers) > 1 else "")

    def _overview(self, language: Language) -> Reply:
        facets = self.records.facets
        counts = (
            language.phrases.between_names.join(f"{name} {count}" for name, count in values.items())
            for values in (facets.organisations, facets.categories)
        )
        organisations, categories = counts
        held = scope_of(self.records, language.phrases)
        say = language.collection.overview
        return Reply(say.format(scope=held, organisations=organisations or "–", categories=categories or "–"))

    def _similar(
        self,
        asked: CollectionQuestion,
        paper: Paper,
        filters: Filters,
        chosen: Filters,
        language: Language,
        left_out: LeftOut,
    ) -> Reply:
        about = f"{paper.name} {paper.summary}".strip()
        passages = self._retriever.passages(about, filters, RECENT + 1, left_out=left_out)
        papers = {passage.paper.id: passage.paper for passage in passages}
        near = [found for found in papers.values() if found.id != paper.id][:RECENT]
        if not near:
            return self._nothing(asked, filters, chosen, language, left_out)
        return self._listing(language.collection.similar.format(title=paper.name), near, near, about, language)

    def _by_content(
        self, asked: CollectionQuestion, filters: Filters, chosen: Filters, language: Language, left_out: LeftOut
    ) -> Reply:
        """The papers nearest to a topic that no record names, where any come near; else that there are none."""
        topic = self._in_english(asked.topic)
        passages = self._retriever.passages(topic, filters, RECENT, left_out=left_out)
        near = {p.paper.id: p.paper for p in passages if p.score >= NEAR * passages[0].score}
        if asked.author or not passages or passages[0].score < NEAREST_FROM:
            return self._nothing(asked, filters, chosen, language, left_out)
        heading = language.collection.by_content.format(topic=shown(asked.topic))
        return self._listing(heading, list(near.values()), list(near.values()), topic, language)

    def _nothing(
        self, asked: CollectionQuestion, filters: Filters, chosen: Filters, language: Language, left_out: LeftOut
    ) -> Reply:
        """That there is none, and what there is instead: other dates, other organisations, papers near the topic."""
        say, topic = language.collection, self._in_english(asked.topic)
        newest = self.records.facets.latest if asked.relative else None
        sentence = say.nothing if chosen.is_empty else say.none_chosen
        text = sentence.format(scope=scope(language, asked.filters, asked.topic, asked.author, newest))
        undated = replace(filters, since=None, until=None)
        wider = self.records.select(undated, topic, asked.author)
        dates = [paper.published for paper in wider if paper.published]
        if dates and undated != filters:
            first, last = language.phrases.month(dates[-1]), language.phrases.month(dates[0])
            reach = first if first == last else say.reach.format(first=first, last=last)
            which = scope(language, undated, asked.topic, asked.author)
            text += say.they_reach.format(scope=which, dates=reach)
        elif asked.author:
            names = language.phrases.between_names.join(self.records.facets.organisations)
            text += say.organisations.format(names=names)
        if dates and filters.until and filters.until < dates[-1]:
            wider = tuple(reversed([paper for paper in wider if paper.published]))
        if wider or not topic:
            near = tuple(map(_whole, wider[:SOURCES]))
        else:
            near = tuple(self._retriever.passages(topic, left_out=left_out))
        return Reply(text, passages=near, answered=False)

    def _listing(
        self, heading: str, listed: Sequence[Paper], papers: Sequence[Paper], topic: str, language: Language
    ) -> Reply:
        """The heading and the papers, each cited by the sentence nearest to the topic, or by its first."""
        say = language.collection
        spans = self._spans(listed, topic)
        sentences: list[AnswerSentence] = []
        citations: list[Citation] = []
        for paper in listed:
            lead = "\n\n" if sentences else f"{heading}{say.colon}\n\n"
            name = described(paper, language.phrases)
            span = spans.get(paper.id)
            if span is None:
                text = f"{lead}{say.no_abstract.format(paper=name)}."
                sentences.append(AnswerSentence(text, (), "uncited", 0.0))
                continue
            number = len(citations) + 1
            citation = Citation(number, paper, span.start, span.end, 1.0, span.gloss)
            citations.append(citation)
            words = self._quoted(citation, language) if len(listed) <= QUOTED else ""
            sentences.append(AnswerSentence(f"{lead}{name}{words} [{number}]", (number,), "supported", 1.0))
        text = "".join(sentence.text for sentence in sentences)
        if rest := len(papers) - len(listed):
            text += f"\n\n{say.unlisted.format(count=rest)}" if len(listed) == LISTED else ""
        sources = tuple(map(_whole, listed[:SOURCES]))
        titles = [paper.title for paper in listed if paper.title and paper.abstract][:FOLLOWUPS]
        followups = tuple(language.phrases.follow_up.format(title=title) for title in titles)
        return Reply(text, tuple(sentences), tuple(citations), sources, followups)

    def _quoted(self, citation: Citation, language: Language) -> str:
        """A listed paper's words, after its summary in the reader's language where they are in another."""
        say, paper = language.collection, citation.paper
        summary = self._in_other_words(language).get(paper.id, "") if paper.language != language.code else ""
        before = say.summed_up.format(summary=own_words(summary)) if summary else say.before_quote
        return f"{before}“{citation.quote}”"

    def _spans(self, papers: Sequence[Paper], topic: str) -> dict[str, Sentence]:
        """Of each paper that has an abstract the sentence nearest to the topic; without one, the first."""
        if not topic:
            return {paper.id: sentence for paper in papers if (sentence := _first_sentence(paper))}
        # Past those the first sentence does, as every one that is weighed is embedded.
        best = {paper.id: sentence for paper in papers[LISTED:] if (sentence := _first_sentence(paper))}
        weighed = [replace(_whole(paper), end=len(paper.abstract[:WEIGHED_CHARS])) for paper in papers[:LISTED]]
        for sentence in self._retriever.sentences(topic, [one for one in weighed if one.end]):
            known = best.get(sentence.paper.id)
            if known is None or sentence.score > known.score:
                best[sentence.paper.id] = sentence
        return best

    def _in_other_words(self, language: Language) -> Summaries:
        """The papers' summaries in the language of the answer; none where that is English."""
        return self._summaries.get(language.code, NO_SUMMARIES)

    def _term_in_english(self, term: str) -> str:
        glossary = self._retriever.glossary
        return self._in_english(term) if glossary is None or glossary.knows(term) else ""

    def _in_english(self, topic: str) -> str:
        glossary = self._retriever.glossary
        return (glossary.in_english(topic) or topic) if glossary else topic


def _fact(intent: Intent, paper: Paper, language: Language) -> str:
    """The fact as the paper's record has it, or that it has none."""
    say, title = language.collection, own_words(paper.name)
    if intent == "where":
        address = paper_address(paper)
        return (say.at_address if address else say.no_address).format(title=title, url=address)
    if intent == "when":
        date = language.phrases.month(paper.published) if paper.published else ""
        return (say.dated if date else say.undated).format(title=title, date=date)
    names = _who(paper, language)
    return (say.by_whom if names else say.by_nobody).format(title=title, names=names)


def _summary(paper: Paper, term: str, language: Language, summaries: Summaries) -> Reply:
    """The paper's line in this project's words, where there is one, and what it says it did and found, or of a term."""
    say, title = language.collection, own_words(paper.name)
    summary = summaries.get(paper.id, paper.summary)
    heading = say.in_short if summary else say.in_its_words
    heading = heading.format(title=title, summary=own_words(summary))
    gist = gist_of(paper, term)
    if not gist:
        text = f"{heading}{say.colon}\n\n{say.no_abstract.format(paper=described(paper, language.phrases))}."
        return Reply(text, (AnswerSentence(text, (), "uncited", 0.0),), passages=(_whole(paper),))
    citations = as_quotes(gist)
    ends = say.colon if not summary else "" if heading.endswith((".", "。")) else "."
    sentences = tuple(
        AnswerSentence(
            f"{'' if place else f'{heading}{ends}'}\n\n{quoted(citation, language.phrases)}",
            (citation.number,),
            "supported",
            1.0,
        )
        for place, citation in enumerate(citations)
    )
    text = "".join(sentence.text for sentence in sentences)
    return Reply(text, sentences, citations, (_whole(paper),))


def _who(paper: Paper, language: Language) -> str:
    """The authors, of many the first few, and their organisation."""
    authors, say = [own_words(name) for name in paper.authors], language.collection
    others = len(authors) - NAMED_AUTHORS
    # One who is left out takes as much room as "1 other".
    if others > 1:
        authors[NAMED_AUTHORS:] = [say.other_authors.format(count=others)]
    names = language.phrases.between_names.join(authors)
    if not (paper.organisation and names):
        return names or own_words(paper.organisation or "")
    return language.phrases.bracketed.format(name=names, facts=own_words(paper.organisation))


def _whole(paper: Paper) -> Passage:
    return Passage(paper, 0, len(paper.abstract), 1.0)


def _first_sentence(paper: Paper) -> Sentence | None:
    first = next(iter(chunk_sentences(paper)), None)
    if first is None:
        return None
    gloss = first.embedded if first.embedded != first.text else None
    return Sentence(paper, first.start, first.end, 1.0, gloss)


def _both(asked: Filters, chosen: Filters) -> Filters | None:
    """The filters that let through what both let through, or None where nothing can pass both."""
    both: dict[str, tuple[str, ...]] = {}
    for facet in FACETS:
        one, other = asked.of(facet), chosen.of(facet)
        both[facet.plural] = tuple(value for value in one if value in other) if one and other else one or other
        if one and not both[facet.plural]:
            return None
    since = max(filter(None, (asked.since, chosen.since)), default=None)
    until = min(filter(None, (asked.until, chosen.until)), default=None)
    return Filters(**both, since=since, until=until)
