"""The forms that questions about a collection take, by the grammar of their language.

They see folded text without its filters, an organisation's name replaced by `OWN`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.languages import LANGUAGES, any_of, language_of
from app.languages.patterns import OWN, CollectionGrammar, Fact, Intent, LooseForms, WholeForms


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """What a question's form says: `described` is a topic before the word "papers", `all` that all are meant."""

    intent: Intent
    topic: str = ""
    described: str = ""
    author: str = ""
    limit: int | None = None
    all: bool = False


def _of_each(pattern: Callable[[CollectionGrammar], str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(found) for language in LANGUAGES if (found := pattern(language.grammar)))


_OVERVIEW = any_of(lambda language: language.grammar.overview)
_HOW_MANY = any_of(lambda language: language.grammar.how_many)
_SIMILAR = _of_each(lambda grammar: grammar.similar)
_FACTS: tuple[tuple[Fact, re.Pattern[str]], ...] = tuple(
    (fact, re.compile(pattern)) for language in LANGUAGES for fact, pattern in language.grammar.facts
)
_FACT_NOUNS: tuple[tuple[Fact, re.Pattern[str]], ...] = tuple(
    (fact, re.compile(pattern)) for language in LANGUAGES for fact, pattern in language.grammar.fact_nouns
)
_BESIDE_FACTS = any_of(lambda language: language.grammar.beside_facts)
_OF_WHOLE = any_of(lambda language: language.grammar.of_whole)
_SAID_BEFORE = any_of(lambda language: language.grammar.said_before)
_REFINED = _of_each(lambda grammar: grammar.refined)
_AMONG = _of_each(lambda grammar: grammar.among)


def form_of(text: str) -> QuestionForm | None:
    """The form of a folded question whose filters are taken out, or None where it has none of its language."""
    forms = language_of(text.replace(OWN, "")).grammar.forms
    return _loose(forms, text) if isinstance(forms, LooseForms) else _whole(forms, text)


def asks_for_overview(text: str) -> bool:
    """Whether a folded question asks what the collection as a whole has."""
    return bool(_OVERVIEW.fullmatch(text))


def similar_to(text: str) -> str | None:
    """What a folded question wants others like, such as a title."""
    return next((match["title"] for pattern in _SIMILAR if (match := pattern.fullmatch(text))), None)


@dataclass(frozen=True, slots=True)
class FactAsked:
    """A fact of one paper, and how the question calls it; by its name alone where `named`."""

    fact: Fact
    title: str
    named: bool


def fact_of(text: str) -> FactAsked | None:
    """The fact that a folded question wants of one paper."""
    for fact, pattern in _FACTS:
        if match := pattern.fullmatch(text):
            said = match.groupdict()
            title = said.get("title")
            return FactAsked(fact, said["work"] or "" if title is None else title, title is None)
    return None


def facts_listed(text: str) -> tuple[tuple[Fact, ...], str]:
    """The facts that a folded text names, as "authors and link of …", and what else it says."""
    found: dict[Fact, int] = {fact: match.start() for fact, pattern in _FACT_NOUNS if (match := pattern.search(text))}
    if not found:
        return (), text
    for _, pattern in _FACT_NOUNS:
        text = pattern.sub(" ", text)
    return tuple(sorted(found, key=lambda fact: found[fact])), " ".join(_BESIDE_FACTS.sub(" ", text).split())


def order_among(text: str) -> Intent | None:
    """The newest or the oldest, where a folded question asks for that one of the papers spoken of."""
    for pattern in _AMONG:
        if match := pattern.fullmatch(text):
            return "oldest" if match["oldest"] else "newest"
    return None


def points_back(title: str) -> bool:
    """Whether what a question calls a paper by only points at one that was spoken of."""
    return bool(_SAID_BEFORE.fullmatch(title))


def wants_whole(text: str) -> bool:
    """Whether a folded question that is asked of one paper wants to know what it says in all."""
    return bool(_OF_WHOLE.fullmatch(text))


def refinement_of(text: str) -> QuestionForm | None:
    """What a folded fragment changes about the question before: "and in 2022?", "only on debate"."""
    match = next((match for pattern in _REFINED if (match := pattern.fullmatch(text))), None)
    if not match:
        return None
    return QuestionForm("count" if _HOW_MANY.search(text) else "list", topic=(match["topic"] or "").strip())


def _whole(forms: WholeForms, text: str) -> QuestionForm | None:
    for intent, pattern in forms.patterns:
        if match := re.fullmatch(pattern, text):
            return _filled(forms, intent, match)
    return None


def _filled(forms: WholeForms, intent: Intent | None, match: re.Match[str]) -> QuestionForm:
    said = {name: value or "" for name, value in match.groupdict().items()}
    order = said.get("order", "")
    if order:
        intent = "oldest" if re.fullmatch(forms.oldest, order) else "newest"
    number = said.get("n1") or said.get("n2") or ""
    several = bool(forms.several and re.fullmatch(forms.several, said.get("works", "")))
    return QuestionForm(
        intent or "list",
        topic=said.get("topic", "").strip(" ,\"'"),
        described=said.get("described", ""),
        author=said.get("author", "").strip(),
        limit=_number(forms, number) if number else 1 if order and not several else None,
        all=bool(forms.asks and re.match(forms.asks, match[0])),
    )


def _number(forms: WholeForms, number: str) -> int:
    return int(number) if number.isdigit() else forms.numbers[number]


def _loose(forms: LooseForms, text: str) -> QuestionForm | None:
    joined = "".join(text.split())
    topic = re.search(forms.topic, joined)
    rest = f"{joined[: topic.start()]}{joined[topic.end() :]}" if topic else joined
    if not re.fullmatch(forms.words, rest):
        return None
    asks = bool(re.search(forms.asks, rest))
    if not asks and not re.search(forms.papers, rest):
        return None
    order = re.search(f"{forms.newest}|{forms.oldest}", rest)
    intent: Intent = "list"
    if order:
        intent = "oldest" if re.fullmatch(forms.oldest, order[0]) else "newest"
    elif re.search(forms.count, rest):
        intent = "count"
    limit = 1 if order and not re.search(forms.several, rest) else None
    said = (topic["about"] or topic["field"] or "").strip(forms.stripped) if topic else ""
    return QuestionForm(intent, topic=said, limit=limit, all=asks)
