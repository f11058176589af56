"""What somebody pasted: ids, addresses and entries of references in one text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from retrieval.adding.sources import Nothing
from retrieval.identity import WantedId, ids_in

_RIS = re.compile(r"^TY {2}- (?:(?!^TY {2}- ).)*?^ER {2}-[^\n]*$", re.MULTILINE | re.DOTALL)
_BIBTEX = re.compile(r"^[^\S\n]*@[A-Za-z]+\s*([{(])", re.MULTILINE)
_BRACKET = re.compile(r"[{}()]")
_SHOWN_CHARS = 80


@dataclass(frozen=True, slots=True)
class Pasted:
    """A pasted text in its parts: entries as files of references would have them, works by their ids, and the rest."""

    bibtex: str = ""
    ris: str = ""
    json: str = ""
    works: tuple[WantedId, ...] = ()
    rest: Nothing | None = None


def pasted(text: str) -> Pasted:
    """What a pasted text holds: BibTeX and RIS entries, or a list in JSON, and between them ids and addresses."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip()[:1] in {"[", "{"}:
        return Pasted(json=text)
    ris = "\n".join(_RIS.findall(text))
    bibtex, around = _bibtex_and_rest(_RIS.sub("\n", text))
    works: dict[str, WantedId] = {}
    others: list[str] = []
    for line in filter(str.strip, around.split("\n")):
        named = ids_in(line)
        works |= {f"{one.kind}:{one.id}": replace(one, place=one.id) for one in named}
        if not named:
            others.append(line.strip())
    return Pasted(bibtex, ris, "", tuple(works.values()), _nothing(others))


def _nothing(lines: list[str]) -> Nothing | None:
    """All lines that name nothing are one thing to tell of."""
    told = " ".join(lines)
    if not any(sign.isalnum() for sign in told):
        return None
    shown = told if len(told) <= _SHOWN_CHARS else f"{told[:_SHOWN_CHARS]}…"
    return Nothing(shown, "there is no arXiv id, DOI or address of either in it")


def _bibtex_and_rest(text: str) -> tuple[str, str]:
    """The BibTeX entries of a text, and what stands around them."""
    entries: list[str] = []
    around: list[str] = []
    closing = _closing(text)
    at = 0
    while begins := _BIBTEX.search(text, at):
        ends = closing.get(begins.start(1)) or _next_begins(text, begins.end())
        around.append(text[at : begins.start()])
        entries.append(text[begins.start() : ends])
        at = ends
    around.append(text[at:])
    return "\n".join(entries), "\n".join(around)


def _closing(text: str) -> dict[int, int]:
    """Behind which place each bracket is closed, by its own place; those that never are, are not there.

    All at once, as a text may open thousands and close none. Parentheses count within one pair of braces.
    """
    closing: dict[int, int] = {}
    braces: list[int] = []
    parentheses: list[list[int]] = [[]]
    for bracket in _BRACKET.finditer(text):
        if bracket[0] == "{":
            braces.append(bracket.start())
            parentheses.append([])
        elif bracket[0] == "(":
            parentheses[-1].append(bracket.start())
        elif bracket[0] == ")" and parentheses[-1]:
            closing[parentheses[-1].pop()] = bracket.end()
        elif bracket[0] == "}" and braces:
            closing[braces.pop()] = bracket.end()
            parentheses.pop()
    return closing


def _next_begins(text: str, at: int) -> int:
    """Where an entry ends that is never closed."""
    following = _BIBTEX.search(text, at)
    return following.start() if following else len(text)
