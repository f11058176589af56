"""The model of the moment: loaded behind the scenes, exchanged when a stronger one is ready, never a failure."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.answering.models.catalogue import CATALOGUE
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels, Underway
from app.answering.models.model_choice import Choice
from app.answering.models.scripted import ScriptedLLM
from app.build import build_answerer
from app.notices.notice import Notice, said
from app.settings import Settings
from retrieval.errors import InputError, ModelError
from retrieval.types import Progress

NAME = CATALOGUE[0].name
Until = Callable[[Callable[[], bool], float], float]


class Shelf:
    """Opens and fetches as told, each when its gate is open."""

    def __init__(self, choice: Choice, error: BaseException | None = None) -> None:
        self.choice, self.error = choice, error
        self.fetched: list[str] = []
        self.gate = threading.Event()
        self.fetches: threading.Event | None = None
        self.notes: list[str] = []
        self.models = LanguageModels(
            lambda: self.choice, self.open, fetch=self.fetch, may_fetch=True, note=self.notes.append
        )

    def open(self, name: str, progress: Progress) -> LanguageModel:
        if self.fetches:
            progress(Notice("fetching_mb", name=name), 3, 10)
            assert self.fetches.wait(10)
        progress(Notice("loading", name=name), 0, 1)
        assert self.gate.wait(10)
        if self.error:
            raise self.error
        return LanguageModel(ScriptedLLM(replies=["x"]), name)

    def fetch(self, name: str, progress: Progress) -> Path:
        self.fetched.append(name)
        progress(f"Fetching {name} (MB)", 3, 10)
        assert self.gate.wait(10)
        return Path("x")


def test_a_model_that_is_chosen_and_not_here_is_told_as_being_fetched(until: Until) -> None:
    shelf = Shelf(Choice(NAME, "as set"))
    shelf.fetches = threading.Event()
    shelf.models.load_in_background()
    until(lambda: shelf.models.underway == Underway(NAME, f"Fetching {NAME} (MB)", 3, 10), 5)
    shelf.fetches.set()
    until(lambda: shelf.models.underway == Underway(NAME, f"Loading {NAME}", 0, 1), 5)
    assert shelf.models.underway and said(shelf.models.underway.label, "zh") == f"正在载入 {NAME}"
    shelf.gate.set()
    until(lambda: shelf.models.current().name == NAME, 5)


def test_until_a_model_is_loaded_there_is_a_note(until: Until) -> None:
    shelf = Shelf(Choice(NAME, "as set"))
    shelf.models.load_in_background()
    assert shelf.models.underway is not None, "the page looks again only while something is underway"
    assert shelf.models.current().chat is None and shelf.models.current().note
    until(lambda: shelf.models.underway != Underway("", "Looking for a language model"), 5)
    assert shelf.models.current() == LanguageModel(note=f"{NAME} is still loading, so these are the quotes.")
    assert shelf.models.underway and shelf.models.underway.name == NAME
    shelf.gate.set()
    until(lambda: shelf.models.current().chat is not None, 5)
    until(lambda: shelf.models.underway is None, 5)
    assert (shelf.models.current().name, shelf.models.current().note) == (NAME, None)


def test_a_model_waits_for_the_one_that_every_answer_needs(until: Until) -> None:
    shelf, first = Shelf(Choice(NAME, "as set")), threading.Event()
    shelf.gate.set()
    shelf.models.load_in_background(after=first.wait)
    until(lambda: shelf.models.underway == Underway(NAME, f"Loading {NAME}"), 5)
    assert shelf.models.current().note == f"{NAME} is still loading, so these are the quotes."
    first.set()
    until(lambda: shelf.models.current().name == NAME, 5)


def test_where_none_is_chosen_there_is_nothing_to_note() -> None:
    shelf = Shelf(Choice(None, "none is here"))
    shelf.models.load()
    assert shelf.models.current() == LanguageModel() and shelf.notes == []


def test_what_stood_against_a_better_choice_is_noted() -> None:
    shelf = Shelf(Choice(None, "none is here", failure="The server is down."))
    shelf.models.load()
    assert shelf.models.current().note == "The server is down. These are the quotes."
    assert shelf.notes == ["The server is down."]


def test_a_model_that_cannot_be_had_is_a_note() -> None:
    shelf = Shelf(Choice(NAME, "as set"), ModelError("It is broken."))
    shelf.gate.set()
    shelf.models.load()
    assert shelf.models.current() == LanguageModel(note="It is broken. These are the quotes.")
    assert shelf.notes == ["It is broken."] and shelf.models.underway is None


class Panic(BaseException):
    """What a failure in the Rust core of a library is."""


UNFORESEEN = (
    AttributeError("partially initialized module 'torch' has no attribute 'Tensor'\nand more."),
    MemoryError(),
    Panic("called `Option::unwrap()` on a `None` value"),
)


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_a_failure_that_nobody_foresaw_is_said_in_one_sentence(
    error: BaseException, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf(Choice(NAME, "as set"), error)
    shelf.gate.set()
    shelf.models.load_in_background()
    until(lambda: shelf.models.underway is None, 5)
    (sentence,) = shelf.notes
    assert sentence.startswith(f"The language model could not be loaded ({type(error).__name__}: ")
    assert "\n" not in sentence and "and more" not in sentence
    assert shelf.models.current() == LanguageModel(note=f"{sentence} These are the quotes.")
    assert "Traceback" in caplog.text and type(error).__name__ in caplog.text


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_so_is_one_while_a_stronger_model_is_fetched(error: BaseException, until: Until) -> None:
    shelf = Shelf(Choice("smollm2", "as set"))
    shelf.gate.set()
    shelf.models.load()
    shelf.error = error
    shelf.models.fetch(NAME)
    until(lambda: shelf.models.underway is None and shelf.models.failure is not None, 5)
    assert shelf.models.failure and shelf.models.failure.startswith("The language model could not be loaded")
    assert shelf.notes == [shelf.models.failure] and shelf.models.current().name == "smollm2"


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit])
def test_who_ends_the_program_ends_it(ending: type[BaseException]) -> None:
    shelf = Shelf(Choice(NAME, "as set"), ending())
    shelf.gate.set()
    with pytest.raises(ending):
        shelf.models.load()
    assert shelf.notes == []


def test_a_stronger_one_is_fetched_and_writes_for_who_chose_it(until: Until) -> None:
    shelf = Shelf(Choice(None, "none is here"))
    shelf.models.load()
    assert shelf.models.fetch("qwen3-0.6b") is True
    until(lambda: shelf.models.underway == Underway(NAME, f"Fetching {NAME} (MB)", 3, 10), 5)
    assert shelf.models.chosen(NAME) == LanguageModel(), "until it is ready nothing changes"
    assert shelf.models.fetch(CATALOGUE[1].name) is False, "one at a time"
    shelf.gate.set()
    until(lambda: shelf.models.chosen(NAME).name == NAME and shelf.models.underway is None, 5)
    assert shelf.fetched == [NAME]
    assert [offer.at_work for offer in shelf.models.offers(NAME)] == [False, True, False, False]
    assert shelf.models.current() == shelf.models.chosen("") == shelf.models.chosen("evil") == LanguageModel()
    assert not any(offer.at_work for offer in shelf.models.offers()), "for the others nothing has changed"
    assert shelf.models.fetch(NAME) is True and shelf.fetched == [NAME], "it is there"


def test_what_is_chosen_makes_room_for_what_is_chosen_later(until: Until) -> None:
    shelf = Shelf(Choice("smollm2", "as set"))
    shelf.models._memory_gb = lambda: 6.0
    shelf.gate.set()
    shelf.models.load()
    names = [model.name for model in CATALOGUE[:2]]
    for name in names:
        shelf.models.fetch(name)
        until(lambda: shelf.models.underway is None, 5)
    assert [shelf.models.chosen(name).name for name in names] == names, "0.5 + 1.5 + 4 GB"
    shelf.models.fetch(CATALOGUE[2].name)
    until(lambda: shelf.models.underway is None, 5)
    names.append(CATALOGUE[2].name)
    assert [shelf.models.chosen(name).name for name in names] == ["smollm2", "smollm2", CATALOGUE[2].name]


def test_what_ships_is_put_to_work_without_fetching_and_quotes_come_back_at_once(until: Until) -> None:
    shelf = Shelf(Choice(None, "none is here"))
    shelf.gate.set()
    shelf.models.load()
    first, *_ = shelf.models.offers()
    assert (first.model.name, first.here, first.at_work) == ("smollm2", True, False)
    shelf.models.fetch("smollm2")
    until(lambda: shelf.models.chosen("smollm2").name == "smollm2" and shelf.models.underway is None, 5)
    assert shelf.fetched == []
    assert shelf.models.fetch("none") is True and shelf.models.chosen("none") == LanguageModel()


def test_a_fetch_that_fails_leaves_the_model_that_is_at_work(until: Until) -> None:
    shelf = Shelf(Choice("smollm2", "as set"))
    shelf.gate.set()
    shelf.models.load()
    shelf.error = ModelError("The disk is full.")
    shelf.models.fetch(NAME)
    until(lambda: shelf.models.failure is not None, 5)
    assert shelf.models.failure == "The disk is full." and shelf.models.current().name == "smollm2"
    shelf.error = None
    until(lambda: shelf.models.fetch(NAME), 5)
    assert shelf.models.failure is None


def test_only_the_catalogue_is_fetched_and_only_where_readers_may() -> None:
    shelf = Shelf(Choice(None, ""))
    with pytest.raises(InputError, match="The catalogue has no model"):
        shelf.models.fetch("evil/model")
    closed = LanguageModels(lambda: shelf.choice, shelf.open, fetch=shelf.fetch)
    with pytest.raises(InputError, match="Models are not fetched from here"):
        closed.fetch(NAME)
    with pytest.raises(InputError, match="Models are not fetched from here"):
        closed.fetch("none")
    assert closed.offers() == () and shelf.fetched == []


def test_settings_say_whether_readers_may(tmp_path: Path) -> None:
    papers = tmp_path / "p.jsonl"
    papers.write_text('{"id": "a", "title": "On whales", "abstract": "Whales sing."}')
    options: dict[str, Any] = {"papers": papers, "embedding": "hash", "llm": "none"}
    for host, offered in (("127.0.0.1", 4), ("0.0.0.0", 0)):
        answerer = build_answerer(Settings(home=tmp_path / "h", host=host, **options), note=lambda sentence: None)
        assert answerer.language_models and len(answerer.language_models.offers()) == offered
