"""What is counted, in the text format of Prometheus at /metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_EVIDENCE_SECONDS = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_ANSWER_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 80, 160)


class Metrics:
    """The counts of one application, in a registry of its own; safe from every thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.questions = Counter(
            "paperbacked_questions",
            "Questions whose answer has ended: answered, partly, abstained, failed or stopped.",
            ("surface", "status"),
            registry=self.registry,
        )
        self.answer_seconds = Histogram(
            "paperbacked_answer_seconds",
            "Seconds from a question to the end of its answer.",
            ("surface",),
            buckets=_ANSWER_SECONDS,
            registry=self.registry,
        )
        self.first_evidence_seconds = Histogram(
            "paperbacked_first_evidence_seconds",
            "Seconds from a question to its quotes.",
            buckets=_EVIDENCE_SECONDS,
            registry=self.registry,
        )
        self.answers_running = Gauge(
            "paperbacked_answers_running", "Answers that are being made now.", registry=self.registry
        )
        self._refused = Counter(
            "paperbacked_refused_requests",
            "Requests turned away at the gate, by reason.",
            ("reason",),
            registry=self.registry,
        )
        self._papers = Gauge("paperbacked_papers", "Papers in the collection.", registry=self.registry)

    def refused(self, reason: str) -> None:
        """Count a request that was turned away."""
        self._refused.labels(reason).inc()

    def count_papers(self, papers: Callable[[], int]) -> None:
        """Ask `papers` for their number whenever the metrics are read."""
        self._papers.set_function(papers)

    def answering(self) -> int:
        """How many answers are being made now."""
        return int(self.registry.get_sample_value("paperbacked_answers_running") or 0)

    def text(self) -> bytes:
        """All of it as Prometheus reads it."""
        return generate_latest(self.registry)


def metrics_router(metrics: Metrics) -> APIRouter:
    """The route /metrics; the gate keeps browsers' pages away from it."""
    router = APIRouter()

    @router.get("/metrics", include_in_schema=False)
    async def read() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return router
