"""Papers by what they are called: their names whole or in part, and what one person calls a paper."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from app.answering.collection.spelling import MAX_WORDS, nearest_words, spellings
from app.answering.collection.title_names import NAME_WORDS, WORD, Key, in_common, named_in, names_of
from app.answering.collection.topics import LOOKED_AT, MANY, SAID_IN, Topics
from app.answering.evidence.definition import GIVEN_COUNTS, definition_counts
from retrieval.lexical.document import Field
from retrieval.lexical.tokens import FUNCTION_WORDS, content_words
from retrieval.types import Filters, Paper

CALLED_WORDS = 5
HALF_NAMED, HALF_NAME_CHARS = 2, 3
"""A word of so many letters names a paper where no more papers than that use it."""
TITLE_WORDS = 2
"""A term of so many words in a title is what its paper is about; a single word may be anything."""
LONGEST_NAME = 20
"""Words of a name that are looked up where very many names begin alike."""
_SOME = 200
"""Papers that a word or a term can have and still be one of a name."""
_BEGINNING = 2
"""Letters of a word that are taken to be right, where titles have too many words to look at each."""


class Names(Topics):
    """What papers are called, looked up in the collection's index of words; see `Topics`."""

    def named_in(self, text: str) -> tuple[Paper, ...]:
        """The papers whose titles, or beginnings of at least `NAME_WORDS` words of them, stand in a text, in its order.

        What stands before a title's colon names it too, if it is a word like no other: "RAFT", "EasyEdit". A
        beginning that more than `LOOKED_AT` names have is none of any, "A survey of", unless more words of it follow.
        """
        return named_in(text, self._beginning, lambda stem, most: self._few_have("record", stem, most))

    def _beginning(self, key: Key, following: Sequence[str]) -> Sequence[Paper]:
        """The papers of which a name begins so, and so many more words if there are many, newest first."""
        begun = self._words.frequency("named", term := " ".join(key))
        if begun <= LOOKED_AT:
            return self._having("named", [term]) if begun else ()
        if len(key) < NAME_WORDS:
            return ()
        text = (*key, *following[: LONGEST_NAME - len(key)])
        found = self._papers.select(numbers={*self._going_on(text), *self._whole(text)})
        return [paper for paper in found if any(in_common(name, text) > NAME_WORDS for name in names_of(paper))]

    def _going_on(self, text: Sequence[str]) -> list[int]:
        """Papers whose names have as many of the text's words, from its first on, as any name has."""
        found: list[int] = []
        for length in range(NAME_WORDS + 1, len(text) + 1):
            having = self._words.having("half", text[:length], LOOKED_AT)
            if not having:
                break
            found = having
        return found

    def _whole(self, text: Sequence[str]) -> list[int]:
        """Papers whose names, or what stands before their colons, are as long a piece of the text as any name is."""
        for length in range(len(text), NAME_WORDS, -1):
            if found := self._words.having("called", [" ".join(content_words(" ".join(text[:length])))], LOOKED_AT):
                return found
        return []

    def all_called(self, term: str) -> tuple[Paper, ...]:
        """The papers that are called just so before their titles' colons, the `LOOKED_AT` newest of very many."""
        words = content_words(term)
        return tuple(self._having("called", [" ".join(words)])[:LOOKED_AT]) if words else ()

    def called(self, term: str) -> Paper | None:
        """The one paper that is called just so before its title's colon: "sleeper agent" is that of Sleeper Agents."""
        papers = self.all_called(self._in_english(term)) if term else ()
        return papers[0] if len(papers) == 1 else None

    def called_in(self, text: str) -> Paper | None:
        """The one paper that a piece of the text is `called` by, in at least `TITLE_WORDS` words."""
        words = WORD.findall(text.casefold())
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
        words = [word for word in WORD.findall(text.casefold()) if self._is_half_name(word, known)]
        common = self._having("half", words, LOOKED_AT)[:2] if words else ()
        return common[0] if len(common) == 1 else None

    def _is_half_name(self, word: str, known: Collection[str]) -> bool:
        if len(word) < HALF_NAME_CHARS or word.isdigit() or not self._words.frequency("half", word):
            return False
        stems = content_words(word)
        if not stems or not set(stems).isdisjoint(known):
            return False
        using: set[int] = set()
        for stem in stems:
            if self._words.frequency_in_any(SAID_IN, stem) > LOOKED_AT:
                return False
            using.update(*(self._words.having(field, [stem]) for field in SAID_IN))
        papers = [one.paper for one in self._papers.numbered(using).values()]
        return len(papers) <= HALF_NAMED and not any(_writes_small(paper, word) for paper in papers)

    def named_after(self, term: str) -> Paper | None:
        """The one paper that is `called` so, or that alone has a term which no paper explains in its title."""
        if paper := self.called(term):
            return paper
        words = content_words(term)
        if len(words) < TITLE_WORDS:
            return None
        numbers = self._words.having("record", words, _SOME + 1)
        if len(numbers) > _SOME:
            return None
        titled = [paper for paper in self._papers.select(numbers=numbers) if _titled(paper, words)]
        return titled[0] if len(titled) == 1 and not self.says_what(term) else None

    def explained(self, term: str) -> bool:
        """Whether a paper is named after the thing, or says what it is; a single word must be given as a name there."""
        least = 0.0 if len(content_words(term)) > 1 else GIVEN_COUNTS
        return self.named_after(term) is not None or self.says_what(term, least)

    def meant_by(self, term: str) -> Paper | None:
        """The one paper that is meant by a few words: those of its title alone, or a name that it alone speaks of.

        Words that no paper has are read as the title's word that they are nearly.
        """
        spelled = spellings(term, self.is_subject, self._nearly)
        return next((paper for one in spelled if (paper := self._meant_by(one))), None)

    def _nearly(self, word: str) -> str:
        """The word of a title that the word is nearly, or the word itself."""
        words = self._all_words or self._words.beginning("half", word[:_BEGINNING], MAX_WORDS)
        return next(filter(self._is_of_title, nearest_words(word, words)), word)

    @cached_property
    def _all_words(self) -> Sequence[str]:
        """The words of all names; none where they are too many to compare one with each."""
        words = self._words.beginning("half", "", MAX_WORDS + 1)
        return words if len(words) <= MAX_WORDS else ()

    def _is_of_title(self, word: str) -> bool:
        papers = self._having("half", [word], LOOKED_AT)
        return any(word in WORD.findall(paper.name.casefold()) for paper in papers)

    def _meant_by(self, term: str) -> Paper | None:
        said = WORD.findall(term.casefold())
        words = content_words(self.english(term))
        # "Many-shot jailbreaking", and not "why sleeper agents".
        if (paper := self.called(term)) and set(said) <= set(WORD.findall(paper.name.casefold())):
            return paper
        if not words or said[0] in FUNCTION_WORDS or said[-1] in FUNCTION_WORDS:
            return None
        numbers = self._words.having("record", words, MANY + 1)
        having = self._papers.select(numbers=numbers)[:LOOKED_AT] if len(numbers) <= MANY else ()
        # "GPT-4" is one word with its number, and what a paper works with as likely as a paper.
        if len(words) == 1 or sum(not word.isdigit() for word in words) == 1:
            only = having[0] if len(having) == 1 else None
            return only if only and _gives_name(only, term) else None
        within = [paper for paper in having if set(words) <= set(content_words(paper.name))]
        titled = [paper for paper in within if _titled(paper, words)]
        return next((found[0] for found in (titled, within) if len(found) == 1), None)

    def _few_have(self, field: Field, term: str, most: int) -> bool:
        """Whether at most so many papers have the term in the field."""
        if self._words.frequency(field, term) > LOOKED_AT:
            return False
        return len(self._papers.admitted(self._words.having(field, [term]), Filters())) <= most


def _writes_small(paper: Paper, word: str) -> bool:
    """Whether the paper writes the word in small letters, so that it is no name."""
    return word.islower() and word in WORD.findall(f"{paper.name} {paper.summary} {paper.abstract}")


def _titled(paper: Paper, words: Sequence[str]) -> bool:
    title = content_words(paper.name)
    return any(title[at : at + len(words)] == list(words) for at in range(len(title)))


def _gives_name(paper: Paper, term: str) -> bool:
    """Whether the paper introduces what it has made by that name."""
    return definition_counts(paper.translations.get("en") or paper.abstract, term) >= GIVEN_COUNTS
