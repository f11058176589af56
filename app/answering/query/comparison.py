"""Questions that set two things side by side: "sparrow vs instructgpt", "is A better than B"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from app.languages import LANGUAGES, any_of
from retrieval.lexical.han import has_han
from retrieval.lexical.tokens import content_words

MAX_CHARS = 240
MAX_SIDE_WORDS = 5
ALIKE_CHARS = 4
"""Two words that end in so many of the same letters say the same kind of thing of what follows: "online", "offline"."""
_PLAIN = tuple(re.compile(pattern, re.IGNORECASE) for one in LANGUAGES for pattern in one.comparison.plain)
_JUDGING = tuple(re.compile(pattern, re.IGNORECASE) for one in LANGUAGES for pattern in one.comparison.judging)
_AROUND = any_of(lambda language: language.comparison.around, re.IGNORECASE)
_NO_SIDE = any_of(lambda language: language.comparison.no_side, re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[?？]) *")
_ENDS = " .,;:!?–—-，。；：！？\"'“”‘’"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two sides as the asker calls them, and what they are compared in, where that was said.

    One that is `judging` wants to know which is better, or whether they agree.
    """

    sides: tuple[str, str]
    aspect: str = ""
    judging: bool = False


def comparison_in(text: str) -> Comparison | None:
    """The two sides that a question compares, where it surely does; what is said after the question is left out."""
    asked = _SENTENCE_END.split(text, maxsplit=1)[0].strip(_ENDS)
    if len(asked) > MAX_CHARS:
        return None
    for judging, patterns in ((True, _JUDGING), (False, _PLAIN)):
        for pattern in patterns:
            if (match := pattern.fullmatch(asked)) and (found := _checked(match, judging)):
                return found
    return None


def _checked(match: re.Match[str], judging: bool) -> Comparison | None:
    one, other = (_bare(match[name]) for name in ("a", "b"))
    if not (_is_side(one) and _is_side(other)) or one.casefold() == other.casefold():
        return None
    one = _with_head(one, other)
    return Comparison((one, other), (match.groupdict().get("on") or "").strip(_ENDS), judging)


def _bare(side: str) -> str:
    """A side without what is no part of its name."""
    before = ""
    while side != before:
        before, side = side, _AROUND.sub("", side.strip(_ENDS))
    return side


def _with_head(one: str, other: str) -> str:
    """The first side with the words that it shares with the other: "online" of "online or offline alignment"."""
    first, _, head = other.partition(" ")
    letters = zip(one.casefold()[::-1], first.casefold()[::-1], strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], letters))
    return f"{one} {head}" if head and " " not in one and alike >= ALIKE_CHARS else one


def _is_side(side: str) -> bool:
    words = content_words(side)
    most = 2 * MAX_SIDE_WORDS if has_han(side) else MAX_SIDE_WORDS
    lettered = any(character.isalpha() for character in side)
    return lettered and 0 < len(words) <= most and not _NO_SIDE.search(side)
