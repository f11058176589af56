"""Training the matcher: what it learns from, and a short run."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.answering.evidence.prepared import PreparedAnswer
from app.answering.evidence.selection import as_quotes
from app.answering.reading.reader import Excerpt, OnnxReader
from app.training.matching import MISS, MODEL, examples_of_answers, finetune_matcher
from retrieval.errors import InputError
from retrieval.models.embedder import HashEmbedder
from retrieval.models.embedding import base_folder
from retrieval.retriever import sentences_within
from retrieval.types import Paper, Passage

OWLS = Paper("owls", "On Owls", "Owls fly silently. They eat mice.", "en")


def silent(*_: object) -> None: ...


def answer(text: str, *ways: str, quoted: bool = True) -> PreparedAnswer:
    sentences = sentences_within(Passage(OWLS, 0, len(OWLS.abstract), 0.0))
    return PreparedAnswer(ways, {"en": text}, as_quotes(sentences[:1]) if quoted else ())


FLY = answer("They fly silently.", "how do owls fly", "do owls make a noise", "owl flight", "猫头鹰怎么飞")
EAT = answer("They eat mice.", "what do owls eat", "do owls eat mice")
ALONE = answer("Nobody knows.", "who counted the owls")
ABOUT = answer("By its contributors.", "who made this", "who made you", quoted=False)


def test_a_way_asks_for_its_own_answer_and_for_no_other() -> None:
    examples = examples_of_answers([FLY, EAT, ALONE, ABOUT], HashEmbedder())
    asked = [example for example in examples if example.answers]
    assert {example.question for example in asked} == {*FLY.asked[:3], *EAT.asked}
    for example in examples:
        own = next(one for one in (FLY, EAT) if example.question in one.asked)
        *ways, text = example.sentences
        assert example.question not in ways and not any("猫" in way for way in ways)
        if example.answers:
            assert example.answers == tuple(range(len(example.sentences))) and example.weight == 1.0
            assert text == own.text["en"] and set(ways) <= set(own.asked)
        else:
            assert text != own.text["en"] and not set(ways) & set(own.asked) and example.weight == MISS
    assert sum(not example.answers for example in examples) == 2 * len(asked)


def test_no_steps_are_no_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--steps must be at least 1"):
        finetune_matcher(tmp_path, 0, silent, silent)


@pytest.mark.model
@pytest.mark.timeout(900)
def test_a_few_steps_give_a_matcher_that_can_be_opened(tmp_path: Path) -> None:
    notes: list[str] = []
    finetune_matcher(tmp_path / "matcher", 2, silent, notes.append)
    assert notes[-1].startswith("The matcher is ")
    matcher = OnnxReader("mine", "", tmp_path / "matcher" / MODEL, base_folder() / "tokenizer.json")
    (reading,) = matcher.read("how do owls fly", [Excerpt("", ("owl flight", "They fly silently."))])
    assert len(reading.sentences) == 2
