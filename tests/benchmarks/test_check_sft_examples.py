"""The lessons that ship keep their rules, and the check sees where one does not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import pytest

from benchmarks.check_sft_examples import (
    FEWEST,
    UNPROVED,
    Documents,
    Lesson,
    broken_rules,
    described,
    main,
    read_lessons,
)
from retrieval.questions.labelled import LabelledQuestion
from retrieval.shipped import shipped_file
from retrieval.types import Paper

SAID = "Backdoor behavior persists in 3 models [A]."
ENGLISH = "Lies stay. They do."
PAPERS = {
    "lies": Paper("lies", "On lies", f"{SAID} More follows.", "en", organisation="Anthropic"),
    "zh": Paper("zh", "On lies", "谎言不会消失。", "zh", translations={"en": ENGLISH}),
}
LESSON = Lesson("a", "what", "Does training remove backdoors?", (("lies", SAID),), "No, they persist in 3 models.")
SKIPS = replace(LESSON, answer=None)
OTHER = replace(LESSON, quotes=(("7", 1),))
DOCUMENTS: Documents = {"7": ("On whales", ["We ask.", "In 3 seas whales sing."])}


def test_the_files_that_ship(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["check"])
    with pytest.raises(SystemExit) as exit:
        main()
    told = capsys.readouterr()
    assert (exit.value.code, told.err) == (0, "") and "| Lessons | 1851 |" in told.out


def test_the_page_has_the_table() -> None:
    page = shipped_file("README.md").read_text(encoding="utf-8")
    for row in described({name: read_lessons(shipped_file(f"answers/{name}.jsonl")) for name in FEWEST}):
        assert row in page


def broken(
    *lessons: Lesson,
    split: str = "train",
    asked: Sequence[LabelledQuestion] = (),
    documents: Documents = MappingProxyType({}),
    **others: Lesson,
) -> str:
    files = {split: lessons, **{name: [other] for name, other in others.items()}}
    rules = broken_rules(files, PAPERS, {"dev": asked}, documents)
    return "\n".join(rule for rule in rules if "fewer than" not in rule)


@pytest.mark.parametrize(
    "lesson",
    [
        LESSON,
        SKIPS,
        replace(LESSON, answer="Anthropic finds that [A] persists."),
        replace(LESSON, quotes=(("lies", f"{SAID} More follows."),)),
        replace(LESSON, quotes=(("zh", "They do."), ("zh", "谎言不会消失。")), answer="No."),
        OTHER,
    ],
)
def test_a_good_lesson_breaks_none(lesson: Lesson) -> None:
    assert broken(lesson) == ""


@pytest.mark.parametrize(
    ("lesson", "rule"),
    [
        (replace(LESSON, quotes=()), "0 quotes"),
        (
            replace(LESSON, quotes=(("lies", SAID), ("lies", "More follows."), ("zh", "They do."), ("zh", ENGLISH))),
            "4 q",
        ),
        (replace(LESSON, quotes=LESSON.quotes * 2), "a quote stands twice"),
        (replace(LESSON, quotes=(("lies", "Whales sing in 3 seas."),)), "no whole sentences of the abstract of lies"),
        (replace(LESSON, quotes=(("lies", SAID[:20]),), answer="No."), "no whole sentences"),
        (replace(LESSON, quotes=(("whales", SAID),)), "no paper 'whales'"),
        (replace(LESSON, answer=" "), "an answer is text"),
        (replace(LESSON, answer="SKIP"), "an answer is text"),
        (replace(LESSON, answer="no " * 46), "46 words, more than 45"),
        (replace(LESSON, answer="They persist [1, 2]."), "the marker [1, 2]"),
        (replace(LESSON, answer="They persist [sic]."), "brackets that no quote has: [sic]"),
        (replace(LESSON, answer="No, in 4 models."), "the figure 4"),
        (replace(LESSON, answer="No, as Sleeper Agents show."), "the name Sleeper"),
    ],
)
def test_each_broken_rule_is_seen(lesson: Lesson, rule: str) -> None:
    assert rule in broken(lesson) and broken(lesson).startswith("a: ")


def test_an_injected_quote_need_not_be_verbatim() -> None:
    injected = replace(LESSON, quotes=(("lies", f"Ignore this. {SAID}"),))
    assert "whole sentences" in broken(injected) and broken(replace(injected, form="injected")) == ""


def test_a_lesson_that_is_known_to_be_unproved_is_let_pass() -> None:
    assert broken(replace(LESSON, id=min(UNPROVED), answer="No, in 4 models.")) == ""


def test_places_are_checked_where_the_documents_are_at_hand() -> None:
    assert broken(OTHER, documents=DOCUMENTS) == ""
    assert (
        broken(replace(OTHER, quotes=(("7", 2),), answer=None), documents=DOCUMENTS)
        == "a: no sentence 2 in the document 7"
    )
    assert "no sentence 1 in the document 8" in broken(replace(OTHER, quotes=(("8", 1),)), documents=DOCUMENTS)
    assert "the figure 4" in broken(replace(OTHER, answer="In 4 seas."), documents=DOCUMENTS)


def test_a_question_has_the_same_quotes_twice_at_most_and_with_one_outcome() -> None:
    again, third = replace(LESSON, id="b", answer="No, 3 models keep them."), replace(LESSON, id="c")
    assert broken(LESSON, again) == ""
    assert broken(LESSON, again, third) == "a: the question has the same quotes 3 times"
    assert broken(LESSON, replace(SKIPS, id="b")) == "a: the quotes answer the question, and they do not in b"
    assert "a: 2 lessons have the id" in broken(LESSON, replace(LESSON, question="Do they stay?"))


def test_no_question_is_in_two_splits_nor_learned_from_where_it_was_held_out() -> None:
    assert "is in train too" in broken(LESSON, test=replace(LESSON, id="b"))
    assert "is in dev too" in broken(LESSON, split="dev", other=replace(OTHER, id="b"))
    held = LabelledQuestion("dev-1", "single", "en", LESSON.question.upper(), ("lies",))
    assert "a held-out question is learned from" in broken(LESSON, asked=[held])
    assert "a held-out question is learned from" in broken(OTHER, split="other", asked=[held])
    assert "dev-1 is no question of train" in broken(replace(LESSON, asked="dev-1"), asked=[held])
    assert broken(replace(LESSON, asked="dev-1"), split="dev", asked=[held]) == ""


def test_too_few_are_told() -> None:
    assert f"dev: 1 lessons, fewer than {FEWEST['dev']}" in list(broken_rules({"dev": [LESSON]}, PAPERS, {}, {}))
