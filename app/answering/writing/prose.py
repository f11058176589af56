"""Prose over the evidence: what a language model says of the quotes, checked before any of it counts.

In two shapes: a large model is given all quotes at once (`answer_at_once`), a small
one is asked for a sentence from each (`answer_by_quote`), which is all that it can do.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from app.answering.checking.polarity import is_denial
from app.answering.checking.support import SupportCheck
from app.answering.citations.stream import MarkerStream, cited_sentences, marked, without_markers
from app.answering.events import REFUSAL, AnswerSentence, Citation, Event, SentenceChecked, Status, Token
from app.answering.models.language_model import SKIP, LanguageModel
from app.answering.writing.attribution import Attribution
from app.answering.writing.sentence_prompt import sentence_messages
from app.answering.writing.stream import (
    MAX_SENTENCES,
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
from retrieval.errors import ModelError
from retrieval.lexical.tokens import overlap

LIMIT_SECONDS = 5.0
"""A reader waits no longer for a small model's prose; what is there by then is the answer."""
SENTENCE_TOKENS = 80
SAID_AGAIN = 0.6
"""A sentence sharing this much of its content words with one before it says nothing new."""
# A small model writes English, whatever it is asked in.
_VERDICT = re.compile(ENGLISH.attribution.verdict, re.IGNORECASE)


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


def answer_by_quote(
    model: LanguageModel,
    question: str,
    quotes: Sequence[Citation],
    support: SupportCheck,
    words: AnswerPhrases = ENGLISH.phrases,
    limit_seconds: float = LIMIT_SECONDS,
) -> Telling:
    """A sentence from each quote that answers, told once the quote supports it; others are left out.

    The marker is the quote's own, so none can point to another, and its paper is named. Raises `ModelError`
    where not one sentence was written within `limit_seconds`, and whatever the model raises.
    """
    until = time.monotonic() + limit_seconds
    attribution = Attribution(quotes, words)
    kept: list[AnswerSentence] = []
    told: list[AnswerSentence] = []
    wrote, skipped = False, True
    for quote in quotes:
        text = yield from _said_of(model, question, quote, until)
        wrote = wrote or bool(text)
        skipped = skipped and text == SKIP
        for sentence in _checked(text, question, quote, support):
            if sentence.support == "supported" and not _says_again(sentence, kept):
                kept.append(sentence)
                named = attribution.named(sentence)
                yield Token(f" {named.text}" if told else named.text)
                yield SentenceChecked(named)
                told.append(named)
        if time.monotonic() >= until:
            break
    if told:
        return Prose(tuple(told))
    if not wrote and time.monotonic() >= until:
        raise ModelError(f"it wrote nothing within {limit_seconds:g} seconds")
    if skipped:
        return Prose(note=Notice("skipped", name=model.name or ""))
    return Prose(note=Notice("unsupported", name=model.name or ""))


def _said_of(model: LanguageModel, question: str, quote: Citation, until: float) -> Generator[Event, None, str]:
    """What the model says of the quote, whole; empty where the time is up first."""
    messages = sentence_messages(question, quote.paper.name, quote.gloss or quote.quote)
    writing = Status(Notice("writing", name=model.name or ""))
    yield writing
    text, told = "", time.monotonic()
    with closing(written(model, messages, max_tokens=SENTENCE_TOKENS)) as pieces:
        for piece in pieces:
            if time.monotonic() >= until or isinstance(piece, CutOff):
                return ""
            if isinstance(piece, str):
                text += piece
            if isinstance(piece, Silence) or time.monotonic() - told >= TICK_SECONDS:
                told = time.monotonic()
                yield _waiting(piece, writing)
    return text.strip()


def _waiting(piece: str | Silence | CutOff, writing: Status) -> Status:
    """What a reader is told who has nothing to read just now."""
    return Status(piece.status) if isinstance(piece, Silence) and piece.status else writing


def _checked(text: str, question: str, quote: Citation, support: SupportCheck) -> tuple[AnswerSentence, ...]:
    if not text or SKIP in text:
        return ()
    # The model knows no numbers: one that it writes all the same is not a quote's.
    said = [
        sentence for sentence, _ in cited_sentences(without_markers(without_what_is_slipped_in(text)))[:MAX_SENTENCES]
    ]
    if any(map(_VERDICT.match, said)):
        denied = support.denies(quote, question)
        said = [with_sound_verdict(sentence, denied) for sentence in said]
    sentences = [marked(sentence, f"[{quote.number}]") for sentence in said]
    return _held([(sentence, (quote.number,)) for sentence in sentences], question, [quote], support)


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


def with_sound_verdict(sentence: str, denied: bool = False) -> str:
    """The sentence with a "Yes" or "No" before it only where something bears that out.

    The check sees the sentence and its quote, not whether the question is rightly
    answered with yes: a small model says that of anything. Where the quote denies what
    is asked (`denied`) the word is "No", whatever the model chose; else a "No" stays
    where the sentence itself denies.
    """
    verdict = _VERDICT.match(sentence)
    if verdict is None:
        return sentence
    rest = sentence[verdict.end() :]
    if denied:
        return f"No, {rest}"
    denies = any(is_denial(word) for word in re.findall(r"[\w']+", rest.casefold().replace("’", "'")))
    return sentence if denies and verdict["word"].casefold() == "no" else rest[:1].upper() + rest[1:]


def _says_again(sentence: AnswerSentence, kept: Sequence[AnswerSentence]) -> bool:
    text = without_markers(sentence.text)
    return any(overlap(text, without_markers(before.text)) >= SAID_AGAIN for before in kept)
