"""Words that turn a statement round."""

from __future__ import annotations

import pytest

from app.answering.checking.polarity import is_denial, opposed


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("robustness increases", "robustness decreases"),
        ("more models lie", "fewer models lie"),
        ("it is easier", "it is harder"),
        ("models are able", "models are unable"),
        ("models are aligned", "models are misaligned"),
        ("accuracy rises while risk falls", "accuracy falls while risk rises"),
    ],
)
def test_opposites(one: str, two: str) -> None:
    assert opposed(one.split(), two.split()) and opposed(two.split(), one.split())


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("robustness increases", "robustness rises"),
        ("a rises and b falls", "b falls and a rises"),
        ("models lie", "models do cheat"),
        ("", ""),
    ],
)
def test_no_opposites(one: str, two: str) -> None:
    assert not opposed(one.split(), two.split()) and not opposed(two.split(), one.split())


def test_denials() -> None:
    assert [word for word in ("not", "don't", "without", "note", "ant") if is_denial(word)] == [
        "not",
        "don't",
        "without",
    ]
