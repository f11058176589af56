"""How quickly language models write: `python -m benchmarks.generation [--write docs/results.md]`.

A model of Qwen3-0.6B's shape with random weights takes as long as the real one. What
it writes is laid down: an answer that quotes its evidence, as the prompt asks for.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.answering.citation import Citation
from app.answering.models.language_model import SMALL_PROMPT
from app.answering.models.local_chat import LocalChat
from app.answering.models.transformers_chat import PROMPT_LOOKUP_TOKENS, open_transformers_chat
from app.answering.models.transformers_generator import TransformersGenerator
from app.answering.writing.direct_line import MOST_QUOTES
from app.answering.writing.direct_prompt import direct_messages
from app.answering.writing.stream import answer_messages
from app.quiet import silence_libraries
from benchmarks.figures import Figure, figures_page, write_between_marks

MARKS = "<!-- generation: begin -->", "<!-- generation: end -->"
COMMAND = "python -m benchmarks.generation"
QUESTIONS = 6
READERS = 20
ASKED_EACH = 5
QWEN3 = {
    "Qwen3-0.6B": {"hidden_size": 1024, "intermediate_size": 3072, "layers": 28, "heads": 16},
    "Qwen3-1.7B": {"hidden_size": 2048, "intermediate_size": 6144, "layers": 28, "heads": 16},
    "Qwen3-4B": {"hidden_size": 2560, "intermediate_size": 9728, "layers": 36, "heads": 32},
}
VOCABULARY = 151936


@dataclass(frozen=True, slots=True)
class Task:
    """A question with its evidence, and an answer that quotes it.

    With `direct` one line is asked for over the first quotes, as of the taught small model.
    """

    question: str
    quotes: tuple[Citation, ...]
    direct: bool = False

    @property
    def messages(self) -> list[tuple[str, str]]:
        if self.direct:
            given = self.quotes[:MOST_QUOTES]
            return direct_messages(self.question, [(quote.paper.name, quote.gloss or quote.quote) for quote in given])
        return answer_messages(SMALL_PROMPT, self.question, self.quotes)

    @property
    def answer(self) -> str:
        if self.direct:
            first = self.quotes[0]
            return f"The paper says that {(first.gloss or first.quote).rstrip('.')}."
        said = [
            f"{'The paper says that' if quote.number == 1 else 'It also finds that'} "
            f"{(quote.gloss or quote.quote).rstrip('.')} [{quote.number}]."
            for quote in self.quotes[:2]
        ]
        return " ".join(said)


def tasks(answerer: Any) -> list[Task]:
    """Development questions that the papers answer, with the quotes that the chain chooses."""
    from app.answering.question import checked_question
    from benchmarks.answering import dev_questions

    found: list[Task] = []
    for asked in dev_questions():
        answer = answerer.ask(checked_question(asked.text))
        if answer.status == "answered" and answer.citations:
            found.append(Task(answer.standalone_question, answer.citations))
        if len(found) == QUESTIONS + 1:
            break
    return found


def random_model(shape: str, tokenizer: Any) -> LocalChat:
    """A model of that shape in bfloat16, its weights random."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    sizes = QWEN3[shape]
    config = Qwen3Config(
        vocab_size=VOCABULARY,
        hidden_size=sizes["hidden_size"],
        intermediate_size=sizes["intermediate_size"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=sizes["heads"],
        num_key_value_heads=8,
        head_dim=128,
        tie_word_embeddings=True,
        eos_token_id=None,
        pad_token_id=0,
        dtype=torch.bfloat16,
    )
    with torch.device("meta"):
        model: Any = Qwen3ForCausalLM(config)
    model = model.to(torch.bfloat16)
    model = model.to_empty(device="cpu")
    model.tie_weights()
    torch.manual_seed(0)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            weights.normal_(1.0 if "norm" in name else 0.0, 0.02)
        # Not a weight, so that it was not filled.
        model.model.rotary_emb = type(model.model.rotary_emb)(config)
    generator = TransformersGenerator(model.eval(), shape)
    return LocalChat(generator=generator, tokenizer=tokenizer, model_name=shape)


def _written_by(chat: LocalChat) -> TransformersGenerator:
    generator = chat._generator
    assert isinstance(generator, TransformersGenerator)
    return generator


@contextmanager
def saying(chat: LocalChat, prompt_tokens: int, script: Sequence[int]) -> Iterator[None]:
    """Within the block the model writes `script`: after its work the logits are those of that text."""
    model = _written_by(chat)._model
    before = 0

    def remember(_: Any, args: Any, kwargs: Any) -> None:
        nonlocal before
        cache = kwargs.get("past_key_values")
        before = cache.get_seq_length() if cache is not None else 0

    def say(_: Any, args: Any, kwargs: Any, output: Any) -> None:
        read = kwargs["input_ids"].shape[1]
        told = output.logits.shape[1]
        for place in range(told):
            position = before + read - told + place + 1 - prompt_tokens
            if position < len(script):
                output.logits[0, place, script[position]] = 1e4

    hooks = [
        model.register_forward_pre_hook(remember, with_kwargs=True),
        model.register_forward_hook(say, with_kwargs=True),
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def timed(chat: LocalChat, task: Task, *, lookup: int, scripted: bool) -> tuple[float, float, int]:
    """Seconds to the first token, seconds for all further ones, and their number."""
    from langchain_core.messages import convert_to_messages

    prompt = chat._render(convert_to_messages(task.messages))
    prompt_ids = chat._tokenizer(prompt, add_special_tokens=False)["input_ids"]
    script = chat._tokenizer(task.answer, add_special_tokens=False)["input_ids"] if scripted else []
    _written_by(chat)._lookup = {"prompt_lookup_num_tokens": lookup} if lookup else {}
    began, first, written = time.perf_counter(), 0.0, 0

    def write() -> None:
        nonlocal first, written
        for ids in chat._generator.start(prompt_ids, len(script) or 80, 300):
            if ids:
                first = first or time.perf_counter() - began
                written += len(ids)

    if scripted:
        with saying(chat, len(prompt_ids), script):
            write()
        assert written == len(script)
    else:
        write()
    return first, time.perf_counter() - began - first, written - 1


def writing_figures(chat: LocalChat, asked: Sequence[Task], *, scripted: bool, first_limit: float) -> list[Figure]:
    """First token, plain and guessing speed, over the same questions; the first question warms up."""
    plain, guessing = [], []
    for task in asked:
        # In turn, so that whatever else the machine does weighs on both.
        plain.append(timed(chat, task, lookup=0, scripted=scripted))
        guessing.append(timed(chat, task, lookup=PROMPT_LOOKUP_TOKENS, scripted=scripted))
    del plain[0], guessing[0]
    first = float(np.median([took[0] for took in guessing]))
    speeds = [sum(took[2] for took in runs) / sum(took[1] for took in runs) for runs in (plain, guessing)]
    name = chat.model_name
    said = "an answer that quotes" if scripted else "its own answers"
    return [
        Figure(f"{name}: first token, median", first, "s", first_limit),
        Figure(f"{name}: {said}, plain greedy", speeds[0], "tokens/s"),
        Figure(f"{name}: {said}, prompt lookup", speeds[1], "tokens/s"),
        Figure(f"{name}: prompt lookup over plain", speeds[1] / speeds[0], "times", 1.3 if scripted else None, "above"),
    ]


def readers_figures(home: Path) -> list[Figure]:
    """Many readers at once, over HTTP, in quotes mode."""
    from benchmarks.answering import dev_questions
    from benchmarks.serving import _ask, running_server

    asked = [question.text for question in dev_questions()]
    with running_server(home) as (_, address):
        _ask(address, asked[0])

        def read(reader: int) -> list[float]:
            took = []
            for turn in range(ASKED_EACH):
                began = time.perf_counter()
                _ask(address, asked[(reader * ASKED_EACH + turn) % len(asked)])
                took.append(time.perf_counter() - began)
            return took

        with ThreadPoolExecutor(READERS) as readers:
            took = [seconds for own in readers.map(read, range(READERS)) for seconds in own]
    label = f"{READERS} readers at once, quotes mode, {len(took)} answers without an error, p95"
    return [Figure(label, float(np.percentile(took, 95)), "s", 1)]


def main() -> None:
    """Print the table, and with --write put it into the page."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    arguments.add_argument("--shapes", nargs="*", default=["Qwen3-0.6B"], choices=list(QWEN3), help="shapes to time")
    given = arguments.parse_args()
    from app.answering.models.smollm2 import convert
    from app.build import build_answerer
    from app.settings import read_settings

    folder = convert(read_settings().home)
    with tempfile.TemporaryDirectory() as home:
        asked = tasks(build_answerer(read_settings(home=Path(home), llm="none")))
        smollm2 = open_transformers_chat(folder, "smollm2")
        directly = [replace(task, direct=True) for task in asked]
        figures = writing_figures(smollm2, directly, scripted=True, first_limit=0.5)
        figures += writing_figures(smollm2, directly, scripted=False, first_limit=0.5)[1:]
        for shape in given.shapes:
            chat = random_model(shape, smollm2._tokenizer)
            figures += writing_figures(chat, asked, scripted=True, first_limit=1.2)
            del chat
        figures += readers_figures(Path(home))
    table = figures_page(figures, COMMAND)
    print(table)
    if given.write:
        write_between_marks(given.write, table, MARKS)


if __name__ == "__main__":
    main()
