"""What people call that by which papers are filtered: organisations, categories and languages, by their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.answering.collection.filter_words import languages_called, organisations_called
from app.languages import words_of
from app.languages.tally_words import RecordField
from retrieval.lexical.han import HAN
from retrieval.lexical.tokens import content_words
from retrieval.types import Facets, Filters

Units = tuple[str, ...]
"""A text as words, or as single characters where there are no spaces."""
LEAST_CHARS = 3
_UNIT = re.compile(rf"‹\d+›|[{HAN}]|[^\W_{HAN}]+")


@dataclass(frozen=True, slots=True)
class Named:
    """What papers are counted by, as the question `said` it; where it is in no record, it has no `filters`.

    `of` is the field of the records that has it; `relative` marks dates counted from the newest paper.
    """

    of: RecordField
    said: str
    filters: Filters = field(default_factory=Filters)
    relative: bool = False


def units_of(text: str) -> Units:
    """The units of a folded text; a mark such as "‹1›" is one."""
    return tuple(_UNIT.findall(text))


def values_called(facets: Facets, is_subject: Callable[[str], bool]) -> Mapping[Units, Named]:
    """The values of the facets by what they are called; an organisation also by a word of its name that is no other's.

    `is_subject` says of a content word that papers are about it, so that it calls none.
    """
    called: dict[Units, Named] = {}
    for said, code in languages_called().items():
        called[units_of(said)] = Named("language", said, Filters(languages=(code,)))
    for name in facets.categories:
        called[units_of(name.casefold())] = Named("category", name, Filters(categories=(name,)))
    for said, names in _by_part(facets, is_subject).items():
        called[(said,)] = Named("organisation", said, Filters(organisations=names))
    for said, names in organisations_called(facets).items():
        called[units_of(said)] = Named("organisation", said, Filters(organisations=names))
    called.pop((), None)
    return called


def _by_part(facets: Facets, is_subject: Callable[[str], bool]) -> Mapping[str, tuple[str, ...]]:
    """The organisations of whose names a word is part, by that word, unless it says what they are or papers treat."""
    generic = words_of(lambda language: units_of(language.tallies.generic))
    having: dict[str, list[str]] = defaultdict(list)
    for name in facets.organisations:
        for word in dict.fromkeys(units_of(name.casefold())):
            if len(word) >= LEAST_CHARS and word not in generic and not any(map(is_subject, content_words(word))):
                having[word].append(name)
    return {word: tuple(names) for word, names in having.items()}
