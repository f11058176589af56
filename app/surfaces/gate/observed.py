"""An answerer that counts and logs the answers it passes on, and changes nothing in them."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TextIO

from app.answering.answer import Answer
from app.answering.answerer import Answerer, Models
from app.answering.events import Done, Event, Failed, Quotes
from app.answering.question import Question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.surfaces.gate.metrics import Metrics
from retrieval.errors import InputError
from retrieval.papers.papers import Papers
from retrieval.types import Facets, Filters, Paper, Passage

ASKED_FROM: ContextVar[str | None] = ContextVar("paperbacked_asked_from", default=None)
"""The surface that a request comes from, where its route does not tell; the gate sets it."""

_log = logging.getLogger("paperbacked.questions")


def log_answers(stream: TextIO) -> None:
    """From now on each answer's line goes to `stream`, and to no other handler."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.handlers, _log.propagate = [handler], False
    _log.setLevel(logging.INFO)


@dataclass(slots=True)
class _Watch:
    """What is seen of one answer; `status` stays "stopped" where the reader left before its end."""

    surface: str
    question: str
    began: float = field(default_factory=lambda: time.perf_counter())
    evidence_s: float | None = None
    total_s: float | None = None
    status: str = "stopped"
    answer: Answer | None = None
    event: str = "answer"
    recorded: bool = False

    def saw(self, event: Event) -> None:
        match event:
            case Quotes() if self.evidence_s is None:
                self.evidence_s = self.seconds
            case Done(answer):
                self.answered(answer)
            case Failed():
                self.failed()
            case _:
                pass

    def answered(self, answer: Answer) -> None:
        self.answer, self.status, self.total_s = answer, answer.status, self.seconds
        evidence_ms = answer.timings.evidence_ms
        if self.evidence_s is None and evidence_ms is not None:
            self.evidence_s = evidence_ms / 1000

    def compared(self, table: PaperTable) -> None:
        self.status, self.total_s = table.status, self.seconds

    def failed(self) -> None:
        self.status, self.total_s = "failed", self.seconds

    @property
    def seconds(self) -> float:
        """Until the answer's end, however long its reader then took; until now where it has none."""
        return time.perf_counter() - self.began if self.total_s is None else self.total_s


class ObservedAnswerer:
    """The `Answerer` of one surface: each of its answers, and each comparison of papers, is counted in `metrics` and
    logged as one record.

    The log holds a question's text only with `log_questions`.
    """

    def __init__(self, answerer: Answerer, surface: str, metrics: Metrics, log_questions: bool = False) -> None:
        self._answerer = answerer
        self._surface = surface
        self._metrics = metrics
        self._log_questions = log_questions

    @property
    def papers(self) -> Papers:
        return self._answerer.papers

    @property
    def facets(self) -> Facets:
        return self._answerer.facets

    @property
    def models(self) -> Models:
        return self._answerer.models

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        return self._answerer.search(query, filters, top)

    def paper(self, paper_id: str) -> Paper | None:
        return self._answerer.paper(paper_id)

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        return self._answerer.similar(paper_id, top)

    def compare(self, asked: CompareRequest) -> PaperTable:
        watch = _Watch(ASKED_FROM.get() or self._surface, asked.question or "", event="comparison")
        with self._watched(watch):
            table = self._answerer.compare(asked)
            watch.compared(table)
            return table

    def stream(self, question: Question) -> Generator[Event]:
        # Looked up here, in the request's own context: the events may be taken on other threads.
        return self._observed(question, _Watch(ASKED_FROM.get() or self._surface, question.text))

    def ask(self, question: Question) -> Answer:
        watch = _Watch(ASKED_FROM.get() or self._surface, question.text)
        with self._watched(watch):
            answer = self._answerer.ask(question)
            watch.answered(answer)
            return answer

    @contextmanager
    def _watched(self, watch: _Watch) -> Iterator[None]:
        """Meanwhile an answer is made at once; it is recorded at the end, unless it could not have been made."""
        self._metrics.answers_running.inc()
        try:
            yield
        except InputError:  # no question that could have been answered
            self._metrics.answers_running.dec()
            raise
        except Exception:
            watch.failed()
            self._record(watch)
            raise
        self._record(watch)

    def _observed(self, question: Question, watch: _Watch) -> Generator[Event]:
        self._metrics.answers_running.inc()
        try:
            # Left early, the chain must end with this generator and not when Python collects it.
            with closing(self._answerer.stream(question)) as events:
                for event in events:
                    watch.saw(event)
                    # Whoever has read the end of an answer finds it counted.
                    if watch.total_s is not None:
                        self._record(watch)
                    yield event
        except Exception:
            watch.failed()
            raise
        finally:
            self._record(watch)

    def _record(self, watch: _Watch) -> None:
        """It runs no longer: count and log it, once."""
        if watch.recorded:
            return
        watch.recorded = True
        self._metrics.answers_running.dec()
        self._metrics.questions.labels(watch.surface, watch.status).inc()
        self._metrics.answer_seconds.labels(watch.surface).observe(watch.seconds)
        if watch.evidence_s is not None:
            self._metrics.first_evidence_seconds.observe(watch.evidence_s)
        _log.info(json.dumps(self._line(watch)))

    def _line(self, watch: _Watch) -> dict[str, Any]:
        answer = watch.answer
        line: dict[str, Any] = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": watch.event,
            "id": answer.id if answer else None,
            "surface": watch.surface,
            "status": watch.status,
            "mode": answer.mode if answer else None,
            "confidence": round(answer.confidence, 4) if answer else None,
            "citations": len(answer.citations) if answer else 0,
            "seconds": round(watch.seconds, 3),
            "timings": answer.timings.as_json() if answer else {},
        }
        return line | ({"question": watch.question} if self._log_questions else {})
