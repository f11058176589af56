"""The server always starts: one thread at a time imports and loads, and a busy machine changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.starts import as_table, environment_of, starts

WATCHED_START = """
import sys, threading
from app.quiet import silence_libraries
silence_libraries()
from retrieval.models.heavy_imports import HEAVY, _LOCK

alone = []

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HEAVY and not _LOCK._is_owned():
            alone.append(f"{name} in {threading.current_thread().name}")

sys.meta_path.insert(0, Watch())
from app.answering.question import checked_question
from app.build import build_answerer
from app.server import create_app, serving_options
from app.settings import read_settings

settings = read_settings(llm=sys.argv[1])
answerer = build_answerer(settings, wait=False)
create_app(answerer, answerer.language_models, serving_options(settings))
assert not alone, alone
warming = threading.Thread(target=answerer.warm_up, name="warm-up")
warming.start()
answerer.load_in_background()
warming.join()
while answerer.language_models.underway:
    warming.join(0.1)
    threading.Event().wait(0.1)
answer = answerer.ask(checked_question("Do whales sing in winter?"))
assert answerer.models.llm, answerer.models.note
assert not alone, alone
print(answer.status)
"""


@pytest.fixture
def whales(tmp_path: Path) -> dict[str, str]:
    """The environment of a program with one paper and a home of its own."""
    papers = tmp_path / "papers.jsonl"
    papers.write_text(json.dumps({"id": "whales", "title": "On whales", "abstract": "Whales sing in winter."}))
    return environment_of(tmp_path / "home") | {"PAPERBACKED_PAPERS": str(papers)}


def watched_start(llm: str, environment: dict[str, str]) -> str:
    program = [sys.executable, "-c", WATCHED_START, llm]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.fault
def test_no_thread_of_a_start_imports_a_heavy_library_alone(whales: dict[str, str], tiny_qwen: Path) -> None:
    assert watched_start(str(tiny_qwen), whales) == "answered"


@pytest.mark.model
def test_nor_does_the_one_that_converts_the_model_which_ships(whales: dict[str, str]) -> None:
    assert watched_start("smollm2", whales) == "answered"


TWO_MODELS = """
import sys, threading, time
from pathlib import Path
from app.answering.models.transformers_chat import open_transformers_chat
from retrieval.models.embedding import open_embedder

import sentence_transformers, torch, transformers
from transformers import AutoModelForCausalLM, AutoTokenizer
set_type, within, together = torch.set_default_dtype, set(), []

def watched(dtype):
    "transformers sets the type, makes the model and sets it back; here the other has time to come."
    within.symmetric_difference_update({threading.get_ident()})
    together.append(len(within))
    set_type(dtype)
    time.sleep(2)
    together.append(len(within))

torch.set_default_dtype = watched
embedder, chats = open_embedder(), []
loads = [embedder.load, lambda: chats.append(open_transformers_chat(Path(sys.argv[1]), "tiny"))]
threads = [threading.Thread(target=load) for load in loads]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(max(together), torch.get_default_dtype(), embedder.embed(["whales"]).shape, bool(chats[0].invoke("Sing").text))
"""


@pytest.mark.fault
def test_two_models_are_not_loaded_at_once(tiny_qwen: Path) -> None:
    program = [sys.executable, "-c", TWO_MODELS, str(tiny_qwen)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1 torch.float32 (1, 384) True\n"), done.stderr


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_starts_in_a_row_on_a_busy_machine(whales: dict[str, str], tiny_qwen: Path) -> None:
    made = list(starts(4, busy=1, llm=str(tiny_qwen), environment=whales))
    assert all(start.page and start.answer and start.model for start in made), as_table(made)
