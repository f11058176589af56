"""How quickly the small model writes from its GGUF file: `python -m benchmarks.gguf_speed [--write docs/results.md]`.

The questions and quotes are those of data/people/lines.dev.jsonl, each asked once. What it is without prompt lookup,
which guesses tokens from the prompt, is measured beside, in a pipeline of its own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from app.answering.models.gguf_chat import folder_of
from app.answering.models.local_chat import DRAWN
from app.answering.models.openvino_runtime import openvino_runtime
from app.answering.models.smollm2 import GGUF, WHEEL, open_smollm2
from app.answering.writing.direct_line import CANDIDATES, MAX_TOKENS
from app.answering.writing.direct_prompt import direct_messages
from app.quiet import silence_libraries
from benchmarks.figures import provenance, write_between_marks
from retrieval.models.weights import file_in_wheel
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, shipped_file

MARKS = "<!-- gguf: begin -->", "<!-- gguf: end -->"
COMMAND = "python -m benchmarks.gguf_speed"
QUESTIONS = 30
Messages = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Written:
    """Seconds to the first token and to the last, and how many there were."""

    first: float
    whole: float
    tokens: int

    @property
    def seconds_a_token(self) -> float:
        """Of those after the first."""
        return (self.whole - self.first) / max(1, self.tokens - 1)


def prompts() -> list[Messages]:
    """The prompts of the first questions."""
    names = {paper.id: paper.name for paper in read_papers(default_papers_file())}
    told: dict[str, Messages] = {}
    for line in shipped_file("people/lines.dev.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        quotes = [(names[quote["paper"]], quote["text"]) for quote in record["quotes"]]
        told.setdefault(record["question"], direct_messages(record["question"], quotes))
    return list(told.values())[:QUESTIONS]


def timed(chat: Any, messages: Messages) -> Written:
    """One line as a reader's is written."""
    began, first = time.perf_counter(), 0.0
    tokens = 0
    for chunk in chat.stream(messages, max_tokens=MAX_TOKENS):
        first = first or (time.perf_counter() - began if chunk.text else 0.0)
        tokens += (chunk.usage_metadata or {}).get("output_tokens", 0)
    return Written(first, time.perf_counter() - began, tokens)


def without_lookup(folder: Path, chat: Any, asked: Sequence[Messages]) -> list[Written]:
    """The same by a pipeline that guesses nothing from the prompt."""
    genai: Any = openvino_runtime()
    pipeline = genai.LLMPipeline(str(folder), "CPU")
    told: list[Written] = []
    for messages in asked:
        settings = pipeline.get_generation_config()
        settings.max_new_tokens, settings.do_sample = MAX_TOKENS, False
        inputs = pipeline.get_tokenizer().encode(_prompt(chat, messages), add_special_tokens=False)
        result = pipeline.generate(inputs, settings)
        metrics = result.perf_metrics
        first, whole = metrics.get_ttft().mean / 1000, metrics.get_generate_duration().mean / 1000
        told.append(Written(first, whole, len(result.tokens[0])))
    return told


def _prompt(chat: Any, messages: Messages) -> str:
    from langchain_core.messages import convert_to_messages

    return chat._render(convert_to_messages(messages))


def held_up(chat: Any, messages: Messages) -> float:
    """The longest that another thread waited for its turn while a line was written, in seconds."""
    ticks, ended = [time.perf_counter()], threading.Event()

    def tick() -> None:
        while not ended.wait(0.002):
            ticks.append(time.perf_counter())

    ticking = threading.Thread(target=tick)
    ticking.start()
    chat.invoke(messages, max_tokens=MAX_TOKENS)
    ended.set()
    ticking.join()
    return max(later - sooner for sooner, later in pairwise(ticks))


def measured(home: Path) -> list[tuple[str, str]]:
    """Each figure with its name."""
    opened: list[float] = []
    chat: Any = None
    for _ in range(2):
        began = time.perf_counter()
        chat = open_smollm2(home)
        opened.append(time.perf_counter() - began)
    asked = prompts()
    lines = [timed(chat, messages) for messages in asked]
    began = time.perf_counter()
    for messages in asked:
        chat.invoke(messages, **{"max_tokens": MAX_TOKENS, DRAWN: CANDIDATES})
    drawn = (time.perf_counter() - began) / len(asked)
    memory = psutil.Process().memory_info().rss / 1e6
    longest = max(held_up(chat, messages) for messages in asked[:5])
    plain = without_lookup(folder_of(file_in_wheel(WHEEL, GGUF), "smollm2", home), chat, asked)
    first, whole = ([getattr(line, name) for line in lines] for name in ("first", "whole"))
    rates = [1000 * float(np.median([line.seconds_a_token for line in some])) for some in (lines, plain)]
    return [
        ("built and opened; opened again", f"{opened[0]:.1f}; {opened[1]:.1f} s"),
        ("first token, median and p95", f"{np.median(first):.2f}; {np.percentile(first, 95):.2f} s"),
        ("whole line, median and p95", f"{np.median(whole):.2f}; {np.percentile(whole, 95):.2f} s"),
        ("a token after the first, median", f"{rates[0]:.0f} ms"),
        ("the same without prompt lookup", f"{rates[1]:.0f} ms"),
        (f"{CANDIDATES} candidates drawn, mean", f"{drawn:.2f} s"),
        ("longest wait of another thread meanwhile", f"{1000 * longest:.0f} ms"),
        ("memory of the process with the model", f"{memory:.0f} MB"),
    ]


def main() -> None:
    """Print the table, or with --write put it into the page."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page")
    options = parser.parse_args()
    silence_libraries()
    with tempfile.TemporaryDirectory() as home:
        rows = "\n".join(f"| {name} | {figure} |" for name, figure in measured(Path(home)))
    told = f"{provenance(COMMAND)}\n\n| | |\n|---|---|\n{rows}"
    if options.write:
        write_between_marks(options.write, told, MARKS)
    else:
        print(told)


if __name__ == "__main__":
    main()
