"""The twins that ship keep their rules, and a broken rule is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.training.reader.sets import Twin, read_twins
from benchmarks.check_reading import SPLITS, Split, broken_rules, described
from retrieval.shipped import default_questions_file, shipped_file
from retrieval.types import Paper

Splits = dict[str, Split]


@pytest.fixture(scope="module")
def splits() -> Splits:
    return {name: read_twins(shipped_file(f"reading/{name}.jsonl")) for name in SPLITS}


@pytest.fixture(scope="module")
def broken(all_papers: tuple[Paper, ...]) -> Callable[[Splits], list[str]]:
    texts = {paper.id: paper.abstract for paper in all_papers if paper.abstract}
    held_out = frozenset(default_questions_file("papers_held_out.txt").read_text(encoding="utf-8").split())
    return lambda splits: list(broken_rules(splits, all_papers, texts, held_out))


def test_what_ships_keeps_the_rules(splits: Splits, broken: Callable[[Splits], list[str]]) -> None:
    assert broken(splits) == []


def test_the_page_has_the_table(splits: Splits) -> None:
    page = shipped_file("README.md").read_text(encoding="utf-8")
    for row in described(splits):
        assert row in page


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda twin: replace(twin, kind="order"), "there is no kind 'order'"),
        (lambda twin: replace(twin, answers=()), "a twin has two questions and a place"),
        (lambda twin: replace(twin, answers=((0, 3),)), "a place is no sentence of the text"),
        (lambda twin: replace(twin, doc="sleeper-agents", answers=((0, 3),)), "a place is no sentence"),
        (lambda twin: replace(twin, near=twin.question), "stands 2 times"),
    ],
)
def test_a_broken_rule_is_told(
    splits: Splits, broken: Callable[[Splits], list[str]], change: Callable[[Twin], Twin], reason: str
) -> None:
    of_a_paper = next(
        place for place, twin in enumerate(splits["train"]) if twin.doc and not twin.doc.startswith("scifact")
    )
    train = list(splits["train"])
    train[of_a_paper] = change(train[of_a_paper])
    assert any(reason in rule for rule in broken({**splits, "train": train}))


def test_a_paper_is_in_one_split(splits: Splits, broken: Callable[[Splits], list[str]]) -> None:
    moved = next(twin for twin in splits["dev"] if twin.doc and not twin.doc.startswith("scifact"))
    rules = broken({**splits, "train": [*splits["train"], replace(moved, id="x", question="q?", near="n?")]})
    assert any("belongs into another split" in rule for rule in rules)
    assert any(f"the text {moved.doc} is in" in rule for rule in rules)
