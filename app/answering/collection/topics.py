"""What the papers of a collection treat, by the words of their records and abstracts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from app.answering.collection.abbreviations import forms_of, written_out
from app.answering.evidence.definition import definition_counts
from retrieval.lexical.document import Field, stems
from retrieval.lexical.tokens import content_words
from retrieval.lexical.words import Words
from retrieval.papers.papers import Papers
from retrieval.papers.selection import Selection
from retrieval.types import Filters, Paper

MENTIONS = 2
"""An abstract that says the topic's words in a row so often is about it."""
READ_FOR_MENTIONS = 400
"""So many abstracts that have a topic's words are read for that; of more, those that say them most for their length."""
LOOKED_AT = 50
"""Papers, of those that speak of a thing, in which what says what it is is looked for."""
MANY = 2_000
"""Papers of more than these are too many to be put in order for a look at the newest."""
TOPICS_REMEMBERED = 32
EVERYWHERE = frozenset(content_words("AI paper research work topic model language LLM LLMs machine field area"))
"""Words that say nothing among papers on AI safety, as content words."""
SAID_IN: tuple[Field, ...] = ("record", "abstract")
_ALTERNATIVES = re.compile(r"\s+or\s+|\s*[/|]\s*")


class Topics:
    """Which papers have which words, looked up in the collection's index of words.

    The index may also have papers that are replaced, or not yet part of the collection: where it matters they are
    left out. All methods raise `IndexStoreError` or `CorpusError` where the collection cannot be read.
    """

    def __init__(self, papers: Papers, words: Words, in_english: Callable[[str], str] = str) -> None:
        self._papers = papers
        self._words = words
        self._in_english = in_english
        # One question asks for the papers of its topic several times.
        self._about = lru_cache(maxsize=TOPICS_REMEMBERED)(self._about_anew)

    def english(self, term: str) -> str:
        """The term in English, or as it is where it is known in no other language."""
        return self._in_english(term) or term

    def uses(self, stem: str) -> bool:
        """Whether any record or abstract has that content word."""
        return any(self._words.frequency(field, stem) for field in SAID_IN)

    def is_subject(self, stem: str) -> bool:
        """Whether a paper's name or category has that content word, and it tells papers apart."""
        return stem not in EVERYWHERE and self._words.frequency("subject", stem) > 0

    def treats(self, topic: str) -> bool:
        """Whether several papers speak of the topic, in one of its forms, and a name or category has a word of it."""
        forms = [content_words(form) for form in forms_of(self.english(topic).casefold())]
        return any(any(map(self.is_subject, words)) and self._several_have(words) for words in forms if words)

    def written_out(self, text: str) -> str:
        """The text with what the field abbreviates written out, where no paper here has it in that form."""
        return written_out(text, lambda short: not self.uses(short))

    def says_what(self, term: str, least: float = 0.0) -> bool:
        """Whether a paper says what the thing is, in a way that counts at least so much."""
        speaking = self._speaking(content_words(term), term)
        counts = (definition_counts(paper.translations.get("en") or paper.abstract, term) for paper in speaking)
        return any(one > 0 and one >= least for one in counts)

    def _speaking(self, words: Sequence[str], term: str) -> Sequence[Paper]:
        """The `LOOKED_AT` newest papers whose abstracts have the words; of very many, those that say them most."""
        numbers = self._words.having("abstract", words) if words else []
        if len(numbers) > MANY:
            return self._papers.select(numbers=self._best(term, LOOKED_AT, numbers))
        return self._papers.select(numbers=numbers)[:LOOKED_AT]

    def _about_anew(self, topic: str) -> tuple[int, ...]:
        """The numbers of papers whose record has all words of the topic, or whose abstract keeps saying them in a row.

        Where there are none, of those whose abstract says them once.
        """
        numbers: set[int] = set()
        for written in _ALTERNATIVES.split(topic.casefold()):
            for form in forms_of(written):
                numbers |= self._about_words(content_words(form), form)
        return tuple(sorted(numbers))

    def _about_words(self, words: Sequence[str], form: str) -> set[int]:
        telling = [word for word in words if word not in EVERYWHERE] or words
        if not telling:
            return set()
        named = self._living("record", telling)
        in_a_row = f" {' '.join(telling)} "
        mentions = {
            number: f" {' '.join(content_words(one.paper.abstract))} ".count(in_a_row)
            for number, one in self._papers.numbered(self._to_read(telling, form, named)).items()
        }
        often = {number for number, count in mentions.items() if count >= MENTIONS}
        return named | often or {number for number, count in mentions.items() if count}

    def _to_read(self, words: Sequence[str], form: str, known: Collection[int]) -> list[int]:
        """The papers whose abstracts have the words, but for those that are known to be about them."""
        having = [number for number in self._words.having("abstract", words) if number not in known]
        return having if len(having) <= READ_FOR_MENTIONS else self._best(form, READ_FOR_MENTIONS, having)

    def _best(self, text: str, count: int, among: Sequence[int]) -> list[int]:
        """Of some papers, those among the `count` of all that have the text's words most for their length."""
        these = set(among)
        return [number for number in self._words.best(stems(text), count) if number in these]

    def _several_have(self, words: Sequence[str]) -> bool:
        numbers = {number for field in SAID_IN for number in self._words.having(field, words, LOOKED_AT)}
        return len(self._papers.admitted(numbers, Filters())) > 1

    def _living(self, field: Field, terms: Sequence[str]) -> set[int]:
        """The numbers of the papers that have all the terms in the field."""
        return set(self._having(field, terms).numbers())

    def _having(self, field: Field, terms: Sequence[str], most: int | None = None) -> Selection:
        """The papers that have all the terms in the field, of those that were added first."""
        return self._papers.select(numbers=self._words.having(field, terms, most))
