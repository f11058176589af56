"""From settings to an answerer, collections of one's own, and the doctor's findings."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from app.answering.models.opening import describe
from app.answering.models.scripted import ScriptedLLM
from app.answering.question import checked_question
from app.build import LocalAnswerer, build_answerer, collection_papers, indexed_expansion_queries, ingest_papers
from app.cli.doctor import Finding, diagnose
from app.server import listening_socket
from app.settings import Settings, read_settings
from retrieval.errors import CorpusError, IndexStoreError, InputError, ModelError, PaperbackedError
from retrieval.shipped import default_papers_file
from retrieval.stores.base import Index
from retrieval.stores.chroma import ChromaStore

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


def test_an_answerer_answers(tmp_path: Path) -> None:
    papers = write(tmp_path / "papers.jsonl", FIRST, SECOND)
    answerer = build_answerer(Settings(home=tmp_path / "h", papers=papers, embedding="hash"))
    assert [paper.id for paper in answerer.papers] == ["first", "second"]
    assert answerer.facets.organisations == {"Zoo": 1}
    assert (answerer.models.embedding, answerer.models.llm, answerer.models.note) == ("hash", None, None)
    answer = answerer.ask(checked_question("Do whales migrate towards warmer oceans?"))
    assert [citation.quote for citation in answer.citations] == ["Whales migrate towards warmer oceans."]
    assert [passage.paper.id for passage in answerer.search("owls hunt", top=1)] == ["second"]


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
    with pytest.raises(CorpusError, match=r"^There is no collection 'mine': choose from default, or ingest"):
        collection_papers(mine)
    ingest_papers(mine, [mine.papers], note=quiet)
    with pytest.raises(CorpusError, match="choose from default, mine, or ingest"):
        collection_papers(mine.model_copy(update={"collection": "other"}))


def test_ingested_papers_are_kept_and_answer(mine: Settings, tmp_path: Path) -> None:
    assert ingest_papers(mine, [mine.papers], note=quiet) == 1
    assert ingest_papers(mine, [write(tmp_path / "b.jsonl", SECOND)], note=quiet) == 2
    answerer = build_answerer(mine)
    assert [paper.id for paper in answerer.papers] == ["first", "second"]
    answer = answerer.ask(checked_question("Do owls hunt at night?"))
    assert [citation.paper.id for citation in answer.citations] == ["second"]


def test_a_paper_ingested_again_is_replaced(mine: Settings, tmp_path: Path) -> None:
    ingest_papers(mine, [mine.papers], note=quiet)
    again = write(tmp_path / "b.jsonl", FIRST | {"abstract": "Whales stay where they are."})
    assert ingest_papers(mine, [again], note=quiet) == 1
    [passage] = build_answerer(mine).search("whales stay")
    assert passage.text == "Whales stay where they are."


def test_own_papers_come_after_the_shipped_ones(mine: Settings, tmp_path: Path) -> None:
    default = mine.model_copy(update={"collection": "default"})
    assert ingest_papers(default, [write(tmp_path / "b.jsonl", SECOND)], note=quiet) == 2
    assert [paper.id for paper in collection_papers(default)] == ["first", "second"]


@pytest.mark.parametrize("bad", ["{", "[]", '{"id": "x"}', json.dumps(FIRST | {"published": "soon"})])
def test_a_bad_file_leaves_the_collection_as_it_was(mine: Settings, tmp_path: Path, bad: str) -> None:
    ingest_papers(mine, [mine.papers], note=quiet)
    before = mine.own_papers.read_bytes()
    with pytest.raises(CorpusError, match=r"bad\.jsonl, line 2: "):
        ingest_papers(mine, [write(tmp_path / "good.jsonl", SECOND), write(tmp_path / "bad.jsonl", SECOND, bad)])
    assert mine.own_papers.read_bytes() == before
    assert [path.name for path in mine.own_papers.parent.iterdir()] == ["mine.jsonl"]
    assert [paper.id for paper in build_answerer(mine).papers] == ["first"]


def test_no_files_are_no_papers(mine: Settings) -> None:
    with pytest.raises(InputError, match="give at least one file"):
        ingest_papers(mine, [])
    assert not mine.home.exists()


def test_papers_that_cannot_be_put_in_their_place_leave_the_old_ones_and_no_draft(
    mine: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest_papers(mine, [write(tmp_path / "one.jsonl", SECOND)])
    before = mine.own_papers.read_bytes()

    def refused(draft: Path, place: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(place))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(CorpusError, match="Permission denied"):
        ingest_papers(mine, [write(tmp_path / "two.jsonl", SECOND | {"id": "third"})])
    assert mine.own_papers.read_bytes() == before
    assert not [path for path in mine.own_papers.parent.iterdir() if path.name.startswith(f".{mine.own_papers.name}")]


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
        questions_of=lambda papers: indexed_expansion_queries(settings, papers),
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
    [own] = indexed_expansion_queries(default, collection_papers(default)).values()
    assert len(own) >= 12
    build_answerer(default)
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

    def damaged(store: ChromaStore, index: Index) -> Any:
        raise IndexStoreError("The index cannot be used (damaged).")

    monkeypatch.setattr(ChromaStore, "all_passages", damaged)
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
