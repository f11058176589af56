"""The words of which questions that count the records are made, and what answers to them say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CountedBy = Literal["organisation", "category", "year", "language", "author"]
"""What papers are counted by."""
RecordField = Literal["organisation", "category", "year", "language", "author", "abstract", "link"]
"""What a record may have or lack; a year stands for the date."""
TallyWord = Literal[
    "count", "each", "most", "biggest", "least", "smallest", "more", "share", "rest", "papers", "one", "wrote",
    "here", "newest", "oldest", "recent", "until", "period", "lack", "undated", "which", "who", "where", "when",
    "read", "whole", "by", "you", "review", "fill",
]  # fmt: skip
"""What a word does in such a question; "one" points at a single paper, so that nothing is counted, and a `fill` is any
that such questions may have beside."""


@dataclass(frozen=True, slots=True)
class TallyWords:
    """Words by what they do, each mapping's values with `|` between them; a word may be several with spaces.

    Words of `plural` speak of several values. `countries` are names of countries and of what is theirs;
    `generic` are words of organisations' names that alone name none.
    """

    does: Mapping[TallyWord, str] = field(default_factory=dict[TallyWord, str])
    fields: Mapping[RecordField, str] = field(default_factory=dict[RecordField, str])
    plural: str = ""
    countries: str = ""
    generic: str = ""


@dataclass(frozen=True, slots=True)
class TallyPhrases:
    """Sentences of answers that count; `{counts}` are names with numbers, `{papers}` and `{scope}` say of which papers.

    `fields` name what a record has, `counted_by` that by which is counted. `of_papers` begins what counts several
    groups, each a `group`, and the `rest` of organisations or `rest_of` anything else. `recorded` counts all values of
    a field, `unnamed` those without one and `others` those that are not named. Pairs are for one name and for several,
    or one paper and several. `country` and `review` say that a record has no such thing, and what it has.
    """

    fields: Mapping[RecordField, str]
    counted_by: Mapping[RecordField, str]
    of_papers: str
    group: str
    rest: str
    rest_of: str
    details: str
    share: str
    not_recorded: str
    recorded: str
    unnamed: str
    others: str
    most: tuple[str, str]
    least: tuple[str, str]
    then: str
    none_has: str
    span: str
    one_date: str
    newest: str
    oldest: str
    undated: str
    lacking: tuple[str, str]
    none_lacks: str
    having: str
    whole: str
    whole_texts: str
    country: str
    by_name: str
    review: str
    between_counts: str
    between_groups: str
