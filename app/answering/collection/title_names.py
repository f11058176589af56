"""Papers that a text names by their titles, or by how those begin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from retrieval.lexical.tokens import content_words
from retrieval.types import Paper

NAME_WORDS = 3
"""So many words of a title's beginning name the paper."""
Key = tuple[str, ...]
"""How a name begins: its first `NAME_WORDS` words, folded, or all of fewer."""
WORD = re.compile(r"[^\W_]+")
_SHORT_NAME = re.compile(r"[^:?!—]+")


def named_in(
    text: str, beginning: Callable[[Key, Sequence[str]], Sequence[Paper]], having: Callable[[str, int], bool]
) -> tuple[Paper, ...]:
    """The papers whose titles, or beginnings of at least `NAME_WORDS` words of them, stand in a text, in its order.

    What stands before a title's colon names it too, if it is a word like no other: "RAFT", "EasyEdit". `beginning`
    gives the papers of which a name begins so, newest first, knowing the words that follow in the text; `having` says
    whether at most so many records have a content word.
    """
    words = WORD.findall(text)
    folded = [word.casefold() for word in words]
    found: dict[str, Paper] = {}
    at = 0
    while at < len(words):
        paper, length = _name_at(words, folded, at, beginning, having)
        if paper is not None:
            found.setdefault(paper.id, paper)
        at += max(1, length)
    return tuple(found.values())


def named_among(text: str, papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """Those of a few papers that a text names, in its order; a word is like no other if the others do not have it."""
    own = sorted(papers, key=lambda paper: paper.published or date.min, reverse=True)
    counts = Counter(word for paper in own for word in set(_record_words(paper)))
    begun: dict[Key, list[Paper]] = {}
    for paper in own:
        for key in dict.fromkeys(name[:NAME_WORDS] for name in names_of(paper)):
            begun.setdefault(key, []).append(paper)
    return named_in(text, lambda key, _: begun.get(key, ()), lambda word, most: counts[word] <= most)


def names_of(paper: Paper) -> Iterator[Key]:
    """The words of a paper's name, and of what stands before its title's colon where that is shorter; folded."""
    short = _SHORT_NAME.match(paper.title or "")
    for text in dict.fromkeys((paper.name, short[0] if short else paper.name)):
        if name := tuple(word.casefold() for word in WORD.findall(text)):
            yield name


def in_common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many elements two sequences have in common before they first differ."""
    for length, (first, second) in enumerate(zip(one, other, strict=False)):
        if first != second:
            return length
    return min(len(one), len(other))


def _name_at(
    words: Sequence[str],
    folded: Sequence[str],
    at: int,
    beginning: Callable[[Key, Sequence[str]], Sequence[Paper]],
    having: Callable[[str, int], bool],
) -> tuple[Paper | None, int]:
    """The paper whose name begins there and how many words of it stand there; the longest wins."""
    best: tuple[Paper | None, int] = (None, 0)
    for length in range(min(NAME_WORDS, len(words) - at), 0, -1):
        key = tuple(folded[at : at + length])
        for paper in beginning(key, folded[at + length :]):
            for name in names_of(paper):
                if name[:NAME_WORDS] != key:
                    continue
                same = in_common(name, folded[at : at + len(name)])
                enough = same >= NAME_WORDS or same == len(name)
                if enough and same > best[1] and (len(name) > 1 or _is_name(paper, words[at], having)):
                    best = (paper, same)
    return best


def _is_name(paper: Paper, word: str, having: Callable[[str, int], bool]) -> bool:
    """Whether a single word names the paper: written as in its title, and in hardly any other record."""
    stems = content_words(word)
    return bool(stems) and all(having(stem, 1) for stem in stems) and word in WORD.findall(paper.name)


def _record_words(paper: Paper) -> list[str]:
    return content_words(f"{paper.name}\n{paper.category or ''}\n{paper.summary}")
