"""A sentence that a reader is told, which knows its code, so that it can be said in other languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import TypedDict

PACKAGE = __name__.rpartition(".")[0]
Param = str | int | float
SEVERAL = "several"
"""The code of notices that are told together."""


class NoticeCode(TypedDict):
    """What a notice is made of; the code is null for a text that is none."""

    code: str | None
    params: dict[str, Param]


class NoticeRecord(NoticeCode):
    """The same with its English text."""

    text: str


class Notice(str):
    """The English text, with the `code` and the `params` that it is made of.

    Like `markupsafe.Markup` it is a text wherever one is wanted; surfaces that speak other
    languages ask `said`. `parts` are the sentences of which it is put together, itself where it is one.
    """

    code: str
    params: Mapping[str, Param]
    parts: tuple[str, ...]

    def __new__(cls, code: str, /, **params: Param) -> Notice:
        """Raises `KeyError` where there is no such code, or where it wants another parameter."""
        notice = super().__new__(cls, _text("en", code, params))
        notice.code, notice.params, notice.parts = code, params, (notice,)
        return notice

    def said(self, language: str) -> str:
        """Its text in that language; in English where it has none."""
        if language not in languages():
            return str(self)
        if self.code == SEVERAL:
            return " ".join(said(part, language) for part in self.parts)
        return _text(language, self.code, self.params)

    def __reduce__(self) -> tuple[Callable[..., str | None], tuple[object, ...]]:
        """Copied and pickled by what it is made of, and not by its text."""
        return (together, self.parts) if self.code == SEVERAL else (_made_again, (self.code, dict(self.params)))


def _made_again(code: str, params: Mapping[str, Param]) -> Notice:
    return Notice(code, **params)


def together(*told: str | None) -> str | None:
    """All that is told as one text, None where nothing is; each sentence of it can still be said in other languages."""
    sentences = [sentence for sentence in told if sentence is not None]
    if len(sentences) < 2:
        return sentences[0] if sentences else None
    notice = str.__new__(Notice, " ".join(sentences))
    notice.code, notice.params = SEVERAL, {}
    notice.parts = tuple(part for sentence in sentences for part in _parts(sentence))
    return notice


def said(sentence: str, language: str) -> str:
    """The sentence in that language, where it is a `Notice`; any other as it stands."""
    return sentence.said(language) if isinstance(sentence, Notice) else sentence


def code_of(sentence: str | None) -> NoticeCode:
    """What goes beside the English text of an event or a failure: its `code`, null where it has none, and `params`."""
    notice = sentence if isinstance(sentence, Notice) else None
    return {"code": notice.code if notice else None, "params": dict(notice.params) if notice else {}}


def notices_as_json(note: str | None) -> list[NoticeRecord]:
    """Each notice of a note with its text, code and parameters."""
    return [{"text": str(part), **code_of(part)} for part in _parts(note)] if note else []


def _parts(sentence: str) -> tuple[str, ...]:
    return sentence.parts if isinstance(sentence, Notice) else (sentence,)


@cache
def languages() -> frozenset[str]:
    """The languages that notices are written in."""
    return frozenset(file.name[: -len(".json")] for file in files(PACKAGE).iterdir() if file.name.endswith(".json"))


@cache
def templates(language: str) -> Mapping[str, str | Mapping[str, str]]:
    """Code to text with places in braces; to one text for a `count` of one and another for more, where they differ."""
    return json.loads(files(PACKAGE).joinpath(f"{language}.json").read_text(encoding="utf-8"))


def _text(language: str, code: str, params: Mapping[str, Param]) -> str:
    template = templates(language)[code]
    if not isinstance(template, str):
        template = template["one" if params["count"] == 1 else "other"]
    return template.format_map(params)
