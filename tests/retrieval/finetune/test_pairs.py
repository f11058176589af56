"""What the embedding model learns from."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from retrieval.finetune.pairs import TrainingPair, batches, query_examples, question_examples, topic_examples
from retrieval.lexical.glossary import Glossary
from retrieval.questions.labelled import Gold, LabelledQuestion
from retrieval.readers.beir import BeirSet
from retrieval.types import Paper

PAPER = Paper(
    "a", "Sleeper Agents", "Backdoors persist. Training hides them.", "en", category="Robustness", summary="S."
)
CHINESE = Paper("b", None, "模型知道。", "zh", label="On knowing", translations={"en": "Models know."})
GLOSSARY = Glossary({"模型": "model", "知道": "know"})


def asked(text: str, *papers: str, gold: tuple[Gold, ...] = ()) -> LabelledQuestion:
    return LabelledQuestion("q", "single", "en", text, papers, gold)


def test_a_question_learns_its_sentence_its_passage_and_its_paper() -> None:
    question = asked("Do they stay?", "a", gold=(Gold("a", "Training hides them."),))
    [example] = question_examples([PAPER], [question], GLOSSARY)
    assert example.papers == {"a"}
    assert "Training hides them." in example.positives
    assert "Sleeper Agents\nBackdoors persist. Training hides them." in example.positives
    assert all("Models" not in text for text in example.positives)


def test_chinese_is_read_in_english_on_both_sides() -> None:
    [example] = question_examples([CHINESE], [asked("模型知道吗", "b")], GLOSSARY)
    assert example.question == "model know"
    assert "On knowing\nModels know." in example.positives


def test_questions_of_papers_that_are_held_out_or_none_are_left_out() -> None:
    questions = [asked("x", "a"), asked("y", "a", "b"), asked("z")]
    assert [example.question for example in question_examples([PAPER], questions, GLOSSARY)] == ["x"]


def test_the_model_cards_pairs() -> None:
    [example] = topic_examples([PAPER, Paper("empty", "T", "", "en")])
    assert example.question == "What does this text say about robustness?"
    assert example.positives == ("Backdoors persist. Training hides them.",)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(2, 8), st.randoms())
def test_no_batch_holds_a_paper_twice_and_no_example_comes_twice(
    owners: list[int], size: int, rng: random.Random
) -> None:
    examples = [TrainingPair("q", frozenset({str(owner)}), ("t",)) for owner in owners]
    order = list(range(len(examples)))
    rng.shuffle(order)
    made = batches(examples, size, order)
    placed = [place for batch in made for place in batch]
    assert len(placed) == len(set(placed)) and set(placed) <= set(order)
    for batch in made:
        assert len(batch) <= size
        assert len({owners[place] for place in batch}) == len(batch)


def test_queries_of_another_collection_are_learned_with_the_papers_that_answer_them() -> None:
    other = BeirSet((PAPER, CHINESE), {"1": "a claim", "2": "no"}, {"1": {"a": 1, "b": 0}, "2": {"b": 0}})
    [example] = query_examples(other)
    assert (example.question, example.papers) == ("a claim", {"a"})
    assert "Sleeper Agents\nBackdoors persist. Training hides them." in example.positives
    assert all("模型" not in text for text in example.positives)
