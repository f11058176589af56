"""A reader's own papers into a collection, whatever they come as; and a source that the collection follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing

from app.adding_run import MayRemove, Run, Synced, check_changeable
from app.collection import no_such_collection, readings_of
from app.ingredients import Ingredients, Note, updated
from app.settings import Settings
from retrieval.adding.adding import Told, never, nobody
from retrieval.adding.report import AddReport
from retrieval.adding.request import AddRequest
from retrieval.ingest import Reading, Report
from retrieval.models.embedder import Embedder
from retrieval.papers.papers import Papers, open_papers
from retrieval.stores.base import VectorStore
from retrieval.types import Progress, no_progress


def add_papers(
    settings: Settings,
    request: AddRequest,
    progress: Progress = no_progress,
    note: Note = print,
    told: Told = nobody,
    stop: Callable[[], bool] = never,
    embedder: Embedder | None = None,
    store: VectorStore | None = None,
) -> AddReport:
    """Add what is asked for to the settings' collection, all at once, made where there is none; says what became of it.

    `told` is told of each thing as it is decided; where `stop` gives true the run ends and nothing is changed. Raises
    `AddingStoppedError` then, and `InputError` for the collection that ships with the program, for nothing to add, and
    with `strict` for the first thing that cannot be read.
    """
    return _adding_run(settings, progress, note, told, stop, embedder, store).add(request)


def sync_papers(
    settings: Settings,
    source: str,
    progress: Progress = no_progress,
    note: Note = print,
    told: Told = nobody,
    stop: Callable[[], bool] = never,
    may_remove: MayRemove = lambda count, of: False,
) -> Synced:
    """Bring the settings' collection up to date with a folder or a Zotero library: what is new or changed there is
    added, and what it gave before and has no longer is removed.

    Where 25 papers or more, and a quarter of the source's, would go, or the source is empty, `may_remove` is asked.
    Where anything of the source cannot be read none is removed. Raises `InputError` as `add_papers` does.
    """
    return _adding_run(settings, progress, note, told, stop).sync(source, may_remove)


def remove_papers(settings: Settings, ids: Iterable[str], progress: Progress = no_progress, note: Note = print) -> int:
    """Remove papers from the settings' collection; gives how many of the ids were there.

    Raises `CorpusError` where there is no such collection, `InputError` for the one that ships with the program.
    """
    check_changeable(settings)
    if (papers := open_papers(settings.collection_folder)) is None:
        raise no_such_collection(settings)
    with closing(papers):
        there = tuple(papers.numbers_of(ids))
    if there:
        updated(Ingredients(settings), readings_of(settings), progress, note, removed=there)
    return len(there)


def _adding_run(
    settings: Settings,
    progress: Progress,
    note: Note,
    told: Told,
    stop: Callable[[], bool],
    embedder: Embedder | None = None,
    store: VectorStore | None = None,
) -> Run:
    def update(readings: Sequence[Reading], watched: Progress) -> tuple[Papers, Report]:
        return updated(Ingredients(settings, embedder, store), tuple(readings), watched, note)

    return Run(settings, update, progress, told, stop)
