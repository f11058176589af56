"""The composition root: from settings to a ready `Answerer`."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from app.answering.abstention import MODEL_FILE, Answerability, read_answerability
from app.answering.answerer import Models
from app.answering.chain import AnswerChain, Unsupported
from app.answering.events import Answer, Done, Event, Failed
from app.answering.llm import check_name, describe, open_llm
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.models.model_choice import NONE, choose_model, prompt_for
from app.answering.question import Question, checked_question
from app.answering.sources import papers_best_first
from app.answering.support import MODEL_FILE as SUPPORT_FILE
from app.answering.support import SupportCheck, read_support
from app.settings import Settings
from retrieval.corpus import (
    as_line,
    checked_filters,
    default_questions_file,
    facets_of,
    merged,
    read_papers,
    shipped_file,
)
from retrieval.embedding import Embedder, open_embedder
from retrieval.errors import CorpusError, InputError, PaperbackedError
from retrieval.evaluation.questions import read_questions
from retrieval.glossary import Glossary, read_glossary
from retrieval.ingest import ensure_index
from retrieval.lexical import LexicalIndex
from retrieval.retriever import PaperRetriever
from retrieval.store import ChromaStore
from retrieval.types import Facets, Filters, Paper, Passage, Progress, WrittenQuestion, no_progress
from retrieval.written import all_texts, embedded_texts, written_for

Note = Callable[[str], None]


class LocalAnswerer:
    """Answers from one collection; the `Answerer` that surfaces are given."""

    def __init__(
        self,
        papers: tuple[Paper, ...],
        retriever: PaperRetriever,
        language_model: Callable[[], LanguageModel],
        language_models: LanguageModels | None = None,
        unsupported: Unsupported = "show",
    ) -> None:
        self.language_models = language_models
        self._papers = papers
        self._by_id = {paper.id: paper for paper in papers}
        self._facets = facets_of(papers)
        self._retriever = retriever
        self._language_model = language_model
        answerability = Answerability(read_answerability(shipped_file(MODEL_FILE)), retriever)
        support = SupportCheck(read_support(shipped_file(SUPPORT_FILE)), papers, retriever.embedder)
        self._chain = AnswerChain(
            retriever, answerability, language_model, support, papers=papers, unsupported=unsupported
        )

    @property
    def papers(self) -> tuple[Paper, ...]:
        return self._papers

    @property
    def facets(self) -> Facets:
        return self._facets

    @property
    def retriever(self) -> PaperRetriever:
        return self._retriever

    @property
    def models(self) -> Models:
        model = self._language_model()
        return Models(self._retriever.embedder.description, model.name if model.chat else None, model.note)

    def stream(self, question: Question) -> Generator[Event]:
        try:
            filters = checked_filters(question.filters, self._facets)
        except PaperbackedError as error:
            yield Failed(str(error))
            return
        yield from self._chain.stream(Question(question.text, question.history, filters))

    def ask(self, question: Question) -> Answer:
        checked_filters(question.filters, self._facets)
        for event in self.stream(question):
            match event:
                case Done(answer):
                    return answer
                case Failed(message):
                    raise PaperbackedError(message)
                case _:
                    pass
        raise AssertionError("the chain ended without Done or Failed")

    def warm_up(self) -> None:
        """Load now what the first question would otherwise wait for. Raises `ModelError` or `IndexStoreError`."""
        self._retriever.embedder.load()
        self._retriever.questions("", ())

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        text = checked_question(query).text
        passages = self._retriever.passages(text, checked_filters(filters, self._facets), top)
        return papers_best_first(passages)

    def paper(self, paper_id: str) -> Paper | None:
        return self._by_id.get(paper_id)

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        if (paper := self.paper(paper_id)) is None:
            raise InputError(f"There is no paper {paper_id[:80]!r} in the collection.")
        return tuple(self._retriever.similar(paper, top))


def collection_papers(settings: Settings) -> tuple[Paper, ...]:
    """The collection's papers: the shipped ones for "default", and those ingested into it.

    Raises `CorpusError` where there is no such collection.
    """
    files = [settings.papers] if settings.collection == "default" else []
    files += [settings.own_papers] if settings.own_papers.is_file() else []
    if not files:
        existing = sorted({"default", *(file.stem for file in settings.own_papers.parent.glob("*.jsonl"))})
        raise CorpusError(
            f"There is no collection {settings.collection!r}: "
            f"choose from {', '.join(existing)}, or ingest papers into it."
        )
    return merged(read_papers(file) for file in files)


def check_filters(settings: Settings, filters: Filters) -> None:
    """Raise `InputError` where a filter names a value that the collection lacks, before anything slow begins."""
    checked_filters(filters, facets_of(collection_papers(settings)))


def ingest_papers(
    settings: Settings, files: Sequence[Path], progress: Progress = no_progress, note: Note = print
) -> int:
    """Add the files' papers to the settings' collection and index it; gives how many papers it now has.

    All files are read and checked before anything is written.
    """
    incoming = [read_papers(file) for file in files]
    if incoming:
        kept = [read_papers(settings.own_papers)] if settings.own_papers.is_file() else []
        _write_atomically(settings.own_papers, "".join(f"{as_line(paper)}\n" for paper in merged([*kept, *incoming])))
    papers = collection_papers(settings)
    build_retriever(settings, papers, progress, note)
    return len(papers)


def _write_atomically(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise CorpusError(
            f"The folder {path.parent} cannot be written ({error.strerror}): set PAPERBACKED_HOME to a folder of yours."
        ) from error


def build_retriever(
    settings: Settings,
    papers: tuple[Paper, ...],
    progress: Progress = no_progress,
    note: Note = print,
    embedder: Embedder | None = None,
) -> PaperRetriever:
    """A retriever over the papers' index, which is built first where there is none."""
    embedder = embedder or open_embedder(settings.embedding)
    store = ChromaStore(settings.chroma)
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    written = written_questions(papers, settings.collection, glossary)
    index = ensure_index(
        papers,
        embedder,
        store,
        collection=settings.collection,
        lock_file=settings.home / "index.lock",
        questions=embedded_texts(written),
        progress=progress,
        note=note,
    )
    return PaperRetriever(
        store=store,
        embedder=embedder,
        index=index,
        lexical=LexicalIndex(papers, all_texts(written)),
        glossary=glossary,
        written=written,
    )


def written_questions(
    papers: Iterable[Paper], collection: str, glossary: Glossary
) -> dict[str, tuple[WrittenQuestion, ...]]:
    """The questions written for the papers of the default collection, by the paper's id; others have none."""
    if collection != "default":
        return {}
    return written_for(papers, read_questions(default_questions_file("train.jsonl")), glossary)


def indexed_questions(settings: Settings, papers: Iterable[Paper]) -> dict[str, list[str]]:
    """What the index of the settings' collection holds of the written questions, by the paper's id."""
    glossary = read_glossary(shipped_file("glossary.zh-en.tsv"))
    return embedded_texts(written_questions(papers, settings.collection, glossary))


def build_benchmark_retriever(
    settings: Settings, progress: Progress, note: Note, papers: tuple[Paper, ...], collection: str
) -> PaperRetriever:
    """A retriever over papers that are no collection of the reader's, indexed under a name of their own."""
    return build_retriever(settings.model_copy(update={"collection": collection}), papers, progress, note)


def build_answerer(
    settings: Settings, progress: Progress = no_progress, note: Note = print, *, wait: bool = True
) -> LocalAnswerer:
    """An answerer ready for questions.

    With `wait` false the language model is loaded in the background, and until it is
    there questions are answered with quotes; the embedding model is loaded by
    `warm_up`, or by the first question. A language model that cannot be had is no
    failure: quotes answer, and `models.note` says why.
    """
    language_models = build_language_models(settings, progress, note)
    if wait:
        language_models.load()
    else:
        language_models.load_in_background()
    papers = collection_papers(settings)
    retriever = build_retriever(settings, papers, progress, note)
    answerer = LocalAnswerer(papers, retriever, language_models.current, language_models, settings.unsupported)
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
