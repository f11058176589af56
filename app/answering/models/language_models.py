"""The language model at work, loaded in the background, and those that readers choose for themselves meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.answering.models.catalogue import OFFERED, SHIPPED, CatalogueModel, catalogue_model, machine_memory_gb
from app.answering.models.language_model import LanguageModel
from app.answering.models.model_choice import NONE, Choice
from app.answering.models.opening import told_as
from app.notices.notice import Notice
from retrieval.errors import InputError, PaperbackedError, one_line
from retrieval.models.hub import cached_model, fetch_model
from retrieval.types import Progress, no_progress

_log = logging.getLogger("paperbacked.models")


@dataclass(frozen=True, slots=True)
class Underway:
    """A model on its way: `label`, a `Notice`, says what is being done, `done` of `total` how far it has come."""

    name: str
    label: str
    done: int = 0
    total: int = 1


@dataclass(frozen=True, slots=True)
class Offer:
    """A model of the catalogue and how it stands on this machine."""

    model: CatalogueModel
    here: bool
    at_work: bool


class LanguageModels:
    """Gives the model of the moment; until one is ready, and where none can be had, a note says why.

    A model that a reader chooses is open beside it and writes for those who chose it, and for nobody else.

    `choose` says which one is meant, `open_model` loads it, `fetch` brings one of the hub here.
    `may_fetch` says whether readers may have gigabytes fetched: those who sit at this machine.
    """

    def __init__(
        self,
        choose: Callable[[], Choice],
        open_model: Callable[[str, Progress], LanguageModel],
        *,
        fetch: Callable[[str, Progress], object] = fetch_model,
        may_fetch: bool = False,
        progress: Progress = no_progress,
        note: Callable[[str], None] = print,
        memory_gb: Callable[[], float] = machine_memory_gb,
    ) -> None:
        self._choose = choose
        self._open = open_model
        self._fetch = fetch
        self._may_fetch = may_fetch
        self._progress = progress
        self._note = note
        self._memory_gb = memory_gb
        self._current = LanguageModel()
        self._chosen: dict[str, LanguageModel] = {}
        self._underway: Underway | None = None
        self._starting = threading.Lock()
        self.failure: str | None = None
        """Why the last model that was fetched is not at work."""

    def current(self) -> LanguageModel:
        """The model to answer with now, for whoever has chosen none."""
        return self._current

    def chosen(self, name: str) -> LanguageModel:
        """The model that a reader has chosen, "none" for quotes; the one at work where it is not open, or "" chosen."""
        if name == NONE:
            return LanguageModel()
        return self._chosen.get(name, self._current)

    @property
    def underway(self) -> Underway | None:
        """The model that is being fetched or loaded, None where none is."""
        return self._underway

    def offers(self, chosen: str = "") -> tuple[Offer, ...]:
        """What ships and the catalogue, smallest first, where readers may choose. Looks into the hub's cache.

        At work is what the reader has chosen.
        """
        if not self._may_fetch:
            return ()
        at_work = self.chosen(chosen).name
        return tuple(Offer(model, _is_here(model.name), model.name == at_work) for model in OFFERED)

    def load(self, after: Callable[[], object] = lambda: None) -> None:
        """Choose, wait until `after` returns, and load, now. What cannot be had becomes the note of the answers."""
        try:
            self._current = self._loaded(self._choose(), after)
        except (KeyboardInterrupt, SystemExit):
            raise
        # A panic in the Rust core of a library is no Exception.
        except BaseException as error:
            sentence = _reason(error)
            self._current = LanguageModel(note=Notice("model_missing", reason=sentence))
            self._note(sentence)
        finally:
            self._underway = None

    def _loaded(self, choice: Choice, after: Callable[[], object]) -> LanguageModel:
        if choice.failure:
            self._note(choice.failure)
        if choice.name is None:
            return LanguageModel(note=Notice("model_missing", reason=choice.failure) if choice.failure else None)
        self._current = LanguageModel(note=Notice("model_loading", name=choice.name))
        self._underway = Underway(choice.name, Notice("loading", name=choice.name))
        after()
        return self._open(choice.name, self._reporting(choice.name, self._progress))

    def load_in_background(self, after: Callable[[], object] = lambda: None) -> None:
        """`load` on a thread of its own."""
        self._current = LanguageModel(note=Notice("model_looked_for"))
        self._underway = Underway("", Notice("looking"))
        threading.Thread(target=self.load, args=(after,), name="load-language-model", daemon=True).start()

    def fetch(self, name: str) -> bool:
        """Begin to fetch a model that is offered; once it is ready it writes for those who have chosen it.

        False where another model is underway. Raises `InputError` where the catalogue has none
        of that name, and where readers may not.
        """
        if not self._may_fetch:
            raise InputError("Models are not fetched from here: run `paperbacked models get` at the server.")
        model = None if name == NONE else catalogue_model(name)
        if model is None or model.name in (self._current.name, *self._chosen):
            self.failure = None
            return True
        with self._starting:
            if self._underway is not None:
                return False
            self._underway = Underway(model.name, Notice("fetching", name=model.name))
        self.failure = None
        threading.Thread(target=self._fetch_and_open, args=(model,), name="get-model", daemon=True).start()
        return True

    def _fetch_and_open(self, model: CatalogueModel) -> None:
        name = model.name
        try:
            report = self._reporting(name, no_progress)
            if not _is_here(name):
                self._fetch(name, told_as(Notice("fetching_mb", name=name), report))
            self._make_room(model)
            self._chosen[name] = self._open(name, report)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            self.failure = _reason(error)
            self._note(self.failure)
        finally:
            self._underway = None

    def _make_room(self, model: CatalogueModel) -> None:
        """Give up chosen models, the oldest first, until this one fits into memory beside the others."""
        needed = {one.name: one.memory_gb for one in OFFERED}
        while self._chosen:
            names = (self._current.name, *self._chosen)
            if model.memory_gb + sum(needed.get(name or "", 0) for name in names) <= self._memory_gb():
                return
            self._chosen.pop(next(iter(self._chosen)))

    def _reporting(self, name: str, also: Progress) -> Progress:
        def report(label: str, done: int, total: int) -> None:
            self._underway = Underway(name, label, done, total)
            also(label, done, total)

        return report


def _reason(error: BaseException) -> str:
    """Why there is no model, in one sentence; of what nobody foresaw the log has the traceback."""
    if isinstance(error, PaperbackedError):
        return str(error)
    _log.error("A language model could not be loaded.", exc_info=error)
    return f"The language model could not be loaded ({one_line(error)}): start the program again, or choose another."


def _is_here(name: str) -> bool:
    return name == SHIPPED.name or cached_model(name) is not None
