"""What a question counts in the records: groups of papers, a field's values, its most or least, what has or lacks it.

One grammar over the tokens of any language; each rule reads what the words do, and not in which order they stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from app.answering.collection.called import Named
from app.answering.collection.records import Records
from app.answering.collection.tally_tokens import Token, tokens_of
from app.languages.tally_words import CountedBy, RecordField
from retrieval.facets import FACETS
from retrieval.types import Filters

Wanted = Literal["groups", "values", "most", "least", "span", "lacking", "having", "whole", "country", "review"]
"""What is wanted: the papers of several groups, of each value of a field, the value that most or fewest have, from when
to when they are, which lack or have something, where the whole papers are, and what no record says: whose country an
organisation is of, and whether a paper was peer reviewed."""
MAX_GROUPS = 8
_COUNTED: tuple[RecordField, ...] = get_args(CountedBy)
_TOLD_APART: tuple[RecordField, ...] = ("abstract", "link")
_ORGANISATION: tuple[RecordField, ...] = ("organisation",)


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted; `filters` say within which papers.

    `groups` are the filters of each group, with `rest` all others count too; `unheard` are names that no record has.
    With `share` the part of all is wanted. `country` are the words for one that stand in the question.
    """

    wanted: Wanted
    filters: Filters = field(default_factory=Filters)
    fields: tuple[RecordField, ...] = ()
    groups: tuple[Filters, ...] = ()
    unheard: tuple[str, ...] = ()
    rest: bool = False
    share: bool = False
    relative: bool = False
    country: tuple[str, ...] = ()


def tallies_asked(text: str, records: Records) -> tuple[Tally, ...]:
    """What a folded question counts, in most cases one thing; nothing where it asks anything else."""
    tokens = tokens_of(text, records) if records.papers else None
    return _Reading(tokens).tallies() if tokens else ()


class _Reading:
    """The tokens of one question, and what they come to."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._does = {token.does for token in tokens}
        self._fields: tuple[RecordField, ...] = tuple(dict.fromkeys(token.field for token in tokens if token.field))
        self._counted: tuple[RecordField, ...] = tuple(field for field in self._fields if field in _COUNTED)
        of_lab = "organisation" in self._fields
        self._countries = tuple(token.said for token in tokens if token.does == "country" or (token.country and of_lab))
        self._named = [token.named for token in tokens if token.named and not (token.country and of_lab)]

    def tallies(self) -> tuple[Tally, ...]:
        """What is asked; nothing where it is asked of a single paper, or where a word could belong to two of them."""
        if self._has("one"):
            return ()
        found = [tally for read in (self._span, self._whole, self._unrecorded, self._lacking) if (tally := read())]
        if not found:
            found = [tally for tally in (self._most() or self._groups() or self._having() or self._values(),) if tally]
        together = not self._named and all(tally.wanted != "lacking" for tally in found)
        return tuple(found) if len(found) == 1 or together else ()

    def _has(self, *does: str) -> bool:
        return not self._does.isdisjoint(does)

    def _unrecorded(self) -> Tally | None:
        if self._countries and ("organisation" in self._fields or self._has("papers", "by")):
            return Tally("country", country=self._countries)
        if self._has("review") and not self._named:
            return Tally("review")
        return None

    def _whole(self) -> Tally | None:
        """Where the whole papers are, and what of them is read."""
        reads_abstracts = (
            "abstract" in self._fields and self._has("read") and self._has("you") and not self._has("lack")
        )
        finds = self._has("where") and self._has("read") and not self._has("you")
        finds = (finds or "link" in self._fields) and self._has("papers") and not self._has("lack", "count", "which")
        if self._named or not (self._has("whole") or reads_abstracts or finds):
            return None
        return Tally("whole")

    def _lacking(self) -> Tally | None:
        fields: tuple[RecordField, ...] = self._fields or (("year",) if self._has("undated") else ())
        if len(fields) != 1 or not (self._has("lack") or (self._has("undated") and self._has("papers"))):
            return None
        if self._has("most", "biggest", "each", "where", "you") or not self._has("papers", "count", "which"):
            return None
        return _within(self._named, "lacking", fields)

    def _span(self) -> Tally | None:
        of_all = self._has("papers", "here")
        dated = "year" in self._fields
        ends = self._has("until") and (dated or self._has("when") or of_all)
        asked = (
            (self._has("recent") and (of_all or self._has("newest", "oldest")))
            or ends
            or self._has("period")
            or (self._has("newest", "oldest") and dated)
            or (self._has("newest") and self._has("oldest") and of_all)
        )
        if not asked or self._has("most", "biggest", "least", "each", "count", "lack", "share"):
            return None
        return _within(self._named, "span")

    def _most(self) -> Tally | None:
        most, least = self._has("most", "biggest"), self._has("least", "smallest")
        if most == least or self._has("newest", "oldest", "each", "lack", "rest"):
            return None
        fields: tuple[RecordField, ...] = self._counted or (_ORGANISATION if self._has("who") or self._named else ())
        # The biggest lab need not be that of the most papers.
        of_papers = self._has("most", "least", "papers", "here", "wrote") or "organisation" not in fields
        if not fields or not of_papers or set(self._fields) - set(_COUNTED):
            return None
        named = [one for one in self._named if one.of not in fields]
        return _within(named, "most" if most else "least", fields)

    def _groups(self) -> Tally | None:
        """Two groups or more, each with its count, or one and the rest."""
        counts = self._has("count", "share")
        if not (counts or (not self._counted and self._has("each", "more", "rest"))):
            return None
        heard = [one for one in self._named if not one.filters.is_empty]
        rest = self._has("rest") or (self._has("lack") and not self._fields)
        if not heard or self._has("newest", "oldest", "until", "recent", "where", "when"):
            return None
        within, groups = self._grouped()
        many = len(groups) + len(self._named) - len(heard) > 1
        if not (1 <= len(groups) <= MAX_GROUPS) or not (many or rest or self._has("share")):
            return None
        if not (counts or self._has("each", "papers", "wrote", "here")):
            return None
        return Tally(
            "groups",
            within,
            groups=groups,
            unheard=tuple(one.said for one in self._named if one.filters.is_empty),
            rest=rest,
            share=self._has("share"),
            relative=any(one.relative for one in self._named),
        )

    def _grouped(self) -> tuple[Filters, tuple[Filters, ...]]:
        """Within which papers is counted, and the groups: a name of a kind that a group has begins the next one."""
        apart = sum(token.does in ("count", "share") for token in self._tokens) > 1
        groups: list[list[Named]] = []
        begins = True
        for token in self._tokens:
            begins |= apart and token.does in ("count", "share")
            if not token.named or token.named not in self._named or token.named.filters.is_empty:
                continue
            if begins or token.named.of in {one.of for one in groups[-1]}:
                groups.append([])
            groups[-1].append(token.named)
            begins = False
        kinds: list[RecordField] = [one.of for group in groups for one in group]
        once: list[RecordField] = [kind for kind in kinds if kinds.count(kind) == 1 and not apart and len(groups) > 1]
        return _told_apart(groups, once)

    def _having(self) -> Tally | None:
        fields: tuple[RecordField, ...] = tuple(field for field in self._fields if field in _TOLD_APART)
        if len(fields) != 1 or len(self._fields) != 1 or not self._has("count", "share") or self._has("each", "you"):
            return None
        return _within(self._named, "having", fields)

    def _values(self) -> Tally | None:
        """Each value of a field: with as many papers as it has, or how many there are."""
        if (
            not self._counted
            or set(self._fields) - set(_COUNTED)
            or self._has("who", "where", "when", "lack", "newest")
        ):
            return None
        by = any(one.does == "by" and two.field for one, two in zip(self._tokens, self._tokens[1:], strict=False))
        many = any(token.many for token in self._tokens) or self._has("count")
        of_all = self._has("papers", "here") or not self._has("you")
        listed = many and of_all and (self._has("which", "count", "papers", "here") or len(self._tokens) == 1)
        if not (self._has("each") or (by and self._has("papers", "count", "share")) or listed):
            return None
        if any(one.of in self._counted for one in self._named):
            return None
        return _within(self._named, "values", self._counted)


def _within(named: Sequence[Named], wanted: Wanted, fields: Sequence[RecordField] = ()) -> Tally | None:
    """Of the papers that are named, by one name of each kind; None where there are more, or no record has one."""
    if any(one.filters.is_empty for one in named) or len({one.of for one in named}) < len(named):
        return None
    relative = any(one.relative for one in named)
    return Tally(wanted, _all_of(one.filters for one in named), tuple(fields), relative=relative)


def _told_apart(
    groups: Sequence[Sequence[Named]], once: Collection[RecordField]
) -> tuple[Filters, tuple[Filters, ...]]:
    """Within which papers is counted, which is what all groups share, and what is named but `once`; and the groups.

    What a later group leaves out it has of the one before.
    """
    whole: list[dict[RecordField, Filters]] = []
    for group in groups:
        own: dict[RecordField, Filters] = {one.of: one.filters for one in group if one.of not in once}
        before = whole[-1] if whole else {}
        whole.append(before | own if own.keys() <= before.keys() else own)
    first = whole[0] if len(whole) > 1 else {}
    shared = {kind: filters for kind, filters in first.items() if all(one.get(kind) == filters for one in whole)}
    alone = [one.filters for group in groups for one in group if one.of in once]
    parts = (_all_of(filters for kind, filters in one.items() if kind not in shared) for one in whole)
    return _all_of([*shared.values(), *alone]), tuple(dict.fromkeys(part for part in parts if not part.is_empty))


def _all_of(several: Iterable[Filters]) -> Filters:
    """Filters of different kinds as one."""
    both = list(several)
    values = {facet.plural: tuple(value for one in both for value in one.of(facet)) for facet in FACETS}
    since, until = (next((day for one in both if (day := getattr(one, end))), None) for end in ("since", "until"))
    return Filters(**values, since=since, until=until)
