"""The composition root: from settings to a ready `Answerer`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from app.answering.evidence.prepared import FILE as PREPARED_FILE
from app.answering.evidence.prepared import read_prepared
from app.answering.evidence.prepared_answers import queries_of
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.models.model_choice import NONE, choose_model, prompt_for
from app.answering.models.opening import check_name, describe, open_llm
from app.answering.reading.opening import open_reader
from app.local_answerer import REMOVED, LocalAnswerer
from app.settings import Settings
from retrieval.corpus import merged
from retrieval.errors import CorpusError, IndexGoneError, IndexStoreError, InputError
from retrieval.facets import Facets, facets_of
from retrieval.files import replacing, writing
from retrieval.ingest import ensure_index, index_fingerprint, only_one
from retrieval.lexical.everyday import read_everyday_words
from retrieval.lexical.glossary import Glossary, read_glossary
from retrieval.lexical.index import LexicalIndex
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import open_embedder
from retrieval.passages import CollectionPassages
from retrieval.questions.expansion import all_texts, embedded_texts, expansion_queries_for
from retrieval.questions.labelled import read_labelled_questions
from retrieval.readers.jsonl import as_line
from retrieval.readers.registry import read_papers
from retrieval.retriever import PaperRetriever, in_english
from retrieval.shipped import default_questions_file, shipped_file
from retrieval.stores.base import Index, VectorStore
from retrieval.stores.opening import open_store
from retrieval.types import ExpansionQuery, Paper, Progress, no_progress

Note = Callable[[str], None]
LOOKS = 3
"""How often papers and their index are looked for, as another process may be replacing both …"""
LOOK_AGAIN_SECONDS = 0.05
"""… which takes it about so long."""


def collection_papers(settings: Settings) -> tuple[Paper, ...]:
    """The collection's papers: the shipped ones for "default", and those ingested into it.

    Raises `CorpusError` where there is no such collection.
    """
    if settings.collection != "default" and not settings.own_papers.is_file():
        existing = sorted({"default", *(file.stem for file in settings.own_papers.parent.glob("*.jsonl"))})
        raise CorpusError(
            f"There is no collection {settings.collection!r}: "
            f"choose from {', '.join(existing)}, or ingest papers into it."
        )
    return _with_shipped(settings, _own_papers(settings))


def _own_papers(settings: Settings) -> tuple[Paper, ...]:
    return read_papers(settings.own_papers) if settings.own_papers.is_file() else ()


def _with_shipped(settings: Settings, own: Sequence[Paper]) -> tuple[Paper, ...]:
    return merged([read_papers(settings.papers), own]) if settings.collection == "default" else tuple(own)


def collection_facets(settings: Settings) -> Facets:
    """What the settings' collection can be filtered by, known before anything slow begins. Raises `CorpusError`."""
    return facets_of(collection_papers(settings))


def ingest_papers(
    settings: Settings, files: Sequence[Path], progress: Progress = no_progress, note: Note = print
) -> int:
    """Add the files' papers to the settings' collection and index it; gives how many papers it now has.

    All files are read and checked before anything is written. The papers take their place once their
    index is ready to take its own, so a server beside finds both, or neither.
    """
    if not files:
        raise InputError("There are no papers to add: give at least one file.")
    incoming = [read_papers(file) for file in files]
    with only_one(settings.home / "ingest.lock"):
        own = merged([_own_papers(settings), *incoming])
        papers = _with_shipped(settings, own)
        lines = "".join(f"{as_line(paper)}\n" for paper in own)
        build_retriever(
            settings, papers, progress, note, before_switch=lambda: _write_atomically(settings.own_papers, lines)
        )
    return len(papers)


def _write_atomically(path: Path, text: str) -> None:
    with writing(f"The folder {path.parent}", CorpusError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft:
            draft.write_text(text, encoding="utf-8")


def build_retriever(
    settings: Settings,
    papers: tuple[Paper, ...],
    progress: Progress = no_progress,
    note: Note = print,
    embedder: Embedder | None = None,
    before_switch: Callable[[], None] = lambda: None,
) -> PaperRetriever:
    """A retriever over the papers' index, which is built first where there is none.

    `before_switch` is called when the index is ready and the one before it still answers.
    """
    embedder = embedder or open_embedder(settings.embedding)
    store = open_store(settings.chroma)
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    written = expansion_queries(papers, settings.collection, glossary)
    index = ensure_index(
        papers,
        embedder,
        store,
        collection=settings.collection,
        lock_file=settings.home / "index.lock",
        questions=embedded_texts(written),
        progress=progress,
        note=note,
        before_switch=before_switch,
    )
    return _retriever(papers, store, embedder, index, glossary, written)


def find_retriever(settings: Settings, store: VectorStore, embedder: Embedder) -> PaperRetriever:
    """A retriever over the papers as they now are on disk, whose index is there already.

    Raises `IndexStoreError` where it is not, `CorpusError` where the papers cannot be read.
    """
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    for look in range(LOOKS):
        time.sleep(LOOK_AGAIN_SECONDS if look else 0)
        papers = collection_papers(settings)
        written = expansion_queries(papers, settings.collection, glossary)
        fingerprint = index_fingerprint(papers, embedder, embedded_texts(written))
        with suppress(IndexGoneError):
            if index := store.find(settings.collection, fingerprint):
                store.check(index)
                return _retriever(papers, store, embedder, index, glossary, written)
    raise IndexStoreError(REMOVED)


def _retriever(
    papers: Sequence[Paper],
    store: VectorStore,
    embedder: Embedder,
    index: Index,
    glossary: Glossary,
    written: Mapping[str, Sequence[ExpansionQuery]],
) -> PaperRetriever:
    lexical = LexicalIndex(papers, all_texts(written))
    prepared = read_prepared(shipped_file(PREPARED_FILE), papers, ())
    return PaperRetriever(
        store=store,
        embedder=embedder,
        index=index,
        collection=CollectionPassages(papers),
        lexical=lexical,
        glossary=glossary,
        everyday=read_everyday_words(lexical.knows),
        expansion_queries=written,
        further_queries=queries_of(prepared, lambda way: in_english(way, glossary)),
    )


def expansion_queries(
    papers: Iterable[Paper], collection: str, glossary: Glossary
) -> dict[str, tuple[ExpansionQuery, ...]]:
    """The questions written for the papers of the default collection, by the paper's id; others have none."""
    if collection != "default":
        return {}
    return expansion_queries_for(papers, read_labelled_questions(default_questions_file("train.jsonl")), glossary)


def indexed_expansion_queries(settings: Settings, papers: Iterable[Paper]) -> dict[str, list[str]]:
    """What the index of the settings' collection holds of the written questions, by the paper's id."""
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    return embedded_texts(expansion_queries(papers, settings.collection, glossary))


def build_benchmark_retriever(
    settings: Settings, progress: Progress, note: Note, papers: tuple[Paper, ...], collection: str
) -> PaperRetriever:
    """A retriever over papers that are no collection of the reader's, indexed under a name of their own."""
    return build_retriever(settings.model_copy(update={"collection": collection}), papers, progress, note)


def build_answerer(
    settings: Settings, progress: Progress = no_progress, note: Note = print, *, wait: bool = True
) -> LocalAnswerer:
    """An answerer ready for questions.

    With `wait` false no model is loaded yet: the embedding model is by `warm_up` or the first
    question, the language model by `load_in_background`. A language model that cannot
    be had is no failure: quotes answer, and `models.note` says why.
    """
    # First, so that a wrong name is told before anything slow begins.
    reader = open_reader(settings.reader)
    language_models = build_language_models(settings, progress, note)
    if wait:
        language_models.load()
    papers = collection_papers(settings)
    retriever = build_retriever(settings, papers, progress, note)
    answerer = LocalAnswerer(
        papers,
        retriever,
        language_models.current,
        language_models,
        settings.unsupported,
        settings.answer_from,
        reopen=partial(find_retriever, settings, retriever.store, retriever.embedder),
        reader=reader,
    )
    if wait:
        answerer.warm_up()
    return answerer


def build_language_models(settings: Settings, progress: Progress = no_progress, note: Note = print) -> LanguageModels:
    """What finds, loads and fetches language models. Raises `InputError` for a name that can never be one."""
    if settings.llm != NONE:
        check_name(settings.llm, settings.llm_url)
    key = settings.llm_key.get_secret_value() if settings.llm_key else None

    def open_model(name: str, report: Progress) -> LanguageModel:
        chat = open_llm(name, url=settings.llm_url, api_key=key, home=settings.home, progress=report)
        return LanguageModel(chat, describe(chat), prompt=prompt_for(chat, name, settings.llm_prompt))

    return LanguageModels(
        lambda: choose_model(settings.llm, settings.llm_url, key),
        open_model,
        may_fetch=settings.is_local,
        progress=progress,
        note=note,
    )
