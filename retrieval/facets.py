"""What papers can be filtered by: the table of facets, filters of them, and what a collection has to choose from.

A facet is one field of `ByFacet`. Whatever filters, stores, asks for or shows facets goes through `FACETS`, which
is made of these fields; docs/architecture.md says which words of the interface go with a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, get_type_hints

from retrieval.errors import InputError

if TYPE_CHECKING:
    from retrieval.types import Paper

T = TypeVar("T")
MOST_NAMED = 100
"""Values of a facet that is not offered that one filter may name."""
MOST_TOLD = 100
"""Values of a facet that are named to who asked for one that is not there."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A property that papers can be filtered by.

    `name` is the attribute of `Paper`, and what JSON, the API's parameters, permalinks and the index call it;
    `plural`, the field of the table, is what filters call it. On the command line it is `--flag`, or else `--name`,
    explained by `help`. `examples` are values that are named wherever the facet is. With `translated` the interface
    has words for its values (`NAME_VALUE`); with `listed` the list of papers can be narrowed by it.

    What is not `offered` has a value for each paper, such as its id: there is no choice of all of them, and one is
    known by its exact spelling alone. `attribute` and `indexed` are what `Paper` and the index call it, where that is
    not `name`; an index holds what is `indexed` otherwise whether papers are filtered by it or not.
    """

    name: str
    help: str
    flag: str = ""
    examples: str = ""
    translated: bool = False
    listed: bool = False
    offered: bool = True
    attribute: str = ""
    indexed: str = ""
    plural: str = ""

    @property
    def option(self) -> str:
        return f"--{self.flag or self.name}"

    @property
    def field(self) -> str:
        """What an index calls it."""
        return self.indexed or self.name

    def of(self, paper: Paper) -> str | None:
        """The paper's value; None where it has none."""
        return getattr(paper, self.attribute or self.name)


_NONE: Any = ()


@dataclass(frozen=True, slots=True)
class ByFacet(Generic[T]):
    """The table: one field for each facet, which holds what there is of it."""

    organisations: Annotated[
        T, Facet("organisation", "Only papers by this organisation; may be repeated.", flag="lab", listed=True)
    ] = _NONE
    categories: Annotated[T, Facet("category", "Only papers of this category; may be repeated.", listed=True)] = _NONE
    languages: Annotated[
        T, Facet("language", "Only abstracts in this language (en, zh).", examples="en, zh", translated=True)
    ] = _NONE
    papers: Annotated[
        T,
        Facet(
            *("paper", "Only this paper, by its id; may be repeated."),
            examples="its id",
            offered=False,
            attribute="id",
            indexed="paper_id",
        ),
    ] = _NONE

    def of(self, facet: Facet) -> T:
        return getattr(self, facet.plural)


def _facets() -> tuple[Facet, ...]:
    told = get_type_hints(ByFacet, include_extras=True)
    return tuple(replace(told[entry.name].__metadata__[0], plural=entry.name) for entry in fields(ByFacet))


FACETS = _facets()
"""The facets, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Filters(ByFacet[tuple[str, ...]]):
    """Which papers may be searched; an empty field lets every paper through.

    `since` and `until` are inclusive. A paper without a date passes only where
    neither is set.
    """

    _: KW_ONLY
    since: date | None = None
    until: date | None = None

    @property
    def is_empty(self) -> bool:
        return self == Filters()

    def admit(self, paper: Paper) -> bool:
        """Whether the paper passes; the store applies the same rules to its own records."""
        for facet in FACETS:
            values = self.of(facet)
            if values and facet.of(paper) not in values:
                return False
        return (self.since is None or (paper.published is not None and paper.published >= self.since)) and (
            self.until is None or (paper.published is not None and paper.published <= self.until)
        )


@dataclass(frozen=True, slots=True)
class Facets(ByFacet[Mapping[str, int]]):
    """The filter values that a collection has, each with its number of papers, most first."""

    _: KW_ONLY
    earliest: date | None = None
    latest: date | None = None

    def __post_init__(self) -> None:
        for facet in FACETS:
            # What is left out has no values; the default of the table is empty too, but no mapping.
            object.__setattr__(self, facet.plural, self.of(facet) or {})


def facets_of(papers: Sequence[Paper]) -> Facets:
    """The filter values of a collection with their counts, most frequent first."""
    dates = [paper.published for paper in papers if paper.published]
    counts = {facet.plural: _counts(facet, papers) for facet in FACETS}
    return Facets(**counts, earliest=min(dates, default=None), latest=max(dates, default=None))


def _counts(facet: Facet, papers: Sequence[Paper]) -> Mapping[str, int]:
    if not facet.offered:
        # Each paper has its own.
        return dict.fromkeys((value for paper in papers if (value := facet.of(paper))), 1)
    return dict(Counter(value for paper in papers if (value := facet.of(paper))).most_common())


def checked_filters(filters: Filters, facets: Facets) -> Filters:
    """The filters with their values spelt as the collection spells them.

    Raises `InputError` naming the values that exist where one does not.
    """
    if filters.since and filters.until and filters.since > filters.until:
        raise InputError(f"The filter's first date {filters.since} is after its last {filters.until}: swap them.")
    return replace(
        filters,
        **{facet.plural: _known(facet.name, filters.of(facet), facets.of(facet), facet.offered) for facet in FACETS},
    )


def _known(what: str, asked: tuple[str, ...], existing: Mapping[str, int], offered: bool) -> tuple[str, ...]:
    if not offered:
        return _exactly(what, asked, existing)
    values = list(existing)
    spellings: dict[str, list[str]] = {}
    for value in values:
        spellings.setdefault(value.casefold(), []).append(value)
    for value in asked:
        if value.casefold() not in spellings:
            raise InputError(f"There is no {what} {value[:80]!r}: choose from {_told(values)}.")
    return tuple(dict.fromkeys(spelt for value in asked for spelt in spellings[value.casefold()]))


def _told(values: Sequence[str]) -> str:
    """The values that exist, the most frequent ones by name."""
    named = ", ".join(values[:MOST_TOLD]) or "none"
    return f"{named}, or {len(values) - MOST_TOLD:,} others" if len(values) > MOST_TOLD else named


def _exactly(what: str, asked: tuple[str, ...], existing: Mapping[str, int]) -> tuple[str, ...]:
    if len(asked) > MOST_NAMED:
        raise InputError(f"A filter can name at most {MOST_NAMED} of {what}, not {len(asked):,}: leave some out.")
    for value in asked:
        if value not in existing:
            raise InputError(f"There is no {what} {value[:80]!r} in the collection: the list of papers has all ids.")
    return tuple(dict.fromkeys(asked))


def both_filters(asked: Filters, chosen: Filters) -> Filters | None:
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
