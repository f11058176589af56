"""Questions files: what is read, what is refused and in which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retrieval.errors import InputError
from retrieval.questions.labelled import Gold, LabelledQuestion, check_papers, read_labelled_questions
from retrieval.shipped import default_questions_file
from retrieval.types import Paper

GOOD: dict[str, Any] = {"id": "q1", "type": "single", "question": "Why?", "papers": ["owls"]}
Write = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    def write(*lines: Any) -> Path:
        path = tmp_path / "questions.jsonl"
        texts = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        path.write_bytes(b"\n".join(texts) + b"\n")
        return path

    return write


def test_all_fields(file: Write) -> None:
    record = GOOD | {
        "type": "followup",
        "language": "zh",
        "history": [{"role": "user", "content": "Owls?"}, {"role": "assistant", "content": "Yes."}],
        "gold": [{"paper": "owls", "sentence": "They see."}],
    }
    [question] = read_labelled_questions(file(record))
    assert question == LabelledQuestion(
        "q1", "followup", "zh", "Why?", ("owls",), (Gold("owls", "They see."),), ("Owls?",)
    )
    assert question.joined == "Owls? Why?"


def test_what_may_be_left_out(file: Write) -> None:
    one, other = read_labelled_questions(
        file({"id": 1, "question": "A?", "papers": ["p"]}, b"", {"id": "2", "question": "B?", "papers": []})
    )
    assert (one.id, one.type, one.language, one.joined) == ("1", "single", "en", "A?")
    assert other.type == "unanswerable"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "Expecting property name"),
        (b"[]", "not a JSON object"),
        (b"[" * 100_000, "maximum recursion depth"),
        ({"id": "2", "papers": []}, "the key 'question' is missing"),
        ({"id": "2", "question": "A?"}, "the key 'papers' is missing"),
        ({"question": "A?", "papers": []}, "the key 'id' is missing"),
        (GOOD | {"id": "2", "question": " "}, "question must be a string that is not empty"),
        (GOOD | {"id": "2", "question": 7}, "question must be a string that is not empty"),
        (GOOD | {"id": "2", "question": "half \ud800"}, "surrogates not allowed"),
        (GOOD | {"id": "2", "papers": "owls"}, "papers must be a list of ids"),
        (GOOD | {"id": "2", "papers": [1]}, "papers must be a list of ids"),
        (GOOD | {"id": "2", "type": "riddle"}, "type 'riddle' is none of single, multi, "),
        (GOOD | {"id": "2", "type": "unanswerable"}, "a question names papers unless its type is unanswerable"),
        (GOOD | {"id": "2", "papers": []}, "a question names papers unless its type is unanswerable"),
        (GOOD | {"id": "2", "gold": [{"paper": "owls"}]}, "the key 'sentence' is missing"),
        (GOOD | {"id": "2", "history": [{"role": "user"}]}, "the key 'content' is missing"),
        (GOOD | {"id": "2", "history": 3}, "'int' object is not iterable"),
        (GOOD, "the id 'q1' stands on an earlier line too"),
    ],
)
def test_a_bad_line_is_named(file: Write, line: Any, reason: str) -> None:
    path = file(GOOD, line)
    with pytest.raises(InputError) as caught:
        read_labelled_questions(path)
    message = str(caught.value)
    assert message.startswith(f"{path}, line 2: ") and reason in message
    assert message.endswith("; mend the line and try again.") and "\n" not in message


def test_a_file_that_cannot_be_read(tmp_path: Path, file: Write) -> None:
    for path in (tmp_path / "missing", tmp_path, file(b"\xff\xfe")):
        with pytest.raises(InputError, match=r"cannot be read \(|not UTF-8"):
            read_labelled_questions(path)
    with pytest.raises(InputError, match="holds no questions"):
        read_labelled_questions(file(b" "))


def test_papers_that_are_not_there(file: Write) -> None:
    questions = read_labelled_questions(file(GOOD, {"id": "q2", "question": "B?", "papers": []}))
    check_papers(questions, [Paper("owls", "T", "", "en"), Paper("bats", "T", "", "en")])
    with pytest.raises(InputError, match="The question 'q1' names a paper 'owls' that the collection does not have"):
        check_papers(questions, [Paper("bats", "T", "", "en")])


@pytest.mark.parametrize("name", ["train", "dev", "test"])
def test_the_files_that_ship(name: str, all_papers: tuple[Paper, ...]) -> None:
    questions = read_labelled_questions(default_questions_file(f"{name}.jsonl"))
    check_papers(questions, all_papers)
    assert all(question.asked_before for question in questions if question.type == "followup")
