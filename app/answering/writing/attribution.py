"""Whose word a sentence of prose is: one that rests on a single paper says so, since a paper may be wrong or lie."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.answering.answer import AnswerSentence
from app.answering.citation import Citation
from app.answering.writing.quotes import described
from app.languages import ENGLISH, LANGUAGES, either, words_of
from app.languages.patterns import NAME
from app.languages.phrases import AnswerPhrases
from retrieval.lexical.tokens import FUNCTION_WORDS
from retrieval.types import Paper

_LIST_MARK = re.compile(r"(?:(?:[-*•>]+|#+|\d{1,2}[.)])\s+)*")
_VERDICTS = tuple(
    (re.compile(verdict, re.IGNORECASE), language.attribution.comma)
    for language in LANGUAGES
    if (verdict := language.attribution.verdict)
)
# A model's own "according to the paper", and "the paper reports".
_OWN_FRAME = either(language.attribution.own_frame for language in LANGUAGES)
_PAPERS_DO = either(language.attribution.papers_do for language in LANGUAGES)
_FIRST_WORD = re.compile(r"[A-Z][a-z]*(?:['’][a-z]+)?(?=[\s,])")
_SMALL_WORD = re.compile(r"[\w'’-]+")
_ORDINARY = (FUNCTION_WORDS | words_of(lambda language: language.attribution.openers)) - words_of(
    lambda language: language.attribution.names_too
)
"""Words that are no names with a capital either."""


class Attribution:
    """Names the papers of one answer's sentences, which come to it in their order.

    A supported sentence whose citations are all of one paper gets "According to …", and
    those of the same paper that follow it get "It also says that". A sentence that no quote
    supports is nobody's word, and one of several papers stands as it is.
    """

    def __init__(self, quotes: Sequence[Citation], words: AnswerPhrases = ENGLISH.phrases) -> None:
        self._quotes = {quote.number: quote for quote in quotes}
        self._words = words
        self._speaking: str | None = None

    def named(self, sentence: AnswerSentence) -> AnswerSentence:
        """The sentence with its paper named, where that is due."""
        quotes = [self._quotes[number] for number in sentence.citations if number in self._quotes]
        papers = {quote.paper.id for quote in quotes}
        before, self._speaking = self._speaking, None
        if sentence.support != "supported" or len(papers) != 1:
            return sentence
        (self._speaking,) = papers
        text = attributed(sentence.text, quotes, self._words, again=self._speaking == before)
        return replace(sentence, text=text)


def attributed(
    text: str, quotes: Sequence[Citation], words: AnswerPhrases = ENGLISH.phrases, *, again: bool = False
) -> str:
    """The sentence as the word of the paper that all these quotes are of, named `again` by a word that stands for it.

    A "No" that answers stays in front. What the model said of its own to that end is replaced.
    """
    paper = quotes[0].paper
    # On one line, or what comes after the first would stand there as ours.
    rest = " ".join(text.split())
    head = mark[0] if (mark := _LIST_MARK.match(rest)) else ""
    rest = rest[len(head) :]
    lead = words.also if again else words.according.format(paper=described(paper, words))
    for pattern, comma in _VERDICTS:
        if verdict := pattern.match(rest):
            head += f"{verdict['word']}{comma}"
            lead = _small(lead)
            rest = rest[verdict.end() :]
            break
    name = re.escape(paper.name)
    if subject := re.match(rf"{name}(?=\s+(?:{_PAPERS_DO})\b)", rest, re.IGNORECASE):
        return f"{head}{described(paper, words)}{rest[subject.end() :]}"
    if own_frame := re.match(_OWN_FRAME.replace(NAME, name), rest, re.IGNORECASE):
        rest = rest[own_frame.end() :]
    return f"{head}{lead}{_going_on(rest, quotes)}"


def unattributed(text: str, papers: Iterable[Paper], words: AnswerPhrases = ENGLISH.phrases) -> str:
    """The text without what `attributed` put into it for one of these papers: what the model said."""
    for lead in (*(words.according.format(paper=described(paper, words)) for paper in papers), words.also):
        for put in (lead, _small(lead)):
            head, found, rest = text.partition(put)
            if found:
                return head + (rest if head else rest[:1].upper() + rest[1:])
    return text


def _small(lead: str) -> str:
    return lead[:1].lower() + lead[1:]


def _going_on(rest: str, quotes: Sequence[Citation]) -> str:
    """What follows a comma: begun with a small letter where the first word is an ordinary one, never a name."""
    first = _FIRST_WORD.match(rest)
    if first is None:
        return rest
    word = re.split("['’]", first[0])[0].casefold()
    ordinary = word in _ORDINARY or any(
        word in _SMALL_WORD.findall(text)
        for quote in quotes
        for text in (quote.paper.abstract, quote.quote, quote.gloss or "")
    )
    return word[:1] + rest[1:] if ordinary else rest
