"""Answers that count: how many papers groups or values have, from when they are, and what no record says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.answering.collection.called import units_of
from app.answering.collection.listing import LISTED, SOURCES, first_sentence, listing
from app.answering.collection.phrases import scope, shown
from app.answering.collection.records import Records
from app.answering.collection.tally_counts import Counted, counted
from app.answering.collection.tally_question import Tally
from app.answering.reply import Reply
from app.answering.writing.quotes import described, own_words
from app.languages.language import Language
from app.languages.tally_words import RecordField
from retrieval.facets import both_filters
from retrieval.lead import lead_of
from retrieval.papers.selection import Selection
from retrieval.types import Filters

VALUES = 12
"""So many values of a field are told apart; the others are told together."""
LOOKED_AT = 200
"""Papers, the newest, among which one with a full text is looked for."""


def tally_answer(tallies: Sequence[Tally], records: Records, chosen: Filters, language: Language) -> Reply:
    """The answer from the papers' records, newest first, to all that is counted, a paragraph each.

    `chosen` are the filters that the reader has set, within which is counted.
    """
    first, *others = [_told(tally, records, chosen, language) for tally in tallies]
    text = "\n\n".join(reply.text for reply in (first, *others))
    return replace(first, text=text, surely=all(reply.surely for reply in (first, *others)))


def _told(tally: Tally, records: Records, chosen: Filters, language: Language) -> Reply:
    within = both_filters(tally.filters, chosen)
    newest = records.facets.latest  # what "last year" is counted from
    which = scope(language, within or tally.filters, newest=newest if tally.relative else None)
    if within is None:
        return _nothing(which, language)
    return _Told(tally, records.select(within), which, language, newest).reply()


def _nothing(which: str, language: Language) -> Reply:
    return Reply(language.collection.nothing.format(scope=which), answered=False)


class _Told:
    """One tally of the papers that it counts among, in the words of a language."""

    def __init__(self, tally: Tally, papers: Selection, which: str, language: Language, newest: date | None) -> None:
        self._tally = tally
        self._papers = papers
        self._which = which
        self._language = language
        self._newest = newest
        self._say = language.collection.tallies

    def reply(self) -> Reply:
        if not self._papers:
            return _nothing(self._which, self._language)
        wanted, field = self._tally.wanted, next(iter(self._tally.fields), None)
        if wanted == "lacking" and field:
            return self._lacking(field)
        if wanted == "having" and field:
            return Reply(self._having(field))
        if wanted == "span":
            return self._span()
        if wanted == "country":
            return Reply(self._country(), surely=False)
        if wanted == "review":
            spoken_of = self._papers[:SOURCES] if self._tally.filters.papers else ()
            return Reply(self._review(), passages=tuple(map(lead_of, spoken_of)), surely=False)
        if wanted == "whole":
            return Reply(self._whole())
        if wanted == "groups":
            return Reply(self._groups())
        told = self._values if wanted == "values" else self._most
        return Reply(self._joined([told(one) for one in self._tally.fields]))

    def _of(self, count: int) -> str:
        """That many papers, in words."""
        words = self._language.phrases
        return words.one_paper if count == 1 else words.papers.format(count=f"{count:,}")

    @property
    def _all(self) -> str:
        return self._of(len(self._papers))

    def _joined(self, sentences: Sequence[str]) -> str:
        between = "" if sentences and sentences[0].endswith("。") else " "
        return between.join(sentences)

    def _groups(self) -> str:
        say, groups = self._say, self._tally.groups
        told = [self._group(group) for group in groups]
        told += [say.not_recorded.format(name=shown(name)) for name in self._tally.unheard]
        if self._tally.rest:
            others = self._papers.outside(groups)
            by_name = all(group.organisations for group in groups)
            text = (say.rest if by_name else say.rest_of).format(count=f"{len(others):,}")
            told.append(text + self._share(len(others)) + (self._details(others, "organisation") if by_name else ""))
        return say.of_papers.format(papers=self._all, scope=self._which, counts=say.between_groups.join(told))

    def _group(self, group: Filters) -> str:
        own = self._papers.within(group)
        which = scope(self._language, group, newest=self._newest if self._tally.relative else None)
        text = self._say.group.format(count=f"{len(own):,}", scope=which) + self._share(len(own))
        return text + (self._details(own, "organisation") if len(group.organisations) > 1 else "")

    def _share(self, count: int) -> str:
        if not self._tally.share:
            return ""
        percent = 100 * count / len(self._papers)
        return self._say.share.format(percent=f"{percent:.0f}" if percent >= 1 or not count else "<1")

    def _details(self, papers: Selection, field: RecordField) -> str:
        return self._say.details.format(counts=self._numbers(counted(papers, field), field)) if papers else ""

    def _numbers(self, own: Counted, field: RecordField) -> str:
        """The values with their counts, those that are left out together, and how many papers have none."""
        say, values = self._say, list(own.values.items())
        # One more that is told takes no more room than what tells that it is left out.
        left = len(values) - VALUES if len(values) > VALUES + 1 else 0
        named = values[left:] if field == "year" else values[: len(values) - left]
        others = sum(count for _, count in (values[:left] if field == "year" else values[len(named) :]))
        told = [f"{self._name(value)}{': ' if value.isdigit() else ' '}{count:,}" for value, count in named]
        if left and field == "year":
            told.insert(0, f"{self._language.collection.until.format(date=int(named[0][0]) - 1).strip()}: {others:,}")
        elif left and field == "author":
            # Papers have several authors, so that theirs do not add up.
            told.append(self._language.collection.other_authors.format(count=f"{left:,}"))
        elif left:
            told.append(f"{say.others.format(number=f'{left:,}')} {others:,}")
        if own.without:
            told.append(f"{say.unnamed} {own.without:,}")
        return say.between_counts.join(told)

    def _name(self, value: str) -> str:
        return own_words(self._language.collection.languages.get(value, value))

    def _values(self, field: RecordField) -> str:
        say, own = self._say, counted(self._papers, field)
        if not own.values:
            return say.none_has.format(papers=self._all, scope=self._which, field=say.fields[field])
        told = say.recorded.format(
            papers=self._all,
            scope=self._which,
            field=say.counted_by[field],
            number=f"{len(own.values):,}",
            counts=self._numbers(own, field),
        )
        return self._joined([self._dates(), told]) if field == "year" else told

    def _most(self, field: RecordField) -> str:
        say, own = self._say, counted(self._papers, field)
        if not own.values:
            return say.none_has.format(papers=self._all, scope=self._which, field=say.fields[field])
        least = self._tally.wanted == "least"
        count, names = own.best(least=least)
        sentence = (say.least if least else say.most)[len(names) > 1]
        others = f"{say.between_counts}…" if len(names) > VALUES else ""
        told = sentence.format(
            papers=self._all,
            scope=self._which,
            field=say.counted_by[field],
            names=say.between_counts.join(map(self._name, names[:VALUES])) + others,
            count=f"{count:,}",
        )
        return told + say.then.format(field=say.counted_by[field], counts=self._numbers(own, field))

    def _dates(self) -> str:
        """From when to when the papers are; empty where none has a date."""
        dated = self._papers.dated()
        days = [paper.published for paper in (*dated.reversed()[:1], *dated[:1]) if paper.published]
        if not days:
            return ""
        first, last = map(self._language.phrases.month, days)
        reach = first if first == last else self._language.collection.reach.format(first=first, last=last)
        return (self._say.one_date if first == last else self._say.span).format(scope=self._which, dates=reach)

    def _span(self) -> Reply:
        say, dated = self._say, self._papers.dated()
        if not dated:
            return Reply(say.none_has.format(papers=self._all, scope=self._which, field=say.fields["year"]))
        newest, oldest = dated[0], dated.reversed()[0]
        # Of several of that day the first, in the order in which they are listed.
        oldest = dated.within(Filters(since=oldest.published, until=oldest.published))[0]
        text = self._dates() + say.newest.format(paper=described(newest, self._language.phrases))
        if oldest.published != newest.published:
            text += say.oldest.format(paper=described(oldest, self._language.phrases))
        if undated := len(self._papers) - len(dated):
            text += say.undated.format(count=f"{undated:,}", papers=self._all)
        ends = dict.fromkeys((newest.id, oldest.id))
        told = (paper for paper in (newest, oldest) if ends.pop(paper.id, 0) is None)
        return Reply(text, passages=tuple(map(lead_of, told)))

    def _lacking(self, field: RecordField) -> Reply:
        say, papers = self._say, self._papers.lacking(field)
        name = say.fields[field]
        if not papers:
            return Reply(say.none_lacks.format(papers=self._all, scope=self._which, field=name))
        heading = say.lacking[len(papers) != 1].format(count=f"{len(papers):,}", scope=self._which, field=name)
        listed = papers[:LISTED]
        spans = {paper.id: sentence for paper in listed if (sentence := first_sentence(paper))}
        return listing(heading, listed, spans, self._language, left=len(papers) - len(listed))

    def _having(self, field: RecordField) -> str:
        lacking = len(self._papers.lacking(field))
        return (self._say.having if lacking else self._say.none_lacks).format(
            papers=self._all,
            scope=self._which,
            field=self._say.fields[field],
            count=f"{len(self._papers) - lacking:,}",
            lacking=f"{lacking:,}",
        )

    def _have(self, field: RecordField) -> str:
        return f"{len(self._papers) - len(self._papers.lacking(field)):,}"

    def _whole(self) -> str:
        having = {"abstracts": self._have("abstract"), "links": self._have("link")}
        texts = any(paper.text for paper in self._papers[:LOOKED_AT])
        told = self._say.whole_texts if texts else self._say.whole
        return told.format(papers=self._all, scope=self._which, **having)

    def _review(self) -> str:
        having = {"organisations": self._have("organisation"), "dates": self._have("year"), "links": self._have("link")}
        return self._say.review.format(papers=self._all, scope=self._which, **having)

    def _country(self) -> str:
        """That no record says whose country an organisation is of, and which there are."""
        own = counted(self._papers, "organisation")
        words = {word for said in self._tally.country for word in [units_of(said)]}
        alike = {name: count for name, count in own.values.items() if any(_stands_in(word, name) for word in words)}
        text = self._say.country.format(recorded=self._values("organisation"))
        return text + (
            self._say.by_name.format(names=self._numbers(Counted(alike, 0), "organisation")) if alike else ""
        )


def _stands_in(words: Sequence[str], name: str) -> bool:
    units = units_of(name.casefold())
    return any(units[at : at + len(words)] == tuple(words) for at in range(len(units)))
