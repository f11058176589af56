"""The tasks that chat programs give the chat's own model: done without one, and never answered from papers."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.build import LocalAnswerer
from app.surfaces.openai.tasks import MAX_TITLE_CHARS, ToldFollowups
from tests.app.surfaces.openai.test_openai import BACKDOOR, COMPLETIONS, app_of

CHAT = f"USER: {BACKDOOR}\nASSISTANT: No, not reliably. [1]"
TASKS = {
    "title": 'Generate a concise title.\n### Output:\nJSON format: { "title": "your concise title here" }',
    "tags": 'Generate 1-3 broad tags.\n### Output:\nJSON format: { "tags": ["tag1", "tag2"] }',
    "follow_ups": 'Predict 3-5 messages.\n### Output:\nJSON format: { "follow_ups": ["Suggested next message 1"] }',
    "queries": 'Search queries.\n### Output:\nStrictly return in JSON format: \n{\n  "queries": ["query1"]\n}',
    "text": 'Continue the text.\n5. If unsure, return: `{ "text": "" }`.',
}


@pytest.fixture(scope="module")
def address(served: Any, answerer: LocalAnswerer) -> Any:
    with served(app_of(answerer)) as address:
        yield address


def prompt(kind: str, chat: str = CHAT) -> str:
    """A task as Open WebUI words it."""
    return f"### Task:\n{TASKS[kind]}\n\n### Chat History:\n<chat_history>\n{chat}\n</chat_history>"


def completed(address: str, text: str, **more: Any) -> Any:
    body = {"model": "paperbacked", "messages": [{"role": "user", "content": text}], **more}
    response = httpx.post(f"{address}{COMPLETIONS}", json=body, timeout=60)
    assert response.status_code == 200, response.text
    return response.json()


def done(address: str, kind: str, chat: str = CHAT) -> Any:
    message = completed(address, prompt(kind, chat))["choices"][0]["message"]
    assert "paperbacked" not in message
    return json.loads(message["content"])[kind]


def test_a_chat_is_called_by_its_question(address: str) -> None:
    assert done(address, "title") == BACKDOOR
    question = "What did these papers find about models that hide what they want from those who train them?"
    title = done(address, "title", f"USER: {question}\nASSISTANT: …")
    assert title.endswith("…") and question.startswith(title[:-1]) and len(title) <= MAX_TITLE_CHARS
    assert done(address, "title", "USER: One\nquestion\nASSISTANT: Yes.") == "One question"
    assert len(done(address, "title", f"USER: {'x' * 5_000}\nASSISTANT: …")) <= MAX_TITLE_CHARS
    assert done(address, "title", "nobody said anything") == ""


def test_what_is_not_known_is_empty(address: str) -> None:
    assert done(address, "tags") == done(address, "queries") == []
    assert done(address, "text") == ""
    assert done(address, "follow_ups", "USER: Something that nobody asked?\nASSISTANT: …") == []


@pytest.mark.parametrize("stream", [False, True])
def test_follow_ups_are_those_of_the_answer(served: Any, answerer: LocalAnswerer, stream: bool) -> None:
    with served(app_of(answerer)) as address:
        assert done(address, "follow_ups") == []
        body = {"model": "paperbacked", "messages": [{"role": "user", "content": BACKDOOR}], "stream": stream}
        httpx.post(f"{address}{COMPLETIONS}", json=body, timeout=60)
        told = done(address, "follow_ups", f"USER: Before\nASSISTANT: …\n{CHAT}")
    assert told == list(answerer.ask(BACKDOOR).followups) != []


def test_a_task_may_be_streamed(address: str) -> None:
    body = {"model": "paperbacked", "messages": [{"role": "user", "content": prompt("title")}], "stream": True}
    response = httpx.post(f"{address}{COMPLETIONS}", json=body)
    *chunks, last = response.text.removesuffix("\n\n").split("\n\n")
    choices = [json.loads(chunk.removeprefix("data: "))["choices"][0] for chunk in chunks]
    assert last == "data: [DONE]" and choices[-1]["finish_reason"] == "stop"
    assert json.loads("".join(choice["delta"].get("content", "") for choice in choices)) == {"title": BACKDOOR}


@pytest.mark.parametrize(
    "text",
    [
        BACKDOOR,
        "### Task:\nWhat is a backdoor?",
        '### Task:\nWhat is { "title": of a <chat_history>?',
        f"Why? {prompt('title')}"[:1_500],
        prompt("title").replace('"title"', '"poem"'),
    ],
)
def test_everything_else_is_a_question(address: str, text: str) -> None:
    assert completed(address, text)["choices"][0]["message"]["paperbacked"]["question"]


def test_only_the_last_answers_are_kept() -> None:
    told = ToldFollowups(most=2)
    for question in ("one", "two", "one", "three"):
        told.keep(None, question, [f"{question}?"])
    assert [told.of(None, question) for question in ("one", "two", "three")] == [("one?",), (), ("three?",)]
    assert told.of("mine", "one") == () and told.of(None, " one ") == ("one?",)
