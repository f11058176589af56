"""Heavy libraries are imported one at a time, wherever they are needed, and so none is ever found half imported."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import app
import retrieval
from retrieval.heavy_imports import HEAVY, heavy_imports

SOURCES = sorted(file for package in (app, retrieval) for file in Path(package.__path__[0]).rglob("*.py"))
ALONE = """
import torch
from scipy import stats
def load():
    from transformers.utils import logging
    with heavy_imports():
        import safetensors.torch
        def later():
            import sklearn.base, json
"""


def alone(tree: ast.AST) -> Iterator[str]:
    """Line and name of each heavy import that runs outside of `with heavy_imports()`."""
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        return
    if isinstance(tree, ast.With) and any(_locks(item.context_expr) for item in tree.items):
        # What is only defined within runs at another time.
        for child in tree.body:
            yield from (line for function in ast.walk(child) if _is_function(function) for line in alone(function))
        return
    names = []
    if isinstance(tree, ast.Import):
        names = [name.name for name in tree.names]
    elif isinstance(tree, ast.ImportFrom) and not tree.level:
        names = [tree.module or ""]
    yield from (f"{tree.lineno}: {name}" for name in names if name.partition(".")[0] in HEAVY)  # type: ignore
    for child in ast.iter_child_nodes(tree):
        yield from alone(child)


def _locks(expression: ast.expr) -> bool:
    return (
        isinstance(expression, ast.Call)
        and isinstance(expression.func, ast.Name)
        and expression.func.id == heavy_imports.__name__
    )


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def test_the_search_finds_what_stands_alone() -> None:
    assert list(alone(ast.parse(ALONE))) == ["2: torch", "3: scipy", "5: transformers.utils", "9: sklearn.base"]


@pytest.mark.parametrize("file", SOURCES, ids=str)
def test_no_heavy_library_is_imported_alone(file: Path) -> None:
    assert list(alone(ast.parse(file.read_text(encoding="utf-8")))) == []


def test_one_thread_at_a_time_which_may_come_back() -> None:
    inside, other = threading.Event(), threading.Thread(target=lambda: enter(inside))
    with heavy_imports():
        with heavy_imports():
            other.start()
        assert not inside.wait(0.2), "the inner block has given the lock away"
    assert inside.wait(5)
    other.join()


def enter(inside: threading.Event) -> None:
    with heavy_imports():
        inside.set()


HALFWAY = """
import sys, threading, traceback
from retrieval.lexical import LexicalIndex
from retrieval.precision import bfloat16_pays
from retrieval.types import Paper

halfway, searched = threading.Event(), threading.Event()

def pause(event, arguments):
    "Torch is held up where it is among the modules and has no Tensor yet."
    if event == "import" and arguments[0] == "torch.version" and not halfway.is_set():
        assert not hasattr(sys.modules["torch"], "Tensor")
        halfway.set()
        while not searched.wait(0.05) and not waits(threading.main_thread()):
            pass

def waits(thread):
    frame = sys._current_frames()[thread.ident]
    return any(entry.name == "heavy_imports" for entry in traceback.extract_stack(frame))

sys.addaudithook(pause)
other = threading.Thread(target=bfloat16_pays)
other.start()
assert halfway.wait(60)
try:
    index = LexicalIndex([Paper("whales", "On whales", "Whales sing in winter.", "en")], {})
finally:
    searched.set()
    other.join()
print(index.letter_scores("whales").shape)
"""


@pytest.mark.fault
def test_papers_are_searched_by_words_while_another_thread_has_torch_halfway(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", HALFWAY], cwd=Path(), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "(1,)\n"), done.stderr
