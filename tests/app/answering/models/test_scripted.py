"""The scripted model keeps the real one's manners."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage

from app.answering.models.scripted import ScriptedLLM
from retrieval.errors import ModelError


def pieces_of(llm: ScriptedLLM) -> list[str]:
    return [str(chunk.content) for chunk in llm.stream("q") if chunk.content]


@given(st.text(min_size=1, max_size=60), st.integers(1, 70))
def test_pieces_of_the_given_size_make_up_the_reply(reply: str, piece: int) -> None:
    pieces = pieces_of(ScriptedLLM(replies=[reply], piece=piece))
    assert "".join(pieces) == reply
    assert {len(text) for text in pieces[:-1]} <= {piece}


def test_replies_come_in_turn_and_again() -> None:
    llm = ScriptedLLM(replies=["one", "two"])
    assert [llm.invoke("q").content for _ in range(3)] == ["one", "two", "one"]


def test_an_empty_reply_is_an_answer_too() -> None:
    assert pieces_of(ScriptedLLM(replies=[""])) == []


@pytest.mark.parametrize("after", [0, 1, 2])
def test_fails_after_so_many_pieces(after: int) -> None:
    llm, got = ScriptedLLM(replies=["abcdef"], piece=3, fail_after=after), []
    with pytest.raises(ModelError, match="as it was told to"):
        for chunk in llm.stream("q"):
            got.append(chunk.content)
    assert got == ["abc", "def"][:after]


def test_raises_the_error_that_it_is_given() -> None:
    with pytest.raises(ConnectionError):
        ScriptedLLM(replies=["x"], fail_after=0, error=ConnectionError()).invoke("q")


def test_remembers_what_it_was_asked_and_who_left_early() -> None:
    llm = ScriptedLLM(replies=["a long reply"], piece=1)
    stream = llm.stream([HumanMessage("Why?")])
    next(stream)
    assert isinstance(stream, Generator)
    stream.close()
    assert [message.content for message in llm.asked[0]] == ["Why?"] and llm.closed_early == 1


def test_waits_before_each_piece() -> None:
    began = time.monotonic()
    ScriptedLLM(replies=["abc"], piece=1, delay_s=0.02).invoke("q")
    assert time.monotonic() - began >= 0.06


def test_stop_strings_and_async() -> None:
    async def read() -> str:
        return "".join([str(c.content) async for c in ScriptedLLM(replies=["Yes. No."]).astream("q", stop=[" No"])])

    assert asyncio.run(read()) == "Yes."
