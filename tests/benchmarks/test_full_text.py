"""Papers with texts made of passages, and what is counted of the answers about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.answering.answer import Answer
from app.answering.citation import Citation
from benchmarks.full_text import Asked, holds_gold, quotes_gold, reads_gold, rows_of, sample_of
from benchmarks.full_text_papers import TextQuestion, read_text_papers
from retrieval.types import Paper, Passage
from tests.support.full_texts import full_text, paper_with


def line(question: str, sentences: list[str], answers: list[int], **more: Any) -> str:
    row = {"set": "covidqa", "split": "test", "context": "Songs of whales", "question": question}
    return json.dumps(row | {"sentences": sentences, "answers": answers, "answerable": bool(answers)} | more) + "\n"


FRONT = ["DOI: 10.1/1", "License: cc-by", "Abstract: We study whales.", "They sing.", "Text: Whales are large."]
LINES = (
    line("How large are whales?", FRONT, [4]),
    line("How long do they sing?", ["They sing for hours.", "Then they rest.", "Then they dive."], [0]),
    line("What do they do then?", ["We listened.", "They sing for hours.", "Then they rest."], [2]),
    line("What do they do then?", ["Boats were hired."], []),
    line("How many owls?", ["We saw nine owls."], [0], context="Owls", split="train"),
    line("What is a token?", ["A token is a word."], [0], set="squad2"),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "answer_selection.jsonl"
    path.write_text("".join(LINES), encoding="utf-8")
    return path


def test_a_paper_s_passages_are_its_text_and_its_abstract(file: Path) -> None:
    whales, owls = read_text_papers(file).papers
    assert (whales.name, whales.abstract) == ("Songs of whales", "We study whales. They sing.")
    # Passages that share sentences are one; no sentence stands there twice, and no front matter.
    assert whales.part("text").split("\n\n") == [
        "Whales are large.",
        "We listened. They sing for hours. Then they rest. Then they dive.",
        "Boats were hired.",
    ]
    assert whales.text and [one.kind for one in whales.text.load().sections] == ["body"] * 3
    assert owls.abstract == "We saw nine owls."


def test_a_question_has_the_sentences_that_answer_it(file: Path) -> None:
    questions = read_text_papers(file).questions
    assert {one.text: one.gold for one in questions} == {
        "How large are whales?": ("Whales are large.",),
        "How long do they sing?": ("They sing for hours.",),
        "What do they do then?": ("Then they rest.",),
        "How many owls?": ("We saw nine owls.",),
    }


def test_what_is_asked_of_papers_that_are_left_out_is_of_none_of_the_sample(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    rows = (line(f"What is {at}?", [f"It is {at}."], [0], context=f"Paper number {at}") for at in range(20))
    path.write_text("".join(rows), encoding="utf-8")
    sample = sample_of(read_text_papers(path), "test")
    there = {paper.id for paper in sample.papers}
    assert (len(there), len(sample.asked), len(sample.unanswerable)) == (15, 15, 5)
    assert {one.paper_id for one in sample.asked} <= there
    assert not {one.paper_id for one in sample.unanswerable} & there
    assert sample == sample_of(read_text_papers(path), "test")


WHALES = paper_with("whales", "We study whales.", full_text(("1", "They sing for hours. Then they rest.", "body")))
OWLS = Paper("owls", "Owls", "We count owls.", "en")
QUESTION = TextQuestion("How long do they sing?", "whales", ("They sing for hours.",), "test")


def asked(
    *citations: Citation, sources: tuple[Passage, ...] = (), status: Any = "answered", sure: float = 0.9
) -> Asked:
    answer = Answer("1", "?", "?", status, "quotes", "", sure, citations=citations, sources=sources)
    return Asked(QUESTION, answer, 0.1)


def test_gold_is_quoted_by_a_quote_of_its_own_paper_that_has_it() -> None:
    at = WHALES.part("text").index("They")
    assert quotes_gold(asked(Citation(1, WHALES, at, at + 37, 0.9, part="text")))
    assert not quotes_gold(asked(Citation(1, WHALES, 0, 16, 0.9)))
    assert holds_gold(["They sing for hours. Then they rest."], QUESTION)
    assert not holds_gold(["They sing."], QUESTION)


def test_the_rows_count_what_they_say() -> None:
    at = WHALES.part("text").index("They")
    right = (Passage(WHALES, at, at + 20, 0.9, part="text"), Passage(OWLS, 0, 14, 0.5))
    good = asked(Citation(1, WHALES, at, at + 20, 0.9, part="text"), sources=right)
    bad = asked(sources=right[::-1], status="partly", sure=0.3)
    never = asked(status="abstained", sure=0.1)
    rows = dict(rows_of([good, bad], [good], [never]))
    assert rows["right paper first"].startswith("50.0%") and rows["right paper among the first 5"].startswith("100.0%")
    assert rows["a sentence that answers quoted"].startswith("50.0%")
    assert rows["unanswerable answered"].startswith("0.0%") and rows["AUROC of the confidence"] == "1.000"
    assert reads_gold(bad)
