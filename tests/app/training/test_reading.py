"""Training the reader: whole, for a few steps, and again from where it was killed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.answering.reading.reader import Excerpt, OnnxReader
from app.training.reading import CARD, HISTORY, MODEL, ReaderRun, examples_of, finetune_reader
from retrieval.errors import InputError
from retrieval.models.embedder import HashEmbedder
from retrieval.models.embedding import base_folder
from retrieval.types import Paper


def silent(*_: object) -> None: ...


def test_no_steps_are_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--steps must be at least 1"):
        finetune_reader(ReaderRun(tmp_path, steps=0), silent, silent)


def test_a_folder_of_nothing_known_is_told(tmp_path: Path, papers: tuple[Paper, ...]) -> None:
    with pytest.raises(InputError, match="holds neither"):
        examples_of("train", [tmp_path], papers, HashEmbedder())


def test_what_is_learned_is_half_answered_and_of_the_papers(all_papers: tuple[Paper, ...]) -> None:
    learned = examples_of("dev", (), all_papers, HashEmbedder())
    twins = [example for example in learned.questions if example.kind not in ("order", "takeover", "harm", "meta")]
    answered = [example for example in twins if example.answers]
    assert len(answered) > 60
    assert {claim.source for claim in learned.claims} == {"premises"}
    assert all(place < len(example.sentences) for example in answered for place in example.answers)
    assert {example.source for example in learned.questions} == {"twins a", "twins b", "twins c", "twins d"}


@pytest.mark.model
@pytest.mark.timeout(900)
def test_a_few_steps_give_a_reader_that_can_be_opened(tmp_path: Path) -> None:
    notes: list[str] = []
    finetune_reader(ReaderRun(tmp_path / "reader", steps=3), silent, notes.append)
    assert (tmp_path / "reader" / MODEL).stat().st_size < 25_000_000
    assert len(json.loads((tmp_path / "reader" / HISTORY).read_text())["losses"]) == 3
    assert "# reader" in (tmp_path / "reader" / CARD).read_text()
    reader = OnnxReader("mine", "", tmp_path / "reader" / MODEL, base_folder() / "tokenizer.json")
    (reading,) = reader.read("What falls?", [Excerpt("On apples", ("Apples fall.", "", "Pears hang."))])
    assert len(reading.sentences) == 3 and reading.sentences[1] < -10
    assert notes[-1].startswith("The reader is ")
