"""Whether a hyphen at a line's end belongs to the word that it cuts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from retrieval.documents.pdf.lines import Line

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CUT = re.compile(r"(\w[\w\-]*)-$")
_REST = re.compile(r"^\w+(?:-\w+)*")
_LEAST_PART = 3
_LINKS_TEXT = "to of in on vs or by as at up no it is an a"
_LINKS = frozenset(_LINKS_TEXT.split())
_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er", "ers")


class Vocabulary:
    """The words of a document that stand whole in a line; they tell best what a hyphen at a line's end is."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._seen: Counter[str] = Counter()
        for line in lines:
            found = _WORD.findall(line.text.casefold())
            # The first may be the rest of a word, the last its beginning.
            self._seen.update(found[1:-1] if line.text.endswith("-") else found[1:])

    def keeps_hyphen(self, line: str, below: str) -> bool:
        """Whether the hyphen at the end of a line stays in the text, where the line below goes on.

        As the document has the word elsewhere; else where both parts are English words and the whole is none, as in
        "human-written"; else it goes.
        """
        cut, rest = _CUT.search(line), _REST.match(below)
        if not cut or not rest:
            return True
        start, end = cut[1].casefold(), rest[0].casefold()
        whole, parted = self._seen[f"{start}{end}"], self._seen[f"{start}-{end}"]
        if whole or parted:
            return parted > whole
        # "GPT-4", "Jean-Pierre", "LM-generated"; but not a word in capitals throughout.
        capitals = cut[1].isupper() and rest[0].isupper()
        if not capitals and (not rest[0][0].islower() or not cut[1][-1].isalpha() or cut[1][-2:].isupper()):
            return True
        # Of "state-of-the-art" and "encoder-decoder" the parts nearest to the cut.
        before, _, start = start.rpartition("-")
        end, _, after = end.partition("-")
        if is_english(f"{start}{end}"):
            return False
        if (before and start in _LINKS) or (after and end in _LINKS):
            return True
        return min(len(start), len(end)) >= _LEAST_PART and self._is_word(start) and self._is_word(end)

    def _is_word(self, part: str) -> bool:
        return is_english(part) or bool(self._seen[part])


def is_english(word: str) -> bool:
    """Whether the word, or what it is formed of, is among the usual English ones."""
    known = _english()
    if word in known:
        return True
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 3)
    return any(stem in known or f"{stem}e" in known for stem in stems)


@cache
def _english() -> frozenset[str]:
    """Usual English words, read once."""
    return frozenset(Path(__file__).with_name("english_words.txt").read_text(encoding="ascii").split())
