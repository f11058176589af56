"""Words that carry meaning: what coverage, near-repeats and follow-ups are judged by."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.lexical.han import HAN
from retrieval.types import Paper

_WORD = re.compile(rf"[a-z0-9]+(?:[.,]\d+)*%?|[{HAN}]")
_FUNCTION_WORDS_TEXT = """
a about above after again all also an and any are as at be been being but by can could did do does doing done
down during each either else ever few for from further get gets give given had has have having he her here his
how i if in into is it its itself just let like made make makes many may me might more most much must my no nor
not of off on once one ones only or other our out over own please s same say says she should so some such tell
than that the their them then there these they this those through to too under until up us use used using very
was we were what when where whether which while who whom whose why will with within without would you your 的 了 是
在 和 与 有 为 对 吗 呢 什 么 怎 样 如 何 哪 些 这 那 们
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS_TEXT.split())


def telling_words(text: str) -> list[str]:
    """The words of a text that carry meaning, folded, in their order; Chinese by characters."""
    return [word for word in _WORD.findall(text.casefold()) if word not in FUNCTION_WORDS]


def content_words(text: str) -> list[str]:
    """The `telling_words`, crudely stemmed, so that no library is needed to compare two sentences."""
    return [_stem(word) for word in telling_words(text)]


def _stem(word: str) -> str:
    if len(word) < 5 or not word.isalpha() or not word.isascii():
        return word
    for ending in ("ingly", "edly", "ings", "ing", "ies", "ers", "ed", "er", "es", "ly", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4096)
def content_word_set(text: str) -> frozenset[str]:
    """The distinct content words of a text; kept, as the same sentences come again with each question."""
    return frozenset(content_words(text))


def overlap(first: str, second: str) -> float:
    """The share of common content words, in [0, 1] (Jaccard)."""
    one, two = content_word_set(first), content_word_set(second)
    return len(one & two) / len(one | two) if one | two else 0.0


def words_of_paper(paper: Paper) -> frozenset[str]:
    """All content words that a paper uses: of its name, summary and abstract, and of the abstract in English."""
    return content_word_set(f"{paper.name}\n{paper.summary}\n{paper.abstract}\n{paper.translations.get('en', '')}")
