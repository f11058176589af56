"""The collection is indexed anew beside a running answerer: papers, filters and answers switch together."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app import server
from app.answering.answer import Answer
from app.answering.citation import Citation
from app.answering.events import Done, Event, Failed, Quotes, Sources, Status, name_of
from app.answering.question import checked_question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.build import LocalAnswerer, build_answerer, build_retriever, find_retriever, ingest_papers
from app.collection import collection_papers
from app.server import _following
from app.settings import Settings, read_settings
from app.surfaces.page.sections import Sections
from app.surfaces.ui_strings import ui_strings
from retrieval.errors import IndexStoreError, PaperbackedError
from retrieval.models.embedder import HashEmbedder
from retrieval.stores.chroma import ChromaStore
from retrieval.stores.opening import open_store
from retrieval.types import Filters

ROOT = Path(__file__).parents[2]
FIRST = {"id": "whales", "title": "On whales", "abstract": "Whales migrate towards warmer oceans. They sing."}
SECOND = {"id": "owls", "title": "On owls", "abstract": "Owls hunt at night.", "organisation": "Zoo"}
THIRD = {"id": "eels", "title": "On eels", "abstract": "Eels swim to the Sargasso Sea.", "organisation": "Sea"}
SWITCHES = 5
WHALES, OWLS = "Do whales migrate towards warmer oceans?", "Do owls hunt at night?"


def write(path: Path, *records: dict[str, str]) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings over a papers file of one paper, which builds at once."""
    papers = write(tmp_path / "papers.jsonl", FIRST)
    return read_settings(home=tmp_path / "mine", papers=papers, embedding="hash", llm="none")


@pytest.fixture
def answerer(settings: Settings) -> LocalAnswerer:
    return build_answerer(settings, note=quiet)


@pytest.fixture
def ingest(settings: Settings, tmp_path: Path) -> Callable[..., None]:
    """`ingest(SECOND)`: the paper is added to the collection, by this process."""

    def ingested(*records: dict[str, str]) -> None:
        ingest_papers(settings, [write(tmp_path / f"{records[0]['id']}.jsonl", *records)], note=quiet)

    return ingested


def quiet(sentence: str) -> None:
    """A note that nobody reads."""


def ask(answerer: LocalAnswerer, question: str, **more: Any) -> Answer:
    return answerer.ask(checked_question(question, facets=answerer.facets, **more))


def assert_all_is_known(answerer: LocalAnswerer, answer: Answer) -> None:
    for paper in (*(citation.paper for citation in answer.citations), *(source.paper for source in answer.sources)):
        assert answerer.paper(paper.id) == paper


def test_what_was_ingested_is_cited_and_known(answerer: LocalAnswerer, ingest: Callable[..., None]) -> None:
    assert ask(answerer, WHALES).status == "answered"
    ingest(SECOND)
    answer = ask(answerer, OWLS)
    assert [citation.paper.id for citation in answer.citations] == ["owls"]
    assert_all_is_known(answerer, answer)
    assert [paper.id for paper in answerer.papers] == ["whales", "owls"]
    assert answerer.facets.organisations == {"Zoo": 1}
    assert answer.note is None
    narrowed = ask(answerer, OWLS, filters=Filters(organisations=("zoo",)))
    assert {source.paper.id for source in narrowed.sources} == {"owls"}
    assert "2 papers" in ask(answerer, "How many papers are there?").answer


def test_collections_that_answered_before_are_let_go(answerer: LocalAnswerer, ingest: Callable[..., None]) -> None:
    """A server runs for months, and each of them has files open that may long be removed."""
    first = weakref.ref(answerer.papers)
    gc.collect()
    gc.disable()
    try:
        for record in (SECOND, THIRD):
            ingest(record)
            assert ask(answerer, WHALES).status == "answered"
        assert first() is None
    finally:
        gc.enable()


def test_a_store_that_holds_much_that_was_replaced_is_opened_anew(
    answerer: LocalAnswerer, ingest: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It keeps in memory what it read of segments that another process removed."""
    store = answerer.retriever.store
    assert isinstance(store, ChromaStore)
    reopen, reopened = store.reopen, list[int]()
    monkeypatch.setattr(store, "reopen", lambda: (reopened.append(1), reopen()))
    for record in (SECOND, THIRD):
        ingest(record)
        assert ask(answerer, WHALES).status == "answered"
    assert reopened


def test_a_filter_that_goes_with_the_old_collection_finds_nothing(
    answerer: LocalAnswerer, ingest: Callable[..., None]
) -> None:
    """The question was made of the collection as it was; its answer fails no reader half way."""
    ingest(SECOND)
    ask(answerer, OWLS)
    question = checked_question(OWLS, filters=Filters(organisations=("Zoo",)), facets=answerer.facets)
    ingest(SECOND | {"organisation": "Sea"})
    *_, last = answerer.stream(question)
    assert isinstance(last, Done) and (last.answer.status, last.answer.sources) == ("abstained", ())
    assert answerer.facets.organisations == {"Sea": 1}


def quotes_of(table: PaperTable) -> list[Citation]:
    return [quote for row in table.rows for quote in row.cells.values() if quote]


@pytest.mark.parametrize(
    "first",
    [
        lambda answerer: answerer.search("owls hunt at night"),
        lambda answerer: answerer.similar("whales"),
        lambda answerer: answerer.follow(),
        lambda answerer: quotes_of(answerer.compare(CompareRequest(("whales", "owls"), OWLS))),
    ],
)
def test_whatever_is_asked_first_sees_it(
    answerer: LocalAnswerer, ingest: Callable[..., None], first: Callable[[LocalAnswerer], Any]
) -> None:
    answerer.warm_up()
    ingest(SECOND)
    found = first(answerer)
    assert found is None or "owls" in {passage.paper.id for passage in found}
    assert "owls" in answerer.papers and answerer.paper("owls")


def test_a_paper_that_was_rewritten_is_quoted_as_it_is_now(
    answerer: LocalAnswerer, ingest: Callable[..., None]
) -> None:
    assert ask(answerer, WHALES).citations[0].quote == "Whales migrate towards warmer oceans."
    ingest(FIRST | {"abstract": "Whales migrate towards colder oceans."})
    answer = ask(answerer, WHALES)
    assert answer.citations[0].quote == "Whales migrate towards colder oceans."
    assert_all_is_known(answerer, answer)
    assert answer.note is None


def events_around(answerer: LocalAnswerer, stop_after: type, meanwhile: Callable[[], None]) -> list[Event]:
    """All events of a question; `meanwhile` happens after the first of that kind."""
    events: list[Event] = []
    stream: Generator[Event] = answerer.stream(checked_question(WHALES))
    for event in stream:
        events.append(event)
        if isinstance(event, stop_after) and meanwhile is not None:
            meanwhile()
            stop_after = Failed
    return events


@pytest.mark.parametrize("stop_after", [Status, Sources, Quotes])
def test_a_question_that_is_under_way_ends_well(
    answerer: LocalAnswerer, ingest: Callable[..., None], stop_after: type
) -> None:
    events = events_around(answerer, stop_after, lambda: ingest(SECOND))
    names = [name_of(event) for event in events if not isinstance(event, Status)]
    assert names == ["sources", "quotes", "token", "sentence", "followups", "done"]
    assert isinstance(events[-1], Done)
    assert [citation.paper.id for citation in events[-1].answer.citations] == ["whales"]
    assert events[-1].answer.status == "answered"


def test_one_thread_opens_the_collection_and_the_others_use_it(
    settings: Settings, answerer: LocalAnswerer, ingest: Callable[..., None]
) -> None:
    opened: list[float] = []
    reopen = answerer._reopen

    def counted() -> Any:
        opened.append(time.monotonic())
        time.sleep(0.2)  # all others come while it is being opened
        return reopen()

    answerer._reopen = counted
    ingest(SECOND)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda question: ask(answerer, question), [OWLS] * 8))
    assert len(opened) == 1
    assert {citation.paper.id for answer in answers for citation in answer.citations} == {"owls"}


class Other(HashEmbedder):
    """The hash embedder under another name: its vectors mean something else."""

    def __init__(self) -> None:
        super().__init__()
        self.fingerprint = "another-model"


def test_an_index_of_another_model_is_not_switched_to(settings: Settings, answerer: LocalAnswerer) -> None:
    build_retriever(settings, note=quiet, embedder=Other())
    [*_, last] = answerer.stream(checked_question(WHALES))
    assert isinstance(last, Failed) and "start the program again and it is built anew" in last.message
    for refused in (lambda: ask(answerer, WHALES), lambda: answerer.search("whales"), answerer.follow):
        with pytest.raises(PaperbackedError, match="start the program again"):
            refused()
    assert [paper.id for paper in answerer.papers] == ["whales"]
    # Once it is there again, all goes on without a start.
    build_answerer(settings, note=quiet)
    assert ask(answerer, WHALES).status == "answered"


def test_threads_that_wait_fail_as_the_one_that_looked(settings: Settings, answerer: LocalAnswerer) -> None:
    looked: list[float] = []

    def failing() -> Any:
        looked.append(time.monotonic())
        time.sleep(1.0)  # long enough for all eight to come
        raise IndexStoreError("It is gone.")

    answerer._reopen = failing
    [segment] = answerer.papers.generation.segments
    answerer.retriever.store.remove(segment.name)
    with ThreadPoolExecutor(8) as pool:
        last = list(pool.map(lambda _: list(answerer.stream(checked_question(WHALES)))[-1], range(8)))
    assert last == [Failed("It is gone.")] * 8
    assert len(looked) == 1


def test_the_server_follows_where_nobody_asks(answerer: LocalAnswerer, ingest: Callable[..., None]) -> None:
    words = ui_strings("en")
    sections = Sections(answerer)
    assert "On owls" not in sections.library(words)
    with _following(answerer.follow, lambda: None, every_s=0.01):
        ingest(SECOND)
        deadline = time.monotonic() + 10
        while answerer.paper("owls") is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert "On owls" in sections.library(words)


def test_what_is_over_is_swept_though_following_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "SWEEP_SECONDS", 0.0)
    swept = threading.Semaphore(0)

    def fail() -> None:
        raise OSError("The folder is gone.")

    def sweep() -> None:
        swept.release()
        raise OSError("The disk is full.")

    with _following(fail, sweep, every_s=0.01):
        # And again, though sweeping has failed too.
        assert all(swept.acquire(timeout=10) for _ in range(2))


def test_papers_and_index_take_their_place_together(
    settings: Settings, answerer: LocalAnswerer, tmp_path: Path
) -> None:
    """Until its index is ready an ingested paper is not there: a server that looks now finds what it had."""
    seen: list[tuple[list[str], int]] = []

    def look(*step: object) -> None:
        found = find_retriever(settings, open_store(settings.chroma), HashEmbedder())
        assert found.passages(WHALES)[0].paper.id == "whales"
        seen.append(([paper.id for paper in collection_papers(settings)], found.papers.generation.number))

    before = answerer.papers.generation.number
    ingest_papers(settings, [write(tmp_path / "b.jsonl", SECOND)], look, quiet)
    assert len(seen) > 1
    assert all(told == (["whales"], before) for told in seen)
    look()
    assert seen[-1] == (["whales", "owls"], before + 1)


def test_an_ingest_that_is_broken_off_leaves_the_collection_as_it_was(
    settings: Settings, answerer: LocalAnswerer, tmp_path: Path
) -> None:
    steps: list[str] = []

    def broken_off(label: str, done: int, total: int) -> None:
        steps.append(label)
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_papers(settings, [write(tmp_path / "b.jsonl", SECOND)], broken_off, quiet)
    assert [paper.id for paper in collection_papers(settings)] == ["whales"]
    assert steps and ask(answerer, WHALES).status == "answered"
    assert ingest_papers(settings, [tmp_path / "b.jsonl"], note=quiet).papers == 2


def test_two_that_ingest_at_once_lose_nothing(settings: Settings, answerer: LocalAnswerer, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{number}.jsonl", FIRST | {"id": f"p{number}"}) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda file: ingest_papers(settings, [file], note=quiet).papers, files))
    assert sorted(counts) == [2, 3, 4, 5]
    ask(answerer, WHALES)
    assert {paper.id for paper in answerer.papers} == {"whales", "p0", "p1", "p2", "p3"}


@pytest.fixture
def command(settings: Settings) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`command("ingest", FILE)`: the program in a process of its own, over the same home."""
    named = {"HOME": settings.home, "PAPERS": settings.papers, "EMBEDDING": "hash", "LLM": "none"}
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment |= {f"PAPERBACKED_{name}": str(value) for name, value in named.items()}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "app", *arguments]
        return subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=90)

    return run


@pytest.mark.fault
def test_another_process_ingests(
    answerer: LocalAnswerer, command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    answerer.warm_up()
    ingested = command("ingest", str(write(tmp_path / "b.jsonl", SECOND)))
    assert ingested.returncode == 0, ingested.stderr
    answer = ask(answerer, OWLS)
    assert [citation.paper.id for citation in answer.citations] == ["owls"]
    assert_all_is_known(answerer, answer)
    assert answerer.facets.organisations == {"Zoo": 1}


@pytest.fixture
def ingesting(settings: Settings, tmp_path: Path) -> Iterator[threading.Event]:
    """Another process that adds paper after paper; the event is set when it has added the last."""
    program = (
        "import sys, time; from pathlib import Path\n"
        "from app.build import ingest_papers; from app.settings import Settings\n"
        "home, papers, folder = map(Path, sys.argv[1:])\n"
        "settings = Settings(home=home, papers=papers, embedding='hash', llm='none')\n"
        "for file in sorted(folder.iterdir()):\n"
        "    ingest_papers(settings, [file], note=lambda sentence: None)\n"
        "    time.sleep(1)\n"
    )
    folder = tmp_path / "new"
    folder.mkdir()
    for number in range(SWITCHES):
        text = f"Owls hunt at night {number} times. " * 20
        write(folder / f"{number:02}.jsonl", SECOND | {"id": f"owls-{number}", "abstract": text})
    arguments = [str(settings.home), str(settings.papers), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", program, *arguments], env=environment)
    finished = threading.Event()

    def wait() -> None:
        process.wait(100)
        finished.set()

    threading.Thread(target=wait, daemon=True).start()
    yield finished
    process.kill()
    assert process.wait(10) == 0


@pytest.mark.fault
def test_eight_readers_while_the_index_is_switched_again_and_again(
    answerer: LocalAnswerer, ingesting: threading.Event
) -> None:
    """None fails, none is told that there is nothing, none is given a paper that the collection does not know."""
    failures: list[str] = []
    seen: set[int] = set()
    asked = 0

    def read(number: int) -> None:
        nonlocal asked
        while not ingesting.is_set():
            question = WHALES if number % 2 else OWLS
            try:
                answer = ask(answerer, question)
            except PaperbackedError as error:
                failures.append(str(error))
                continue
            asked += 1
            known = {paper.id for paper in answerer.papers}
            seen.add(len(known))
            cited = {source.paper.id for source in answer.sources}
            if cited - known:
                failures.append(f"cites {cited - known} of {known}")
            if number % 2 and (answer.status != "answered" or answer.note):
                failures.append(f"{answer.status}: {answer.note}")
            answerer.search(question)
            answerer.similar("whales")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(read, range(8)))
    assert failures == []
    assert len(seen) > SWITCHES / 2 and asked > 50
