"""Answers about the collection, from its records: a count, and the papers with their dates, each cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import get_args

from app.answering.collection.listing import LISTED, SOURCES, listing, nearest_sentences
from app.answering.collection.one_paper import fact, reference, section, summary
from app.answering.collection.phrases import scope, shown
from app.answering.collection.question import CollectionQuestion
from app.answering.collection.records import Records
from app.answering.collection.tallies import tally_answer
from app.answering.collection.topic_answers import TopicAnswers
from app.answering.collection.topic_papers import papers_near
from app.answering.query.courtesy import scope_of
from app.answering.reply import Reply
from app.answering.writing.quotes import closest_named, described, own_words
from app.answering.writing.summaries import NO_SUMMARIES, Summaries
from app.languages.language import Language
from app.languages.patterns import Fact, Intent
from app.languages.phrases import CollectionPhrases
from retrieval.facets import Filters, both_filters
from retrieval.lead import lead_of, lead_text
from retrieval.lexical.tokens import content_words
from retrieval.papers.selection import Selection
from retrieval.retriever import LeftOut, PaperRetriever, unheard
from retrieval.types import Paper

FACTS: tuple[Intent, ...] = get_args(Fact)
SURE_WORDS = 4
"""Of a topic with more content words, papers that come near may have no more than some."""
OF_TOPIC: tuple[Intent, ...] = ("whether", "tried", "who works", "reading", "strands", "list")
MOST_AUTHORS, YEARS = 5, 12
"""Authors who are named for having written the most, and years that are told apart."""
NEAREST = 3
"""Papers near to what none of them says."""
RECENT = 5
"""Papers of "the newest papers", and of papers like another one."""


class CollectionAnswerer:
    """The collection as one asks a librarian about it."""

    def __init__(
        self,
        retriever: PaperRetriever,
        summaries: Mapping[str, Summaries] = MappingProxyType({}),
    ) -> None:
        self.records = Records(retriever.papers, retriever.words, self._term_in_english)
        self._retriever = retriever
        self._of_topic = TopicAnswers(self.records, retriever)
        self._summaries = summaries

    def answer(
        self, asked: CollectionQuestion, chosen: Filters, language: Language, left_out: LeftOut = unheard
    ) -> Reply:
        """The answer; `chosen` are the filters that the reader has set, which count besides the question's own.

        `left_out` is told of passages of the index that are not what the papers say.
        """
        filters = both_filters(asked.filters, chosen)
        if filters is None:
            return self._nothing(asked, asked.filters, chosen, language, left_out)
        if asked.tallies:
            return tally_answer(asked.tallies, self.records, chosen, language)
        if asked.intent == "overview" and filters.is_empty:
            return self._overview(language)
        if asked.paper and asked.intent != "similar" and not chosen.admit(asked.paper):
            return Reply(language.phrases.left_out, answered=False)
        if asked.paper and asked.intent == "summary":
            in_other_words = self._in_other_words(language)
            return summary(asked.paper, self._in_english(asked.topic), language, in_other_words)
        if asked.paper and asked.intent == "section":
            return section(asked.paper, language)
        if asked.paper and asked.intent == "bibtex":
            return reference(asked.paper, language)
        if asked.paper and asked.intent in FACTS:
            facts = [fact(one, asked.paper, language) for one in (asked.intent, *asked.also)]
            heading = language.collection.between_facts.join(facts)
            return replace(self._listing(heading, [asked.paper], [asked.paper], "", language), followups=())
        if asked.paper:
            return self._similar(asked, asked.paper, filters, chosen, language, left_out)
        topic = self._in_english(asked.topic)
        if asked.intent == "reading" and not topic and self.records.select(filters):
            return self._of_topic.starters(language, filters)
        if topic and not asked.author and asked.intent in OF_TOPIC:
            return self._on_topic(asked, filters, chosen, language, left_out)
        among = Filters(papers=tuple(paper.id for paper in asked.among))
        within = both_filters(filters, among)
        papers = self.records.select(within, topic, asked.author) if within else ()
        if not papers and topic:
            return self._by_content(asked, filters, chosen, language, left_out)
        if isinstance(papers, Selection) and asked.intent in ("newest", "oldest"):
            papers = papers.dated()
        if not papers:
            return self._nothing(asked, filters, chosen, language, left_out)
        newest = self.records.facets.latest if asked.relative else None
        which = scope(language, filters, asked.topic, asked.author, newest)
        shown_papers = self._wanted(asked, papers)
        heading = self._heading(asked, papers, shown_papers, which, language.collection)
        return self._listing(heading, shown_papers, papers, topic, language, asked.titles)

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
        facets, say = self.records.facets, language.collection
        text = say.overview.format(
            scope=scope_of(self.records, language.phrases),
            organisations=_counted(facets.organisations, language) or "–",
            categories=_counted(facets.categories, language) or "–",
        )
        years, authors = self._years(language), most_of(self.records.authors)
        text += say.by_year.format(years=_counted(years, language)) if years else ""
        return Reply(text + (say.most_by.format(names=_counted(authors, language)) if authors else ""))

    def _years(self, language: Language) -> Mapping[str, int]:
        """Papers by year, those of long ago together; none where no paper has a date."""
        say, known = language.collection, {year: count for year, count in self.records.years.items() if year}
        if not known:
            return {}
        last = list(known)[-YEARS:]
        earlier = sum(known.values()) - sum(known[year] for year in last)
        before = {say.until.format(date=last[0] - 1).strip(): earlier} if earlier else {}
        undated = self.records.years.get(None, 0)
        return before | {str(year): known[year] for year in last} | ({say.topics.no_date: undated} if undated else {})

    def _similar(
        self,
        asked: CollectionQuestion,
        paper: Paper,
        filters: Filters,
        chosen: Filters,
        language: Language,
        left_out: LeftOut,
    ) -> Reply:
        # With all that it says of itself, or with what is said of the others.
        whole_of = self._in_english(asked.topic) or lead_text(paper)
        about = f"{paper.name} {paper.summary} {whole_of}".strip()
        passages = self._retriever.passages(about, filters, RECENT + 1, left_out=left_out)
        papers = {passage.paper.id: passage.paper for passage in passages}
        near = [found for found in papers.values() if found.id != paper.id][:RECENT]
        if not near:
            return self._nothing(asked, filters, chosen, language, left_out)
        return self._listing(language.collection.similar.format(title=paper.name), near, near, about, language)

    def _on_topic(
        self, asked: CollectionQuestion, filters: Filters, chosen: Filters, language: Language, left_out: LeftOut
    ) -> Reply:
        """What the papers about a topic are, or that there are none."""
        # Whether something was done with a thing is more than the thing.
        topic = self._in_english(asked.said if asked.intent == "tried" and asked.said else asked.topic)
        papers = self._of_topic.papers(topic, filters, left_out, widely=asked.intent == "strands")
        if not papers:
            reply = self._nothing(asked, filters, chosen, language, left_out)
            closest = () if asked.intent == "list" else self._of_topic.closest(topic, filters, left_out)
            return replace(reply, text=reply.text + closest_named(closest, language.phrases)) if closest else reply
        newest = self.records.facets.latest if asked.relative else None
        which = scope(language, filters, asked.topic, asked.author, newest)
        surely = self.records.select(filters, topic) or len(content_words(topic)) <= SURE_WORDS
        if asked.intent in ("whether", "who works") and not surely:
            heading = language.collection.by_content.format(topic=shown(asked.topic))
            return replace(self._listing(heading, papers[:NEAREST], papers, topic, language), surely=False)
        if asked.intent in ("whether", "who works"):
            return self._of_topic.works(papers, topic, which, language, yes=asked.intent == "whether")
        if asked.intent == "tried":
            reply = self._listing(language.collection.topics.tried, papers[:NEAREST], papers, topic, language)
            return replace(reply, surely=False)
        if asked.intent == "reading":
            return self._of_topic.reading(papers, which, language)
        if asked.intent == "strands":
            return self._of_topic.strands(papers, topic, which, language, first=asked.first)
        named = self.records.select(filters, topic)
        # More than are listed are those that their records name.
        if len(named) == len(papers) and (len(papers) > LISTED or _ids(named) == _ids(papers)):
            papers, heading = named, self._heading(asked, papers, papers, which, language.collection)
        elif named:
            heading = language.collection.topics.near[len(papers) != 1].format(scope=which, count=len(papers))
        else:
            heading = language.collection.by_content.format(topic=shown(asked.topic))
        return self._listing(heading, papers[: asked.limit or LISTED], papers, topic, language, asked.titles)

    def _by_content(
        self, asked: CollectionQuestion, filters: Filters, chosen: Filters, language: Language, left_out: LeftOut
    ) -> Reply:
        """The papers nearest to a topic that no record names, where any come near; else that there are none."""
        topic = self._in_english(asked.topic)
        near = papers_near(topic, self._retriever, filters, left_out)
        if asked.author or not near:
            return self._nothing(asked, filters, chosen, language, left_out)
        heading = language.collection.by_content.format(topic=shown(asked.topic))
        return self._listing(heading, near, near, topic, language)

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
        dated = wider.dated()
        ends = [paper.published for paper in (*dated.reversed()[:1], *dated[:1]) if paper.published]
        if ends and undated != filters:
            first, last = map(language.phrases.month, ends)
            reach = first if first == last else say.reach.format(first=first, last=last)
            which = scope(language, undated, asked.topic, asked.author)
            text += say.they_reach.format(scope=which, dates=reach)
            text += self._newest(filters, wider, language)
        elif asked.author:
            names = language.phrases.between_names.join(self.records.facets.organisations)
            text += say.organisations.format(names=names)
        if ends and filters.until and filters.until < ends[0]:
            wider = dated.reversed()
        if wider or not topic:
            near = tuple(map(lead_of, wider[:SOURCES]))
        else:
            near = tuple(self._retriever.passages(topic, Filters(papers=filters.papers), left_out=left_out))
        return Reply(text, passages=near, answered=False)

    def _newest(self, filters: Filters, papers: Selection, language: Language) -> str:
        """Which paper is the newest, and how many have no date, where later ones than that were asked for."""
        newest = next(iter(papers.dated()[:1]), None)
        if not (newest and newest.published and filters.since and filters.since > newest.published):
            return ""
        say, undated = language.collection.topics, len(papers) - len(papers.dated())
        told = say.nothing_later.format(paper=described(newest, language.phrases))
        return told + (say.without_date.format(count=undated) if undated else "")

    def _listing(
        self,
        heading: str,
        listed: Sequence[Paper],
        papers: Sequence[Paper],
        topic: str,
        language: Language,
        titles: bool = False,
    ) -> Reply:
        """The heading and the papers, each cited by the sentence nearest to the topic, or by its first."""
        left = len(papers) - len(listed) if len(listed) == LISTED else 0
        spans = nearest_sentences(listed, topic, self._retriever)
        quoted = False if titles else None
        summaries = self._in_other_words(language)
        return listing(heading, listed, spans, language, left=left, quoted=quoted, summaries=summaries)

    def _in_other_words(self, language: Language) -> Summaries:
        """The papers' summaries in the language of the answer; none where that is English."""
        return self._summaries.get(language.code, NO_SUMMARIES)

    def _term_in_english(self, term: str) -> str:
        glossary = self._retriever.glossary
        return self._in_english(term) if glossary is None or glossary.knows(term) else ""

    def _in_english(self, topic: str) -> str:
        glossary = self._retriever.glossary
        return (glossary.in_english(topic) or topic) if glossary else topic


def most_of(counts: Mapping[str, int]) -> Mapping[str, int]:
    """The first `MOST_AUTHORS` names, without those that only stand before others with as many papers."""
    first, others = list(counts.items())[:MOST_AUTHORS], list(counts.items())[MOST_AUTHORS:]
    return {name: count for name, count in first if not others or count > others[0][1]}


def _ids(papers: Sequence[Paper]) -> set[str]:
    return {paper.id for paper in papers}


def _counted(counts: Mapping[str, int], language: Language) -> str:
    return language.phrases.between_names.join(f"{own_words(name)} {count}" for name, count in counts.items())
