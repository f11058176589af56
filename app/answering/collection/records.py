"""The papers' records: what the collection has by organisation, date, name and topic, without similarity."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

from app.answering.collection.abbreviations import forms_of, written_out
from app.answering.collection.called import Named, Units, values_called
from app.answering.collection.spelling import LEAST_CHARS, spellings
from app.answering.evidence.definition import GIVEN_COUNTS, definition_counts
from retrieval.facets import FACETS, Facets, Filters, facets_of
from retrieval.lexical.tokens import FUNCTION_WORDS, content_words
from retrieval.types import Paper

NAME_WORDS = 3
"""So many words of a title's beginning name the paper."""
MENTIONS = 2
"""An abstract that says the topic's words in a row so often is about it."""
CALLED_WORDS = 5
HALF_NAMED, HALF_NAME_CHARS = 2, 3
"""A word of so many letters names a paper where no more papers than that use it."""
LOOKED_AT = 50
"""Papers, of those that speak of a thing, in which what says what it is is looked for."""
TITLE_WORDS = 2
"""A term of so many words in a title is what its paper is about; a single word may be anything."""
_COUNTED = tuple(facet for facet in FACETS if facet.offered)
_WORD = re.compile(r"[^\W_]+")
_SHORT_NAME = re.compile(r"[^:?!—]+")
_ALTERNATIVES = re.compile(r"\s+or\s+|\s*[/|]\s*")
# Words that say nothing among papers on AI safety, as content words.
EVERYWHERE = frozenset(content_words("AI paper research work topic model language LLM LLMs machine field area"))


class Records:
    """The papers of a collection, newest first, asked for as from a library's catalogue.

    `in_english` gives a term of another language in English, empty where it is not known.
    Everything is indexed at first use, so that no answer goes through all papers.
    """

    def __init__(self, papers: Sequence[Paper], in_english: Callable[[str], str] = str) -> None:
        self._in_english = in_english
        self.papers = tuple(sorted(papers, key=lambda paper: paper.published or date.min, reverse=True))

    @cached_property
    def facets(self) -> Facets:
        """The filter values that exist, with how many papers each has."""
        return facets_of(self.papers)

    @cached_property
    def years(self) -> Mapping[int | None, int]:
        """How many papers there are of each year, oldest first; None stands for those without a date."""
        counts = Counter(paper.published.year if paper.published else None for paper in self.papers)
        return {year: counts[year] for year in sorted(counts, key=lambda year: year or math.inf)}

    @cached_property
    def authors(self) -> Mapping[str, int]:
        """The authors of several papers with how many, those of the most first."""
        counts = Counter(name for paper in self.papers for name in dict.fromkeys(paper.authors))
        return {name: count for name, count in counts.most_common() if count > 1}

    @cached_property
    def called_values(self) -> Mapping[Units, Named]:
        """What the values are called by which papers are filtered, in words."""
        return values_called(self.facets, self.is_subject)

    @cached_property
    def longest_called(self) -> int:
        """The most words that a value is called by."""
        return max(map(len, self.called_values), default=0)

    def select(self, filters: Filters = Filters(), topic: str = "", author: str = "") -> tuple[Paper, ...]:
        """The papers that pass the filters and treat the topic, newest first, undated ones last."""
        places = set(self._dated(filters.since, filters.until))
        if filters.papers:
            places &= {place for place in map(self._by_id.get, filters.papers) if place is not None}
        for facet in _COUNTED:
            if values := filters.of(facet):
                having = self._by_value[facet.name]
                places &= frozenset().union(*(having.get(value, frozenset()) for value in values))
        if author:
            places &= self._by_author.get(author.casefold(), frozenset())
        if topic:
            places &= self._about(topic)
        return tuple(self.papers[place] for place in sorted(places))

    def _dated(self, since: date | None, until: date | None) -> range:
        if since is None and until is None:
            return range(len(self.papers))
        oldest_first = self._dates
        first = bisect_left(oldest_first, since) if since else 0
        last = bisect_right(oldest_first, until) if until else len(oldest_first)
        return range(len(oldest_first) - last, len(oldest_first) - first)

    def _about(self, topic: str) -> frozenset[int]:
        """The places of papers whose record has all words of the topic, or whose abstract keeps saying them in a row.

        Where there are none, those whose abstract says them once.
        """
        places: frozenset[int] = frozenset()
        for written in _ALTERNATIVES.split(topic.casefold()):
            for form in forms_of(written):
                places |= self._about_words(content_words(form))
        return places

    def alone(self, filters: Filters) -> Paper | None:
        """The one paper that the filters name, if they name one."""
        place = self._by_id.get(filters.papers[0]) if len(filters.papers) == 1 else None
        return None if place is None else self.papers[place]

    def english(self, term: str) -> str:
        """The term in English, or as it is where it is known in no other language."""
        return self._in_english(term) or term

    def treats(self, topic: str) -> bool:
        """Whether several papers speak of the topic, in one of its forms, and a name or category has a word of it."""
        forms = [content_words(form) for form in forms_of(self.english(topic).casefold())]
        return any(
            any(map(self.is_subject, words))
            and len(_all_of(words, self._by_word) | _all_of(words, self._by_word_of_abstract)) > 1
            for words in forms
            if words
        )

    def _about_words(self, words: Sequence[str]) -> frozenset[int]:
        telling = [word for word in words if word not in EVERYWHERE] or words
        if not telling:
            return frozenset()
        named = _all_of(telling, self._by_word)
        in_a_row = f" {' '.join(telling)} "
        mentions = {
            place: f" {' '.join(content_words(self.papers[place].abstract))} ".count(in_a_row)
            for place in _all_of(telling, self._by_word_of_abstract)
        }
        often = frozenset(place for place, count in mentions.items() if count >= MENTIONS)
        return named | often or frozenset(place for place, count in mentions.items() if count)

    def named_in(self, text: str) -> tuple[Paper, ...]:
        """The papers whose titles, or beginnings of at least `NAME_WORDS` words of them, stand in a text, in its order.

        What stands before a title's colon names it too, if it is a word like no other: "RAFT", "EasyEdit".
        """
        words = _WORD.findall(text)
        folded = [word.casefold() for word in words]
        found: dict[int, None] = {}
        at = 0
        while at < len(words):
            place, length = self._name_at(words, folded, at)
            if place is not None:
                found.setdefault(place)
            at += max(1, length)
        return tuple(self.papers[place] for place in found)

    def called(self, term: str) -> Paper | None:
        """The one paper that is called just so before its title's colon: "sleeper agent" is that of Sleeper Agents."""
        places = self._called.get(tuple(content_words(self._in_english(term))), [])
        return self.papers[places[0]] if term and len(places) == 1 else None

    def called_in(self, text: str) -> Paper | None:
        """The one paper that a piece of the text is `called` by, in at least `TITLE_WORDS` words."""
        words = _WORD.findall(text.casefold())
        for length in range(min(CALLED_WORDS, len(words)), TITLE_WORDS - 1, -1):
            for at in range(len(words) - length + 1):
                piece = words[at : at + length]
                if len(content_words(" ".join(piece))) == length and (paper := self.called(" ".join(piece))):
                    return paper
        return None

    def half_named(self, text: str, known: Collection[str] = ()) -> Paper | None:
        """The one paper that a text names by half its name: "Nash" is that on Nash learning.

        By a word of its title, id or organisation which hardly any other paper uses and none writes in small letters;
        content words that are `known` from elsewhere name nothing.
        """
        words = [word for word in _WORD.findall(text.casefold()) if self._is_half_name(word, known)]
        common = frozenset[int].intersection(*(self._by_half_name[word] for word in words)) if words else ()
        return self.papers[next(iter(common))] if len(common) == 1 else None

    def _is_half_name(self, word: str, known: Collection[str]) -> bool:
        if len(word) < HALF_NAME_CHARS or word.isdigit() or word in self._in_small or word not in self._by_half_name:
            return False
        none = frozenset[int]()
        stems = content_words(word)
        using = (self._by_word.get(stem, none) | self._by_word_of_abstract.get(stem, none) for stem in stems)
        return bool(stems) and set(stems).isdisjoint(known) and len(none.union(*using)) <= HALF_NAMED

    def named_after(self, term: str) -> Paper | None:
        """The one paper that is `called` so, or that alone has a term which no paper explains in its title."""
        if paper := self.called(term):
            return paper
        words = tuple(content_words(term))
        if len(words) < TITLE_WORDS:
            return None
        titled = [paper for place in _all_of(words, self._by_word) if self._titled(paper := self.papers[place], words)]
        return titled[0] if len(titled) == 1 and not self._says_what(words, term) else None

    def meant_by(self, term: str) -> Paper | None:
        """The one paper that is meant by a few words: those of its title alone, or a name that it alone speaks of.

        Words that no paper has are read as the title's word that they are nearly.
        """
        spelled = spellings(term, self.is_subject, self._title_words)
        return next((paper for one in spelled if (paper := self._meant_by(one))), None)

    @cached_property
    def _title_words(self) -> tuple[str, ...]:
        words = (word for paper in self.papers for word in _WORD.findall(paper.name.casefold()))
        return tuple(sorted({word for word in words if len(word) >= LEAST_CHARS}))

    def _meant_by(self, term: str) -> Paper | None:
        said = _WORD.findall(term.casefold())
        words = tuple(content_words(self.english(term)))
        # "Many-shot jailbreaking", and not "why sleeper agents".
        if (paper := self.called(term)) and set(said) <= set(_WORD.findall(paper.name.casefold())):
            return paper
        if not words or said[0] in FUNCTION_WORDS or said[-1] in FUNCTION_WORDS:
            return None
        having = [self.papers[place] for place in sorted(_all_of(words, self._by_word))[:LOOKED_AT]]
        # "GPT-4" is one word with its number, and what a paper works with as likely as a paper.
        if len(words) == 1 or sum(not word.isdigit() for word in words) == 1:
            only = having[0] if len(having) == 1 else None
            return only if only and self._gives_name(only, term) else None
        within = [paper for paper in having if set(words) <= set(content_words(paper.name))]
        titled = [paper for paper in within if self._titled(paper, words)]
        return next((found[0] for found in (titled, within) if len(found) == 1), None)

    def _gives_name(self, paper: Paper, term: str) -> bool:
        """Whether the paper introduces what it has made by that name."""
        return definition_counts(paper.translations.get("en") or paper.abstract, term) >= GIVEN_COUNTS

    def written_out(self, text: str) -> str:
        """The text with what the field abbreviates written out, where no paper here has it in that form."""
        return written_out(text, lambda short: short not in self._by_word_of_abstract and short not in self._by_word)

    def explained(self, term: str) -> bool:
        """Whether a paper is named after the thing, or says what it is; a single word must be given as a name there."""
        words = content_words(term)
        least = 0.0 if len(words) > 1 else GIVEN_COUNTS
        return self.named_after(term) is not None or self._says_what(words, term, least)

    def says_what(self, term: str) -> bool:
        """Whether a paper says what the thing is."""
        return self._says_what(content_words(term), term)

    def _says_what(self, words: Sequence[str], term: str, least: float = 0.0) -> bool:
        speaking = _all_of(words, self._by_word_of_abstract) if words else frozenset[int]()
        texts = (self.papers[place] for place in sorted(speaking)[:LOOKED_AT])
        counts = (definition_counts(paper.translations.get("en") or paper.abstract, term) for paper in texts)
        return any(one > 0 and one >= least for one in counts)

    def _titled(self, paper: Paper, words: Sequence[str]) -> bool:
        title = content_words(paper.name)
        return any(title[at : at + len(words)] == list(words) for at in range(len(title)))

    def _name_at(self, words: Sequence[str], folded: Sequence[str], at: int) -> tuple[int | None, int]:
        """The paper whose name begins there and how many words of it stand there; the longest wins."""
        best: tuple[int | None, int] = (None, 0)
        for length in range(min(NAME_WORDS, len(words) - at), 0, -1):
            for place, name in self._names.get(tuple(folded[at : at + length]), ()):
                same = _common(name, folded[at : at + len(name)])
                enough = same >= NAME_WORDS or same == len(name)
                if enough and same > best[1] and (len(name) > 1 or self._is_name(place, words[at])):
                    best = (place, same)
        return best

    def _is_name(self, place: int, word: str) -> bool:
        """Whether a single word names the paper: written as in its title, and in hardly any other record."""
        stems = content_words(word)
        rare = all(len(self._by_word.get(stem, ())) <= 1 for stem in stems)
        return rare and bool(stems) and word in _WORD.findall(self.papers[place].name)

    def uses(self, stem: str) -> bool:
        """Whether any record or abstract has that content word."""
        return stem in self._by_word or stem in self._by_word_of_abstract

    def is_subject(self, stem: str) -> bool:
        """Whether a paper's name or category has that content word, and it tells papers apart."""
        return stem in self._subjects

    @cached_property
    def _subjects(self) -> frozenset[str]:
        named = (content_words(f"{paper.name}\n{paper.category or ''}") for paper in self.papers)
        return frozenset(word for words in named for word in words) - EVERYWHERE

    @cached_property
    def _dates(self) -> list[date]:
        return [paper.published for paper in reversed(self.papers) if paper.published]

    @cached_property
    def _names(self) -> dict[tuple[str, ...], list[tuple[int, tuple[str, ...]]]]:
        names: dict[tuple[str, ...], list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        for place, paper in enumerate(self.papers):
            short = _SHORT_NAME.match(paper.title or "")
            for text in dict.fromkeys((paper.name, short[0] if short else paper.name)):
                if name := tuple(word.casefold() for word in _WORD.findall(text)):
                    names[name[:NAME_WORDS]].append((place, name))
        return dict(names)

    @cached_property
    def _called(self) -> dict[tuple[str, ...], list[int]]:
        called: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, paper in enumerate(self.papers):
            if words := tuple(content_words(paper.name.partition(":")[0])):
                called[words].append(place)
        return dict(called)

    @cached_property
    def _by_value(self) -> Mapping[str, Mapping[str, frozenset[int]]]:
        """Which places have each value of each facet that is offered, by the facet's name."""
        return {facet.name: _postings(filter(None, [facet.of(paper)]) for paper in self.papers) for facet in _COUNTED}

    @cached_property
    def _by_id(self) -> Mapping[str, int]:
        return {paper.id: place for place, paper in enumerate(self.papers)}

    @cached_property
    def _by_author(self) -> Mapping[str, frozenset[int]]:
        return _postings(
            [name for author in paper.authors for name in (author.casefold(), *author.casefold().split()[-1:])]
            for paper in self.papers
        )

    @cached_property
    def _by_half_name(self) -> Mapping[str, frozenset[int]]:
        """Which places have each word as it is written in their name, id or organisation."""
        return _postings(
            _WORD.findall(f"{paper.name}\n{paper.id}\n{paper.organisation or ''}".casefold()) for paper in self.papers
        )

    @cached_property
    def _in_small(self) -> frozenset[str]:
        """The words that some paper writes in small letters, and so are no names."""
        said = (f"{paper.name} {paper.summary} {paper.abstract}" for paper in self.papers)
        return frozenset(word for text in said for word in _WORD.findall(text) if word.islower())

    @cached_property
    def _by_word(self) -> Mapping[str, frozenset[int]]:
        return _postings(
            content_words(f"{paper.name}\n{paper.category or ''}\n{paper.summary}") for paper in self.papers
        )

    @cached_property
    def _by_word_of_abstract(self) -> Mapping[str, frozenset[int]]:
        return _postings(
            content_words(f"{paper.abstract}\n{paper.translations.get('en', '')}") for paper in self.papers
        )


def _postings(keys: Iterable[Iterable[str]]) -> Mapping[str, frozenset[int]]:
    """Which places have each key."""
    places: dict[str, set[int]] = defaultdict(set)
    for place, own in enumerate(keys):
        for key in own:
            places[key].add(place)
    return {key: frozenset(having) for key, having in places.items()}


def _all_of(words: Iterable[str], postings: Mapping[str, frozenset[int]]) -> frozenset[int]:
    first, *others = (postings.get(word, frozenset[int]()) for word in words)
    return first.intersection(*others)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many elements two sequences have in common before they first differ."""
    for length, (first, second) in enumerate(zip(one, other, strict=False)):
        if first != second:
            return length
    return min(len(one), len(other))
