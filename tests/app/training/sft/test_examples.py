"""Lessons are read, or refused with the line and the reason; prepared answers become lessons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.answering.citation import Citation
from app.answering.evidence.prepared import PreparedAnswer, read_prepared
from app.training.sft.examples import examples_of, read_other_examples, read_sft_examples
from retrieval.errors import InputError
from retrieval.papers.papers import papers_of
from retrieval.shipped import shipped_file
from retrieval.types import Paper

NAMES = {"lies": "On lies"}
QUOTE = {"paper": "lies", "text": "Models lie."}
LESSON = {"id": "a", "form": "yesno", "question": "Do they lie?", "quotes": [QUOTE], "answer": "Yes, they do."}
OTHER = {"id": "o", "form": "what", "doc": "7", "sentences": [2, 0], "question": "Do they sing?", "answer": "Yes."}
DOCUMENT = {"_id": "7", "title": "On whales", "sentences": ["Whales sing.", "They dive.", "All whales do."]}


def written(path: Path, *records: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def test_a_lesson_is_read(tmp_path: Path) -> None:
    skips = {**LESSON, "id": "b", "asked": "train-1", "quotes": [QUOTE, {**QUOTE, "text": "We ask."}], "answer": None}
    first, second = read_sft_examples(written(tmp_path / "l.jsonl", LESSON, skips), NAMES)
    assert (first.id, first.form, first.question, first.answer) == ("a", "yesno", "Do they lie?", "Yes, they do.")
    assert first.quotes == (("On lies", "Models lie."),)
    assert second.quotes == (("On lies", "Models lie."), ("On lies", "We ask.")) and second.answer is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({**LESSON, "quotes": []}, "needs a question and quotes"),
        ({**LESSON, "question": " "}, "needs a question and quotes"),
        ({**LESSON, "quotes": [{**QUOTE, "text": ""}]}, "needs a question and quotes"),
        ({**LESSON, "quotes": [{**QUOTE, "paper": "whales"}]}, "whales"),
        ({key: value for key, value in LESSON.items() if key != "form"}, "the key 'form' is missing"),
        ({key: value for key, value in LESSON.items() if key != "answer"}, "the key 'answer' is missing"),
        ([1], "line 2"),
    ],
)
def test_a_bad_lesson_is_named(tmp_path: Path, record: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        read_sft_examples(written(tmp_path / "l.jsonl", LESSON, record), NAMES)
    assert "l.jsonl, line 2" in str(error.value)


def test_no_file_and_no_lessons(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_sft_examples(tmp_path / "none.jsonl", NAMES)
    with pytest.raises(InputError, match="holds no lessons"):
        read_sft_examples(written(tmp_path / "empty.jsonl"), NAMES)


def test_of_another_field_the_sentences_are_looked_up(tmp_path: Path) -> None:
    lessons, corpus = written(tmp_path / "o.jsonl", OTHER), written(tmp_path / "corpus.jsonl", DOCUMENT)
    [lesson] = read_other_examples(lessons, corpus)
    assert lesson.quotes == (("On whales", "All whales do."), ("On whales", "Whales sing."))
    assert (lesson.id, lesson.form, lesson.question, lesson.answer) == ("o", "what", "Do they sing?", "Yes.")


@pytest.mark.parametrize(
    ("record", "document", "reason"),
    [
        ({**OTHER, "doc": "8"}, DOCUMENT, "o.jsonl, line 1: .*corpus.jsonl has no document 8"),
        ({**OTHER, "sentences": [3]}, DOCUMENT, "o.jsonl, line 1: the document 7 has 3 sentences"),
        ({**OTHER, "sentences": [-1]}, DOCUMENT, "the document 7 has 3 sentences"),
        ({**OTHER, "sentences": []}, DOCUMENT, "needs a question and quotes"),
        (
            OTHER,
            {"_id": "7", "title": "On whales", "text": "Whales sing."},
            "corpus.jsonl, line 1: the key 'sentences'",
        ),
    ],
)
def test_what_a_corpus_lacks_is_told(tmp_path: Path, record: Any, document: Any, reason: str) -> None:
    lessons, corpus = written(tmp_path / "o.jsonl", record), written(tmp_path / "corpus.jsonl", document)
    with pytest.raises(InputError, match=reason):
        read_other_examples(lessons, corpus)


def test_without_a_corpus_its_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none cannot be read"):
        read_other_examples(written(tmp_path / "o.jsonl", OTHER), tmp_path / "none")


def test_prepared_answers_in_english_that_are_proved_are_lessons() -> None:
    paper = Paper("lies", "On lies", "Models lie.", "en")
    quotes = (Citation(1, paper, 0, 11, 1.0),)
    text = {"en": "Yes, they do.", "zh": "会。"}
    lessons = examples_of(
        [
            PreparedAnswer(("会说谎吗？", "what do they say", "do they lie"), text, quotes, verdict="yes"),
            PreparedAnswer(("do they lie",), text, quotes, status="partly"),
            PreparedAnswer(("do they lie",), text, ()),
            PreparedAnswer(("do they lie",), {"zh": "会。"}, quotes),
            PreparedAnswer(("会说谎吗？",), text, quotes),
            PreparedAnswer(("do they lie",), text, quotes, verdict="yes"),
        ]
    )
    assert [(lesson.id, lesson.form, lesson.question) for lesson in lessons] == [
        ("prepared-1", "prepared", "what do they say"),
        ("prepared-6", "prepared", "do they lie"),
    ]
    assert lessons[0].quotes == (("On lies", "Models lie."),)
    # Yes and no are said where the question wants them.
    assert [lesson.answer for lesson in lessons] == ["They do.", "Yes, they do."]


def test_the_prepared_answers_that_ship_give_lessons(all_papers: tuple[Paper, ...]) -> None:
    lessons = examples_of(read_prepared(shipped_file("prepared.jsonl"), papers_of(all_papers), all_papers))
    assert len(lessons) > 900 and all(lesson.answer and lesson.quotes for lesson in lessons)
    assert len({lesson.id for lesson in lessons}) == len(lessons)
