"""A peer's program as a process: asked line by line, timed from outside, and the memory of all that it starts."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from benchmarks.peers.environments import PeerError, quiet_environment
from benchmarks.peers.peers import PROGRAMS, Runner

SECONDS_A_REPLY = 900
LOOKED_EVERY = 0.05
STOP_SECONDS = 20
TOLD_CHARS = 300


@dataclass(frozen=True, slots=True)
class Found:
    """What a question brought: papers with their scores, best first, and the milliseconds that it took."""

    papers: tuple[tuple[str, float], ...]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """What a peer that answers said: "answered", "partly" or "abstained", how sure it is, and the milliseconds."""

    status: str
    score: float
    milliseconds: float = 0.0


class PeerProcess:
    """A program at work. `peak` is the most memory in bytes that it and what it began have had together so far.

    All methods raise `PeerError` where the program ends, says that it cannot, or takes too long.
    """

    def __init__(self, runner: Runner, python: str, weights: Path, log: Path) -> None:
        self._runner, self._log_file = runner, log
        self._log: IO[bytes] = log.open("wb")
        self._process = subprocess.Popen(
            [python, str(PROGRAMS / runner.peer.program), "--weights", str(weights), "--variant", runner.variant],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=quiet_environment(),
            cwd=log.parent,
            text=True,
            start_new_session=True,
        )
        self._replies: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._memory = _MemoryWatch(self._process.pid)

    def __enter__(self) -> PeerProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._memory.stop()
        assert self._process.stdin
        try:
            self._process.stdin.close()
            self._process.wait(STOP_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._listener.join(STOP_SECONDS)
        assert self._process.stdout
        self._process.stdout.close()
        self._log.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def peak(self) -> int:
        return self._memory.peak()

    def index(self, papers: Path, folder: Path) -> float:
        """Index the papers into a folder, which is made; gives the seconds."""
        folder.mkdir(parents=True)
        began = time.perf_counter()
        self._asked({"do": "index", "papers": str(papers), "folder": str(folder)})
        return time.perf_counter() - began

    def open(self, folder: Path) -> None:
        """Open what was indexed there."""
        self._asked({"do": "open", "folder": str(folder)})

    def find(self, question: str, top: int = 10) -> Found:
        """The `top` papers nearest to the question."""
        began = time.perf_counter()
        reply = self._asked({"do": "find", "question": question, "top": top})
        took = 1000 * (time.perf_counter() - began)
        return Found(tuple((str(paper), float(score)) for paper, score in reply["found"]), took)

    def answer(self, question: str) -> Told:
        """Whether the papers answer it."""
        began = time.perf_counter()
        reply = self._asked({"do": "answer", "question": question})
        return Told(reply["status"], float(reply["score"]), 1000 * (time.perf_counter() - began))

    def _asked(self, request: dict[str, object]) -> dict[str, Any]:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._replies.get(timeout=SECONDS_A_REPLY)
        except OSError:
            line = ""
        except queue.Empty as error:
            raise PeerError(f"{self._runner.name} did not reply within {SECONDS_A_REPLY} seconds.") from error
        if not line:
            self._log.flush()
            said = self._log_file.read_text(errors="replace").strip().splitlines()
            raise PeerError(f"{self._runner.name} ended: {said[-1][:TOLD_CHARS] if said else 'it said nothing'}")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise PeerError(f"{self._runner.name} cannot {request['do']}: {str(reply['error'])[:TOLD_CHARS]}")
        return reply

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._replies.put(line)
        self._replies.put("")


class _MemoryWatch:
    """Looks at the memory of a process and of all below it, again and again on a thread of its own."""

    def __init__(self, process: int) -> None:
        self._process, self._most, self._over = process, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def peak(self) -> int:
        # What the first process had at most between two looks, the system knows.
        return max(self._most, _kilobytes(self._process, "VmHWM") * 1024)

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOKED_EVERY):
            self._most = max(self._most, 1024 * sum(_kilobytes(one, "VmRSS") for one in tree(self._process)))


def tree(process: int) -> list[int]:
    """The process and all below it; none where it has ended."""
    threads = Path(f"/proc/{process}/task")
    if not threads.is_dir():
        return []
    try:
        lists = [path.read_text() for path in threads.glob("*/children")]
    except OSError:  # It has ended since.
        return []
    return [process, *(one for below in " ".join(lists).split() for one in tree(int(below)))]


def _kilobytes(process: int, field: str) -> int:
    try:
        told = re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(told[1]) if told else 0
