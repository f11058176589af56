"""An answer as it is told once its evidence is chosen: refused, quoted, or written by a language model."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from app.answering.answer import Answer, AnswerModels, AnswerSentence, Direct, Mode, Timings
from app.answering.checking.direct_check import DirectCheck
from app.answering.checking.support import SupportCheck
from app.answering.citations.stream import renumbered
from app.answering.collection.answerer import CollectionAnswerer
from app.answering.collection.one_paper import in_short
from app.answering.events import Done, Draft, Event, Followups, Quotes, SentenceChecked, Sources, Token
from app.answering.missing import told_of_missing
from app.answering.models.language_model import DIRECT_PROMPT, LanguageModel
from app.answering.outside_filter import beside
from app.answering.query.courtesy import subjects_of
from app.answering.sources import asked_about, is_far, put_first
from app.answering.work import Work
from app.answering.writing.direct_line import direct_line
from app.answering.writing.opening import with_source
from app.answering.writing.prose import Telling, answer_at_once, first_token_told
from app.answering.writing.quotes import quoted_answer, reading_on, refusal_answer, refusal_of_one
from app.answering.writing.summaries import NO_SUMMARIES, Summaries
from app.languages import ENGLISH
from app.notices.notice import Notice, together
from prompts import load_prompt
from retrieval.retriever import PaperRetriever

Unsupported = Literal["show", "drop"]


class AnswerTeller:
    """Tells what was chosen, in the question's language, and makes the finished answer of it.

    `reader` is the name of what read the evidence, None where nothing was read and scores mean nothing. By
    `direct_check` lines are shown that a model wrote above quotes; without it none is. With
    `unsupported` "drop", written sentences that no quote supports are left out of the answer.
    """

    def __init__(
        self,
        retriever: PaperRetriever,
        reader: str | None,
        support: SupportCheck,
        of_collection: CollectionAnswerer,
        *,
        summaries: Mapping[str, Summaries] = MappingProxyType({}),
        unsupported: Unsupported = "show",
        direct_check: DirectCheck | None = None,
    ) -> None:
        self._direct_check = direct_check
        self._retriever = retriever
        self._reader = reader
        self.support = support
        self._of_collection = of_collection
        self._summaries = summaries
        self._unsupported: Unsupported = unsupported

    def tell(self, work: Work, model: LanguageModel) -> Iterator[Event]:
        """The answer to a question for which the evidence is chosen: refused, quoted or written."""
        if not work.quotes:
            yield from self._refuse(work, model)
        # Where the papers only come near, or deny what the question says, nothing but their own words is safe.
        elif model.chat is None or work.evidence.corrects or work.evidence.status == "partly":
            yield from self._quote(work, model, unwritten(work, model))
        elif model.prompt == DIRECT_PROMPT:
            yield from self._quote(work, model, None, writes=True)
        else:
            yield from self._write(work, model)

    def tell_pieces(
        self, work: Work, model: LanguageModel, pieces: Sequence[AnswerSentence | str], note: str | None
    ) -> Iterator[Event]:
        """An answer that is there at once: its sentences, and what stands between them and claims nothing."""
        yield Sources(work.passages)
        yield Quotes(work.quotes)
        for piece in pieces:
            work.clock("first_token_ms")
            yield Token(piece if isinstance(piece, str) else piece.text)
            if isinstance(piece, AnswerSentence):
                yield SentenceChecked(piece.trimmed())
        text = "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
        sentences = tuple(piece for piece in pieces if isinstance(piece, AnswerSentence))
        yield Followups(work.followups)
        yield Done(self._finished(work, model, text, sentences, mode="quotes", note=note))

    def _refuse(self, work: Work, model: LanguageModel) -> Iterator[Event]:
        # What scores mean is known where a reader was fitted to them.
        known, filters = self._reader is not None, work.question.filters
        named = self._of_collection.records.called_in(work.question.text) or next(iter(work.about), None)
        if named and not filters.admit(named):
            named = None
        far = known and named is None and is_far(work.passages, work.evidence.confidence)
        paper = named or (asked_about(work.passages) if known else None)
        closest = put_first(paper, work.passages) if paper else work.passages
        alone = self._of_collection.records.alone(filters)
        text = refusal_answer(() if far else closest, work.words, work.unread)
        if alone:
            text = refusal_of_one(alone, work.words, work.unread)
        elif paper:
            summaries = self._summaries.get(work.language.code, NO_SUMMARIES)
            text = f"{text}\n\n{in_short(paper, work.language, summaries)}".rstrip()
        if far and not alone and (about := subjects_of(self._of_collection.records, work.words)):
            text += f"\n\n{about}"
        text = beside(text, work.outside, refused=True)
        yield Token(text)
        yield Followups(work.followups)
        yield Done(self._finished(work, model, text, (), mode="quotes"))

    def _quote(
        self, work: Work, model: LanguageModel, note: str | None, *, writes: bool = False
    ) -> Generator[Event, None, None]:
        """The answer in quotes, under a line where one was prepared, or where the model `writes` one that holds."""
        # In the reader's language, and of what they can check: where the question was read.
        english = work.language is ENGLISH and not work.foreign
        direct = work.evidence.direct if work.found.prepared or english else None
        if direct and work.evidence.status == "answered":
            direct = with_source(direct, work.standalone, work.quotes, work.words)
        if direct is None and writes and english:
            if self._direct_check and self._direct_check.shows_some:
                sentences, said = self._quoted(work, None)
                yield Draft("".join(said), tuple(sentence.trimmed() for sentence in sentences))
                direct, note = yield from self._written_line(work, model, self._direct_check)
            else:
                note = Notice("no_lines", name=model.name or "")
        sentences, said = self._quoted(work, direct)
        for text, sentence in zip(said, sentences, strict=True):
            work.clock("first_token_ms")
            yield Token(text)
            yield SentenceChecked(sentence.trimmed())
        yield Followups(work.followups)
        yield Done(self._finished(work, model, "".join(said), sentences, mode="quotes", note=note, direct=direct))

    def _quoted(self, work: Work, direct: Direct | None) -> tuple[tuple[AnswerSentence, ...], list[str]]:
        """The sentences of the answer in quotes, and its text cut after each of them."""
        summaries = self._summaries.get(work.language.code, NO_SUMMARIES)
        sentences = quoted_answer(work.quotes, work.words, work.opening, direct, summaries)
        further = reading_on(work.quotes, work.passages, work.words)
        said = [sentence.text for sentence in sentences]
        # Where to read on claims nothing: it stands in the text after the last sentence, and is none itself.
        said[-1] = beside(f"{said[-1]}\n\n{further}" if further else said[-1], work.outside, refused=False)
        return sentences, said

    def _written_line(
        self, work: Work, model: LanguageModel, check: DirectCheck
    ) -> Generator[Event, None, tuple[Direct | None, str | None]]:
        """The model's line above the quotes, and why there is none where the model failed.

        That nothing which it wrote could be shown is no failure: the quotes answer.
        """
        try:
            return (yield from direct_line(model, work.standalone, work.quotes, check)), None
        # Whatever a model does, the reader still gets the quotes, and the reason.
        except Exception as error:
            return None, Notice("model_failed", name=model.name or "", reason=_reason(error))

    def _write(self, work: Work, model: LanguageModel) -> Iterator[Event]:
        try:
            prose = yield from first_token_told(self._prose(work, model), lambda: work.clock("first_token_ms"))
        # Whatever a model or its server does, the reader still gets the quotes, and the reason.
        except Exception as error:
            yield from self._quote(work, model, Notice("model_failed", name=model.name or "", reason=_reason(error)))
            return
        if prose.refused:
            work.quotes = ()
            work.evidence = replace(work.evidence, status="abstained", quotes=())
            yield from self._refuse(work, model)
            return
        if not prose.sentences:
            yield from self._quote(work, model, prose.note)
            return
        yield Followups(work.followups)
        # Until here numbers are those of the evidence, as the reader was told them with the quotes.
        sentences, work.quotes = renumbered(prose.sentences, work.quotes)
        text = beside(" ".join(sentence.text for sentence in sentences), work.outside, refused=False)
        yield Done(self._finished(work, model, text, sentences, mode="generated"))

    def _prose(self, work: Work, model: LanguageModel) -> Telling:
        drop = self._unsupported == "drop"
        return answer_at_once(model, work.standalone, work.quotes, self.support, work.words, drop_unsupported=drop)

    def _finished(
        self,
        work: Work,
        model: LanguageModel,
        text: str,
        sentences: tuple[AnswerSentence, ...],
        *,
        mode: Mode,
        note: str | None = None,
        direct: Direct | None = None,
    ) -> Answer:
        work.clock("first_token_ms")
        work.clock("total_ms")
        cited = {number for sentence in sentences for number in sentence.citations}
        return Answer(
            id=uuid.uuid4().hex,
            question=work.asked,
            standalone_question=work.standalone,
            status=work.evidence.status,
            mode=mode,
            answer=text,
            confidence=work.evidence.confidence,
            sentences=tuple(sentence.trimmed() for sentence in sentences),
            citations=tuple(quote for quote in work.quotes if quote.number in cited),
            sources=work.passages,
            followups=work.followups,
            timings=Timings(**work.timings),
            models=self._models(
                work, model, wrote=mode == "generated" or (direct is not None and direct.by == "model")
            ),
            read=work.evidence.read,
            direct=direct,
            parts=work.several.parts if work.several else (),
            table=work.several.table if work.several else (),
            outside_filter=work.outside,
            note=together(note, told_of_missing(work.left_out)),
        )

    def _models(self, work: Work, model: LanguageModel, *, wrote: bool) -> AnswerModels:
        return AnswerModels(
            embedding=self._retriever.embedder.description,
            reranker=self._reader if work.evidence.read else None,
            llm=model.name if wrote else None,
            prompt=f"{model.prompt}@{load_prompt(model.prompt).version}" if wrote else None,
            corpus=self._retriever.corpus,
        )


def unwritten(work: Work, model: LanguageModel) -> str | None:
    """Why quotes answer, where a language model was asked for."""
    asked_for = model.chat is not None or model.note is not None
    if asked_for and work.several:
        return Notice("quotes_by_part")
    alone = work.evidence.corrects or work.evidence.status == "partly"
    return Notice("quotes_alone") if asked_for and alone else model.note


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
