"""One sitting: every runner builds its indexes and is asked, in an order that is drawn anew each round."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers.environments import Installed, PeerError
from benchmarks.peers.measuring import Found, PeerProcess, Told
from benchmarks.peers.peers import Runner
from benchmarks.peers.questions import OWN, SEED, PeerQuestion, QuestionSet, turned_round, write_papers

WARMING = 2
"""Papers that are indexed before the clock runs, so that loading a model is not counted."""
LATER_ROUNDS = 100
"""Questions of the rounds after the first, which are for their times alone."""
TURNED = "turned"


@dataclass
class Measured:
    """What came of a runner, round by round; `failure` is why it did not come to its end.

    `rates` are papers a second over abstracts that nobody has the vectors of;
    `starts` seconds from the start of a process to its first papers; peaks are bytes.
    """

    runner: Runner
    installed: Installed | None = None
    failure: str | None = None
    rates: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    indexing_peaks: list[int] = field(default_factory=list)
    asking_peaks: list[int] = field(default_factory=list)
    found: dict[str, list[tuple[PeerQuestion, Found]]] = field(default_factory=dict)
    told: dict[str, list[tuple[PeerQuestion, Told]]] = field(default_factory=dict)
    answering_peaks: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sitting:
    """What a sitting has: runners with their environments, the sets, a folder to work in, and the weights of each.

    `weights` gives the folder of the base weights as a runner takes them.
    """

    measured: Sequence[Measured]
    sets: Sequence[QuestionSet]
    work: Path
    weights: Callable[[Runner], Path]
    note: Callable[[str], None]
    keep: Callable[[], None] = lambda: None
    """Called whenever more has been measured, so that a run which is broken off leaves what it has."""

    def hold(self, rounds: int) -> None:
        """Measure all of them. A runner that fails is left out of what follows, and its failure kept."""
        own = next(one for one in self.sets if one.name == OWN)
        for each in self.sets:
            write_papers(each.papers, self._papers(each.name))
        turned = turned_round(own.papers)
        write_papers(turned, self._papers(TURNED))
        write_papers(turned[:WARMING], self._papers("warming"))
        chance = random.Random(SEED)
        for number in range(rounds):
            order = list(self.measured)
            chance.shuffle(order)
            for one in order:
                if one.failure is None:
                    self.note(f"round {number + 1} of {rounds}: {one.runner.name}")
                    self._round(one, own, len(turned), first=number == 0)
                    self.keep()

    def _round(self, one: Measured, own: QuestionSet, turned: int, *, first: bool) -> None:
        try:
            self._rate(one, turned)
            if first:
                for each in self.sets:
                    self._build(one, each)
                    self._ask(one, each, each.questions, keep=True)
            else:
                self._ask(one, own, own.questions[:LATER_ROUNDS], keep=False)
        except PeerError as error:
            one.failure = error.message
            self.note(error.message)

    def _rate(self, one: Measured, papers: int) -> None:
        with self._process(one, "rate") as process:
            process.index(self._papers("warming"), self._empty(one, "warming"))
            one.rates.append(papers / process.index(self._papers(TURNED), self._empty(one, TURNED)))

    def _build(self, one: Measured, each: QuestionSet) -> None:
        with self._process(one, f"index-{each.name}") as process:
            process.index(self._papers(each.name), self._empty(one, each.name))
            one.indexing_peaks.append(process.peak)

    def _ask(self, one: Measured, each: QuestionSet, questions: Sequence[PeerQuestion], *, keep: bool) -> None:
        began = time.perf_counter()
        with self._process(one, f"ask-{each.name}") as process:
            process.open(self._folder(one, each.name))
            process.find(questions[0].text)
            start = time.perf_counter() - began
            found = [(question, process.find(question.text)) for question in questions]
            if each.name == OWN:
                one.starts.append(start)
                one.milliseconds += [result.milliseconds for _, result in found]
                one.asking_peaks.append(process.peak)
            if keep:
                one.found[each.name] = found
            if keep and one.runner.is_ours and not one.runner.variant:
                judged = [question for question in questions if question.is_judged]
                one.told[each.name] = [(question, process.answer(question.text)) for question in judged]
                if each.name == OWN:
                    one.answering_peaks.append(process.peak)

    def _process(self, one: Measured, what: str) -> PeerProcess:
        assert one.installed
        logs = self.work / "logs"
        logs.mkdir(exist_ok=True)
        name = one.runner.name.replace(" ", "-").replace(",", "")
        return PeerProcess(one.runner, one.installed.python, self.weights(one.runner), logs / f"{name}-{what}.log")

    def _papers(self, name: str) -> Path:
        return self.work / f"{name}.jsonl"

    def _folder(self, one: Measured, name: str) -> Path:
        return self.work / "indexes" / one.runner.name / name

    def _empty(self, one: Measured, name: str) -> Path:
        folder = self._folder(one, name)
        shutil.rmtree(folder, ignore_errors=True)
        return folder
