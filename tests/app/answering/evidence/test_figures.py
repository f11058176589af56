"""Questions that want a figure."""

from __future__ import annotations

import pytest

from app.answering.evidence.figures import lacks_figure


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many features were found?", "We found interpretable features."),
        ("what percentage of jailbreaks still work", "Jailbreaks still work."),
        ("How much does it cost to train?", "Training is cheap."),
        ("训练用了多少例子？", "The model was trained on examples."),
    ],
)
def test_a_figure_is_asked_for_and_not_given(question: str, sentence: str) -> None:
    assert lacks_figure(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("How many features were found?", "We found 34 million features."),
        ("How many features were found?", "Thousands of features were found."),
        ("how often does it refuse", "It refuses half of the time."),
        ("How do features form?", "Features form early."),
        ("多少风险？", "共有一百多种风险。"),
    ],
)
def test_a_figure_is_given_or_none_is_asked_for(question: str, sentence: str) -> None:
    assert not lacks_figure(question, sentence)
