"""One question with what has been answered so far: events go in, the page is drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.answering.answer import Answer, AnswerSentence
from app.answering.citation import Citation
from app.answering.events import Done, Draft, Event, Failed, Followups, Quotes, SentenceChecked, Sources, Status, Token
from app.answering.question import Turn
from app.answering.refusals import nothing_near
from app.surfaces.exports.kept_quotes import PaperOf
from retrieval.types import Filters, Paper, Passage


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, finished or on its way.

    `only` are the papers that its filters name, where they name some; `collection` is what the address of the page on
    which it was asked names, "" for the server's own; `linked` is what the permalink that asked it
    says of the corpus and the models; `writing` holds from when a language model is at work on the quotes.
    While it is `drafted`, the text is the answer in quotes alone, above which a model is writing a line.
    """

    question: str
    filters: Filters = field(default_factory=Filters)
    only: tuple[Paper, ...] = ()
    collection: str = ""
    linked: str = ""
    status: str | None = None
    writing: bool = False
    passages: tuple[Passage, ...] = ()
    citations: tuple[Citation, ...] = ()
    text: str = ""
    sentences: tuple[AnswerSentence, ...] = ()
    drafted: bool = False
    followups: tuple[str, ...] = ()
    answer: Answer | None = None
    failure: str | None = None
    stopped: bool = False

    def of_papers(self, paper_of: PaperOf) -> Exchange:
        """The same with the papers that its filters name."""
        return replace(self, only=tuple(paper for one in self.filters.papers if (paper := paper_of(one))))

    @property
    def running(self) -> bool:
        return self.answer is None and self.failure is None and not self.stopped

    @property
    def abstained(self) -> bool:
        return self.answer is not None and self.answer.status == "abstained"

    @property
    def far(self) -> bool:
        """Whether it was refused as nothing that any paper is near to."""
        return self.answer is not None and nothing_near(self.answer)

    def after(self, event: Event) -> Exchange:
        """The exchange as it stands once the event has happened."""
        match event:
            case Status(text):
                # Before the quotes the chain is searching; what it has to say after them is that a model writes.
                return replace(self, status=text, writing=bool(self.citations))
            case Sources(passages):
                return replace(self, passages=passages)
            case Quotes(citations):
                return replace(self, citations=citations)
            case Draft(text, sentences):
                return replace(self, text=text, sentences=sentences, drafted=True)
            # What is read already is not written anew beneath the reader's eye: the end brings the line above it.
            case Token() | SentenceChecked() if self.drafted:
                return self
            case Token(text):
                return replace(self, text=self.text + text)
            case SentenceChecked(sentence):
                return replace(self, sentences=(*self.sentences, sentence))
            case Followups(questions):
                return replace(self, followups=questions)
            case Failed(message):
                return replace(self, failure=message)
            case Done(answer):
                return replace(
                    self,
                    answer=answer,
                    drafted=False,
                    text=answer.answer,
                    passages=answer.sources or self.passages,
                    citations=answer.citations,
                    sentences=answer.sentences,
                    followups=answer.followups or self.followups,
                )


def history_of(exchanges: Sequence[Exchange]) -> tuple[Turn, ...]:
    """The conversation as plain turns; a question that got no words in reply is left out."""
    turns: list[Turn] = []
    for exchange in exchanges:
        if exchange.text and exchange.failure is None:
            turns += [Turn("user", exchange.question), Turn("assistant", exchange.text)]
    return tuple(turns)
