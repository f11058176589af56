"""Other papers like those spoken of: "did OpenAI do something like it", "anything newer in that direction"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from app.answering.collection.filter_words import read_filters
from app.answering.collection.records import Records
from app.languages import LANGUAGES
from app.languages.patterns import OWN
from retrieval.types import Filters, Paper

_OTHERS = tuple(re.compile(pattern) for language in LANGUAGES for pattern in language.grammar.others)


@dataclass(frozen=True, slots=True)
class OthersAsked:
    """Papers that are like `paper`, which pass the `filters`; what is said of them besides is the `topic`."""

    paper: Paper
    filters: Filters
    topic: str = ""


def others_asked(text: str, records: Records, named: Sequence[Paper]) -> OthersAsked | None:
    """What a folded question wants to know of others than the papers `named`, of which the first is meant."""
    if not named:
        return None
    read = read_filters(text, records.facets)
    rest = " ".join(read.rest.split()).strip(" ,?!.")
    match = next((match for pattern in _OTHERS if (match := pattern.fullmatch(rest))), None)
    if match is None:
        return None
    said, paper = match.groupdict(), named[0]
    # Who names no other laboratory than the paper's asks of the paper.
    if OWN in rest and set(read.filters.organisations) <= {paper.organisation}:
        return None
    filters = read.filters
    if said.get("newer") and paper.published:
        filters = replace(filters, since=paper.published + timedelta(days=1))
    if said.get("older") and paper.published:
        filters = replace(filters, until=paper.published - timedelta(days=1))
    return OthersAsked(paper, filters, (said.get("topic") or "").strip())
