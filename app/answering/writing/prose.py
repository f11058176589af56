"""Prose over the evidence: what a large language model says of the quotes, checked before any of it counts.

A small one that was taught to writes a line above them instead (direct_line.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from app.answering.answer import REFUSAL, AnswerSentence
from app.answering.checking.support import SupportCheck
from app.answering.citation import Citation
from app.answering.citations.stream import MarkerStream, cited_sentences
from app.answering.events import Event, SentenceChecked, Status, Token
from app.answering.models.language_model import LanguageModel
from app.answering.writing.attribution import Attribution
from app.answering.writing.stream import (
    TICK_SECONDS,
    CutOff,
    Sentence,
    Silence,
    answer_messages,
    whole_sentences,
    without_what_is_slipped_in,
    written,
)
from app.languages import ENGLISH
from app.languages.phrases import AnswerPhrases
from app.notices.notice import Notice


@dataclass(frozen=True, slots=True)
class Prose:
    """What came of it: checked sentences, or none and in `note` why; `refused` where the model found no answer.

    Their numbers are those of the evidence.
    """

    sentences: tuple[AnswerSentence, ...] = ()
    note: str | None = None
    refused: bool = False


Telling = Generator[Event, None, Prose]
"""Yields events while it goes, and gives the prose in the end. Closing it stops the model."""


def first_token_told(telling: Telling, tell: Callable[[], None]) -> Telling:
    """The same events; `tell` hears of the tokens before they go on, the first of which is when the answer begins."""
    with closing(telling):
        while True:
            try:
                event = next(telling)
            except StopIteration as told:
                return told.value
            if isinstance(event, Token):
                tell()
            yield event


def answer_at_once(
    model: LanguageModel,
    question: str,
    quotes: Sequence[Citation],
    support: SupportCheck,
    words: AnswerPhrases = ENGLISH.phrases,
    *,
    drop_unsupported: bool,
) -> Telling:
    """An answer of at most four sentences over all quotes, told as it comes, checked and its papers named at its end.

    Raises whatever the model raises.
    """
    said: list[str] = []
    markers = MarkerStream([quote.number for quote in quotes])
    writing = Status(Notice("writing", name=model.name or ""))
    yield writing
    cut_off, told = False, time.monotonic()
    with closing(written(model, answer_messages(model.prompt, question, quotes))) as pieces:
        for piece in pieces:
            cut_off = cut_off or isinstance(piece, CutOff)
            if isinstance(piece, str) and (cleaned := markers.feed(piece)):
                said.append(cleaned)
                told = time.monotonic()
                yield Token(cleaned)
            elif time.monotonic() - told >= TICK_SECONDS or isinstance(piece, Silence):
                told = time.monotonic()
                yield _waiting(piece, writing)
    if rest := markers.finish():
        said.append(rest)
        yield Token(rest)
    text = without_what_is_slipped_in("".join(said).strip())
    if REFUSAL.rstrip(".").casefold() in text.casefold():
        return Prose(refused=True)
    sentences = _held(whole_sentences(cited_sentences(text), cut_off), question, quotes, support)
    if drop_unsupported:
        sentences = tuple(sentence for sentence in sentences if sentence.support == "supported")
    if not any(sentence.support == "supported" for sentence in sentences):
        return Prose(note=Notice("unsupported", name=model.name or ""))
    attribution = Attribution(quotes, words)
    sentences = tuple(attribution.named(sentence) for sentence in sentences)
    for sentence in sentences:
        yield SentenceChecked(sentence)
    return Prose(sentences)


def _waiting(piece: str | Silence | CutOff, writing: Status) -> Status:
    """What a reader is told who has nothing to read just now."""
    return Status(piece.status) if isinstance(piece, Silence) and piece.status else writing


def _held(
    said: Sequence[Sentence], question: str, quotes: Sequence[Citation], support: SupportCheck
) -> tuple[AnswerSentence, ...]:
    """The sentences held against their quotes, as a whole and where they repeat the question."""
    checked = support.checked(said, quotes)
    return tuple(
        sentence
        if sentence.support != "supported" or support.stands(sentence, question, quotes)
        else replace(sentence, support="unsupported")
        for sentence in checked
    )
