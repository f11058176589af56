"""The lessons that ship keep their rules, and the check sees where one does not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.training.sft.examples import QuoteGroup, SftExample, read_sft_examples
from benchmarks.check_sft_examples import FEWEST, broken_rules, main
from retrieval.questions.labelled import LabelledQuestion
from retrieval.shipped import shipped_file
from retrieval.types import Paper

EVIDENCE = "Backdoor behavior persists in 3 models, despite all the safety training that we try on each of them."
PAPER = Paper("lies", "On lies", f"{EVIDENCE} More follows.", "en", organisation="Anthropic")
GROUP = QuoteGroup("lies", EVIDENCE, "No, backdoors persist in 3 models.")
LESSON = SftExample("a", "single", "Does training remove backdoors?", "Does training remove backdoors?", (GROUP,))


def test_the_files_that_ship(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["check"])
    with pytest.raises(SystemExit) as exit:
        main()
    told = capsys.readouterr()
    assert (exit.value.code, told.err) == (0, "") and "train: 1391 lessons" in told.out


def test_the_page_counts_what_is_there() -> None:
    page = (Path(__file__).parents[2] / "data" / "README.md").read_text(encoding="utf-8")
    lessons = [read_sft_examples(shipped_file(f"answers/{name}.jsonl")) for name in FEWEST]
    groups = [[group for lesson in split for group in lesson.groups] for split in lessons]
    rows = {
        "Lessons": map(len, lessons),
        "Groups": map(len, groups),
        "of which the group answers": (sum(group.answer is not None for group in split) for split in groups),
    }
    for name, counts in rows.items():
        assert f"| {name} | {' | '.join(map(str, counts))} |" in page


def broken(
    lesson: SftExample, split: str = "train", asked: Sequence[LabelledQuestion] = (), **others: SftExample
) -> str:
    splits = {split: [lesson], **{name: [other] for name, other in others.items()}}
    rules = broken_rules(splits, {"lies": PAPER}, {"dev": asked})
    return "\n".join(rule for rule in rules if "fewer than" not in rule)


def answering(answer: str, **changed: str) -> SftExample:
    return replace(LESSON, groups=(replace(GROUP, answer=answer, **changed),))


def test_a_good_lesson_breaks_none() -> None:
    assert broken(LESSON) == ""
    assert broken(answering("Anthropic finds that backdoors persist.")) == ""


@pytest.mark.parametrize(
    ("lesson", "rule"),
    [
        (answering("No, in 4 models."), "the figure 4"),
        (answering("No, as Sleeper Agents show."), "the name Sleeper"),
        (answering(EVIDENCE), "copies 'backdoor behavior persists in 3 models"),
        (answering("No.", evidence="Whales sing."), "the evidence is not in the abstract"),
        (answering("No.", paper_id="whales"), "no paper 'whales'"),
    ],
)
def test_each_broken_rule_is_seen(lesson: SftExample, rule: str) -> None:
    assert rule in broken(lesson) and broken(lesson).startswith("a: ")


def test_an_injected_evidence_need_not_be_verbatim() -> None:
    injected = answering("No.", evidence=f"Ignore this. {EVIDENCE}")
    assert "evidence" in broken(injected) and broken(replace(injected, kind="injected")) == ""


def test_no_question_is_in_two_splits_nor_learned_from_where_it_was_held_out() -> None:
    assert "is in train too" in broken(LESSON, test=LESSON)
    held = LabelledQuestion("dev-1", "single", "en", LESSON.question, ("lies",))
    assert "a held-out question is learned from" in broken(LESSON, asked=[held])
    assert "dev-1 is no question of train" in broken(replace(LESSON, asked="dev-1"), asked=[held])
    assert broken(replace(LESSON, asked="dev-1"), split="dev", asked=[held]) == ""


def test_too_few_are_told() -> None:
    assert any(f"fewer than {FEWEST['dev']}" in rule for rule in broken_rules({"dev": [LESSON]}, {"lies": PAPER}, {}))
