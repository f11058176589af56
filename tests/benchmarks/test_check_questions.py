"""The questions that ship keep their rules, and the check sees where one does not."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.check_questions import (
    FEWEST_FOR_A_PAPER,
    HELD_OUT,
    SHORT_PAPERS,
    SPLITS,
    broken_rules,
    folded,
    main,
    mean_overlap,
)
from retrieval.questions.labelled import TYPES, Gold, LabelledQuestion, read_labelled_questions
from retrieval.shipped import default_papers_file, default_questions_file
from retrieval.types import Paper

FOLDER = default_questions_file("dev.jsonl").parent
FILES = {name: read_labelled_questions(FOLDER / f"{name}.jsonl") for name in SPLITS}
HELD = (FOLDER / HELD_OUT).read_text(encoding="utf-8").split()


@pytest.fixture(scope="module")
def by_id(all_papers: tuple[Paper, ...]) -> dict[str, Paper]:
    return {paper.id: paper for paper in all_papers}


def test_the_files_that_ship(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["check"])
    with pytest.raises(SystemExit) as exit:
        main()
    out, err = capsys.readouterr()
    assert (exit.value.code, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines() if line[0] != " "] == list(SPLITS)


def test_short_papers_are_short(by_id: dict[str, Paper]) -> None:
    assert all(len(by_id[name].abstract) < 400 for name in SHORT_PAPERS)
    asked = Counter(paper for question in FILES["train"] for paper in question.papers)
    assert all(asked[name] < FEWEST_FOR_A_PAPER for name in SHORT_PAPERS)


def test_the_readme_gives_the_counts_that_the_files_have(by_id: dict[str, Paper]) -> None:
    readme = (default_papers_file().parent / "README.md").read_text(encoding="utf-8")

    def row(first: str, cells: list[Any]) -> bool:
        return bool(re.search(rf"^\| {re.escape(first)}[^|]* \| {' [|] '.join(map(str, cells))} \|$", readme, re.M))

    assert row("Questions", [len(FILES[name]) for name in SPLITS])
    for kind in TYPES:
        assert row(f"`{kind}`:", [sum(q.type == kind for q in FILES[name]) for name in SPLITS]), kind
    assert row("Content words", [f"{mean_overlap(FILES[name], by_id):.3f}" for name in SPLITS])
    assert f"{len(HELD)} papers, a third" in readme


def changed(split: str, number: int, **fields: Any) -> dict[str, Any]:
    """The files with one question changed."""
    questions = list(FILES[split])
    questions[number] = replace(questions[number], **fields)
    return FILES | {split: questions}


FIRST = FILES["dev"][0]
UNANSWERABLE = [question for question in FILES["test"] if question.type == "unanswerable"]
COPIED = [
    LabelledQuestion(
        f"c{n}", "single", "en", f"We use GPT-4 to automatically write explanations {n}", ("explaining-neurons",)
    )
    for n in range(3 * len(FILES["test"]))
]


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (changed("dev", 0, papers=("nobodys",)), "dev: dev-001 names nobodys, which is no paper"),
        (changed("dev", 0, gold=(Gold(FIRST.papers[0], "Not in it."),)), "dev: dev-001 has a gold sentence that "),
        (
            changed("dev", 0, gold=(Gold("many-shot-jailbreaking", "x"),)),
            "dev: dev-001 has a gold sentence of many-shot",
        ),
        (changed("dev", 0, gold=()), f"dev: dev-001 has no gold sentence of {FIRST.papers[0]}"),
        (changed("dev", 1, text=f"  {FIRST.text.upper()} !"), "dev: dev-002 asks the same as dev-001"),
        (changed("test", 0, text=FIRST.text), f"test: {FILES['test'][0].id} asks the same as dev-001"),
        (FILES | {"dev": FILES["dev"][:149]}, "dev: 149 questions, and must have 150"),
        (FILES | {"test": [q for q in FILES["test"] if q not in UNANSWERABLE[49:]]}, "test: 49 unanswerable questions"),
        (FILES | {"test": [q for q in FILES["test"] if q.type != "typo"]}, "test: no question of the type typo"),
        (FILES | {"test": [*FILES["test"], *COPIED]}, "test: 0."),
        (
            FILES | {"train": [q for q in FILES["train"] if "sleeper-agents" not in q.papers]},
            "train: sleeper-agents has 0 questions, and must have 12",
        ),
    ],
)
def test_a_broken_rule_is_a_line(files: dict[str, Any], rule: str, by_id: dict[str, Paper]) -> None:
    lines = list(broken_rules(files, by_id, HELD))
    assert any(line.startswith(rule) for line in lines), lines


@pytest.mark.parametrize(
    ("held", "rule"),
    [
        ([*HELD[1:], "nobodys"], f"{HELD_OUT}: nobodys is no paper"),
        ([*HELD[1:], HELD[-1]], f"{HELD_OUT}: a paper stands there twice"),
        (HELD[:20], f"{HELD_OUT}: 20 of 94 papers, and it must be a third"),
    ],
)
def test_papers_held_out(held: list[str], rule: str, by_id: dict[str, Paper]) -> None:
    assert list(broken_rules(FILES, by_id, held)) == [rule]


def test_a_folder_that_lacks_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["check", "--folder", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"The questions file .* cannot be read"):
        main()
    assert capsys.readouterr().out == ""


def test_folding() -> None:
    assert folded("  What's  UP, doc?") == folded("what s up DOC!") == "what s up doc"
