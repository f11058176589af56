from __future__ import annotations

import pytest

from app.answering.evidence.verdicts import asks_alike, wants_verdict, without_degree, without_verdict


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
        ("Partly. DPO needs no reward model.", "DPO needs no reward model."),
        ("Partly, as it fades.", "Partly, as it fades."),
    ],
)
def test_a_text_loses_the_verdict_before_what_stands_alone(text: str, rest: str) -> None:
    assert without_verdict(text) == rest


WAYS = ("does safety training remove backdoors", "can RLHF fix a backdoor?")


@pytest.mark.parametrize(
    ("question", "ways", "alike"),
    [
        ("Is a backdoor gone after training?", WAYS, True),
        ("Is there evidence of bad behaviour that training doesn't remove?", WAYS, False),
        ("can they be trained without labels", WAYS, False),
        ("Isn't a backdoor removed by training?", WAYS, True),
        ("is it gone or not", WAYS, True),
        ("Is there behaviour that training does not remove?", ("is there any that isn't removed",), True),
        ("does training remove it", ("is it not removed",), False),
        ("Is a backdoor always gone after training?", WAYS, False),
        ("is training enough, guaranteed?", ("is it guaranteed to be gone",), True),
        ("does training remove it, or does it just hide it?", WAYS, False),
        ("is only training enough", ("is training always enough",), False),
        ("Can it not be removed", ("can it not be removed", "is it removed"), True),
        ("does training remove it", ("is it not removed", "is it removed"), True),
    ],
)
def test_a_question_that_denies_or_demands_what_the_ways_do_not_wants_another_verdict(
    question: str, ways: tuple[str, ...], alike: bool
) -> None:
    assert asks_alike(question, ways) is alike


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Little: images break it easily.", "Images break it easily."),
        ("A lot: half of it.", "Half of it."),
        ("Little is known.", "Little is known."),
        ("Much of it is copied.", "Much of it is copied."),
    ],
)
def test_a_text_loses_the_degree_before_what_stands_alone(text: str, rest: str) -> None:
    assert without_degree(text) == rest
