"""Sentences that say what a thing is, for a question that asks no more: "What is superposition?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from app.answering.reading.sentences import chance_of, odds_of
from app.languages import LANGUAGES, any_of
from retrieval.lexical.tokens import content_words
from retrieval.types import Part, Passage, Sentence

MAX_TERM_WORDS = 5
MAX_BARE_WORDS = 3
GIVEN_COUNTS, SAID_COUNTS, QUOTED_COUNTS = 10.0, 8.0, 3.0
"""How much it counts, in log odds, that a sentence gives something the name, says what the thing is, or
sets its name in quotation marks."""
_ASKED = tuple(
    re.compile(pattern, re.IGNORECASE) for language in LANGUAGES if (pattern := language.evidence.asks_definition)
)
_EXPLAINED = tuple(
    re.compile(pattern, re.IGNORECASE) for language in LANGUAGES for pattern in language.evidence.wants_explained
)
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+|\n+")
MAX_EXPLAINED_CHARS = 1_000
_MANNER = any_of(lambda language: language.evidence.manner, re.IGNORECASE)
_BRIEF = any_of(lambda language: language.evidence.brief, re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_ONLY = r"not|also|still|now|often|more|less|too|very|available|needed|required|being"
_TELLS_NOTHING = rf"(?!(?: \w+ly)? (?:{_ONLY})\b|n[o’']t\b)"
"""What follows "is" where that says something of the thing, and not what it is."""
_SAYS = (
    rf"(?:is|are){_TELLS_NOTHING}|refers? to|means?|denotes?|occurs?|involves?|aims?|seeks?|has emerged|"
    r"corresponds?|allows?|provides?|offers?|describes?|consists?|enables?|might be understood|uses?"
)
_NAMES = (
    r"known as|called|call|terms?|termed|name|named|dubbed|refer(?:s|red)? to \w+ (?:\w+ )?as|define[sd]?|"
    r"definition (?:for|of)|introduc(?:e|es|ed|ing)|propos(?:e|es|ed|ing)|present|phenomenon of|i\.e\.,?"
)


def without_manner(question: str) -> str:
    """The question without how the answer is wanted, as "in one sentence": what is left is what is asked."""
    left = " ".join(_MANNER.sub(" ", question).split())
    return left if _WORD.search(left) else question


def wants_brief(question: str) -> bool:
    """Whether the answer is wanted in few words."""
    return bool(_BRIEF.search(question.strip(" ?.？。")))


def term_asked(question: str) -> str | None:
    """The thing of which a question wants to know what it is, in the question's letters; it may be all that is said."""
    asked = without_manner(question).strip(" ?!.？。！")
    for pattern in _ASKED:
        if match := pattern.fullmatch(asked):
            term = next(filter(None, match.groupdict().values()), "").strip(" \"'“”‘’")
            return term if 0 < len(_WORD.findall(term)) <= MAX_TERM_WORDS else None
    words = _WORD.findall(asked)
    return asked if 0 < len(words) <= MAX_BARE_WORDS and len(content_words(asked)) == len(words) else None


def terms_wanted(question: str) -> tuple[str, ...]:
    """Things that somebody who says more than their question may want explained, likeliest first.

    "Can somebody finally tell me what dictionary learning is? Every article …" None where another question is
    asked besides. Whether a term is one is for the papers to say.
    """
    if len(question) > MAX_EXPLAINED_CHARS or question.count("?") > 1:
        return ()
    found = [
        match["term"].strip()
        for sentence in _SENTENCE_END.split(question)
        for pattern in _EXPLAINED
        for match in pattern.finditer(sentence.strip())
    ]
    return tuple(dict.fromkeys(term for term in found if 0 < len(_WORD.findall(term)) <= MAX_TERM_WORDS))


def defines(sentence: str, term: str, part: Part = "abstract") -> bool:
    """Whether the sentence says of the term what it is, or gives something that name."""
    return definition_counts(sentence, term, part) > 0


def definition_counts(sentence: str, term: str, part: Part = "abstract") -> float:
    """How much it counts, in log odds, that the sentence says what the term is; 0 where it does not.

    A full text names a thing often and for many reasons, so of its sentences only what is plainly said counts.
    """
    patterns = _defining(term) if part == "abstract" else _defining_in_texts(term)
    return max((counts for pattern, counts in patterns if pattern.search(sentence)), default=0.0)


@lru_cache(maxsize=256)
def mentions_of(term: str) -> re.Pattern[str]:
    """What finds the term in a text, in the singular and the plural."""
    return re.compile(_named(term), re.IGNORECASE)


def _named(term: str) -> str:
    words = [re.escape(word) for word in _WORD.findall(term)]
    last = words[-1][:-1] if len(words[-1]) > 3 and words[-1].endswith("s") else words[-1]
    return r"(?<![\w-])" + r"[\s-]+".join([*words[:-1], last]) + r"s?(?!\w|\.\w)"


@lru_cache(maxsize=256)
def _defining(term: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    named = _named(term)
    given = rf"\b(?:{_NAMES}) (?:\w+ ){{0,4}}?[\"“‘'(]*{named}|\b(?:our|an?) (?:[\w-]+ ){{0,2}}[\w-]+, {named},"
    # A name in brackets may be no more than the letters for what came before it.
    said = (
        rf"{named}(?:[\"”’']*, (?:where|which|in which) "
        rf"|[\"”’')]*(?: \([^()]{{1,60}}\))?(?:, (?:an?|the) |(?::| [—–-]+) |,? (?:\w+ )?(?:{_SAYS})\b"
        rf"|, [^,]{{1,60}}, (?:{_SAYS})\b))"
    )
    quoted = rf"[\"“‘]{named}[\"”’]"
    return _compiled((given, GIVEN_COUNTS), (said, SAID_COUNTS), (quoted, QUOTED_COUNTS))


@lru_cache(maxsize=256)
def _defining_in_texts(term: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    named = rf"[\"“‘'(]*{_named(term)}[\"”’')]*(?: \([^()]{{1,60}}\))?"
    first = rf"^(?:[\W\d]*|.{{0,60}}: )(?:an?|the)?\s*{named}(?: (?:tool|program|library|method|algorithm))?"
    is_a = rf"{first},? (?:is|are|was|were) (?:\w+ly )?(?:an?|one|any|what|when|where|how)\b"
    is_the = rf"{first},? (?:is|are|was|were) (?:\w+ly )?the\b"
    says = rf"{named},? (?:refers? to|means|denotes?|stands? for|(?:is|are) defined as)\b"
    call = r"known as|called|termed|dubbed|named|refer(?:s|red)? to as"
    called = rf"\b(?:{call}) (?:an? |the )?{named}(?=\s*(?:[,.;:)]|$))"
    beside = rf"{first}(?:, (?:an?|the) | [—–]+ | -- )"
    plainly = ((is_a, GIVEN_COUNTS), (says, SAID_COUNTS))
    return _compiled(*plainly, (is_the, QUOTED_COUNTS), (called, QUOTED_COUNTS), (beside, QUOTED_COUNTS))


def _compiled(*counted: tuple[str, float]) -> tuple[tuple[re.Pattern[str], float], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), counts) for pattern, counts in counted)


def defining_first(passages: Sequence[Passage], term: str) -> list[Passage]:
    """The passages with those of papers that say what the term is in front, else in their order."""
    papers = {passage.paper.id: passage.paper for passage in passages}
    english = {name: paper.translations.get("en") or paper.abstract for name, paper in papers.items()}
    defining = {name for name, text in english.items() if defines(text, term)}
    defining |= {one.paper.id for one in passages if one.part == "text" and defines(one.text, term, "text")}
    return sorted(passages, key=lambda passage: passage.paper.id not in defining)


def with_definitions(sentences: Sequence[Sentence], term: str) -> list[Sentence]:
    """The sentences, where one says what the term is with that weighed in its chance of answering."""
    weighed: list[Sentence] = []
    for sentence in sentences:
        counts = definition_counts(sentence.gloss or sentence.text, term, sentence.part)
        weighed.append(replace(sentence, score=chance_of(odds_of(sentence.score) + counts)) if counts else sentence)
    return weighed
