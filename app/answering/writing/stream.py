"""Have a language model write over the evidence: what it is given, and what comes of it."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessageChunk

from app.answering.answer import REFUSAL
from app.answering.citation import Citation
from app.answering.citations.stream import without_markers
from app.answering.models.control_tokens import escape_control_tokens
from app.answering.models.language_model import LanguageModel
from app.answering.models.local_chat import READERS_BEFORE
from app.notices.notice import Notice
from prompts import load_prompt
from retrieval.chunking import MAX_SENTENCE_CHARS, split_sentences
from retrieval.errors import ModelError
from retrieval.sanitize import sanitize

MAX_SENTENCES = 4
MAX_TEXT_CHARS = 20_000
"""A text ends here, whatever it is made of: four sentences are far shorter, and a server may send for ever."""
_LOOKED_AGAIN = 16
"""A sentence is looked at again once it has grown by this part of its length."""
_SILENT_SECONDS = 0.08
"""A little less than a model's tick, so that none is missed."""
TICK_SECONDS = 0.1
"""How often a reader is told something while a model writes: only who is told something can leave."""
Sentence = tuple[str, tuple[int, ...]]
"""A sentence and the numbers it cites."""
_ENDED = re.compile(r"[.!?。！？][\"'”’»)\]」』）】》]*$")
_ADDRESS = re.compile(
    r"(?:(?:https?|ftp)://|\bwww\.)[^\s<>()\[\]“”\"'，。；]*[^\s<>()\[\]“”\"'，。；.,;:!?]"
    r"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*+[\[【［][^\[\]【】［］]*+[\]】］]")
_STOP = re.compile(r"[.!?。！？]")
_LETTER = re.compile(r"[^\W\d_]")
_IN_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True)
class Silence:
    """The model has nothing to say just now; `readers_before` are served first."""

    readers_before: int = 0

    @property
    def status(self) -> Notice | None:
        """What to tell the reader who waits in the line, None where it is this reader's turn."""
        count = self.readers_before
        if not count:
            return None
        number = _IN_WORDS[count] if count < len(_IN_WORDS) else str(count)
        return Notice("readers_before", count=count, number=number)


@dataclass(frozen=True, slots=True)
class CutOff:
    """The text ends here although the model had more to say: its tokens, time, length or sentences were used up."""


def answer_messages(prompt: str, question: str, quotes: Sequence[Citation]) -> list[tuple[str, str]]:
    """The prompt's messages: the question that stands alone and the numbered evidence, nothing else.

    Each quote is one line, in English where it has a gloss, and escaped: in the
    papers' words there is no number and no turn but ours.
    """
    evidence = "\n".join(f"[{quote.number}] {escape_control_tokens(quote.gloss or quote.quote)}" for quote in quotes)
    return load_prompt(prompt).render(question=escape_control_tokens(question), evidence=evidence, refusal=REFUSAL)


def written(
    model: LanguageModel, messages: Sequence[tuple[str, str]], max_tokens: int | None = None
) -> Generator[str | Silence | CutOff, None, None]:
    """The model's text as it comes, a `Silence` now and then while none comes, and `CutOff` where it was cut short.

    It ends after `MAX_SENTENCES` or `MAX_TEXT_CHARS`; `max_tokens` is lower than the
    model's own limit, where it is given. Closing the iterator stops the model. Raises
    `ModelError` where it wrote nothing, and whatever the model raises.
    """
    assert model.chat is not None
    reason, wrote, spoke = None, False, time.monotonic()
    room, begun = MAX_TEXT_CHARS, _SentencesBegun()
    # Closing the model's stream frees its worker when the reader leaves.
    limit: dict[str, Any] = {"max_tokens": max_tokens} if max_tokens else {}
    # It is declared an iterator; only a generator can be closed.
    stream = cast("Generator[AIMessageChunk, None, None]", model.chat.stream(list(messages), **limit))
    with closing(stream) as chunks:
        for chunk in chunks:
            reason = chunk.response_metadata.get("finish_reason") or reason
            text = chunk.text
            # Cut before it is cleaned, which takes time: a server may send millions of characters at once.
            piece = sanitize(text[:room], kept="\n")
            if piece:
                wrote, spoke = wrote or not piece.isspace(), time.monotonic()
                yield piece
            elif time.monotonic() - spoke >= _SILENT_SECONDS:
                spoke = time.monotonic()
                yield Silence(int(chunk.response_metadata.get(READERS_BEFORE, 0)))
            if len(text) > room or begun.after(piece) > MAX_SENTENCES:
                reason = "length"
                break
            room -= len(text)
    if reason in ("length", "time"):
        if not wrote:
            raise ModelError("it reached its limit before the first word")
        yield CutOff()


class _SentencesBegun:
    """Counts the sentences that a growing text has begun and that have a word: a marker after a full stop begins none.

    It looks where a letter comes after what can end a sentence, and no further back than
    that sentence's beginning, so that the work does not grow with the text before it.
    """

    def __init__(self) -> None:
        self._open = ""
        self._enough = 0
        self._stopped = False
        self._closed = 0
        self._begun = 0

    def after(self, piece: str) -> int:
        """The count with this piece."""
        self._open += piece
        self._stopped = self._stopped or _STOP.search(piece) is not None or len(self._open) > MAX_SENTENCE_CHARS
        if len(self._open) >= self._enough and (self._stopped or not self._begun) and _LETTER.search(piece):
            self._look()
            # What follows a stop may still be to come.
            self._stopped = _STOP.search(piece) is not None
            self._enough = len(self._open) + len(self._open) // _LOOKED_AGAIN
        return self._begun

    def _look(self) -> None:
        *whole, last = split_sentences(self._open)
        self._closed += sum(_has_word(self._open[span.start : span.end]) for span in whole)
        self._open = self._open[last.start :]
        self._begun = self._closed + _has_word(self._open)


def _has_word(text: str) -> bool:
    return _LETTER.search(without_markers(text)) is not None


def without_what_is_slipped_in(text: str) -> str:
    """The text with an ellipsis for each address, and without words in square brackets: in quotes alone both stand.

    Clients make links of addresses, also of plain ones. Square brackets are ours: what is
    said in them, as "[supported, score 1.00]", would pass for a verdict of this program.
    """
    return _BRACKETS.sub(lambda found: "" if _LETTER.search(found[0]) else found[0], _ADDRESS.sub("…", text))


def whole_sentences(sentences: Sequence[Sentence], cut_off: bool) -> Sequence[Sentence]:
    """At most `MAX_SENTENCES`, without the last one where the text was cut off in it; one alone is kept."""
    if cut_off and len(sentences) > 1 and not _ENDED.search(without_markers(sentences[-1][0]).rstrip()):
        sentences = sentences[:-1]
    return sentences[:MAX_SENTENCES]
