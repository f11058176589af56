"""An answer that needs no search for evidence: a courtesy, or what the records say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.answering.answer import AnswerSentence
from app.answering.citation import Citation
from retrieval.types import Passage


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer's text and what it is made of; `text` begins with the sentences, where there are any.

    `answered` is false where the collection has nothing of what was asked, `surely` where it may not be that.
    """

    text: str
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    followups: tuple[str, ...] = ()
    answered: bool = True
    surely: bool = True

    @property
    def in_order(self) -> tuple[AnswerSentence | str, ...]:
        """What the text is made of: the sentences, and what stands after them."""
        rest = self.text[sum(len(sentence.text) for sentence in self.sentences) :]
        return (*self.sentences, rest) if rest else self.sentences

    def after(self, said: str) -> Reply:
        """The same with a paragraph before it."""
        opened = f"{said}\n\n"
        first = tuple(replace(sentence, text=f"{opened}{sentence.text}") for sentence in self.sentences[:1])
        return replace(self, text=f"{opened}{self.text}", sentences=(*first, *self.sentences[1:]))
