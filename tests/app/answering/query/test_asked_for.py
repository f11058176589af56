"""What kind of thing a question wants to be told is known by its words."""

from __future__ import annotations

import pytest

from app.answering.query.asked_for import asked_for


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("List every paper on owls", "papers"),
        ("which two studies are about owls", "papers"),
        ("what do the papers say of owls?", None),
        ("Why do owls sleep by day?", "why"),
        ("what makes owls sleep", "why"),
        ("how many owls are there", "count"),
        ("What fraction of owls sleep?", "count"),
        ("who counted the owls", "who"),
        ("which lab counted owls?", "who"),
        ("what year was it", "when"),
        ("How do owls sleep?", "how"),
        ("do owls sleep", "whether"),
        ("so, is it true that owls sleep", "whether"),
        ("could you explain owls", "what"),
        ("wat is an owl", "what"),
        ("owls", None),
        ("", None),
        ("为什么猫头鹰白天睡觉", "why"),
        ("猫头鹰睡觉吗", "whether"),
        ("有多少猫头鹰", "count"),
        ("猫头鹰是什么", "what"),
    ],
)
def test_the_kind_that_a_question_wants(question: str, kind: str | None) -> None:
    assert asked_for(question) == kind
