"""What is installed, reachable and cached, and what will be used and why."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from app.answering.models.model_choice import Choice, choose_model
from app.answering.reading.opening import open_matcher, open_reader
from retrieval.errors import PaperbackedError
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import open_embedder
from retrieval.models.hub import hub_is_reachable
from retrieval.models.names import BASE_EMBEDDING, DEFAULT_EMBEDDING, DEFAULT_READER
from retrieval.papers.papers import Papers
from retrieval.passages import CollectionPassages
from retrieval.stores.base import VectorStore
from retrieval.stores.opening import open_store

LIBRARIES = ("paperbacked", "langchain-core", "chromadb", "sentence-transformers", "transformers", "torch", "gradio")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the diagnosis; where `needed` and not `ok`, no question can be answered."""

    what: str
    ok: bool
    found: str
    needed: bool = False


def diagnose(
    *,
    home: Path,
    chroma: Path | tuple[str, ...],
    collection: str,
    embedding: str,
    reader: str,
    llm: str,
    read_collection: Callable[[], Papers],
    is_current: Callable[[Papers, Embedder], bool],
    chroma_token: str | None = None,
    llm_url: str | None = None,
    llm_key: str | None = None,
) -> list[Finding]:
    """All findings, the needed ones first. Loads no model and builds nothing.

    `is_current` says whether papers are indexed as they are to be with this model. For `llm` "auto" the server at
    `llm_url` is asked for its models, with `llm_key`.
    """
    place = chroma if isinstance(chroma, Path) else ", ".join(chroma)
    return [
        _versions(),
        _home(home),
        _papers(collection, read_collection),
        _embedding(embedding),
        *_index(open_store(chroma, chroma_token), place, collection, embedding, read_collection, is_current),
        _reader(reader),
        _hub(),
        _language_model(choose_model(llm, llm_url, llm_key)),
    ]


def _versions() -> Finding:
    installed = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return Finding("Software", True, f"Python {platform.python_version()}, {installed}")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _home(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    writable = place.is_dir() and os.access(place, os.W_OK)
    return Finding(
        "Home folder", writable, f"{home}{'' if writable else ' cannot be written: set PAPERBACKED_HOME'}", needed=True
    )


def _papers(collection: str, read_collection: Callable[[], Papers]) -> Finding:
    try:
        count = len(read_collection())
    except PaperbackedError as error:
        return Finding("Papers", False, str(error), needed=True)
    return Finding("Papers", True, f"{count} in the collection {collection!r}", needed=True)


def _embedding(name: str) -> Finding:
    try:
        embedder = open_embedder(name)
    except PaperbackedError as error:
        return Finding("Embedding model", False, str(error), needed=True)
    precision = re.search(r"\((bf16|fp32|int8)\)$", embedder.description)
    # Only what ships is held against a hash.
    state = {
        DEFAULT_EMBEDDING: ("the fine-tuned weights", "verified"),
        BASE_EMBEDDING: ("the weights before fine-tuning", "verified"),
    }
    found = [embedder.name, *state.get(embedder.name, ()), *(precision.groups() if precision else ())]
    return Finding("Embedding model", True, ", ".join(found), needed=True)


def _reader(name: str) -> Finding:
    try:
        reader = open_reader(name)
    except PaperbackedError as error:
        return Finding("Reader", False, str(error), needed=True)
    if reader is None:
        return Finding("Reader", True, "none: what is nearest is quoted", needed=True)
    try:
        matcher = open_matcher()
    except PaperbackedError as error:
        return Finding("Reader", False, str(error), needed=True)
    found = [reader.name, *(["verified"] if name == DEFAULT_READER else []), matcher.name, "verified"]
    return Finding("Reader", True, ", ".join(found), needed=True)


def _index(
    store: VectorStore,
    place: Path | str,
    collection: str,
    embedding: str,
    read_collection: Callable[[], Papers],
    is_current: Callable[[Papers, Embedder], bool],
) -> Iterator[Finding]:
    if isinstance(place, Path) and not place.is_dir():
        yield Finding("Index", True, "not built yet; the first question builds it")
        return
    try:
        papers = read_collection()
        current = is_current(papers, open_embedder(embedding))
        # Where nothing of this collection is there yet, this still tells a store that is damaged.
        store.segments(collection)
        for segment in papers.generation.segments if current else ():
            store.check(segment.name)
    except PaperbackedError as error:
        yield Finding("Index", False, f"{error} The next question builds it anew.")
        return
    yield Finding("Index", True, f"complete, in {place}" if current else "out of date; the next question rebuilds it")
    if current:
        yield _passages(store, papers, place)


def _passages(store: VectorStore, papers: Papers, place: Path | str) -> Finding:
    own = CollectionPassages(papers)
    try:
        wrong = own.wrong(store)
    except PaperbackedError as error:
        return Finding("Passages", False, str(error))
    if not wrong:
        return Finding("Passages", True, f"{len(own):,} in the index, each as its paper has it")
    named = ", ".join(segment.name for segment in papers.generation.segments)
    what = f"the folder {place}" if isinstance(place, Path) else f"its collections {named}"
    return Finding(
        "Passages",
        False,
        f"{wrong:,} missing from the index, or not as their papers have them, and so left out of answers: stop the "
        f"program, remove {what}, and the next start builds it anew",
    )


def _hub() -> Finding:
    reachable = hub_is_reachable()
    return Finding(
        "Model hub", reachable, "reachable" if reachable else "out of reach; everything needed by default is here"
    )


def _language_model(choice: Choice) -> Finding:
    chosen = f"{choice.name}: {choice.reason}" if choice.name else choice.reason
    return Finding("Language model", choice.failure is None, " ".join(filter(None, (choice.failure, chosen))))
