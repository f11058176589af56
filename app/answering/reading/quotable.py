"""Which sentences of a full text can be quoted: prose, and not what stands between it."""

from __future__ import annotations

import re

from retrieval.lexical.han import HAN
from retrieval.lexical.tokens import FUNCTION_WORDS
from retrieval.types import Sentence

LEAST_WORDS, LEAST_HAN = 5, 8
"""What is shorter says nothing by itself: a heading, a label, what is left of a formula."""
UNENDED_WORDS = 10
"""So many words say something without a mark at their end too, as a point of a list; a heading has fewer."""
LETTERS = 0.6
"""The share of letters among the signs of prose; tables and formulas have fewer."""
WORDS = 0.55
"""The share of words among what stands between spaces."""
FUNCTION = 0.15
"""The share of words such as "the" among those of English prose; lists of names and references have few."""
CODE = 0.03
"""The share of signs that only code and formulas are full of."""
_ENDED = re.compile(r"[.!?。！？…][\"'”’»)\]}）」』]*(?:\s?\[[\d,;\s–-]+\])?$")
_HAN = re.compile(f"[{HAN}]")
_WORD = re.compile(r"(?:[\"“‘'(\[]*)([^\W\d_]{2,}(?:['’-][^\W\d_]+)*|[aAI]\b)")
_CODE = re.compile(r"[{}<>=|\\_^~;@#*]")
_TORN = re.compile(r"[a-z]+(?:[\s,;]|$)")
_REFERENCE = re.compile(
    r"^\[?\d{1,3}[\].]\s+[A-Z]|\bdoi:|\bpp?\.\s?\d|\b[Vv]ol\.\s?\d|\barXiv preprint\b|\bIn Proc|\bet al\.,? \d{4}\.$"
)
_INITIALS = re.compile(r"\b[A-Z][\w'’-]+,? (?:[A-Z]\. ?){1,3}(?:,| and |&|$)|\b(?:[A-Z]\. ?){1,3}[A-Z][\w'’-]+,")
MANY_NAMES = 2


def quotable(sentence: Sentence) -> bool:
    """Whether the sentence may be quoted: every one of an abstract may, of a full text what is prose."""
    return sentence.part == "abstract" or is_prose(sentence.text, english=sentence.paper.language == "en")


def is_prose(text: str, *, english: bool = True) -> bool:
    """Whether the text is a sentence of prose: no table, formula, code, heading, reference, or torn-off half of one."""
    signs = "".join(text.split())
    if not signs:
        return False
    han = len(_HAN.findall(signs))
    if han > len(signs) / 3:
        return han >= LEAST_HAN and _ENDED.search(text) is not None
    tokens = text.split()
    words = [match[1].casefold() for token in tokens if (match := _WORD.match(token))]
    enough = LEAST_WORDS if _ENDED.search(text) else UNENDED_WORDS
    if len(words) < enough or _TORN.match(text):
        return False
    if sum(map(str.isalpha, signs)) < LETTERS * len(signs) or len(words) < WORDS * len(tokens):
        return False
    if len(_CODE.findall(signs)) > CODE * len(signs):
        return False
    if len(_INITIALS.findall(text)) >= MANY_NAMES and _REFERENCE.search(text):
        return False
    return not english or _reads_as_english(words, text)


def _reads_as_english(words: list[str], text: str) -> bool:
    function = sum(word in FUNCTION_WORDS for word in words)
    return function >= FUNCTION * len(words) and not (_REFERENCE.search(text) and function < 2 * FUNCTION * len(words))
