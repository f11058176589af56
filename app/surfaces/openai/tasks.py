"""What chat programs ask a chat's own model for besides answers: a title, tags, questions to ask next.

Open WebUI sends such tasks as a message that no paper could answer, so they are done here, without a language model.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

MAX_TITLE_CHARS = 60
Kind = Literal["title", "tags", "follow_ups", "queries", "text"]
_BEGINS = "### Task:"
_CHAT = re.compile(r"<chat_history>\n?(.*)</chat_history>", re.DOTALL)
_WANTED = re.compile(r"\{\s*\"(\w+)\"\s*:")
_TURN = re.compile(r"^(USER|ASSISTANT): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Task:
    """A task: the key of the JSON object that is wanted, and what the user has asked in the chat, oldest first."""

    kind: Kind
    asked: tuple[str, ...]


class ToldFollowups:
    """The questions that the last answers named to be asked next, for the task that asks for them afterwards.

    They are kept here alone, of so many questions as `most`; another server of the same papers does not know them,
    and then there are none. May be used from several threads.
    """

    def __init__(self, most: int = 256) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], tuple[str, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, collection: str | None, question: str, followups: Sequence[str]) -> None:
        """Keep what the answer to that question over that collection has named."""
        key = _key(collection, question)
        with self._lock:
            self._kept[key] = tuple(followups)
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def of(self, collection: str | None, question: str) -> tuple[str, ...]:
        """What was named; empty for a question that is not known."""
        with self._lock:
            return self._kept.get(_key(collection, question), ())


def task_in(record: dict[str, Any]) -> Task | None:
    """The task that a request's last message sets, None for a question."""
    messages = record.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    text = last.get("content") if isinstance(last, dict) else None
    if not isinstance(text, str) or not text.startswith(_BEGINS):
        return None
    chat = _CHAT.search(text)
    wanted = _WANTED.search(text)
    kind = next((kind for kind in get_args(Kind) if wanted and kind == wanted[1]), None)
    return Task(kind, _asked(chat[1])) if chat and kind else None


def done(task: Task, followups: Sequence[str]) -> str:
    """The JSON object that the task wants; `followups` for the one that wants these."""
    match task.kind:
        case "title":
            told: Any = _title(task.asked[0]) if task.asked else ""
        case "follow_ups":
            told = list(followups)
        case "text":
            told = ""
        case "tags" | "queries":
            told = []
    return json.dumps({task.kind: told}, ensure_ascii=False)


def _key(collection: str | None, question: str) -> tuple[str, str]:
    return collection or "", " ".join(question.split())


def _asked(chat: str) -> tuple[str, ...]:
    """What the user said, of a chat with a line such as "USER: …" where each message begins."""
    _, *parts = _TURN.split(chat)
    return tuple(text.strip() for who, text in zip(parts[::2], parts[1::2], strict=True) if who == "USER")


def _title(question: str) -> str:
    """The question as a title: one line, cut between words where it is long."""
    line = " ".join(question.split())
    if len(line) <= MAX_TITLE_CHARS:
        return line
    kept = line[: MAX_TITLE_CHARS - 1]
    return f"{kept.rpartition(' ')[0] or kept}…"
