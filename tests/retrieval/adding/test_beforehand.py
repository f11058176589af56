"""What servers said once is told again, of each paper its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval.adding.beforehand import Remembered
from retrieval.full_text import plain_text, text_at_hand
from retrieval.readers.base import Entry
from retrieval.types import Paper

OWLS = Paper("owls", "Owls of the north", "", "en")
BATS = Paper("bats", "Bats of the south", "", "en")


@dataclass(frozen=True, slots=True)
class Told:
    paper: Paper
    problems: tuple[str, ...] = ()


class Servers:
    """`Lookups` that give each paper an abstract of its own, and count for which they were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def all_completed(self, papers: Iterable[Paper]) -> Iterator[Told]:
        for paper in papers:
            self.asked.append(paper.id)
            yield Told(replace(paper, abstract=f"All about {paper.id}."))

    def arxiv(self, ids: Sequence[str]) -> Iterator[Entry]:
        return iter(Entry(each, problem="not known") for each in ids)

    def doi(self, doi: str) -> Entry:
        return Entry(doi, problem="not known")

    def pdf(self, paper: Paper) -> Path | None:
        return None


def test_a_reference_that_stands_there_twice_takes_nothing_from_the_next() -> None:
    servers = Servers()
    remembered = Remembered(servers)
    for _ in range(2):
        told = [one.paper.abstract for one in remembered.all_completed([OWLS, OWLS, BATS, OWLS])]
        assert told == ["All about owls.", "All about owls.", "All about bats.", "All about owls."]
    assert servers.asked == ["owls", "bats"]


def test_papers_with_texts_are_asked_for_each_time() -> None:
    servers = Servers()
    remembered = Remembered(servers)
    read = replace(OWLS, text=text_at_hand(plain_text("Owls hunt at night.")))
    for _ in range(2):
        told = [one.paper.abstract for one in remembered.all_completed([read, BATS, read])]
        assert told == ["All about owls.", "All about bats.", "All about owls."]
    assert servers.asked == ["owls", "bats", "owls", "owls", "owls"]
