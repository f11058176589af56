"""Chinese."""

from __future__ import annotations

import re

from app.languages.language import Language
from app.languages.patterns import AttributionWords, ClaimWords, MarkerWords, word_set
from app.languages.zh_collection import FILTERS, GRAMMAR
from app.languages.zh_conversation import CONVERSATION, COURTESIES
from app.languages.zh_evidence import EVIDENCE
from app.languages.zh_phrases import ANSWERS, COLLECTION
from app.languages.zh_several import COMPARISON, PARTS
from app.languages.zh_tally import WORDS as TALLY_WORDS
from app.languages.zh_topics import FORMS
from retrieval.lexical.han import BEFORE_HAN, HAN
from retrieval.lexical.tokens import FUNCTION_WORDS

_CHARACTER = re.compile(f"[{HAN}]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_OTHER_WORD = re.compile(rf"[^\W\d_{BEFORE_HAN}{HAN}]+")


def _is_chinese(letters: str) -> bool:
    """Whether the letters are mostly Chinese ones, and not Japanese."""
    characters, words = len(_CHARACTER.findall(letters)), _OTHER_WORD.findall(letters.casefold())
    # Names stand in Chinese sentences too; "what" and "the" do not.
    english = len(words) + 2 * sum(word in FUNCTION_WORDS for word in words)
    return characters >= max(1, english) and not _KANA.search(letters)


LANGUAGE = Language(
    code="zh",
    phrases=ANSWERS,
    collection=COLLECTION,
    recognises=_is_chinese,
    quotation_marks=(("“", "”"), ("《", "》"), ("「", "」")),
    grammar=GRAMMAR,
    topic_forms=FORMS,
    filters=FILTERS,
    courtesies=COURTESIES,
    conversation=CONVERSATION,
    evidence=EVIDENCE,
    parts=PARTS,
    comparison=COMPARISON,
    markers=MarkerWords(
        sources=word_set("来源 引用 引文 证据 文献 资料"),
        joints=word_set("和 与 见"),
        to=word_set("至"),
    ),
    attribution=AttributionWords(
        verdict=r"(?P<word>是的?|不是?|否|对|不对|有|没有|会|不会|能|不能|可以|不可以)\s*[，,：。；]\s*(?=\w)",
        comma="，",
    ),
    claims=ClaimWords(denying=word_set("不 没 无 未 非")),
    tallies=TALLY_WORDS,
)
