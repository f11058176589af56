"""Answers about the collection, from its records: a count, and the papers with their dates, each cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.answering.collection.phrases import CollectionPhrases, collection_phrases, shown
from app.answering.collection.question import CollectionQuestion
from app.answering.collection.records import Records
from app.answering.events import AnswerSentence, Citation
from app.answering.query.courtesy import scope_of
from app.answering.reply import Reply
from app.answering.writing.phrases import AnswerPhrases
from app.answering.writing.quotes import described
from retrieval.chunking import chunk_sentences
from retrieval.retriever import LeftOut, PaperRetriever, unheard
from retrieval.types import Filters, Paper, Passage, Sentence

LISTED = 25
"""Papers that an answer lists."""
RECENT = 5
"""Papers of "the newest papers", and of papers like another one."""
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

    def __init__(self, papers: Sequence[Paper], retriever: PaperRetriever) -> None:
        self.records = Records(papers)
        self._retriever = retriever

    def answer(
        self, asked: CollectionQuestion, chosen: Filters, words: AnswerPhrases, left_out: LeftOut = unheard
    ) -> Reply:
        """The answer; `chosen` are the filters that the reader has set, which count besides the question's own.

        `left_out` is told of passages of the index that are not what the papers say.
        """
        say = collection_phrases(words)
        filters = _both(asked.filters, chosen)
        if filters is None:
            return self._nothing(asked, asked.filters, chosen, say, left_out)
        if asked.intent == "overview" and filters.is_empty:
            return self._overview(say)
        if asked.paper:
            return self._similar(asked, asked.paper, filters, chosen, say, left_out)
        topic = self._in_english(asked.topic)
        papers = self.records.select(filters, topic, asked.author)
        if not papers and topic:
            return self._by_content(asked, filters, chosen, say, left_out)
        if asked.intent in ("newest", "oldest"):
            papers = tuple(paper for paper in papers if paper.published)
        if not papers:
            return self._nothing(asked, filters, chosen, say, left_out)
        newest = self.records.facets.latest if asked.relative else None
        scope = say.scope(filters, asked.topic, asked.author, newest)
        shown_papers = self._wanted(asked, papers)
        return self._listing(self._heading(asked, papers, shown_papers, scope, say), shown_papers, papers, topic, say)

    def _wanted(self, asked: CollectionQuestion, papers: Sequence[Paper]) -> Sequence[Paper]:
        ordered = papers[::-1] if asked.intent == "oldest" else papers
        return ordered[: asked.limit or (RECENT if asked.intent in ("newest", "oldest") else LISTED)]

    def _heading(
        self,
        asked: CollectionQuestion,
        papers: Sequence[Paper],
        listed: Sequence[Paper],
        scope: str,
        say: CollectionPhrases,
    ) -> str:
        if asked.intent in ("newest", "oldest"):
            one, several = say.newest if asked.intent == "newest" else say.oldest
            return (one if len(listed) == 1 else several).format(scope=scope, count=len(listed))
        heading = say.found[len(papers) != 1].format(scope=scope, count=f"{len(papers):,}")
        return heading + (say.listed_newest if len(papers) > 1 else "")

    def _overview(self, say: CollectionPhrases) -> Reply:
        facets = self.records.facets
        counts = (
            say.words.between_names.join(f"{name} {count}" for name, count in values.items())
            for values in (facets.organisations, facets.categories)
        )
        organisations, categories = counts
        scope = scope_of(self.records, say.words)
        return Reply(say.overview.format(scope=scope, organisations=organisations or "–", categories=categories or "–"))

    def _similar(
        self,
        asked: CollectionQuestion,
        paper: Paper,
        filters: Filters,
        chosen: Filters,
        say: CollectionPhrases,
        left_out: LeftOut,
    ) -> Reply:
        about = f"{paper.name} {paper.summary}".strip()
        passages = self._retriever.passages(about, filters, RECENT + 1, left_out=left_out)
        papers = {passage.paper.id: passage.paper for passage in passages}
        near = [found for found in papers.values() if found.id != paper.id][:RECENT]
        if not near:
            return self._nothing(asked, filters, chosen, say, left_out)
        return self._listing(say.similar.format(title=paper.name), near, near, about, say)

    def _by_content(
        self, asked: CollectionQuestion, filters: Filters, chosen: Filters, say: CollectionPhrases, left_out: LeftOut
    ) -> Reply:
        """The papers nearest to a topic that no record names, where any come near; else that there are none."""
        topic = self._in_english(asked.topic)
        passages = self._retriever.passages(topic, filters, RECENT, left_out=left_out)
        near = {p.paper.id: p.paper for p in passages if p.score >= NEAR * passages[0].score}
        if asked.author or not passages or passages[0].score < NEAREST_FROM:
            return self._nothing(asked, filters, chosen, say, left_out)
        heading = say.by_content.format(topic=shown(asked.topic))
        return self._listing(heading, list(near.values()), list(near.values()), topic, say)

    def _nothing(
        self, asked: CollectionQuestion, filters: Filters, chosen: Filters, say: CollectionPhrases, left_out: LeftOut
    ) -> Reply:
        """That there is none, and what there is instead: other dates, other organisations, papers near the topic."""
        topic, newest = self._in_english(asked.topic), self.records.facets.latest if asked.relative else None
        sentence = say.nothing if chosen.is_empty else say.none_chosen
        text = sentence.format(scope=say.scope(asked.filters, asked.topic, asked.author, newest))
        undated = replace(filters, since=None, until=None)
        wider = self.records.select(undated, topic, asked.author)
        dates = [paper.published for paper in wider if paper.published]
        if dates and undated != filters:
            first, last = say.words.month(dates[-1]), say.words.month(dates[0])
            reach = first if first == last else say.reach.format(first=first, last=last)
            text += say.they_reach.format(scope=say.scope(undated, asked.topic, asked.author), dates=reach)
        elif asked.author:
            text += say.organisations.format(names=say.words.between_names.join(self.records.facets.organisations))
        if dates and filters.until and filters.until < dates[-1]:
            wider = tuple(reversed([paper for paper in wider if paper.published]))
        if wider or not topic:
            near = tuple(map(_whole, wider[:SOURCES]))
        else:
            near = tuple(self._retriever.passages(topic, left_out=left_out))
        return Reply(text, passages=near, answered=False)

    def _listing(
        self, heading: str, listed: Sequence[Paper], papers: Sequence[Paper], topic: str, say: CollectionPhrases
    ) -> Reply:
        """The heading and the papers, each cited by the sentence nearest to the topic, or by its first."""
        spans = self._spans(listed, topic)
        colon = "：" if say.words.language == "zh" else ":"
        sentences: list[AnswerSentence] = []
        citations: list[Citation] = []
        for paper in listed:
            lead = "\n\n" if sentences else f"{heading}{colon}\n\n"
            name = described(paper, say.words)
            span = spans.get(paper.id)
            if span is None:
                text = f"{lead}{say.no_abstract.format(paper=name)}."
                sentences.append(AnswerSentence(text, (), "uncited", 0.0))
                continue
            number = len(citations) + 1
            citation = Citation(number, paper, span.start, span.end, 1.0, span.gloss)
            citations.append(citation)
            words = f"{colon if colon == '：' else ': '}“{citation.quote}”" if len(listed) <= QUOTED else ""
            sentences.append(AnswerSentence(f"{lead}{name}{words} [{number}]", (number,), "supported", 1.0))
        text = "".join(sentence.text for sentence in sentences)
        if rest := len(papers) - len(listed):
            text += f"\n\n{say.unlisted.format(count=rest)}" if len(listed) == LISTED else ""
        sources = tuple(map(_whole, listed[:SOURCES]))
        titles = [paper.title for paper in listed if paper.title and paper.abstract][:FOLLOWUPS]
        followups = tuple(say.words.follow_up.format(title=title) for title in titles)
        return Reply(text, tuple(sentences), tuple(citations), sources, followups)

    def _spans(self, papers: Sequence[Paper], topic: str) -> dict[str, Sentence]:
        """Of each paper that has an abstract the sentence nearest to the topic; without one, the first."""
        if not topic:
            return {paper.id: sentence for paper in papers if (sentence := _first_sentence(paper))}
        best: dict[str, Sentence] = {}
        for sentence in self._retriever.sentences(topic, [_whole(paper) for paper in papers if paper.abstract]):
            known = best.get(sentence.paper.id)
            if known is None or sentence.score > known.score:
                best[sentence.paper.id] = sentence
        return best

    def _in_english(self, topic: str) -> str:
        glossary = self._retriever.glossary
        return (glossary.in_english(topic) or topic) if glossary else topic


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
    organisations = _shared(asked.organisations, chosen.organisations)
    categories = _shared(asked.categories, chosen.categories)
    languages = _shared(asked.languages, chosen.languages)
    since = max(filter(None, (asked.since, chosen.since)), default=None)
    until = min(filter(None, (asked.until, chosen.until)), default=None)
    if organisations is None or categories is None or languages is None:
        return None
    return Filters(organisations, categories, languages, since, until)


def _shared(asked: tuple[str, ...], chosen: tuple[str, ...]) -> tuple[str, ...] | None:
    if not asked or not chosen:
        return asked or chosen
    return tuple(value for value in asked if value in chosen) or None
