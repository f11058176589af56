"""From settings to an answerer, collections of one's own, and the doctor's findings."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from app.answering.models.opening import describe
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import checked_question
from app.build import Ingested, LocalAnswerer, build_answerer, build_benchmark_retriever, ingest_papers, is_current
from app.cli.doctor import Finding, diagnose
from app.collection import collection_facets, collection_names, collection_papers
from app.server import listening_socket
from app.settings import Settings, read_settings
from retrieval.errors import CorpusError, IndexStoreError, InputError, ModelError, PaperbackedError
from retrieval.ingest import Report
from retrieval.papers.database import FILE
from retrieval.papers.papers import open_papers
from retrieval.shipped import default_papers_file
from retrieval.stores.base import VectorId
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Paper, no_progress

ROOT = Path(__file__).parents[2]
Lines = list[dict]
FIRST = {"id": "first", "title": "On whales", "abstract": "Whales migrate towards warmer oceans. They sing."}
SECOND = {"id": "second", "title": "On owls", "abstract": "Owls hunt at night.", "organisation": "Zoo"}


def write(path: Path, *records: dict | str) -> Path:
    lines = (record if isinstance(record, str) else json.dumps(record) for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def mine(tmp_path: Path) -> Settings:
    """Settings over a papers file of one paper, which builds at once."""
    papers = write(tmp_path / "papers.jsonl", FIRST)
    return read_settings(home=tmp_path / "mine", papers=papers, embedding="hash", collection="mine")


def quiet(sentence: str) -> None:
    """A note that nobody reads."""


def test_questions_load_nothing_that_only_reads_papers() -> None:
    script = (
        "import sys, app.build; print([name for name in sys.modules if name.startswith(('retrieval.documents', "
        "'retrieval.online', 'retrieval.adding.adding', 'retrieval.readers.registry', 'app.adding'))])"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_an_answerer_answers(tmp_path: Path) -> None:
    papers = write(tmp_path / "papers.jsonl", FIRST, SECOND)
    answerer = build_answerer(Settings(home=tmp_path / "h", papers=papers, embedding="hash"))
    assert [paper.id for paper in answerer.papers] == ["first", "second"]
    assert answerer.facets.organisations == {"Zoo": 1}
    assert (answerer.models.embedding, answerer.models.llm, answerer.models.note) == ("hash", None, None)
    answer = answerer.ask(checked_question("Do whales migrate towards warmer oceans?"))
    assert [citation.quote for citation in answer.citations] == ["Whales migrate towards warmer oceans."]
    assert [passage.paper.id for passage in answerer.search("owls hunt", top=1)] == ["second"]


def test_how_often_papers_were_changed_before_changes_no_score(tmp_path: Path) -> None:
    """The words of papers that were replaced were counted for ever, and what they say seemed rarer each time."""
    scores: list[list[float]] = []
    for times in (1, 6):
        settings = Settings(home=tmp_path / str(times), embedding="hash", collection="mine", llm="none", reader="none")
        for time in reversed(range(times)):
            records = [record | {"url": f"https://example.org/{time}"} for record in (FIRST, SECOND)]
            ingest_papers(settings, [write(tmp_path / "changing.jsonl", *records)], note=quiet)
        lexical = build_answerer(settings, note=quiet).retriever.lexical
        assert lexical
        found = lexical.scores("Do whales sing?", {1: "Whales sing.", 2: "Owls hunt at night, and whales sing."})
        scores.append([words for words, _ in found.values()])
    assert scores[0] == scores[1] and min(scores[0]) > 0


def test_search_gives_each_paper_once_best_first(answerer: LocalAnswerer) -> None:
    found = answerer.search("reward models trained from human feedback", top=94)
    assert len({passage.paper.id for passage in found}) == len(found) == 94
    assert [passage.score for passage in found] == sorted((passage.score for passage in found), reverse=True)
    assert len(answerer.search("reward models", top=3)) == 3
    with pytest.raises(InputError, match="empty"):
        answerer.search(" ")


def test_each_paper_found_shows_its_best_passage(answerer: LocalAnswerer) -> None:
    """Where two passages of a paper are found, the better one."""
    query = "standard safety training techniques fail to remove such deception"
    best: dict[str, float] = {}
    for passage in answerer.retriever.passages(query, papers=94):
        best[passage.paper.id] = max(best.get(passage.paper.id, -1.0), passage.score)
    assert {passage.paper.id: passage.score for passage in answerer.search(query, top=94)} == best


def test_a_language_model_that_cannot_be_had_is_a_note(mine: Settings, tmp_path: Path) -> None:
    notes: list[str] = []
    (tmp_path / "no-model").mkdir()
    ingest_papers(mine, [mine.papers], note=quiet)
    answerer = build_answerer(mine.model_copy(update={"llm": str(tmp_path / "no-model")}), note=notes.append)
    assert answerer.models.llm is None
    [note] = notes
    answer = answerer.ask(checked_question("Do whales migrate towards warmer oceans?"))
    assert answer.status == "answered" and answer.mode == "quotes"
    assert answer.note == f"{note} These are the quotes." == answerer.models.note


@pytest.mark.parametrize(
    "llm", ["nonsense", "openai:", "openai:gpt", "", "a/b/c", "a\0b/c/d", "~nobody/a/b", "x/" * 5000]
)
def test_a_language_model_that_can_never_be_is_refused_before_any_work(mine: Settings, llm: str) -> None:
    with pytest.raises(InputError):
        build_answerer(mine.model_copy(update={"llm": llm}))
    assert not mine.home.exists()


def test_a_model_is_described_by_its_name() -> None:
    assert describe(ScriptedLLM(replies=["a"])) == "scripted"


def test_an_unknown_embedding_model_is_one_sentence(mine: Settings) -> None:
    ingest_papers(mine, [mine.papers], note=quiet)
    with pytest.raises(ModelError) as raised:
        build_answerer(mine.model_copy(update={"embedding": "no/such-model"}))
    assert str(raised.value).endswith(".") and "\n" not in str(raised.value)


def test_an_unknown_collection_names_those_there_are(mine: Settings) -> None:
    with pytest.raises(CorpusError, match=r"^There is no collection 'mine': choose from default, or add papers to it"):
        collection_papers(mine)
    ingest_papers(mine, [mine.papers], note=quiet)
    with pytest.raises(CorpusError, match="choose from default, mine, or add papers to it"):
        collection_papers(mine.model_copy(update={"collection": "other"}))


def test_ingested_papers_are_kept_and_answer(mine: Settings, tmp_path: Path) -> None:
    assert ingest_papers(mine, [mine.papers], note=quiet) == Ingested(Report(new=1), 1)
    assert ingest_papers(mine, [write(tmp_path / "b.jsonl", SECOND)], note=quiet) == Ingested(Report(new=1), 2)
    answerer = build_answerer(mine)
    assert [paper.id for paper in answerer.papers] == ["first", "second"]
    answer = answerer.ask(checked_question("Do owls hunt at night?"))
    assert [citation.paper.id for citation in answer.citations] == ["second"]


def test_a_paper_ingested_again_is_replaced(mine: Settings, tmp_path: Path) -> None:
    ingest_papers(mine, [mine.papers], note=quiet)
    again = write(tmp_path / "b.jsonl", FIRST | {"abstract": "Whales stay where they are."})
    assert ingest_papers(mine, [again], note=quiet) == Ingested(Report(changed=1), 1)
    assert ingest_papers(mine, [again], note=quiet) == Ingested(Report(same=1), 1)
    [passage] = build_answerer(mine).search("whales stay")
    assert passage.text == "Whales stay where they are."


def test_own_papers_come_after_the_shipped_ones(mine: Settings, tmp_path: Path) -> None:
    default = mine.model_copy(update={"collection": "default"})
    assert ingest_papers(default, [write(tmp_path / "b.jsonl", SECOND)], note=quiet).papers == 2
    assert [paper.id for paper in collection_papers(default)] == ["first", "second"]


@pytest.mark.parametrize("bad", ["{", "[]", '{"id": "x"}', json.dumps(FIRST | {"published": "soon"})])
def test_a_bad_file_leaves_the_collection_as_it_was(mine: Settings, tmp_path: Path, bad: str) -> None:
    ingest_papers(mine, [mine.papers], note=quiet)
    before = collection_papers(mine)
    with pytest.raises(CorpusError, match=r"bad\.jsonl, line 2: "):
        ingest_papers(mine, [write(tmp_path / "good.jsonl", SECOND), write(tmp_path / "bad.jsonl", SECOND, bad)])
    assert before.is_newest() and [paper.id for paper in before] == ["first"]
    # What was read of it is not brought in by the next that is good either.
    third = write(tmp_path / "third.jsonl", SECOND | {"id": "third"})
    assert ingest_papers(mine, [third], note=quiet) == Ingested(Report(new=1), 2)
    assert [paper.id for paper in build_answerer(mine).papers] == ["first", "third"]


def test_no_files_are_no_papers(mine: Settings) -> None:
    with pytest.raises(InputError, match="give at least one file"):
        ingest_papers(mine, [])
    assert not mine.home.exists()


FIRST_GENERATION = "mine.jsonl"


@pytest.fixture
def from_before(mine: Settings) -> Path:
    """What an earlier version has left of a collection: the papers that were ingested, in a file."""
    file = mine.collection_folder.with_name(FIRST_GENERATION)
    file.parent.mkdir(parents=True)
    return write(file, FIRST, SECOND)


def test_papers_of_an_earlier_version_are_taken_over_once(mine: Settings, from_before: Path) -> None:
    notes: list[str] = []
    assert collection_names(mine) == ["default", "mine"]
    assert [paper.id for paper in collection_papers(mine)] == ["first", "second"]
    assert from_before.is_file(), "to look at papers moves nothing"
    answerer = build_answerer(mine, note=notes.append)
    assert [paper.id for paper in answerer.papers] == ["first", "second"]
    [told] = [note for note in notes if FIRST_GENERATION in note]
    assert told == "The papers of mine.jsonl are in the collection 'mine' now; the file is mine.jsonl.old."
    assert sorted(path.name for path in from_before.parent.iterdir()) == ["mine", "mine.jsonl.old"]
    assert build_answerer(mine, note=notes.append).papers.generation == answerer.papers.generation
    assert len([note for note in notes if FIRST_GENERATION in note]) == 1


def test_what_is_ingested_goes_before_papers_of_an_earlier_version(
    mine: Settings, from_before: Path, tmp_path: Path
) -> None:
    newer = write(tmp_path / "newer.jsonl", SECOND | {"abstract": "Owls hunt by day."})
    assert ingest_papers(mine, [newer], note=quiet).papers == 2
    assert [paper.abstract for paper in collection_papers(mine)] == [FIRST["abstract"], "Owls hunt by day."]


def test_an_earlier_versions_file_that_stays_is_told_and_does_no_harm(
    mine: Settings, from_before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def refused(path: Path, target: Path) -> Path:
        if path == from_before:
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refused)
    for _ in range(2):
        notes: list[str] = []
        papers = build_answerer(mine, note=notes.append).papers
        assert (papers.generation.number, len(papers)) == (1, 2)
        assert any("remove the file (Permission denied)" in note for note in notes)


def test_a_first_ingest_that_fails_makes_no_collection(mine: Settings, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="line 2"):
        ingest_papers(mine, [write(tmp_path / "bad.jsonl", FIRST, "{")], note=quiet)
    assert collection_names(mine) == ["default"]
    for asked in (collection_papers, collection_facets, build_answerer):
        with pytest.raises(CorpusError, match="There is no collection 'mine': choose from default, or"):
            asked(mine)


def test_a_damaged_collection_is_one_and_says_so(mine: Settings) -> None:
    ingest_papers(mine, [mine.papers], note=quiet)
    (mine.collection_folder / FILE).write_bytes(b"no database" * 1000)
    with pytest.raises(CorpusError, match="cannot be used"):
        build_answerer(mine)
    with pytest.raises(CorpusError, match="choose from default, mine, or add papers to it"):
        collection_papers(mine.model_copy(update={"collection": "other"}))


def test_what_can_be_filtered_by_is_known_once_the_papers_are_indexed(mine: Settings) -> None:
    default = mine.model_copy(update={"collection": "default"})
    assert collection_facets(default) is None
    build_answerer(default)
    known = collection_facets(default)
    assert known and known.organisations == {}
    write(default.papers, FIRST, SECOND)
    assert collection_facets(default) is None, "the papers file says something else now"
    assert build_answerer(default).facets.organisations == {"Zoo": 1}


def test_papers_that_are_no_longer_shipped_go_and_ones_own_stay(mine: Settings, tmp_path: Path) -> None:
    default = mine.model_copy(update={"collection": "default"})
    write(default.papers, FIRST, FIRST | {"id": "gone"})
    ingest_papers(default, [write(tmp_path / "b.jsonl", SECOND)], note=quiet)
    assert [paper.id for paper in collection_papers(default)] == ["first", "gone", "second"]
    write(default.papers, FIRST)
    assert [paper.id for paper in build_answerer(default).papers] == ["first", "second"]


def test_a_collection_that_is_ready_is_opened_without_a_lock_and_without_reading(
    mine: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = mine.model_copy(update={"collection": "default"})
    before = build_answerer(default).papers.generation

    def opened(*_: object, **__: object) -> Any:
        raise AssertionError("a collection that is ready was updated")

    monkeypatch.setattr("app.ingredients.update_collection", opened)
    lock = FileLock(default.home / "index.lock")
    with lock:
        assert build_answerer(default).papers.generation == before


def test_measured_papers_are_those_of_the_last_time_or_replace_them(
    mine: Settings, papers: tuple[Paper, ...], tmp_path: Path
) -> None:
    def measured(measured: Iterable[Paper]) -> tuple[int, list[str]]:
        found = build_benchmark_retriever(mine, no_progress, quiet, measured, "measured").papers
        return found.generation.number, [paper.id for paper in found]

    ids = [paper.id for paper in papers]
    assert measured(papers) == (1, ids)
    assert measured(iter(papers)) == (1, ids)
    assert measured(papers[1:3]) == (2, ids[1:3])
    assert open_papers(mine.collection_folder) is None, "the reader's own collection is another"


def test_a_home_that_is_a_file(mine: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "file", "x")
    for settings in (mine.model_copy(update={"home": file}), mine.model_copy(update={"home": file / "deeper"})):
        with pytest.raises(PaperbackedError, match="set PAPERBACKED_HOME to a folder of yours"):
            ingest_papers(settings, [mine.papers], note=quiet)
        with pytest.raises(PaperbackedError, match="set PAPERBACKED_HOME to a folder of yours"):
            build_answerer(settings.model_copy(update={"collection": "default"}))


def examined(settings: Settings) -> dict[str, Finding]:
    findings = diagnose(
        home=settings.home,
        chroma=settings.chroma,
        collection=settings.collection,
        embedding=settings.embedding,
        reader=settings.reader,
        llm=settings.llm,
        read_collection=lambda: collection_papers(settings),
        is_current=lambda papers, embedder: is_current(settings, papers, embedder),
    )
    return {finding.what: finding for finding in findings}


def test_the_doctor_before_and_after_the_first_question(mine: Settings) -> None:
    default = mine.model_copy(update={"collection": "default"})
    before = examined(default)
    assert all(finding.ok for finding in before.values() if finding.needed)
    assert "not built yet" in before["Index"].found
    assert before["Papers"].found == "1 in the collection 'default'"
    assert before["Reader"].found == "none: what is nearest is quoted"
    assert not before["Model hub"].ok and not before["Model hub"].needed
    assert not default.home.exists(), "the doctor builds nothing"
    build_answerer(default)
    assert examined(default)["Index"].found.startswith("complete, in ")
    write(default.papers, FIRST, SECOND)
    assert "out of date" in examined(default)["Index"].found


def test_the_doctor_knows_an_index_with_written_questions(mine: Settings) -> None:
    default = mine.model_copy(update={"collection": "default"})
    one = next(
        line for line in default_papers_file().read_text(encoding="utf-8").splitlines() if "sleeper-agents" in line
    )
    default.papers.write_text(one, encoding="utf-8")
    [own] = build_answerer(default).retriever.expansion_queries.values()
    assert len(own) >= 12
    assert examined(default)["Index"].found.startswith("complete, in ")


def test_the_doctor_names_what_is_missing(mine: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "file", "x")
    found = examined(mine.model_copy(update={"home": file, "embedding": "no/such-model"}))
    assert {what for what, finding in found.items() if finding.needed and not finding.ok} == {
        "Home folder",
        "Papers",
        "Embedding model",
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("minilm-papers", "minilm-papers, the fine-tuned weights, verified, int8"),
        ("all-MiniLM-L6-v2", "all-MiniLM-L6-v2, the weights before fine-tuning, verified, int8"),
        ("hash", "hash"),
    ],
)
def test_the_doctor_says_which_weights_are_used(mine: Settings, name: str, said: str) -> None:
    found = examined(mine.model_copy(update={"embedding": name}))["Embedding model"]
    assert found.ok and found.found == said


def test_the_doctor_says_so_where_the_passages_cannot_be_read(mine: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    default = mine.model_copy(update={"collection": "default"})
    build_answerer(default)

    def damaged(store: ChromaStore, segment: str) -> Iterator[VectorId]:
        raise IndexStoreError("The index cannot be used (damaged).")

    monkeypatch.setattr(ChromaStore, "ids", damaged)
    found = examined(default)
    assert found["Index"].ok
    assert found["Passages"] == Finding("Passages", False, "The index cannot be used (damaged).")


def test_the_doctor_knows_a_damaged_index(mine: Settings) -> None:
    default = mine.model_copy(update={"collection": "default"})
    (default.home / "chroma").mkdir(parents=True)
    (default.home / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 1000)
    assert not examined(default)["Index"].ok


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(InputError, match=rf"^Port {port} on 127.0.0.1 cannot be used \(.+\): choose another"),
            listening_socket("127.0.0.1", port),
        ):
            pass


@pytest.mark.parametrize(
    ("host", "port"), [("127.0.0.1", 70000), ("999.1.1.1", 0), ("a..b", 0), ("x" * 70, 0), ("::g", 0)]
)
def test_an_address_that_cannot_be(host: str, port: int) -> None:
    with pytest.raises(InputError) as raised, listening_socket(host, port):
        pass
    assert "\n" not in str(raised.value) and str(raised.value).endswith(".")


def test_port_0_is_any_free_one() -> None:
    with listening_socket("127.0.0.1", 0) as one, listening_socket("127.0.0.1", 0) as other:
        assert one.getsockname()[1] != other.getsockname()[1] != 0


def test_the_setting_says_which_confidence_is_enough(tmp_path: Path) -> None:
    papers = write(tmp_path / "papers.jsonl", FIRST, SECOND)
    for answer_from, status in ((None, "answered"), (1.0, "abstained"), (0.0, "answered")):
        settings = Settings(home=tmp_path / "h", papers=papers, embedding="hash", llm="none", answer_from=answer_from)
        answer = build_answerer(settings).ask(checked_question("Do whales migrate towards warmer oceans?"))
        assert answer.status == status and answer.confidence < 1
