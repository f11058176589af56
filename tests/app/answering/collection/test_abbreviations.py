"""What the field abbreviates is written out where no paper has the letters."""

from __future__ import annotations

import pytest

from app.answering.collection.abbreviations import forms_of, written_out
from app.answering.collection.records import records_of
from app.answering.question import checked_question
from app.build import LocalAnswerer
from retrieval.types import Paper


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("whats a SAE", "whats a sparse autoencoder"),
        ("SAEs, or what?", "sparse autoencoders, or what?"),
        ("SAE是什么", "sparse autoencoder是什么"),
        ("mech interp", "mechanistic interpretability"),
        ("sae-lens and SAE2 and saeed", "sae-lens and SAE2 and saeed"),
        ("", ""),
    ],
)
def test_whole_words_alone_are_written_out(text: str, read: str) -> None:
    assert written_out(text, lambda word: True) == read


def test_what_papers_write_so_is_left() -> None:
    owls = Paper("owls", "Owls", "An SAE finds owls.", "en")
    assert records_of([owls]).written_out("an SAE, and CAI?") == "an SAE, and constitutional ai?"


def test_both_forms_of_a_term() -> None:
    assert forms_of("rlhf") == ("rlhf", "reinforcement learning from human feedback")
    assert forms_of("owls") == ("owls",)


def test_a_question_with_letters_that_no_paper_has_is_answered(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("whats a SAE"))
    assert answer.question == "whats a SAE" and answer.standalone_question == "whats a sparse autoencoder"
    assert answer.citations[0].paper.id in {"extracting-concepts-from-gpt-4", "mapping-the-mind"}
