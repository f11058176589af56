"""Answers about the papers of a topic: all of them, who works on it, what to read first, its strands of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.answering.collection.gist import finding_of
from app.answering.collection.listing import LISTED, listing, nearest_sentences
from app.answering.collection.records import Records
from app.answering.collection.topic_papers import nearness, papers_on
from app.answering.reply import Reply
from app.answering.sources import CLOSEST_PAPERS
from app.answering.writing.quotes import described, own_words
from app.languages.language import Language
from retrieval.retriever import LeftOut, PaperRetriever, unheard
from retrieval.types import Filters, Paper, Sentence

READ_FIRST = 4
"""Papers of a reading list."""
OF_STRANDS = 6
"""Papers of an overview."""
NAMES_OF_SHELF, MAX_NAMES_CHARS = 200, 2_000
"""How many names of a category's papers, and how much of them, is searched with."""
WITH_AUTHORS = 4
"""So few authors are named beside their organisation."""


class TopicAnswers:
    """What there is on a topic; `which` says in the asker's language which papers are meant, " about debate"."""

    def __init__(self, records: Records, retriever: PaperRetriever) -> None:
        self._records = records
        self._retriever = retriever

    def papers(
        self, topic: str, filters: Filters, left_out: LeftOut = unheard, *, widely: bool = False
    ) -> Sequence[Paper]:
        """The papers about a topic in English, the closest first; `widely` those too that touch it."""
        return papers_on(topic, self._records, self._retriever, filters, left_out, widely=widely)

    def closest(self, topic: str, filters: Filters, left_out: LeftOut = unheard) -> tuple[Paper, ...]:
        """The closest that pass the filters, where any paper at all is near the topic."""
        if filters.is_empty:
            return ()
        return nearness(topic, self._retriever, filters, left_out).within(0.0)[:CLOSEST_PAPERS]

    def works(self, papers: Sequence[Paper], topic: str, which: str, language: Language, *, yes: bool) -> Reply:
        """That somebody works on it: who, when, and the sentence of each paper that is nearest to it."""
        say = language.collection.topics
        heading = (say.yes if yes else say.works)[len(papers) != 1].format(scope=which, count=len(papers))
        listed = papers[:LISTED]
        return listing(
            heading,
            listed,
            nearest_sentences(listed, topic, self._retriever),
            language,
            left=len(papers) - len(listed),
            before={paper.id: _authors(paper, language) for paper in listed},
        )

    def reading(self, papers: Sequence[Paper], which: str, language: Language) -> Reply:
        """Up to `READ_FIRST` papers in the order in which to read them, each with the reason for its place."""
        say = language.collection.topics
        chosen = list(papers[:READ_FIRST])
        first, *others = chosen
        # After the closest one as they came out, as later papers build on earlier ones; undated ones last.
        others.sort(key=lambda paper: (paper.published is None, paper.published or first.published or 0))
        reasons = {first.id: say.nearest}
        for paper in others:
            date = language.phrases.month(paper.published) if paper.published else say.no_date
            reasons[paper.id] = say.later.format(date=date)
        dated = [paper for paper in chosen if paper.published]
        if len(dated) > 1:
            earliest = min(dated, key=lambda paper: paper.published or 0)
            newest = max(dated, key=lambda paper: paper.published or 0)
            if earliest is not first:
                reasons[earliest.id] = say.earlier
            if newest is not first:
                reasons[newest.id] = say.newest
        return self._reading_list(say.reading.format(scope=which), [first, *others], reasons, language)

    def starters(self, language: Language, filters: Filters = Filters()) -> Reply:
        """One paper of each of the largest categories, the one nearest to what its papers are called together."""
        say = language.collection.topics
        papers = self._records.select(filters)
        shelves = {category: count for category, count in papers.counted("category").items() if category}
        chosen: list[Paper] = []
        reasons: dict[str, str] = {}
        for category, count in list(shelves.items())[:READ_FIRST]:
            own = replace(filters, categories=(category,))
            on_shelf = papers.within(Filters(categories=(category,)))[:NAMES_OF_SHELF]
            names = f"{category}. {'. '.join(paper.name for paper in on_shelf if paper.readable)}"
            passages = self._retriever.passages(names[:MAX_NAMES_CHARS], own, papers=1)
            if passages and passages[0].paper.id not in reasons:
                chosen.append(passages[0].paper)
                reasons[passages[0].paper.id] = say.shelf.format(category=own_words(category), count=count)
        if not chosen:
            newest = [paper for paper in papers[:LISTED] if paper.readable][:READ_FIRST]
            return self._reading_list(say.reading.format(scope=""), newest, {}, language)
        return self._reading_list(say.reading_all, chosen, reasons, language)

    def _reading_list(
        self, heading: str, papers: Sequence[Paper], reasons: dict[str, str], language: Language
    ) -> Reply:
        ours = language.collection.topics.ours
        after = {
            paper.id: ours.format(summary=own_words(paper.summary).rstrip(".")) for paper in papers if paper.summary
        }
        return listing(heading, papers, _findings(papers), language, before=reasons, after=after, quoted=False)

    def strands(
        self, papers: Sequence[Paper], topic: str, which: str, language: Language, *, first: bool = False
    ) -> Reply:
        """What the papers nearest to the topic found, a sentence each, those of a category together.

        With `first` it ends with the one to read first.
        """
        say = language.collection.topics
        closest = papers[:OF_STRANDS]
        shelves = list(dict.fromkeys(paper.category or "" for paper in closest))
        ordered = sorted(closest, key=lambda paper: shelves.index(paper.category or ""))
        before = {paper.id: f" – {own_words(paper.category)}" for paper in ordered if paper.category}
        heading = say.strands.format(scope=which)
        nearest = (nearest_sentences(ordered, topic, self._retriever, findings=findings) for findings in (False, True))
        spans = {name: sentence for found in nearest for name, sentence in found.items()}
        reply = listing(heading, ordered, spans, language, before=before, quoted=True)
        start = say.read_first.format(paper=described(closest[0], language.phrases))
        return replace(reply, text=f"{reply.text}\n\n{start}") if first else reply


def _findings(papers: Sequence[Paper]) -> dict[str, Sentence]:
    return {paper.id: sentence for paper in papers if (sentence := finding_of(paper))}


def _authors(paper: Paper, language: Language) -> str:
    """The authors, where they are few."""
    if not 0 < len(paper.authors) <= WITH_AUTHORS:
        return ""
    names = language.phrases.between_names.join(own_words(name) for name in paper.authors)
    return language.collection.topics.by.format(names=names)
