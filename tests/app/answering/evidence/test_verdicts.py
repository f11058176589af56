from __future__ import annotations

import pytest

from app.answering.evidence.verdicts import wants_verdict, without_verdict


@pytest.mark.parametrize(
    "question",
    [
        "does debate work?",
        "So, can models be trained to lie",
        "my boss asks if is safe: is it?",
        "debate helps weak judges, right?",
        "isn't RLHF enough",
        "I wonder whether unlearning works",
        "what is debate, and does it help?",
        "backdoors removable?",
        "辩论有用吗",
        "模型会不会说谎，为什么？",
    ],
)
def test_a_question_that_asks_whether_wants_a_verdict(question: str) -> None:
    assert wants_verdict(question)


@pytest.mark.parametrize(
    "question",
    [
        "who is right, my prof or the papers",
        "how does debate work?",
        "tell me about backdoors",
        "can you explain debate and why it helps",
        "why do chatbots flatter people",
        "为什么模型会说谎",
        "哪些论文研究辩论",
    ],
)
def test_one_that_asks_for_something_else_wants_none(question: str) -> None:
    assert not wants_verdict(question)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Yes: they do, in one study.", "They do, in one study."),
        ("No. Larger models lie more.", "Larger models lie more."),
        ("Largely yes. They found it so.", "They found it so."),
        ("会，大模型会说谎。", "大模型会说谎。"),
        ("Yes, but only in one study.", "Yes, but only in one study."),
        ("No strong ones were found.", "No strong ones were found."),
        ("Yesterday it did.", "Yesterday it did."),
    ],
)
def test_a_text_loses_the_verdict_before_what_stands_alone(text: str, rest: str) -> None:
    assert without_verdict(text) == rest
