"""One thread at a time imports heavy libraries and loads models, so that none is found half imported or half loaded."""

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
from retrieval.errors import MissingPackageError
from retrieval.models.heavy_imports import HEAVY, heavy_imports, model_loading

SOURCES = sorted(file for package in (app, retrieval) for file in Path(package.__path__[0]).rglob("*.py"))
LOADERS = ("from_pretrained", "from_config", "SentenceTransformer")
"""What loads a model or tokenizer."""
LOCKS = (heavy_imports.__name__, model_loading.__name__)
ALONE = """
import torch
from scipy import stats
def load():
    from transformers.utils import logging
    with heavy_imports():
        import safetensors.torch
        def later():
            import sklearn.base, json
    with _explained(), model_loading():
        AutoModel.from_pretrained(folder)
        SentenceTransformer(folder)
    return SentenceTransformer(AutoModel.from_pretrained(folder))
"""


def alone(tree: ast.AST) -> Iterator[str]:
    """Line and name of each heavy import, and of each loading of a model, that no other thread has to wait for."""
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        return
    if isinstance(tree, ast.With) and any(_name_of(item.context_expr) in LOCKS for item in tree.items):
        # What is only defined within runs at another time.
        for child in tree.body:
            yield from (line for function in ast.walk(child) if _is_function(function) for line in alone(function))
        return
    yield from (f"{getattr(tree, 'lineno', 0)}: {name}" for name in _heavy(tree))
    for child in ast.iter_child_nodes(tree):
        yield from alone(child)


def _heavy(node: ast.AST) -> list[str]:
    """What the node by itself imports or loads."""
    match node:
        case ast.Import(names):
            found = [name.name for name in names]
        case ast.ImportFrom(module, _, 0):
            found = [module or ""]
        case ast.Call():
            return [name for name in LOADERS if name == _name_of(node)]
        case _:
            return []
    return [name for name in found if name.partition(".")[0] in HEAVY]


def _name_of(call: ast.expr) -> str | None:
    """The last part of what is called, None where nothing is."""
    match call:
        case ast.Call(ast.Name(name)) | ast.Call(ast.Attribute(_, name)):
            return name
    return None


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def test_the_search_finds_what_stands_alone() -> None:
    imports = ["2: torch", "3: scipy", "5: transformers.utils", "9: sklearn.base"]
    assert list(alone(ast.parse(ALONE))) == [*imports, "13: SentenceTransformer", "13: from_pretrained"]


@pytest.mark.parametrize("file", SOURCES, ids=str)
def test_no_heavy_library_is_imported_alone_and_no_model_loaded(file: Path) -> None:
    assert list(alone(ast.parse(file.read_text(encoding="utf-8")))) == []


def test_what_is_not_installed_is_told_in_one_sentence_and_the_lock_is_free_again() -> None:
    told = r"^This needs the package no_such_torch, which is not installed: "
    with pytest.raises(MissingPackageError, match=told), heavy_imports():
        import no_such_torch.weights  # type: ignore[reportMissingImports]  # noqa: F401
    inside, other = threading.Event(), threading.Thread(target=lambda: enter(inside))
    other.start()
    assert inside.wait(5)
    other.join()


def test_one_thread_at_a_time_which_may_come_back() -> None:
    inside, other = threading.Event(), threading.Thread(target=lambda: enter(inside))
    with heavy_imports():
        with model_loading():
            other.start()
        assert not inside.wait(0.2), "the inner block has given the lock away"
    assert inside.wait(5)
    other.join()


def enter(inside: threading.Event) -> None:
    with heavy_imports():
        inside.set()


HALFWAY = """
import sys, threading, traceback
from retrieval.lexical.index import LexicalIndex, paper_document
from retrieval.lexical.letters import LetterRarity
from retrieval.lexical.words import Document, words_of
from retrieval.models.precision import bfloat16_pays
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
    document = Document(1, Paper("whales", "On whales", "Whales sing in winter.", "en"))
    text = paper_document(document.paper)
    index = LexicalIndex(words_of([document]), 1, 5, LetterRarity.of([text]))
    [(words, letters)] = index.scores("whales", {1: text}).values()
finally:
    searched.set()
    other.join()
print(words > 0 and letters > 0)
"""


@pytest.mark.fault
def test_papers_are_searched_by_words_while_another_thread_has_torch_halfway(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", HALFWAY], cwd=Path(), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
