"""What a sentence claims, read in plain code: its words, figures and names, and what it denies, doubts and compares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.answering.checking.polarity import is_denial
from app.answering.checking.vocabulary import Vocabulary
from app.languages import LANGUAGES, any_of, either, words_of
from retrieval.lexical.han import HAN
from retrieval.lexical.tokens import FUNCTION_WORDS, content_words

_FRAME = words_of(lambda language: language.claims.frame)
"""Words that say whose claim it is."""
_COMMON = 0.35
"""A word of less weight names nothing."""
_TOKEN = re.compile(rf"[A-Za-z]+(?:['’][a-z]+)?|[0-9]+(?:[.,][0-9]+)*%?|[{HAN}]|[,.;:!?，。；！？]")
_FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_BETWEEN_FIGURES = either(("-|–|—", *(language.claims.between_figures for language in LANGUAGES)))
_PERCENT = re.compile(
    rf"(?<![0-9.,])([0-9]+(?:[.,][0-9]+)*)(?:\s*(?:{_BETWEEN_FIGURES})\s*([0-9]+(?:[.,][0-9]+)*))?\s*"
    rf"(?:{either(('%|％', *(language.claims.percent for language in LANGUAGES)))})"
)
_ANSWER = re.compile(rf"^(?:{either(language.claims.answer for language in LANGUAGES)})", re.IGNORECASE)
"""A "no" that answers the question denies nothing of what follows."""
_JOINT = any_of(lambda language: language.claims.joint)
"""Where one clause ends and another begins."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*")
_NUMBER_WORDS = {word: figure for language in LANGUAGES for word, figure in language.claims.numbers.items()}


@dataclass(frozen=True, slots=True)
class Claim:
    """One text as the check reads it.

    `words` are its content words, each with whether it is what a negation denies; `order` the
    same in their order. Figures keep their "%" where they have one; `counts` are
    number words as figures. `tokens` are all its words in order, as they are spelt but in small letters.
    """

    words: Mapping[str, bool]
    order: tuple[str, ...]
    figures: frozenset[str]
    counts: frozenset[str]
    names: frozenset[str]
    denials: int
    tokens: tuple[str, ...]


def read_claim(text: str, vocabulary: Vocabulary) -> Claim:
    """The text as a claim; markers are taken out beforehand."""
    tokens = [token.replace("’", "'") for token in _TOKEN.findall(_ANSWER.sub("", text))]
    folded = frozenset(token.casefold() for token in tokens)
    denied = _denied(tokens)
    order = tuple(word for token in tokens if token.casefold() not in _FRAME for word in content_words(token))
    words = dict.fromkeys(order, False) | dict.fromkeys(denied, True)
    return Claim(
        words={word: words[word] for word in dict.fromkeys(order)},
        order=order,
        figures=figures_of(text),
        counts=frozenset(_NUMBER_WORDS[token] for token in folded & _NUMBER_WORDS.keys()),
        names=names_of(text, vocabulary),
        denials=sum(is_denial(token.casefold()) for token in tokens),
        tokens=tuple(token.casefold() for token in tokens),
    )


def clauses_of(text: str) -> list[str]:
    """The clauses of a sentence that have something to say; one that is not put together is a clause itself."""
    return [clause for clause in _JOINT.split(text) if len(content_words(clause)) > 1]


def figures_of(text: str) -> frozenset[str]:
    """The text's figures without thousands separators, a percentage with its sign: "3,000" is 3000."""
    percents = {_plain(part) for match in _PERCENT.finditer(text) for part in match.groups() if part}
    figures = {_plain(figure) for figure in _FIGURE.findall(text)}
    return frozenset(figure + "%" if figure in percents else figure for figure in figures | percents)


def holds_figure(figure: str, evidence: frozenset[str]) -> bool:
    """Whether the evidence has the figure; a percentage only as one."""
    return figure in evidence or (not figure.endswith("%") and f"{figure}%" in evidence)


def _plain(figure: str) -> str:
    figure = re.sub(r",(?=[0-9]{3}(?:[.,]|$))", "", figure)
    return re.sub(r"(\.[0-9]*?)0+$", r"\1", figure).rstrip(".") if "." in figure else figure


def names_of(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Words that name a model, method, organisation or person, in small letters, without hyphens and plural "s".

    A capital within the word or a digit makes it a name anywhere, a first capital in
    mid-sentence, and at a sentence's start where the collection knows it as a name.
    A word that a great part of the collection has, such as "AI", names nothing there.
    """
    found: set[str] = set()
    for match in _NAME.finditer(text):
        word, before = match[0], text[: match.start()].rstrip()
        folded = word.casefold()
        if folded in FUNCTION_WORDS or folded in found or vocabulary.weight(folded) < _COMMON:
            continue
        starts = not before or before[-1] in '.!?:“"('
        inner = any(map(str.isupper, word[1:])) or any(map(str.isdigit, word))
        plainly = len(word) > 1 and (inner or (word[0].isupper() and not starts))
        if plainly or (word[0].isupper() and vocabulary.is_name(folded)):
            found.add(folded)
    return frozenset(map(bare, found))


def bare(name: str) -> str:
    """ "GPT-4" as "gpt4", "LLMs" as "llm"."""
    name = name.replace("-", "").replace(".", "")
    return name[:-1] if name.endswith("s") and len(name) > 3 else name


def _denied(tokens: list[str]) -> set[str]:
    """What negations deny: the next content word of the clause."""
    denied: set[str] = set()
    denies = False
    for token in tokens:
        if is_denial(token.casefold()):
            # "does not prevent": the second denial is what the first one denies.
            denied.update(content_words(token) if denies else ())
            denies = True
        elif token in ",.;:!?，。；！？":
            denies = False
        elif denies and (words := content_words(token)):
            denied.update(words)
            denies = False
    return denied
