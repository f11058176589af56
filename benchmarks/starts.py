"""Many starts of `serve` in a row, on a machine that is busy: `python -m benchmarks.starts --starts 50 --busy 2`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from app.quiet import silence_libraries

COMMAND = [sys.executable, "-m", "app"]
SPIN = "import os; parent = os.getppid()\nwhile os.getppid() == parent: pass"
"""Works for nothing, until whoever began it is gone."""
QUESTION = "Do safety techniques remove a backdoor?"
PAGE_SECONDS = 300.0
LOOK_SECONDS = 5.0
"""How long one look at the page or its health may take."""
MODEL_SECONDS = 300.0
STOP_SECONDS = 60.0
LOOKED_EVERY = 0.05
UNDERWAY = "so these are the quotes"
"""How the note of a server ends whose language model is still on its way."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds from the command to each event, None where it never came, and what went wrong.

    `page` is fetched, `answer` is the first one, `model` is at work, `written` is an answer of its own.
    """

    page: float | None = None
    answer: float | None = None
    model: float | None = None
    written: float | None = None
    failure: str | None = None


class _StartError(Exception):
    """The server ended, or took too long."""


def start_once(llm: str, environment: Mapping[str, str]) -> Start:
    """Start a server, fetch its page, ask, wait for its language model, ask again, and stop it with SIGTERM."""
    reached: dict[str, float] = {}
    failure = None
    began = time.perf_counter()
    try:
        with _served(llm, environment) as (process, address):
            _until(process, PAGE_SECONDS, "page", lambda: bool(_fetched(address)))
            reached["page"] = time.perf_counter() - began
            _ask(address)
            reached["answer"] = time.perf_counter() - began
            if llm != "none":
                _until(process, MODEL_SECONDS, "language model", lambda: _model_is_there(address))
                reached["model"] = time.perf_counter() - began
                if _ask(address) == "generated":
                    reached["written"] = time.perf_counter() - began
    except (_StartError, OSError, ValueError) as error:
        failure = str(error) or type(error).__name__
    return Start(**reached, failure=failure)


def _until(process: subprocess.Popen[bytes], seconds: float, what: str, there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if there():
            return
        time.sleep(LOOKED_EVERY)
    raise _StartError(f"no {what}: {'it took too long' if process.poll() is None else f'it ended, {process.poll()}'}")


@contextmanager
def _served(llm: str, environment: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A server on a free port. On leaving it is told to stop; `_StartError` where it does not, with its last words."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port), "--llm", llm], env=environment, stdout=said, stderr=said
        )
        try:
            yield process, f"http://127.0.0.1:{port}/"
        except (_StartError, OSError, ValueError) as error:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            raise _StartError(f"{error}; it said: {lines[-1] if lines else 'nothing'}") from error
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise _StartError("it does not stop") from None


def _fetched(address: str, body: bytes | None = None, seconds: float = LOOK_SECONDS) -> bytes:
    """What stands there, empty where nothing answers yet."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, data=body), timeout=seconds) as response:
            return response.read()
    except (OSError, HTTPException):
        return b""


def _ask(address: str) -> str:
    """The mode of the answer to a question."""
    asked = json.dumps({"question": QUESTION}).encode()
    answer = json.loads(_fetched(f"{address}api/v1/ask", asked, PAGE_SECONDS) or b"{}")
    if "status" not in answer:
        raise _StartError("the question was not answered")
    return answer["mode"]


def _model_is_there(address: str) -> bool:
    """Whether the model is at work. Raises `_StartError` where the server says that it never will be."""
    health = json.loads(_fetched(f"{address}api/v1/health") or b"{}")
    note = health.get("note")
    if not health.get("llm") and note and UNDERWAY not in note:
        raise _StartError(f"its failure was said: {note}")
    return bool(health.get("llm"))


def starts(count: int, busy: int, llm: str, environment: Mapping[str, str]) -> Iterator[Start]:
    """So many starts, one after the other, beside `busy` processes that do nothing but work."""
    with ExitStack() as stack:
        for _ in range(busy):
            spinning = stack.enter_context(subprocess.Popen([sys.executable, "-c", SPIN]))
            stack.callback(spinning.kill)
        for _ in range(count):
            yield start_once(llm, environment)


def as_table(made: Sequence[Start]) -> str:
    """How many came of each, and after how many seconds."""
    rows = ["| | there | min s | median s | max s |", "|---|---|---|---|---|"]
    for name in ("page", "answer", "model", "written"):
        took = [value for start in made if (value := getattr(start, name)) is not None]
        spread = [min(took), statistics.median(took), max(took)] if took else []
        cells = " | ".join(f"{value:.1f}" for value in spread) or " | | "
        rows.append(f"| {name} | {len(took)} of {len(made)} | {cells} |")
    failures = [f"- start {number}: {start.failure}" for number, start in enumerate(made, start=1) if start.failure]
    return "\n".join([*rows, *([""] if failures else []), *failures])


def environment_of(home: Path) -> dict[str, str]:
    """The environment of a server with that home folder, whose clients are not counted."""
    return os.environ | {"PAPERBACKED_HOME": str(home), "PAPERBACKED_CLIENT_LIMIT": "0"}


def main() -> None:
    """Print every start, then the table."""
    silence_libraries()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.starts", description=__doc__)
    parser.add_argument("--starts", type=int, default=50)
    parser.add_argument("--busy", type=int, default=2, help="processes that spin beside")
    parser.add_argument("--llm", default="smollm2")
    parser.add_argument("--home", type=Path, help="a home folder to use; without it a new one, prepared first")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = environment_of(asked.home or Path(folder))
        # The index is built and the model converted here, which a later start finds done.
        subprocess.run(
            [*COMMAND, "ask", QUESTION, "--llm", asked.llm], env=environment, check=True, capture_output=True
        )
        made = []
        for start in starts(asked.starts, asked.busy, asked.llm, environment):
            made.append(start)
            print(f"{len(made)}: {start}", flush=True)
    print(as_table(made))


if __name__ == "__main__":
    main()
