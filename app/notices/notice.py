"""A sentence that a reader is told, which knows its code, so that it can be said in other languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    languages ask `said`. `parts` are the notices of which it is put together, itself where it is one.
    """

    code: str
    params: Mapping[str, Param]
    parts: tuple[Notice, ...]

    def __new__(cls, code: str, **params: Param) -> Notice:
        """Raises `KeyError` where there is no such code, or where it wants another parameter."""
        notice = super().__new__(cls, _text("en", code, params))
        notice.code, notice.params, notice.parts = code, params, (notice,)
        return notice

    def said(self, language: str) -> str:
        """Its text in that language; in English where it has none."""
        if language not in languages():
            return str(self)
        return " ".join(_text(language, part.code, part.params) for part in self.parts)


def together(*told: str | None) -> str | None:
    """All that is told as one text, None where nothing is; a `Notice` where each of it is one."""
    sentences = [sentence for sentence in told if sentence is not None]
    if len(sentences) < 2:
        return sentences[0] if sentences else None
    parts = tuple(part for sentence in sentences if isinstance(sentence, Notice) for part in sentence.parts)
    whole = " ".join(sentences)
    if not all(isinstance(sentence, Notice) for sentence in sentences):
        return whole
    notice = str.__new__(Notice, whole)
    notice.code, notice.params, notice.parts = SEVERAL, {}, parts
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
    parts = note.parts if isinstance(note, Notice) else (note,) if note else ()
    return [{"text": str(part), **code_of(part)} for part in parts]


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
