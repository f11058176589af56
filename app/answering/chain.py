"""The answering chain: a question in, typed events out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableConfig

from app.answering.abstention import Answerability
from app.answering.citations import MarkerStream, cited_sentences
from app.answering.conversation import standalone_question
from app.answering.events import (
    REFUSAL,
    Answer,
    AnswerSentence,
    Citation,
    Done,
    Event,
    Failed,
    Followups,
    Quotes,
    SentenceChecked,
    Sources,
    Status,
    Token,
)
from app.answering.evidence import choose_quotes
from app.answering.question import Question
from app.answering.quotes import follow_up_questions, quoted_answer, refusal_answer
from app.answering.support import checked_sentence
from prompts import load_prompt
from retrieval.errors import PaperbackedError
from retrieval.retriever import PaperRetriever, passage_of
from retrieval.types import Passage

PROMPT = "answer"
PAPERS_READ = 4
"""Papers whose sentences are weighed as quotes."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """The language model at hand now; without one, `note` says why where one was asked for."""

    chat: BaseChatModel | None = None
    name: str | None = None
    note: str | None = None


@dataclass(slots=True)
class _Work:
    """What is known of one answer while it is being made."""

    question: Question
    standalone: str
    began: float = field(default_factory=time.perf_counter)
    passages: tuple[Passage, ...] = ()
    quotes: tuple[Citation, ...] = ()
    confidence: float = 0.0
    followups: tuple[str, ...] = ()
    timings: dict[str, float | None] = field(default_factory=dict)

    def clock(self, name: str) -> None:
        self.timings.setdefault(name, round(1000 * (time.perf_counter() - self.began), 1))


class AnswerChain(Runnable[Question, Event]):
    """A LangChain runnable: `stream` yields the events of app.answering.events, `invoke` the last one.

    `corpus` names the index that answers; `embedding` the model, for the answer's record.
    """

    def __init__(
        self, retriever: PaperRetriever, answerability: Answerability, language_model: Callable[[], LanguageModel]
    ) -> None:
        self._retriever = retriever
        self._answerability = answerability
        self._language_model = language_model

    def invoke(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Event:
        *_, last = self.stream(input, config)
        return last

    def stream(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Event]:
        """The events as they come. A failure that is the user's to know ends in `Failed`."""
        try:
            yield from self._answer(_Work(input, standalone_question(input)), config)
        except PaperbackedError as error:
            yield Failed(str(error))

    def _answer(self, work: _Work, config: RunnableConfig | None) -> Iterator[Event]:
        yield Status("Searching the papers")
        self._retrieve(work, config)
        yield Sources(work.passages)
        self._choose(work)
        yield Quotes(work.quotes)
        model = self._language_model()
        if not work.quotes:
            yield from self._refuse(work, model)
        elif model.chat is None:
            yield from self._quote(work, model, model.note)
        else:
            yield from self._write(work, model)

    def _retrieve(self, work: _Work, config: RunnableConfig | None) -> None:
        documents = self._retriever.invoke(work.standalone, config, filters=work.question.filters)
        work.passages = tuple(passage_of(document) for document in documents)
        work.clock("retrieve_ms")

    def _choose(self, work: _Work) -> None:
        papers = list(dict.fromkeys(passage.paper.id for passage in work.passages))[:PAPERS_READ]
        read = [passage for passage in work.passages if passage.paper.id in papers]
        sentences = self._retriever.sentences(work.standalone, read, focus=work.question.text)
        work.confidence = self._answerability.confidence(sentences, work.passages)
        if work.confidence >= self._answerability.answer_from:
            work.quotes = choose_quotes(sentences, read)
        work.followups = follow_up_questions(work.quotes, work.passages)
        work.clock("evidence_ms")

    def _refuse(self, work: _Work, model: LanguageModel) -> Iterator[Event]:
        text = refusal_answer(work.passages)
        yield Token(text)
        yield Followups(work.followups)
        yield Done(self._finished(work, model, text, (), mode="quotes"))

    def _quote(self, work: _Work, model: LanguageModel, note: str | None) -> Iterator[Event]:
        sentences = quoted_answer(work.quotes)
        for sentence in sentences:
            work.clock("first_token_ms")
            yield Token(sentence.text)
            yield SentenceChecked(_trimmed(sentence))
        yield Followups(work.followups)
        text = "".join(sentence.text for sentence in sentences)
        yield Done(self._finished(work, model, text, sentences, mode="quotes", note=note))

    def _write(self, work: _Work, model: LanguageModel) -> Iterator[Event]:
        yield Status(f"Writing with {model.name}")
        written: list[str] = []
        try:
            for piece in self._pieces(work, model):
                work.clock("first_token_ms")
                written.append(piece)
                yield Token(piece)
        # Whatever a model or its server does, the reader still gets the quotes, and the reason.
        except Exception as error:
            yield from self._quote(work, model, f"{model.name} failed ({_reason(error)}), so these are the quotes.")
            return
        text = "".join(written).strip()
        if REFUSAL.rstrip(".").casefold() in text.casefold():
            work.quotes = ()
            yield from self._refuse(work, model)
            return
        sentences = tuple(checked_sentence(said, cited, work.quotes) for said, cited in cited_sentences(text))
        if not any(sentence.support == "supported" for sentence in sentences):
            yield from self._quote(
                work, model, f"The quotes do not support what {model.name} wrote, so these are the quotes."
            )
            return
        yield from (SentenceChecked(sentence) for sentence in sentences)
        yield Followups(work.followups)
        text = " ".join(sentence.text for sentence in sentences)
        yield Done(self._finished(work, model, text, sentences, mode="generated"))

    def _pieces(self, work: _Work, model: LanguageModel) -> Iterator[str]:
        assert model.chat is not None
        evidence = "\n".join(
            f"[{quote.number}] {quote.gloss or quote.quote} ({quote.paper.name})" for quote in work.quotes
        )
        messages = load_prompt(PROMPT).render(question=work.standalone, evidence=evidence, refusal=REFUSAL)
        markers = MarkerStream([quote.number for quote in work.quotes])
        # Closing the model's stream frees its worker when the reader leaves.
        with closing(model.chat.stream(messages)) as chunks:  # type: ignore[type-var]
            for chunk in chunks:
                piece = markers.feed(chunk.text)
                if piece:
                    yield piece
        if rest := markers.finish():
            yield rest

    def _finished(
        self,
        work: _Work,
        model: LanguageModel,
        text: str,
        sentences: tuple[AnswerSentence, ...],
        *,
        mode: Any,
        note: str | None = None,
    ) -> Answer:
        work.clock("first_token_ms")
        work.clock("total_ms")
        cited = {number for sentence in sentences for number in sentence.citations}
        return Answer(
            id=uuid.uuid4().hex,
            question=work.question.text,
            standalone_question=work.standalone,
            status="answered" if sentences else "abstained",
            mode=mode,
            answer=text,
            confidence=work.confidence,
            sentences=tuple(_trimmed(sentence) for sentence in sentences),
            citations=tuple(quote for quote in work.quotes if quote.number in cited),
            sources=work.passages,
            followups=work.followups,
            timings=work.timings,
            models=self._models(model, generated=mode == "generated"),
            note=note,
        )

    def _models(self, model: LanguageModel, *, generated: bool) -> dict[str, str | None]:
        return {
            "embedding": self._retriever.embedder.description,
            "reranker": None,
            "llm": model.name if generated else None,
            "prompt": f"{PROMPT}@{load_prompt(PROMPT).version}" if generated else None,
            "corpus": f"{self._retriever.index.collection}@{self._retriever.index.fingerprint[:12]}",
        }


def _trimmed(sentence: AnswerSentence) -> AnswerSentence:
    return AnswerSentence(sentence.text.strip(), sentence.citations, sentence.support, sentence.score)


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
