"""Follow-up questions are joined to what they refer to; new topics are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.conversation import MAX_JOINED_CHARS, needs_context, standalone_question
from app.answering.question import MAX_QUESTION_CHARS, Turn, checked_question
from retrieval.words import content_words, overlap

TOPIC = "Do safety techniques remove a backdoor that was trained into language models?"


def asked(*texts: str) -> str:
    *earlier, last = texts
    history = [
        turn for text in earlier for turn in (Turn("user", text), Turn("assistant", "Answers are never joined."))
    ]
    return standalone_question(checked_question(last, tuple(history)))


@pytest.mark.parametrize(
    "follow_up",
    [
        "Why do they persist through adversarial training of large models?",
        "Does this hold for models with chain of thought distilled away?",
        "What about reinforcement learning from human feedback data collection?",
        "And adversarial training on elicited unsafe behaviour examples only?",
        "In larger models?",
        "Why?",
        "它在大模型中也成立吗？",
        "为什么？",
    ],
)
def test_a_follow_up_is_joined_to_its_topic(follow_up: str) -> None:
    assert asked(TOPIC, follow_up) == f"{TOPIC} {follow_up}"


@pytest.mark.parametrize(
    "question",
    [
        "How can sparse autoencoders extract interpretable features from activations?",
        "Which evaluation benchmarks measure dangerous biological knowledge of chatbots?",
        "语言模型能否评估自身回答的正确性并预测自己知道哪些问题的答案？",
    ],
)
def test_a_new_topic_is_not_joined(question: str) -> None:
    assert asked(TOPIC, question) == question


def test_a_chain_of_follow_ups_reaches_back_to_its_topic() -> None:
    assert asked(TOPIC, "Why?", "In larger models?") == f"{TOPIC} Why? In larger models?"


def test_a_chain_does_not_reach_beyond_its_topic() -> None:
    topic = "How can sparse autoencoders extract interpretable features from activations?"
    assert asked(TOPIC, topic, "Why?") == f"{topic} Why?"


@pytest.mark.parametrize("first", ["Why?", "What about it?", TOPIC])
def test_a_first_question_stands_as_it_is(first: str) -> None:
    assert asked(first) == first


def test_answers_are_not_searched_for() -> None:
    question = checked_question("Why?", (Turn("assistant", "Hello, ask me."),))
    assert standalone_question(question) == "Why?"


@given(
    st.lists(st.text(alphabet="abc it?", min_size=1, max_size=4000), max_size=60),
    st.sampled_from(["Why?", "it " * 600]),
)
def test_however_long_the_history_the_question_is_bounded(history: list[str], last: str) -> None:
    joined = asked(*history, last)
    assert len(joined) <= MAX_JOINED_CHARS + 1 + MAX_QUESTION_CHARS
    assert joined.endswith(last.strip())


def test_a_long_chain_of_long_follow_ups_is_bounded() -> None:
    joined = asked(*(f"Is it so? {number} {'it ' * 600}" for number in range(30)))
    assert len(joined) <= MAX_JOINED_CHARS + 1 + MAX_QUESTION_CHARS


def test_needs_context() -> None:
    assert needs_context("Is it so?") and needs_context("Sandbagging?")
    assert not needs_context(TOPIC.replace("that", "which"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("What is it that they do?", []),
        ("The models are deceiving the trained overseers", ["model", "deceiv", "train", "overse"]),
        ("It grew by 3.5% to 1,000 in GPT-4", ["grew", "3.5%", "1,000", "gpt", "4"]),
        ("模型会撒谎吗？", ["模", "型", "会", "撒", "谎"]),
        ("RED Teaming", ["red", "team"]),
    ],
)
def test_content_words(text: str, words: list[str]) -> None:
    assert content_words(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("models", "model"),
        ("training", "trained"),
        ("evaluates", "evaluated"),
        ("backdoors", "backdoor"),
        ("safety", "SAFETY"),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert content_words(one) == content_words(other)


def test_overlap() -> None:
    assert overlap("models lie", "Models will lie.") == 1.0
    assert overlap("models lie", "cats purr") == 0.0
    assert overlap("models lie often", "models lie") == pytest.approx(2 / 3)
    assert overlap("", "") == overlap("it is", "they are") == 0.0
