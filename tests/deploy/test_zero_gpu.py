"""Answers written through a stand-in for the `spaces` package, in a process of their own as it changes torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.tiny_models import save_llama

pytestmark = [pytest.mark.space, pytest.mark.timeout(600)]
FILES = Path(__file__).parents[2] / "deploy" / "space" / "files"
SPACES = '''
"""What of `spaces` is used: a GPU lent for one call, in a fork of the program."""
import multiprocessing
import types

_context = multiprocessing.get_context("fork")
calls = []
started = []
zero = types.SimpleNamespace(startup=lambda: started.append(len(calls_for)))
calls_for = []


def GPU(duration):
    def lend(function):
        calls_for.append(duration)

        def lent(*arguments):
            calls.append(arguments)
            results = _context.SimpleQueue()

            def work():
                try:
                    for item in function(*arguments):
                        results.put(("item", item))
                    results.put(("end", None))
                except Exception as error:
                    results.put(("error", repr(error)))

            fork = _context.Process(target=work, daemon=True)
            fork.start()
            try:
                while True:
                    kind, item = results.get()
                    if kind == "error":
                        raise RuntimeError(item)
                    if kind == "end":
                        return
                    yield item
            finally:
                fork.kill()
                fork.join()

        return lent

    return lend
'''
PROGRAM = """
import json, os, sys
import zero_gpu
lent = zero_gpu.lent_gpu()
import torch
torch.set_num_threads(1)
from pathlib import Path
from langchain_core.messages import HumanMessage
from app.answering.models.transformers_chat import open_transformers_chat
from retrieval.errors import PaperbackedError

chat = open_transformers_chat(Path(sys.argv[1]), "tiny", max_tokens=int(sys.argv[2]))
told = {"lent": lent}
question = [HumanMessage("What removes a backdoor?")]
try:
    told["text"] = chat.invoke(question).text
    told["again"] = chat.invoke(question).text
    stream = chat.stream(question)
    next(stream)
    stream.close()
except PaperbackedError as error:
    told["error"] = str(error)
if lent:
    import spaces
    told |= {"calls": len(spaces.calls), "started": spaces.started, "seconds": spaces.calls_for}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_llama(tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stand-in")
    (folder / "spaces.py").write_text(SPACES)
    return folder


def written(model: Path, *paths: Path, max_tokens: int = 12, **variables: str) -> dict[str, Any]:
    """What the program tells, with these folders before its path."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(model), str(max_tokens)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, [FILES, *paths])), **variables},
        cwd=FILES.parents[2],
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_lent_gpu_writes_what_is_written_here(model: Path, stand_in: Path) -> None:
    here = written(model, stand_in)
    assert not here["lent"] and here["text"]
    there = written(model, stand_in, SPACES_ZERO_GPU="true")
    assert there["lent"]
    assert there["text"] == there["again"] == here["text"] == here["again"]
    # Begun once, after the function that needs the GPU was named; and lent again for each answer.
    assert there["started"] == [1]
    assert there["seconds"] == [30]
    assert there["calls"] == 3


def test_without_the_package_everything_stays_here(model: Path) -> None:
    assert not written(model, SPACES_ZERO_GPU="1")["lent"]


def test_a_gpu_that_cannot_be_had_is_a_plain_error(model: Path, stand_in: Path, tmp_path: Path) -> None:
    text = SPACES.replace(
        "for item in function(*arguments):", "raise ValueError('quota exceeded')\n" + " " * 20 + "for item in ():"
    )
    (tmp_path / "spaces.py").write_text(text)
    told = written(model, tmp_path, SPACES_ZERO_GPU="1")
    assert "quota exceeded" in told["error"] and "text" not in told
