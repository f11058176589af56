"""One soak: a server of its own, a model server for it, readers, and what became of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.answering import dev_questions
from benchmarks.serving import running_server
from benchmarks.soak.model_server import NAME, model_server
from benchmarks.soak.readers import read_for
from benchmarks.soak.samples import Sample, Verdict, judged, sampling

READERS = 8
SAMPLES = 400
"""About so many in all."""
WARM_SHARE = 0.15
"""So much of the time is not judged: models are loaded in it, and caches filled …"""
WARM_SECONDS = 300.0
"""… and at most so much of it."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was seen: samples, (seconds since the beginning, seconds) of answers, outcomes by surface, verdicts, and how
    often the server's log has a traceback."""

    samples: list[Sample]
    took: list[tuple[float, float]]
    outcomes: Mapping[str, Counter[str]]
    verdicts: list[Verdict]
    warm_s: float
    tracebacks: int

    @property
    def failures(self) -> int:
        """Questions that were neither answered nor left by their readers."""
        good = ("answered", "left")
        return sum(n for counted in self.outcomes.values() for outcome, n in counted.items() if outcome not in good)


def soak(home: Path, seconds: float, readers: int = READERS, **settings: str) -> Soaked:
    """Serve `home` to so many readers for so long; `settings` go to the server beside those that it has here."""
    questions = [question.text for question in dev_questions()]
    with model_server() as model:
        wanted = {"server_limit": "0", "llm": f"openai:{NAME}", "llm_url": model, **settings}
        with (
            (home / "server.log").open("wb") as log,
            running_server(home, log, **wanted) as (process, address),
            sampling(psutil.Process(process.pid), max(0.5, seconds / SAMPLES)) as samples,
        ):
            told = asyncio.run(read_for(seconds, address, questions, readers))
    warm_s = min(WARM_SHARE * seconds, WARM_SECONDS)
    tracebacks = (home / "server.log").read_text(encoding="utf-8").count("Traceback")
    verdicts = judged(samples, told.took, warm_s)
    return Soaked(samples, told.took, told.outcomes, verdicts, warm_s, tracebacks)
