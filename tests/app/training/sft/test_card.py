"""The card says what was taught, from what, how, and how far it can be relied on."""

from __future__ import annotations

from app.training.sft.card import model_card
from app.training.sft.recipe import DEFAULT
from app.training.sft.training import LossHistory

HISTORY = LossHistory([2.0, 1.0], [3.0, 1.26])


def card(*, other_fields: bool) -> str:
    return model_card("mine", "some/base", DEFAULT, HISTORY, 3391, 271, other_fields=other_fields)


def test_a_card() -> None:
    text = card(other_fields=True)
    assert text.startswith("---\nlicense: apache-2.0") and "base_model: some/base" in text and "\n# mine\n" in text
    assert "prompts/direct.md" in text and "up to three quotes" in text and "\nSKIP where they do not" in text
    assert "3391 lessons" in text and "\n271 of them" in text
    assert "| layers | 0.667 |" in text and "| learning rate | 0.0004 |" in text and "| epochs | 1 |" in text
    assert "it was 3.000 before\ntraining and 1.260 after each epoch" in text


def test_scifact_is_named_where_it_was_learned_from() -> None:
    assert "SciFact's corpus" in card(other_fields=True) and "ODC-By 1.0" in card(other_fields=True)
    without = card(other_fields=False)
    assert "SciFact" not in without and "- Over abstracts of works on AI safety" in without
