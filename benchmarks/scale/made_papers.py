"""As many abstracts as are wanted, put together from sentences of real ones; the same ones each time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from benchmarks.scale.base_texts import BaseTexts
from retrieval.files import replacing
from retrieval.types import Filters, Paper

RARE, SOME, MOST = "Rare", "Frequent", "Usual"
CATEGORIES = {RARE: 0.01, SOME: 0.10, MOST: 0.89}
"""Shares of the papers, so that there are filters that let one, ten and ninety of a hundred through."""
FILTERS = {
    "1 %": Filters(categories=(RARE,)),
    "10 %": Filters(categories=(SOME,)),
    "90 %": Filters(categories=(RARE, MOST)),
}
ORGANISATIONS, AUTHORS = 200, 20_000
FIRST_DAY, DAYS = date(2000, 1, 1), 9_000


def made_papers(base: BaseTexts, count: int, first: int = 0) -> Iterator[Paper]:
    """The papers `first` to `first + count`; which paper has which place does not depend on how many are made."""
    for place in range(first, first + count):
        yield _made(base, place)


def write_papers(base: BaseTexts, count: int, file: Path, first: int = 0) -> None:
    """Those papers as a papers file, whole or not at all."""
    with replacing(file) as draft, draft.open("w", encoding="utf-8") as opened:
        for paper in made_papers(base, count, first):
            opened.write(json.dumps(paper.as_json()) + "\n")


def _made(base: BaseTexts, place: int) -> Paper:
    chance = random.Random(place)
    # As long as a real one, of which it takes half: abstracts are about something.
    subject = chance.randrange(len(base.papers))
    own = base.sentences[subject]
    said = [sentence if chance.random() < 0.5 else chance.choice(chance.choice(base.sentences)) for sentence in own]
    [category] = chance.choices(list(CATEGORIES), list(CATEGORIES.values()))
    return Paper(
        id=f"made-{place:08d}",
        title=_title(base, subject, chance),
        abstract=" ".join(said),
        language="en",
        authors=tuple(f"Author {chance.randrange(AUTHORS)}" for _ in range(chance.randint(1, 6))),
        # Some have many papers and most have few, as it is among those that write them.
        organisation=f"Organisation {int(ORGANISATIONS * chance.random() ** 3)}",
        published=FIRST_DAY + timedelta(days=chance.randrange(DAYS)),
        category=category,
    )


def _title(base: BaseTexts, subject: int, chance: random.Random) -> str:
    """Half of the subject's title and half of another's."""
    own, other = (base.papers[place].name.split() for place in (subject, chance.randrange(len(base.papers))))
    return " ".join(own[: (len(own) + 1) // 2] + other[len(other) // 2 :])
