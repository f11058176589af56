"""The answering chain: a question in, typed events out."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from copy import copy
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig

from app.answering.answer import AnswerStatus
from app.answering.checking.direct_check import DirectCheck
from app.answering.checking.support import SupportCheck
from app.answering.collection.answerer import CollectionAnswerer
from app.answering.collection.records import Records
from app.answering.events import Event, Failed, Quotes, Sources, Status
from app.answering.evidence.evidence import Evidence, EvidenceFinder, briefly, unread
from app.answering.evidence.followups import follow_up_questions
from app.answering.evidence.prepared_answers import PreparedAnswers
from app.answering.evidence.search import EvidenceSearch
from app.answering.evidence.suggestions import Suggestions
from app.answering.missing import Missing
from app.answering.models.language_model import DIRECT_PROMPT, LanguageModel
from app.answering.outside_filter import beside, named_outside, outside_filter
from app.answering.query.comparison import Comparison
from app.answering.query.conversation import Doubt
from app.answering.query.courtesy import courtesy_reply
from app.answering.query.foreign_question import TermsByLanguage, foreign_question
from app.answering.query.parts import Parts
from app.answering.query.rewriting import rewritten_question
from app.answering.query.topic import about, settled
from app.answering.query.understanding import Understanding, names_in, understood
from app.answering.query.ways import WaysOfAsking
from app.answering.question import Question
from app.answering.reply import Reply
from app.answering.several.answering import SeveralAnswerer
from app.answering.sources import put_first
from app.answering.telling import AnswerTeller, Unsupported, unwritten
from app.answering.work import Work
from app.answering.writing.quotes import refusal_answer
from app.answering.writing.summaries import Summaries
from app.languages import ENGLISH
from app.notices.notice import Notice
from retrieval.errors import IndexGoneError, PaperbackedError
from retrieval.retriever import PaperRetriever
from retrieval.types import Filters

PREPARED_TOO = ("overview", "summary", "reading", "strands", "tried", "whether")
"""What may be asked of the records and yet be answered better by what was prepared for it, unless it is one paper in
short."""


class AnswerChain(Runnable[Question, Event]):
    """A LangChain runnable: `stream` yields the events of app.answering.events, `invoke` the last one.

    Questions about the collection itself are answered from the records of the retriever's papers. `suggestions` are
    questions to ask next, `terms` those by which questions in languages are searched that cannot be read,
    `summaries` the papers' summaries in other languages of answers, and `ways` how people ask about the collection.
    With `unsupported` "drop", written sentences that no quote supports are left out of the answer. By `direct_check`
    a line is shown that a model wrote above quotes.
    """

    def __init__(
        self,
        retriever: PaperRetriever,
        evidence: EvidenceFinder,
        language_model: Callable[[], LanguageModel],
        support: SupportCheck,
        *,
        suggestions: Suggestions = MappingProxyType({}),
        terms: TermsByLanguage = MappingProxyType({}),
        summaries: Mapping[str, Summaries] = MappingProxyType({}),
        ways: WaysOfAsking | None = None,
        prepared: PreparedAnswers | None = None,
        unsupported: Unsupported = "show",
        direct_check: DirectCheck | None = None,
    ) -> None:
        self._retriever = retriever
        self._evidence = evidence
        self._language_model = language_model
        self._suggestions = suggestions
        self._terms = terms
        self._ways = ways
        self.search = EvidenceSearch(retriever, evidence, prepared)
        self._of_collection = CollectionAnswerer(retriever, summaries)
        self._several = SeveralAnswerer(self.search, self._of_collection)
        self.teller = AnswerTeller(
            retriever,
            evidence.name,
            support,
            self._of_collection,
            summaries=summaries,
            unsupported=unsupported,
            direct_check=direct_check,
        )

    @property
    def records(self) -> Records:
        """The records of the retriever's papers."""
        return self._of_collection.records

    def load(self) -> None:
        """Load now what the first question would otherwise wait for. Raises `ModelError`."""
        if self.search.prepared:
            self.search.prepared.load()

    def load_rest(self) -> None:
        """Load now what only some questions would otherwise wait for. Raises `ModelError`."""
        if self._ways:
            self._ways.load()

    def invoke(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Event:
        *_, last = self.stream(input, config)
        return last

    def stream(self, input: Question, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Event]:
        """The events as they come. A failure that is the user's to know ends in `Failed`.

        `config` has no effect: within the chain nothing else is a runnable.

        Raises `IndexGoneError`, before `Sources`, where another process has replaced the
        index: the question can be asked again of a chain over the new one.
        """
        if input.llm is not None:
            yield from self._written_by(input.llm).stream(replace(input, llm=None))
            return
        try:
            began = time.perf_counter()
            foreign = foreign_question(input, self._of_collection.records, self._terms)
            question = foreign.question if foreign else input
            question = replace(question, text=self.records.written_out(question.text))
            asked = understood(question, self.records)
            work = Work(
                question, asked.standalone, began, input.text, foreign=foreign, again=asked.again, about=asked.about
            )
            yield from self._answer(work, asked)
        except IndexGoneError:
            raise
        except PaperbackedError as error:
            yield Failed(error.message)

    def _written_by(self, llm: LanguageModel) -> AnswerChain:
        """The same chain with another language model."""
        other = copy(self)
        other._language_model = lambda: llm
        return other

    def _answer(self, work: Work, asked: Understanding) -> Generator[Event]:
        if asked.several and (yield from self._part_by_part(work, asked, asked.several)):
            return
        self._settle(work, asked.doubt)
        meant = None if asked.courtesy or asked.of_records else self._meant(work, asked)
        asked = meant or asked
        records = asked.of_records
        # "Whats the paper count" is near to what was prepared for a count of something else.
        counted = meant is not None and records is not None and records.intent == "overview"
        if records is None or (records.intent in PREPARED_TOO and not counted and not records.paper_in_short):
            self._prepare(work, asked)
        if reply := self._prepared_reply(work) if work.found.prepared else self._reply(work, asked):
            yield from self._say(work, reply)
            return
        yield from self._understand(work)
        yield Status(Notice("searching"))
        self._find(work)
        self._choose(work)
        self._look_outside(work)
        # Nothing is read from the index from here on, so what was said need never be taken back.
        yield Sources(work.passages)
        yield Quotes(work.quotes)
        yield from self.teller.tell(work, self._language_model())

    def _prepare(self, work: Work, asked: Understanding) -> None:
        """Look whether an answer was prepared for what is asked."""
        courtesy = asked.courtesy and not asked.plainly
        if self.search.prepared is None or courtesy or work.foreign or work.again:
            return
        self._find(work)
        found = self.search.with_prepared(work.found, asked.plainly or work.standalone, work.question.filters)
        # What the records are asked for they know better than what was written of them.
        if not found.prepared or not work.fits(found.prepared.answer):
            return
        if found.prepared.answer.quotes or not asked.of_records:
            work.found = found

    def _prepared_reply(self, work: Work) -> Reply | None:
        """What was prepared, where it quotes no paper: it is about this program, or no paper says it."""
        if work.found.prepared is None or work.found.prepared.answer.quotes:
            return None
        answer = work.found.prepared.answer
        text = answer.text.get(work.language.code, answer.text[ENGLISH.code])
        if answer.status == "answered":
            return Reply(text)
        return Reply(f"{refusal_answer((), work.words)} {text}", answered=False)

    def _meant(self, work: Work, asked: Understanding) -> Understanding | None:
        """The question about the collection or a record that is meant, where it is asked in a way its grammar lacks."""
        if self._ways is None or work.standalone != work.question.text:
            return None
        records = self._of_collection.records
        plainly = self._ways.plainly(work.question.text, names_in(records))
        alone = replace(work.question, text=plainly, history=()) if plainly else None
        return understood(alone, records) if alone else None

    def _reply(self, work: Work, asked: Understanding) -> Reply | None:
        """What can be said without a search for evidence: to a courtesy, and to a question about the collection."""
        if asked.courtesy:
            return courtesy_reply(asked.courtesy, self._of_collection.records, work.words)
        if asked.of_records:
            filters, left_out = work.question.filters, work.left_out.update
            return self._of_collection.answer(asked.of_records, filters, work.language, left_out)
        return None

    def _say(self, work: Work, reply: Reply) -> Iterator[Event]:
        yield Status(Notice("records"))
        if work.foreign and work.foreign.terms:
            reply = reply.after(work.unread)
        work.passages, work.quotes = reply.passages, reply.citations
        work.followups = reply.followups or self._next(work)
        found: AnswerStatus = "answered" if reply.surely and not work.foreign else "partly"
        status: AnswerStatus = found if reply.answered else "abstained"
        work.evidence = Evidence(float(reply.answered), status)
        self._look_outside(work)
        refused = not (reply.answered or reply.sentences)
        reply = replace(reply, text=beside(reply.text, work.outside, refused=refused))
        yield from self.teller.tell_pieces(work, self._language_model(), reply.in_order, None)

    def _part_by_part(
        self, work: Work, asked: Understanding, several: Parts | Comparison
    ) -> Generator[Event, None, bool]:
        """Answer several questions each by itself; false where they are better answered as one."""
        if work.foreign:
            return False
        yield Status(Notice("searching"))
        text = asked.standalone if asked.again else work.question.text
        left_out: set[Missing] = set()
        question = replace(work.question, text=text)
        told = self._several.answer(question, several, work.language, left_out.update, work.brief)
        if told is None:
            return False
        work.left_out |= left_out
        work.standalone, work.several, work.evidence = text, told, told.evidence
        work.quotes, work.passages, work.written = told.evidence.quotes, told.passages, told.written
        work.followups = self._next(work)
        work.clock("evidence_ms")
        self._look_outside(work)
        pieces = (*told.pieces, beside("", work.outside, refused=False)) if work.outside else told.pieces
        model = self._language_model()
        yield from self.teller.tell_pieces(work, model, pieces, unwritten(work, model))
        return True

    def _settle(self, work: Work, doubt: Doubt | None) -> None:
        """Decide whether the question goes on from the topic before it, where its words alone do not say.

        What scores mean is known where a reader was fitted to them; else the rules stand.
        """
        if not doubt or not self._evidence.name:
            return
        left_out: set[Missing] = set()
        found = self.search.passages(work.question.text, work.question.filters, left_out.update)
        work.standalone = settled(work.question.text, found, self.search.nearness(work.question.text), doubt)
        if work.standalone == work.question.text:
            work.passages = found
            work.left_out |= left_out
            work.about = ()
        else:
            work.about = about(found, doubt)

    def _understand(self, work: Work) -> Iterator[Event]:
        """Have the language model say a question of a conversation so that it stands alone, where the rules had to."""
        model = self._language_model()
        # One that was taught to say what quotes answer can do nothing else.
        able = model.chat is not None and model.prompt != DIRECT_PROMPT
        if able and work.question.history and work.standalone != work.question.text:
            if work.rewritten is None:
                work.rewritten = yield from rewritten_question(work.question, work.standalone, model)
            work.standalone = work.rewritten

    def _find(self, work: Work) -> None:
        """Search for the question as it reads now, and read what was found; once for each reading."""
        if work.found_for == work.standalone:
            return
        if work.found_for or not work.passages:
            work.passages = self.search.passages(work.standalone, work.question.filters, work.left_out.update)
        work.clock("retrieve_ms")
        work.found = self.search.read(work.to_answer, work.standalone, work.question.text, work.passages)
        work.found_for = work.standalone

    def _choose(self, work: Work) -> None:
        found = work.found.told(work.standalone, work.language.code)
        evidence = briefly(found.evidence) if work.brief and not found.prepared else found.evidence
        if work.foreign:
            evidence = unread(evidence, bool(work.foreign.terms))
        work.passages, work.written = found.passages, found.written
        if evidence.status == "abstained" and work.about and work.question.filters.admit(work.about[0]):
            work.passages = put_first(work.about[0], work.passages)
        work.evidence, work.quotes = evidence, evidence.quotes
        work.followups = self._next(work)
        work.clock("evidence_ms")

    def _look_outside(self, work: Work) -> None:
        """Ask the whole collection what the filters may hide, where this is no answer or not of what is named."""
        filters, records = work.question.filters, self._of_collection.records
        if filters.is_empty or work.foreign:
            return
        named = named_outside(work.question.text, filters, records)
        if work.evidence.status == "answered" and not named:
            return
        whole = replace(work.question, filters=Filters())
        asked = understood(whole, records)
        again = Work(
            whole,
            asked.standalone,
            work.began,
            work.asked,
            again=asked.again,
            rewritten=work.rewritten,
            about=asked.about,
        )
        with closing(self._answer(again, asked)) as events:
            # What is quoted is then decided, and nothing written yet.
            any(isinstance(event, Quotes) for event in events)
        work.outside = outside_filter(work, again, named)

    def _next(self, work: Work) -> tuple[str, ...]:
        asked = [turn.content for turn in work.question.history if turn.role == "user"] + [work.question.text]
        return follow_up_questions(asked, work.quotes, work.passages, work.written, work.words, self._suggestions)
