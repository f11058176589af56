"""A question in a language that is not read, as a question in English of the field's terms that stand in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.answering.collection.records import EVERYWHERE, Records
from app.answering.question import Question, Turn
from app.languages import ENGLISH, language_of
from app.languages.foreign import foreign_language, usual_words
from retrieval.lexical.terms import Found, Terms
from retrieval.lexical.tokens import FUNCTION_WORDS, content_words

TermsByLanguage = Mapping[str, Terms]
MAX_TERMS = 12
"""Terms that a question is searched by, and told to be."""
MAX_TOPIC_TERMS = 4
_SUBJECT = ("term", None)
"""Kinds of what a question can be about."""
NAMES_FROM = 3
"""So long a word in Latin letters may be English; a shorter one where it is all capitals."""


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """A question in a language that is not read, by its code.

    `english` is what it is searched by, and `terms` are those of it that a reader is told; the
    question itself and none where no term of the field stands in it.
    """

    code: str
    question: Question
    terms: tuple[str, ...] = ()


def foreign_question(question: Question, records: Records, terms: TermsByLanguage) -> ForeignQuestion | None:
    """The question in English terms, with those before it; None where it is in a language that is read."""
    # A language of answers is none that cannot be read.
    if language_of(question.text) is not ENGLISH or not (code := foreign_language(question.text)):
        return None
    found = _telling(question.text, code, records, terms)
    told = tuple(dict.fromkeys(one.english for one in found if one.kind in _SUBJECT))[:MAX_TERMS]
    if not _defined(found) and not any(_tells(one, records) for one in found):
        return ForeignQuestion(code, question)
    history = tuple(_before(turn, records, terms) for turn in question.history)
    return ForeignQuestion(code, replace(question, text=_asked(found, records), history=history), told)


def _before(turn: Turn, records: Records, terms: TermsByLanguage) -> Turn:
    """A turn of the conversation as it would be asked in English."""
    if turn.role != "user" or language_of(turn.content) is not ENGLISH:
        return turn
    code = foreign_language(turn.content)
    found = _telling(turn.content, code, records, terms) if code else ()
    return Turn(turn.role, _asked(found, records)) if any(one.kind in _SUBJECT for one in found) else turn


def _telling(text: str, code: str, records: Records, terms: TermsByLanguage) -> Sequence[Found]:
    """The terms of a text, and those of its words that are English."""
    if code not in terms:
        return ()
    usual = usual_words(code)
    return [one for one in terms[code].found_in(text) if one.kind or _is_english(one.english, usual, records)]


def _is_english(word: str, usual: frozenset[str], records: Records) -> bool:
    """Whether a word that no term has is one of English, as the papers use it: a name, or a borrowed word."""
    if not word.isascii() or word.casefold() in usual or word.casefold() in FUNCTION_WORDS:
        return False
    if word.isdigit():
        return True
    return (len(word) >= NAMES_FROM or (len(word) > 1 and word.isupper())) and any(
        map(records.uses, content_words(word))
    )


def _tells(one: Found, records: Records) -> bool:
    """Whether it says what is asked about: more than that models are, of which all papers treat."""
    if one.kind == "term":
        return not EVERYWHERE.issuperset(content_words(one.english))
    return one.kind is None and _is_name(one.english, records)


def _is_name(word: str, records: Records) -> bool:
    """Whether an English word that no term has names something of the papers, and is not just used in them."""
    return any(map(records.is_subject, content_words(word)))


def _asked(found: Sequence[Found], records: Records) -> str:
    """The question in English: which papers there are, what a thing is, or just its words."""
    kinds = {one.kind for one in found}
    subject = [one for one in found if one.kind in _SUBJECT]
    if {"papers", "asks"} <= kinds and subject:
        return _which_papers(found, records)
    if defined := _defined(found):
        return f"What is {defined}?"
    said = [f"{one.english} {one.further}".strip() for one in found if one.kind in ("term", "word", "or", None)]
    return " ".join(dict.fromkeys(said[:MAX_TERMS]))


def _defined(found: Sequence[Found]) -> str:
    """The term of which a question wants to know what it is; empty where it asks something else."""
    place = next((place for place, one in enumerate(found) if one.kind == "defines"), None)
    if place is None:
        return ""
    before, after = found[:place], found[place + 1 :]
    if not before:
        return " ".join(one.english for one in _run(after))
    # Where verbs come last, the term stands before: the last one, as "reward model" does before "overoptimization".
    if any(one.kind not in _SUBJECT for one in before) or any(one.kind in _SUBJECT for one in after):
        return ""
    return " ".join(one.english for one in reversed(_run(before[::-1])))


def _run(found: Sequence[Found]) -> list[Found]:
    """The term, or the English words in a row, that stand first."""
    run: list[Found] = []
    for one in found:
        if one.kind not in _SUBJECT or (run and (one.kind or run[-1].kind or not _next_to(run[-1], one))):
            break
        run.append(one)
    return run


def _next_to(one: Found, other: Found) -> bool:
    return one.end == other.start or other.end == one.start


def _which_papers(found: Sequence[Found], records: Records) -> str:
    """The question which papers there are, by whom, of which year and about what, as far as the terms say."""
    said = {one.english.casefold() for one in found if one.kind is None}
    organisations = [name for name in records.facets.organisations if {*name.casefold().split()} <= said]
    years = [one.english for one in found if one.kind is None and one.english.isdigit() and len(one.english) == 4]
    taken = {word for name in organisations for word in name.casefold().split()} | {*years}
    topic = _topic([one for one in found if one.kind or one.english.casefold() not in taken], records)
    by = f" by {organisations[0]}" if organisations else ""
    dated = f" from {years[0]}" if years else ""
    return f"Which papers{by}{dated} are about {topic}?" if topic else f"Which papers{by}{dated} are there?"


def _topic(found: Sequence[Found], records: Records) -> str:
    """What the papers shall be about: all terms together where papers treat them so, else those that tell most."""
    subject = list(dict.fromkeys(one.english for one in found if one.kind in _SUBJECT))[:MAX_TOPIC_TERMS]
    if any(one.kind == "or" for one in found):
        return " or ".join(subject)
    together = " ".join(subject)
    if len(subject) < 2 or records.select(topic=together):
        return together
    treated = {term: len(records.select(topic=term)) for term in subject}
    return min((term for term in subject if treated[term]), key=treated.__getitem__, default=together)
