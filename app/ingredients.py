"""What a collection is indexed and searched with, and the one way in which it is brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from app.collection import DEFAULT, put_own_file_aside
from app.settings import Settings
from retrieval.ingest import Questions, Reading, Report, made_with, update_collection
from retrieval.lexical.glossary import Glossary, read_glossary
from retrieval.models.embedder import Embedder
from retrieval.models.embedding import open_embedder
from retrieval.papers.papers import Papers
from retrieval.questions.expansion import expansion_queries_for, texts_of
from retrieval.questions.labelled import LabelledQuestion, read_labelled_questions
from retrieval.shipped import default_questions_file, shipped_file
from retrieval.stores.base import VectorStore
from retrieval.stores.opening import open_store
from retrieval.types import ExpansionQuery, Progress
from retrieval.vectors.embedding import Embeds

Note = Callable[[str], None]


class Ingredients:
    """What a collection is indexed and searched with, besides its papers."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None, store: VectorStore | None = None) -> None:
        self.settings = settings
        self.embedder = embedder or open_embedder(settings.embedding)
        token = settings.chroma_token.get_secret_value() if settings.chroma_token else None
        self.store = store or open_store(settings.chroma, token)

    @cached_property
    def glossary(self) -> Glossary:
        return read_glossary(shipped_file("glossary.zh-en.tsv"))

    @cached_property
    def questions(self) -> tuple[LabelledQuestion, ...]:
        """The questions written for papers of the default collection; for others there are none."""
        default = self.settings.collection == DEFAULT
        return read_labelled_questions(default_questions_file("train.jsonl")) if default else ()

    @cached_property
    def texts(self) -> Questions:
        """What is indexed by words of the questions, by the paper's id."""
        return texts_of(self.questions, self.glossary)

    @property
    def made_with(self) -> str:
        """What a generation has to be made with to be searched with these."""
        return made_with(self.embedder, self.texts, self.store.places)

    def written_for(self, papers: Papers) -> dict[str, tuple[ExpansionQuery, ...]]:
        """The questions written for those of the papers that have some, by the paper's id."""
        named = {paper_id for question in self.questions for paper_id in question.papers}
        return expansion_queries_for(papers.of(named).values(), self.questions, self.glossary)


def updated(
    ingredients: Ingredients,
    readings: tuple[Reading, ...],
    progress: Progress,
    note: Note,
    embeds: Embeds | None = None,
    removed: Iterable[str] = (),
) -> tuple[Papers, Report]:
    """The collection of the settings with what is read, and without what is `removed`, and a report of that.

    Raises `CorpusError`, `ModelError`, `IndexStoreError`.
    """
    settings = ingredients.settings
    updated = update_collection(
        settings.collection_folder,
        settings.collection,
        readings,
        ingredients.embedder,
        ingredients.store,
        questions=ingredients.texts,
        lock_file=settings.home / "index.lock",
        removed=removed,
        embeds=embeds,
        progress=progress,
        note=note,
    )
    if told := put_own_file_aside(settings):
        note(told)
    return updated
