"""The composition root: from settings to a ready `Answerer`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
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
from app.answering.reading.reader import Reader
from app.collection import OWN, no_such_collection, reading_of, readings_of, was_read
from app.ingredients import Ingredients, Note, updated
from app.local_answerer import REMOVED, LocalAnswerer
from app.settings import Settings
from retrieval.errors import IndexGoneError, IndexStoreError, InputError
from retrieval.ingest import Reading, Report, is_ready
from retrieval.lexical.everyday import read_everyday_words
from retrieval.lexical.index import LexicalIndex
from retrieval.lexical.letters import LetterRarity
from retrieval.lexical.words import open_words
from retrieval.models.embedder import Embedder
from retrieval.papers.papers import Papers, open_papers
from retrieval.passages import CollectionPassages
from retrieval.retriever import PaperRetriever, in_english
from retrieval.shipped import shipped_file
from retrieval.stores.base import VectorStore
from retrieval.types import Paper, Progress, no_progress
from retrieval.vectors.embedding import Embeds

LOOKS = 3
"""How often the newest generation is opened, as another process may be replacing it …"""
LOOK_AGAIN_SECONDS = 0.05
"""… which takes it about so long."""
WORDS = "words"
QUESTIONS_FILE = "questions.npz"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of the papers that were added, and how many the collection has now."""

    report: Report
    papers: int


@dataclass(frozen=True, slots=True)
class SharedParts:
    """What answerers over several collections of one home need once."""

    embedder: Embedder
    store: VectorStore
    reader: Reader | None
    language_models: LanguageModels


def open_shared(settings: Settings, progress: Progress = no_progress, note: Note = print) -> SharedParts:
    """The parts that collections share; no model is loaded. Raises `InputError` for a name that can never be one."""
    # First, so that a wrong name is told before anything slow begins.
    reader = open_reader(settings.reader)
    language_models = build_language_models(settings, progress, note)
    ingredients = Ingredients(settings)
    return SharedParts(ingredients.embedder, ingredients.store, reader, language_models)


def ingest_papers(
    settings: Settings,
    files: Sequence[Path],
    progress: Progress = no_progress,
    note: Note = print,
    ray: str | None = None,
) -> Ingested:
    """Add the files' papers to the settings' collection and index them; with `ray`, the address of a cluster, there.

    All files are read before any of their papers counts, and these take their place together, so a server beside
    finds all of them or none. Raises `CorpusError` at the first record that is no paper.
    """
    if not files:
        raise InputError("There are no papers to add: give at least one file.")
    ingredients = Ingredients(settings)
    embeds = _embeds_on(ray, settings) if ray else None
    added = map(reading_of, files)
    papers, report = updated(ingredients, (*readings_of(settings), *added), progress, note, embeds)
    return Ingested(report, len(papers))


def _embeds_on(address: str, settings: Settings) -> Embeds:
    """What embeds on the machines of a Ray cluster; only this needs the package."""
    from retrieval.vectors.ray_run import EmbedsOnRay

    return EmbedsOnRay(settings.embedding, address)


def build_retriever(
    settings: Settings,
    progress: Progress = no_progress,
    note: Note = print,
    embedder: Embedder | None = None,
    readings: tuple[Reading, ...] | None = None,
    store: VectorStore | None = None,
) -> PaperRetriever:
    """A retriever over the collection, which is indexed first where it is not as `readings` give it.

    Without `readings`, which replace what the settings name, an index that is ready is opened without a lock, and
    none of its papers is read. Raises `CorpusError` where there is no such collection.
    """
    ingredients = Ingredients(settings, embedder, store)
    wanted = readings_of(settings) if readings is None else readings
    papers = open_papers(settings.collection_folder)
    if papers is None and not wanted:
        raise no_such_collection(settings)
    signatures = {reading.origin: reading.signature for reading in wanted}
    # What has no signature has to be read to know whether it is there.
    known = all(signatures.values()) and is_ready(papers, ingredients.made_with, ingredients.store, signatures)
    if papers is None or not known or not _has_words(settings.collection_folder, len(papers)):
        papers, _ = updated(ingredients, wanted, progress, note)
    return _retriever(ingredients, papers)


def _has_words(folder: Path, papers: int) -> bool:
    try:
        open_words(folder / WORDS, papers)
    except IndexStoreError:
        return False  # They are written anew by the one process that holds the lock.
    return True


def is_current(settings: Settings, papers: Papers, embedder: Embedder) -> bool:
    """Whether the papers are those that the settings name, indexed with this model; their index is not looked at."""
    made = Ingredients(settings, embedder).made_with
    return papers.generation.made_with == made and was_read(papers, readings_of(settings))


def find_retriever(settings: Settings, store: VectorStore, embedder: Embedder) -> PaperRetriever:
    """A retriever over the newest generation of the collection, which is there already.

    Raises `IndexStoreError` where it is not, or was made with another model.
    """
    ingredients = Ingredients(settings, embedder, store)
    for look in range(LOOKS):
        time.sleep(LOOK_AGAIN_SECONDS if look else 0)
        papers = open_papers(settings.collection_folder)
        if papers is None or papers.generation.made_with != ingredients.made_with:
            continue
        with suppress(IndexGoneError):
            for segment in papers.generation.segments:
                store.check(segment.name)
            return _retriever(ingredients, papers)
    raise IndexStoreError(REMOVED)


def _retriever(ingredients: Ingredients, papers: Papers) -> PaperRetriever:
    folder, generation = ingredients.settings.collection_folder, papers.generation
    rarity = LetterRarity.from_bytes(generation.letters)
    words = open_words(folder / WORDS, len(papers))
    # Of what is on disk, in which words are counted: with all that was ever indexed they would grow rarer each time.
    tokens = round(generation.tokens * words.papers / max(1, generation.documents))
    lexical = LexicalIndex(words, words.papers, tokens, rarity)
    prepared = read_prepared(shipped_file(PREPARED_FILE), papers, ())
    return PaperRetriever(
        store=ingredients.store,
        embedder=ingredients.embedder,
        collection=CollectionPassages(papers),
        lexical=lexical,
        glossary=ingredients.glossary,
        everyday=read_everyday_words(lexical.knows),
        expansion_queries=ingredients.written_for(papers),
        further_queries=queries_of(prepared, lambda way: in_english(way, ingredients.glossary)),
        questions_file=folder / QUESTIONS_FILE,
    )


def build_benchmark_retriever(
    settings: Settings, progress: Progress, note: Note, papers: Iterable[Paper], collection: str
) -> PaperRetriever:
    """A retriever over papers that are no collection of the reader's, indexed under a name of their own."""
    named = settings.model_copy(update={"collection": collection})
    return build_retriever(named, progress, note, readings=(Reading(OWN, lambda: papers, whole=True),))


def build_answerer(
    settings: Settings,
    progress: Progress = no_progress,
    note: Note = print,
    *,
    wait: bool = True,
    shared: SharedParts | None = None,
) -> LocalAnswerer:
    """An answerer ready for questions, with parts of its own or those that it shares.

    With `wait` false no model is loaded yet: the embedding model is by `warm_up` or the first
    question, the language model by `load_in_background`. A language model that cannot
    be had is no failure: quotes answer, and `models.note` says why.
    """
    parts = shared or open_shared(settings, progress, note)
    if wait:
        parts.language_models.load()
    retriever = build_retriever(settings, progress, note, parts.embedder, store=parts.store)
    answerer = LocalAnswerer(
        retriever,
        parts.language_models.current,
        parts.language_models,
        settings.unsupported,
        settings.answer_from,
        reopen=partial(find_retriever, settings, retriever.store, retriever.embedder),
        reader=parts.reader,
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
