"""Of a few papers those are known that a text names."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.answering.collection.title_names import in_common, named_among, names_of
from retrieval.types import Paper


def paper(name: str, title: str | None, **fields: Any) -> Paper:
    return Paper(name, title, "", "en", **fields)


OLD = paper("old", "Owls at Night: First Notes", published=date(2020, 1, 1))
NEW = paper("new", "Owls at Night Again", published=date(2022, 1, 1))
RAFT = paper("raft", "RAFT: a Benchmark")
RAFTS = paper("rafts", "Building a boat", summary="Not a raft.")


def named(text: str, *papers: Paper) -> list[str]:
    return [one.id for one in named_among(text, papers)]


def test_the_names_of_a_paper_are_its_title_and_what_stands_before_the_colon() -> None:
    assert list(names_of(OLD)) == [("owls", "at", "night", "first", "notes"), ("owls", "at", "night")]
    assert list(names_of(paper("id-1", None, label="A label"))) == [("a", "label")]


def test_of_two_that_begin_alike_the_newest_counts_unless_the_text_says_more_of_the_other() -> None:
    assert named("as owls at night says", OLD, NEW) == ["new"]
    assert named("as owls at night: first notes says", OLD, NEW) == ["old"]


def test_a_single_word_names_a_paper_that_alone_has_it_in_its_own_letters() -> None:
    assert named("RAFT says", RAFT, OLD) == ["raft"]
    assert named("raft says", RAFT, OLD) == []
    assert named("RAFT says", RAFT, RAFTS) == []


def test_papers_come_in_the_order_of_the_text_and_once() -> None:
    assert named("RAFT, Owls at Night Again, RAFT", NEW, RAFT) == ["raft", "new"]


def test_words_in_common_are_counted_from_the_first() -> None:
    assert [in_common("abc", other) for other in ("abd", "abcd", "ab", "x", "")] == [2, 3, 2, 0, 0]
