"""Several questions in one text: where one ends and the next begins.

What is not surely several questions stays one: an embedded question ("explain how it works and why it fails"), a
relative clause and an alternative are parts of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from app.answering.collection.grammar import fact_of, points_back
from app.answering.evidence.definition import MAX_TERM_WORDS, term_asked
from app.languages import language_of
from app.languages.language import Language
from app.languages.patterns import PartWords
from retrieval.lexical.han import has_han

MAX_PARTS = 4
"""So many are answered; where a text has more, the answer says so."""
MAX_TOPIC_WORDS = 8
MAX_CLAUSE_CHARS = 200
_WORD = re.compile(r"\w+")
_ITEM = re.compile(r"(?:(?<![^\s:：,，;；.。?？])(?:[(（]([1-9])[)）]|([1-9])[).](?!\d)|([1-9])、))\s*")
_SENTENCE_END = re.compile(r"(?<=[\w)”\"]{2}[.!?]) (?=[A-Z])|(?<=[。！])")
_COLON = re.compile(r"[:：]")
_ENDS = " .,;:!?，。；：！？、-–—"


@dataclass(frozen=True, slots=True)
class Part:
    """One of several questions: as it was `asked`, and as it reads `alone`, as far as the text's words say.

    What it still leans on are the ones before it, as with a question of a conversation.
    """

    asked: str
    alone: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The first `MAX_PARTS` questions of a text; `more` says that there were others."""

    parts: tuple[Part, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Forms:
    """A language's patterns, ready."""

    opens: re.Pattern[str]
    announces: re.Pattern[str]
    first: re.Pattern[str]
    item: re.Pattern[str]
    joint: re.Pattern[str]
    question: re.Pattern[str]
    after_comma: re.Pattern[str]
    incomplete: re.Pattern[str]
    condition: re.Pattern[str]
    unfinished: re.Pattern[str]


def parts_of(text: str) -> Parts | None:
    """The questions that a text asks, where those are surely several; each is a piece of the text, in its order."""
    language = language_of(text)
    if not language.parts.asks:
        return None
    forms = _forms(language.parts)
    announced = forms.announces.match(text)
    topic, rest = _topic(text[announced.end() :] if announced else text, forms)
    pieces = _numbered(rest, forms) or _coordinated(rest, forms, language.parts)
    if len(pieces) < 2 or _length(pieces[0]) < language.parts.least or forms.unfinished.fullmatch(pieces[0]):
        return None
    return Parts(tuple(_each_alone(pieces[:MAX_PARTS], topic, forms, language)), len(pieces) > MAX_PARTS)


@cache
def _forms(words: PartWords) -> _Forms:
    never = "(?!)"

    def ready(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern or never, re.IGNORECASE)

    return _Forms(
        opens=ready(f"^{words.opens}" if words.opens else ""),
        announces=ready(rf"{words.opens}(?:{words.announces or never})\s*[:：,，.。–—-]+\s*"),
        first=ready(f"{words.opens}(?:{words.begins})"),
        item=ready(f"{words.opens}(?:{words.begins}|{words.item or never})"),
        joint=ready(f"(?P<joint>{words.joint})|{words.comma}"),
        question=ready(words.asks),
        after_comma=ready(words.asks_on),
        incomplete=ready(words.incomplete),
        condition=ready(words.condition),
        unfinished=ready(words.unfinished),
    )


def _topic(text: str, forms: _Forms) -> tuple[str, str]:
    """What stands before the first colon, where that can be what all is about, and the rest."""
    colon = _COLON.search(text, 0, 120)
    before = text[: colon.start()] if colon else ""
    is_topic = 0 < _length(before) <= MAX_TOPIC_WORDS and not forms.first.match(before) and "?" not in before
    if not colon or not is_topic or _ITEM.search(before):
        return "", text
    return before.strip(_ENDS), text[colon.end() :].lstrip()


def _numbered(text: str, forms: _Forms) -> list[str]:
    """The items of a list numbered from 1, where each of them is a question."""
    marks = list(_ITEM.finditer(text))
    numbers = [int(mark[mark.lastindex or 1]) for mark in marks]
    if len(marks) < 2 or numbers != list(range(1, len(marks) + 1)):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    items = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    items[-1] = _without_remarks(items[-1], forms)
    questions = [forms.item.match(item) is not None for item in items]
    return [_trimmed(item, forms) for item in items] if all(questions) else []


def _without_remarks(text: str, forms: _Forms) -> str:
    """The text up to the sentences that ask nothing, as "Please all of it, short."."""
    sentences = _SENTENCE_END.split(text)
    asking = [place for place, one in enumerate(sentences) if forms.first.match(one.strip())]
    return text if asking and asking[-1] else sentences[0]


def _coordinated(text: str, forms: _Forms, words: PartWords) -> list[str]:
    """The questions that follow each other in sentences or clauses; none where something else is said between them."""
    sentences = [forms.opens.sub("", sentence.strip(), count=1) for sentence in _SENTENCE_END.split(text)]
    asking = [forms.first.match(sentence) is not None for sentence in sentences]
    count = asking.index(False) if False in asking else len(asking)
    if True in asking[count:]:
        return []
    return [piece for sentence in sentences[:count] for piece in _clauses(sentence, forms, words)]


def _clauses(sentence: str, forms: _Forms, words: PartWords) -> list[str]:
    """The questions of one sentence, or the whole of it."""
    joints = [match for match in forms.joint.finditer(sentence) if _asks_on(sentence, match, forms)]
    if not any(match["joint"] for match in joints):
        joints = [match for match in joints if forms.after_comma.match(sentence, match.end())]
    joints = [match for match in joints if match["joint"] or not _in_condition(sentence, match, forms)]
    pieces: list[str] = []
    begin = 0
    for place, mark in enumerate(joints):
        end = joints[place + 1].start() if place + 1 < len(joints) else len(sentence)
        # A tail such as "and why" or "is it" goes with the question before it.
        if _length(sentence[mark.end() : end]) >= words.least and mark.start() > begin:
            pieces.append(sentence[begin : mark.start()])
            begin = mark.end()
    return [piece.strip(_ENDS) for piece in (*pieces, sentence[begin:])]


def _in_condition(sentence: str, comma: re.Match[str], forms: _Forms) -> bool:
    """Whether the comma ends an "if", and what follows belongs to it."""
    begin = max(sentence.rfind(",", 0, comma.start()) + 1, comma.start() - MAX_CLAUSE_CHARS)
    return forms.condition.search(sentence, begin, comma.start()) is not None


def _asks_on(sentence: str, joint: re.Match[str], forms: _Forms) -> bool:
    """Whether a question begins where the joint ends."""
    return bool(forms.question.match(sentence, joint.end()) or forms.incomplete.match(sentence, joint.end()))


def _trimmed(item: str, forms: _Forms) -> str:
    """An item without what joins it to the next one: ", and"."""
    bare = item.strip(_ENDS)
    last = bare.rfind(" ")
    return bare[:last].rstrip(_ENDS) if bare[last + 1 :].casefold() in ("and", "&", "plus") else bare


def _each_alone(pieces: Sequence[str], topic: str, forms: _Forms, language: Language) -> list[Part]:
    words = language.parts
    term = topic or term_asked(pieces[0]) or _said_what(pieces[0], words) or _called(pieces[0])
    alone: list[str] = []
    for place, piece in enumerate(pieces):
        named = _with_term(piece, term, words) if term and (place or topic) else piece
        if alone and forms.incomplete.match(piece):
            named = f"{alone[-1]} {piece}"
        elif topic and named == piece:
            named = f"{topic}: {piece}"
        elif what := _said_what(piece, words):
            named = language.phrases.what_is.format(term=what)
        alone.append(named)
    return [Part(piece, named) for piece, named in zip(pieces, alone, strict=True)]


def _called(piece: str) -> str:
    """How a question that asks for a fact of a paper calls it: "sparrow" in "when was sparrow published"."""
    fact = fact_of(piece.casefold())
    title = fact.title if fact else ""
    at = piece.casefold().find(title)
    # A paper that was spoken of before ("who wrote it") is not called by anything here.
    named = 0 < len(_WORD.findall(title)) <= MAX_TERM_WORDS and not points_back(title)
    return piece[at : at + len(title)] if named and at >= 0 else ""


def _said_what(piece: str, words: PartWords) -> str | None:
    match = re.fullmatch(words.says_what, piece, re.IGNORECASE) if words.says_what else None
    return match["term"] if match else None


def _with_term(piece: str, term: str, words: PartWords) -> str:
    """The question with the first word that takes up the term replaced by it."""
    many = term.endswith("s")
    for pattern, form in ((words.possessive, words.of_term), (words.pronoun, "{term}"), (words.plural, "{term}")):
        if not pattern or (pattern == words.plural and not many and not has_han(piece)):
            continue
        if match := re.search(pattern, piece, re.IGNORECASE):
            return f"{piece[: match.start()]}{form.format(term=term)}{piece[match.end() :]}"
    return piece


def _length(text: str) -> int:
    """The words of a text, or its characters where it has no spaces between words."""
    return len("".join(text.split())) if has_han(text) else len(_WORD.findall(text))
