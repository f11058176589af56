"""Have a language model write over the evidence: what it is given, and what comes of it."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from app.answering.citations import without_markers
from app.answering.events import REFUSAL, Citation
from app.answering.models.control_tokens import disarmed
from app.answering.models.language_model import LanguageModel
from app.answering.models.transformers_chat import READERS_BEFORE
from prompts import load_prompt
from retrieval.chunking import split_sentences
from retrieval.errors import ModelError
from retrieval.readable import readable

MAX_SENTENCES = 4
_SILENT_SECONDS = 0.08
"""A little less than a model's tick, so that none is missed."""
Sentence = tuple[str, tuple[int, ...]]
"""A sentence and the numbers it cites."""
_ENDED = re.compile(r"[.!?。！？][\"'”’»)\]」』）】》]*$")
_IN_WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True)
class Silence:
    """The model has nothing to say just now; `readers_before` are served first."""

    readers_before: int = 0

    @property
    def status(self) -> str | None:
        """What to tell the reader who waits in the line, None where it is this reader's turn."""
        count = self.readers_before
        if not count:
            return None
        number = _IN_WORDS[count] if count < len(_IN_WORDS) else str(count)
        return f"{number} reader{' is' if count == 1 else 's are'} before you"


@dataclass(frozen=True, slots=True)
class CutOff:
    """The text ends here although the model had more to say: a limit was reached, of tokens, time or sentences."""


def answer_messages(prompt: str, question: str, quotes: Sequence[Citation]) -> list[tuple[str, str]]:
    """The prompt's messages: the question that stands alone and the numbered evidence, nothing else.

    Each quote is one line, in English where it has a gloss, and disarmed: in the
    papers' words there is no number and no turn but ours.
    """
    evidence = "\n".join(f"[{quote.number}] {disarmed(quote.gloss or quote.quote)}" for quote in quotes)
    return load_prompt(prompt).render(question=disarmed(question), evidence=evidence, refusal=REFUSAL)


def written(
    model: LanguageModel, messages: Sequence[tuple[str, str]], max_tokens: int | None = None
) -> Generator[str | Silence | CutOff, None, None]:
    """The model's text as it comes, a `Silence` now and then while none comes, and `CutOff` where it was cut short.

    `max_tokens` is lower than the model's own limit, where it is given. Closing the
    iterator stops the model. Raises `ModelError` where it wrote nothing, and whatever
    the model raises.
    """
    assert model.chat is not None
    text, reason, spoke = "", None, time.monotonic()
    # Closing the model's stream frees its worker when the reader leaves.
    limit = {"max_tokens": max_tokens} if max_tokens else {}
    with closing(model.chat.stream(list(messages), **limit)) as chunks:  # type: ignore[type-var]
        for chunk in chunks:
            reason = chunk.response_metadata.get("finish_reason") or reason
            piece = readable(chunk.text, kept="\n")
            text += piece
            if piece:
                spoke = time.monotonic()
                yield piece
            elif not reason and time.monotonic() - spoke >= _SILENT_SECONDS:
                spoke = time.monotonic()
                yield Silence(int(chunk.response_metadata.get(READERS_BEFORE, 0)))
            if piece and _sentences_begun(text) > MAX_SENTENCES:
                reason = "length"
                break
    if reason in ("length", "time"):
        if not text.strip():
            raise ModelError("it reached its limit before the first word")
        yield CutOff()


def _sentences_begun(text: str) -> int:
    """The sentences of the text that have a word, so that a marker after a full stop begins none."""
    return sum(any(map(str.isalpha, without_markers(text[span.start : span.end]))) for span in split_sentences(text))


def whole_sentences(sentences: Sequence[Sentence], cut_off: bool) -> Sequence[Sentence]:
    """At most `MAX_SENTENCES`, without the last one where the text was cut off in it; one alone is kept."""
    if cut_off and len(sentences) > 1 and not _ENDED.search(without_markers(sentences[-1][0]).rstrip()):
        sentences = sentences[:-1]
    return sentences[:MAX_SENTENCES]
