"""However a stream is cut, the text that comes out is the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.answering.models.text_stream import Detokenizer, StopStrings, ThinkBlock

WORDS = st.sampled_from(
    ["<think>", "</think>", "<thi", "nk>", "</", "think", ">", "<", " ", "\n", "so [1].", "é", "安"]
)
TEXTS = st.lists(WORDS, max_size=12).map("".join)


def cut(text: str, places: list[int]) -> list[str]:
    ends = sorted({place % (len(text) + 1) for place in places} | {len(text)})
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def through(stage: ThinkBlock | StopStrings, pieces: list[str]) -> str:
    return "".join(stage.feed(piece) for piece in pieces) + stage.finish()


@given(TEXTS, st.lists(st.integers(0, 80), max_size=40), st.booleans())
def test_thoughts_are_dropped_from_the_beginning_however_the_text_is_cut(
    text: str, places: list[int], opened: bool
) -> None:
    whole = ("<think>" if opened else "") + text
    expected = re.sub(r"\A(\s*<think>.*?(</think>|\Z))*\s*", "", whole, flags=re.DOTALL)
    assert through(ThinkBlock(opened), cut(text, places)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<think>\nhm\n</think>\n\nYes [1].", "Yes [1]."),
        ("<think>never ends", ""),
        ("The <think> token is learnt.", "The <think> token is learnt."),
        ("<thinking> is a tag", "<thinking> is a tag"),
    ],
)
def test_thoughts_examples(text: str, expected: str) -> None:
    assert through(ThinkBlock(), list(text)) == expected


def test_an_answer_without_thoughts_is_passed_on_at_once() -> None:
    assert ThinkBlock().feed("Yes") == "Yes"


@pytest.mark.parametrize("piece", ["<think>hm", "hm ", " \n", "<think></think> ", "</think>"])
def test_of_thoughts_and_space_nothing_is_kept(piece: str) -> None:
    stage = ThinkBlock(opened=piece == "hm ")
    assert [stage.feed(piece) for _ in range(1000)] == [""] * 1000 or piece == "</think>"
    assert len(stage._held) < len("</think>")


@given(TEXTS, st.lists(st.integers(0, 80), max_size=40))
def test_a_stop_string_ends_the_text_however_it_is_cut(text: str, places: list[int]) -> None:
    stage = StopStrings(["</think>", "nk>so", ">"])
    found = re.search(r"</think>|nk>so|>", text)
    assert through(stage, cut(text, places)) == (text[: found.start()] if found else text)
    assert stage.reached == bool(found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=TEXTS, groups=st.lists(st.integers(1, 5), max_size=40))
def test_tokens_become_the_text_they_came_from(
    decode: Callable, encode: Callable, text: str, groups: list[int]
) -> None:
    ids, stage, out, at = encode(text), Detokenizer(decode), [], 0
    for size in [*groups, *[1] * len(ids)]:
        out.append(stage.feed(ids[at : at + size]))
        at += size
    assert "\ufffd" not in "".join(out), "half a character was passed on"
    assert "".join(out) + stage.finish() == text


@pytest.fixture(scope="module")
def tokenizer(tiny_folder: Path):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_folder)


@pytest.fixture(scope="module")
def decode(tokenizer) -> Callable[[list[int]], str]:
    return lambda ids: tokenizer.decode(ids, skip_special_tokens=True)


@pytest.fixture(scope="module")
def encode(tokenizer) -> Callable[[str], list[int]]:
    return lambda text: tokenizer.encode(text, add_special_tokens=False)
