"""Which questions compare, and what with what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.answering.query.comparison import MAX_CHARS, Comparison, comparison_in
from tests.support.own_time import own_seconds

COMPARES = {
    "probes vs patching": Comparison(("probes", "patching")),
    "probes vs patching difference??": Comparison(("probes", "patching")),
    "probes vs patching? what's the difference": Comparison(("probes", "patching")),
    "probes vs patching compared": Comparison(("probes", "patching")),
    "so, Probes versus patching?": Comparison(("Probes", "patching")),
    "compare probes and patching": Comparison(("probes", "patching")),
    "Compare probes with patching in terms of cost": Comparison(("probes", "patching"), "cost"),
    "What's the difference between a probe and a patch?": Comparison(("probe", "patch")),
    "how do probes differ from patching": Comparison(("probes", "patching")),
    "How are probes different from patching? Both look inside, no?": Comparison(("probes", "patching")),
    "How does RAFT compare to PPO?": Comparison(("RAFT", "PPO")),
    "probes or patching, which is better": Comparison(("probes", "patching"), judging=True),
    "probes vs patching whats better": Comparison(("probes", "patching"), judging=True),
    "probes vs patching - which one works better": Comparison(("probes", "patching"), judging=True),
    "Which is safer: Sparrow or InstructGPT?": Comparison(("Sparrow", "InstructGPT"), judging=True),
    "Is RLHF better than RLAIF?": Comparison(("RLHF", "RLAIF"), judging=True),
    "is RLHF or DPO more stable at scale": Comparison(("RLHF", "DPO"), "at scale", judging=True),
    "online or offline training, which wins?": Comparison(("online training", "offline training"), judging=True),
    "owls or night hawks, which is better": Comparison(("owls", "night hawks"), judging=True),
    "Do OpenAI and Anthropic agree on oversight?": Comparison(("OpenAI", "Anthropic"), "oversight", judging=True),
    "Do Anthropic's and DeepMind's papers agree that debate helps?": Comparison(
        ("Anthropic", "DeepMind"), "debate helps", judging=True
    ),
    "比较探针和补丁": Comparison(("探针", "补丁")),
    "探针和补丁有什么区别？": Comparison(("探针", "补丁")),
    "RLHF 和 DPO 哪个更好？": Comparison(("RLHF", "DPO"), judging=True),
}


@pytest.mark.parametrize("text", COMPARES)
def test_the_sides_of_a_comparison(text: str) -> None:
    assert comparison_in(text) == COMPARES[text]


NOT = (
    "What is a probe?",
    "Is it better than patching?",
    "Is the model better than before?",
    "Which papers are about probes or patching?",
    "Insecure or broken programs: what do we have on them?",
    "97.1 vs 91.7",
    "probes vs probes",
    "How do models differ?",
    "Is debate better than letting a judge read the whole book alone without any help at all?",
    "Do models agree with users?",
    "vs",
    "compare and contrast",
    "",
)


@pytest.mark.parametrize("text", NOT)
def test_what_does_not_surely_compare_is_no_comparison(text: str) -> None:
    assert comparison_in(text) is None


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_the_words_of_the_sides_are_those_of_the_text(one: str, other: str) -> None:
    text = f"{one} vs {other}"
    found = comparison_in(text)
    assert found is None or all(word in text for side in found.sides for word in side.split())


@pytest.mark.parametrize("unit", ["a vs b ", "is a better than ", "compare a and ", "a or b, which is ", "和 比 区别 "])
def test_a_long_text_takes_no_time(unit: str) -> None:
    seconds = own_seconds()
    for length in (MAX_CHARS, 100 * MAX_CHARS):
        comparison_in((unit * length)[:length].strip())
    assert seconds() < 2
