"""What the reader learns from is read as it is written, and a wrong line is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.training.reader.sets import (
    CLAIMS,
    QUESTIONS,
    Text,
    Twin,
    examples_of_twins,
    premises_of_twins,
    read_claim_set,
    read_question_set,
    read_twins,
)
from retrieval.errors import InputError

ROW: dict[str, Any] = {
    "set": "squad2",
    "split": "train",
    "question": "What falls?",
    "context": "On apples",
    "sentences": ["Apples fall BIBREF12.", "Pears hang (FIGREF3)."],
    "answers": [0],
    "answerable": True,
}


def written(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return folder


def test_questions_of_a_split_in_english_without_placeholders(tmp_path: Path) -> None:
    rows = (ROW, ROW | {"split": "dev"}, ROW | {"lang": "zh"}, ROW | {"answerable": False, "built": True})
    first, second = read_question_set(written(tmp_path, QUESTIONS, *rows), "train")
    assert (first.question, first.title, first.answers, first.weight) == ("What falls?", "On apples", (0,), 1.0)
    assert first.sentences == ("Apples fall.", "Pears hang.")
    assert second.answers == () and second.kind == "composed" and second.weight < first.weight


def test_claims_of_a_split(tmp_path: Path) -> None:
    row = {"set": "fm2", "split": "dev", "claim": "Apples fall.", "evidence": "They do.", "label": "supported"}
    (claim,) = read_claim_set(written(tmp_path, CLAIMS, row, row | {"split": "test"}), "dev")
    assert (claim.claim, claim.evidence, claim.label, claim.source) == ("Apples fall.", "They do.", "supported", "fm2")
    with pytest.raises(InputError, match=r"line 2.*label must be one of"):
        read_claim_set(written(tmp_path, CLAIMS, row, row | {"label": "maybe"}), "dev")


TWIN = {
    "id": "a-0001",
    "author": "a",
    "doc": "apples",
    "kind": "figure",
    "question": "What falls?",
    "answers": [[0, 12]],
    "near": "How many fall?",
}


def test_a_twin_is_two_examples(tmp_path: Path) -> None:
    twins = read_twins(written(tmp_path, "twins.jsonl", TWIN) / "twins.jsonl")
    assert twins == [Twin("a-0001", "a", "apples", "figure", "How many fall?", "What falls?", ((0, 12),))]
    texts = {"apples": Text("On apples", "Apples fall. Pears hang.")}
    answered, near = examples_of_twins([*twins, Twin("x", "a", None, "order", "Sing!")], texts, 1.5)
    assert (answered.question, answered.answers, answered.weight) == ("What falls?", (0,), 1.5)
    assert (near.question, near.answers, near.sentences) == ("How many fall?", (), ("Apples fall.", "Pears hang."))
    assert list(examples_of_twins(twins, {}, 1.0)) == []


def test_what_a_question_takes_for_granted_is_a_claim() -> None:
    texts = {"apples": Text("On apples", "Apples fall. Pears never fall.")}
    answered = Twin("a-1", "a", "apples", "figure", "How many fall?", "What falls?", ((0, 12),))
    turned = Twin("a-2", "a", "apples", "premise", "Why do pears fall?", "What falls?", ((0, 12),), ((13, 30),))
    claims = list(premises_of_twins([answered, turned, Twin("a-3", "a", None, "order", "Sing!")], texts, 1.0))
    assert [(claim.claim, claim.evidence, claim.label) for claim in claims] == [
        ("What falls?", "Apples fall.", "supported"),
        ("How many fall?", "Apples fall.", "not_enough"),
        ("What falls?", "Apples fall.", "supported"),
        ("Why do pears fall?", "Pears never fall.", "contradicted"),
    ]


@pytest.mark.parametrize(
    "wrong", [{"answers": [[1]]}, {"answers": 3}, {"id": None, "kind": None, "near": None, "doc": 1}]
)
def test_a_wrong_twin_is_named_by_its_line(tmp_path: Path, wrong: dict[str, Any]) -> None:
    row = TWIN | wrong
    if wrong.get("id", "") is None:
        del row["author"]
    with pytest.raises(InputError, match="line 1"):
        read_twins(written(tmp_path, "twins.jsonl", row) / "twins.jsonl")
