"""A reader's own papers added, followed and removed, from settings to a collection that answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.adding import add_papers, remove_papers, sync_papers
from app.build import build_answerer
from app.collection import collection_names, collection_papers, collection_states
from app.settings import Settings, read_settings
from retrieval.adding.report import AddReport, Became, kept_reports
from retrieval.adding.request import AddingStoppedError, AddRequest
from retrieval.errors import CorpusError, InputError
from retrieval.models.embedder import HashEmbedder
from retrieval.types import Paper
from tests.retrieval.adding.pdfs import WHALES, made_pdf

OWL = {"id": "owl", "title": "On owls hunting at night", "abstract": "Owls hunt at night. They see well."}


@pytest.fixture
def mine(tmp_path: Path) -> Settings:
    return read_settings(home=tmp_path / "home", embedding="hash", collection="mine", llm="none", reader="none")


def quiet(sentence: str) -> None:
    """A note that nobody reads."""


def write(path: Path, *records: dict | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def add(settings: Settings, *sources: Path | str, **asked: Any) -> AddReport:
    return add_papers(settings, AddRequest(tuple(map(str, sources)), local_files=True, **asked), note=quiet)


def states(report: AddReport) -> list[str]:
    return [one.outcome for one in report.became]


def papers_of(settings: Settings) -> dict[str, Paper]:
    return {paper.id: paper for paper in collection_papers(settings)}


def notes(folder: Path, count: int, first: int = 0) -> Path:
    for number in range(first, count):
        write(folder / f"{number:03d}.md", f"# The note of number {number:03d}", "", f"It is about owl {number}.")
    return folder


def sync(settings: Settings, source: Path, may_remove: Callable[[int, int], bool] = lambda count, of: False):
    return sync_papers(settings, str(source), note=quiet, may_remove=may_remove)


def test_what_was_added_answers(mine: Settings, tmp_path: Path) -> None:
    pdf = made_pdf(tmp_path / "whales.pdf")
    report = add(mine, write(tmp_path / "a.jsonl", OWL), pdf)
    assert states(report) == ["added", "added"] and report.collection == "mine"
    assert kept_reports(mine.collection_folder) == [report]
    found = build_answerer(mine, note=quiet).search("owls hunt at night", top=1)
    assert [passage.paper.id for passage in found] == ["owl"]
    found = build_answerer(mine, note=quiet).search("The herd rested near Maui for twelve days", top=1)
    assert [passage.paper.name for passage in found] == [WHALES]


def test_no_model_is_needed_where_nothing_is_new(mine: Settings, tmp_path: Path) -> None:
    class Unloaded(HashEmbedder):
        def embed(self, *args: Any, **kwargs: Any) -> Any:
            raise AssertionError("it was loaded")

    file = write(tmp_path / "a.jsonl", OWL)
    add(mine, file)
    request = AddRequest((str(file),))
    assert states(add_papers(mine, request, note=quiet, embedder=Unloaded())) == ["same"]
    write(file, OWL | {"abstract": "Owls sleep."})
    with pytest.raises(AssertionError):
        add_papers(mine, request, note=quiet, embedder=Unloaded())


def test_a_dry_run_tells_and_changes_nothing(mine: Settings, tmp_path: Path) -> None:
    file, pdf = write(tmp_path / "a.jsonl", OWL, "no json"), made_pdf(tmp_path / "whales.pdf")
    told: list[Became] = []
    request = AddRequest((str(file), str(pdf), str(pdf)), dry_run=True)
    report = add_papers(mine, request, note=quiet, told=told.append)
    assert states(report) == ["added", "broken", "added", "duplicate"] and told == list(report.became)
    assert not mine.collection_folder.exists()
    add(mine, file)
    before = sorted(path for path in mine.home.rglob("*") if "wal" not in path.name and "shm" not in path.name)
    assert states(add(mine, file, pdf, dry_run=True)) == ["same", "broken", "added"]
    after = sorted(path for path in mine.home.rglob("*") if "wal" not in path.name and "shm" not in path.name)
    assert before == after


def test_strict_refuses_before_anything_is_changed(mine: Settings, tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", OWL, "no json")
    with pytest.raises(InputError, match="line 2"):
        add(mine, file, strict=True)
    assert not mine.collection_folder.exists()
    assert states(add(mine, write(file, OWL), strict=True)) == ["added"]


def test_where_all_is_broken_no_collection_is_made(mine: Settings, tmp_path: Path) -> None:
    report = add(mine, tmp_path / "gone.bib", "2301.00001")
    assert states(report) == ["broken", "broken"] and report.nothing_came
    assert "mine" not in collection_names(mine) and kept_reports(mine.collection_folder) == []
    assert not mine.collection_folder.exists()
    write(tmp_path / "f" / "thesis.docx", "PK")
    write(tmp_path / "f" / "broken.pdf", "%PDF-1.4 and nothing else")
    report = add(mine, tmp_path / "f")
    assert states(report) == ["broken", "passed_over"] and report.nothing_came
    assert not mine.collection_folder.exists() and "mine" not in [state.name for state in collection_states(mine)]


def test_what_a_page_has_made_keeps_its_title_where_all_is_broken(mine: Settings, tmp_path: Path) -> None:
    about = write(mine.collection_folder / "about.json", {"title": "Sleep"})
    add(mine, tmp_path / "gone.bib")
    assert [*mine.collection_folder.iterdir()] == [about]


def test_what_a_run_has_begun_stays_for_the_next(mine: Settings, tmp_path: Path) -> None:
    write(mine.collection_folder / "papers.sqlite").write_bytes(b"")
    add(mine, tmp_path / "gone.bib")
    assert (mine.collection_folder / "papers.sqlite").exists()


def test_the_collection_of_the_program_is_not_touched(mine: Settings, tmp_path: Path) -> None:
    default = mine.model_copy(update={"collection": "default"})
    file = write(tmp_path / "a.jsonl", OWL)
    for attempt in (
        lambda: add(default, file),
        lambda: sync(default, tmp_path),
        lambda: remove_papers(default, ["sleeper-agents"], note=quiet),
    ):
        with pytest.raises(InputError, match="choose another name"):
            attempt()
    with pytest.raises(InputError, match="nothing to add"):
        add(mine)


def test_stopped_while_it_embeds(mine: Settings, tmp_path: Path) -> None:
    add(mine, write(tmp_path / "a.jsonl", OWL))
    embedding: list[str] = []

    def progress(label: str, done: int, total: int) -> None:
        embedding.extend([label] if label == "Embedding passages" else [])

    file = write(tmp_path / "b.jsonl", OWL | {"id": "b", "title": "Another paper about owls"})
    request = AddRequest((str(file),))
    with pytest.raises(AddingStoppedError):
        add_papers(mine, request, progress, quiet, stop=lambda: bool(embedding))
    assert list(papers_of(mine)) == ["owl"]
    assert states(add(mine, file)) == ["added"]


def test_papers_are_removed(mine: Settings, tmp_path: Path) -> None:
    pdf = made_pdf(tmp_path / "whales.pdf")
    add(mine, write(tmp_path / "a.jsonl", OWL), pdf)
    assert remove_papers(mine, ["owl", "no such"], note=quiet) == 1
    assert [paper.name for paper in papers_of(mine).values()] == [WHALES]
    assert remove_papers(mine, papers_of(mine), note=quiet) == 1
    assert papers_of(mine) == {}
    assert states(add(mine, pdf)) == ["added"]
    with pytest.raises(CorpusError, match="no collection 'other'"):
        remove_papers(mine.model_copy(update={"collection": "other"}), ["owl"], note=quiet)


def test_a_folder_is_followed(mine: Settings, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes", 3)
    assert states(sync(mine, folder).report) == ["added"] * 3
    (folder / "000.md").unlink()
    write(folder / "001.md", "# The note of number 001", "", "It is about bats now.")
    notes(folder, 4, first=3)
    synced = sync(mine, folder)
    assert (states(synced.report), synced.removed) == (["updated", "same", "added"], 1)
    names = [paper.name for paper in papers_of(mine).values()]
    assert sorted(names) == [f"The note of number 00{n}" for n in (1, 2, 3)]
    again = sync(mine, folder)
    assert (states(again.report), again.removed) == (["same"] * 3, 0)


def test_what_was_added_by_itself_stays(mine: Settings, tmp_path: Path) -> None:
    """A source that is followed takes away what it brought, and nothing else."""
    bib = write(tmp_path / "a.bib", f"@article{{w, title={{{WHALES}}}, author={{Smith, Ada}}}}")
    add(mine, bib, write(tmp_path / "a.jsonl", OWL))
    folder = tmp_path / "pdfs"
    made_pdf(folder / "whales.pdf")
    assert states(sync(mine, folder).report) == ["updated"]
    (folder / "whales.pdf").unlink()
    write(folder / "other.md", "# Another note that is here", "", "It is about owls.")
    sync(mine, folder)
    papers = {paper.name: paper for paper in papers_of(mine).values()}
    assert set(papers) == {WHALES, OWL["title"], "Another note that is here"} and papers[WHALES].text


def test_from_a_source_that_is_empty_all_are_removed_only_where_that_is_said(mine: Settings, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes", 2)
    sync(mine, folder)
    for note in folder.iterdir():
        note.unlink()
    with pytest.raises(InputError, match=r"2 of 2 papers .* --yes"):
        sync(mine, folder)
    assert len(papers_of(mine)) == 2
    assert sync(mine, folder, lambda count, of: True).removed == 2


def test_many_are_removed_only_where_that_is_said(mine: Settings, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes", 60)
    sync(mine, folder)
    for number in range(25):
        (folder / f"{number:03d}.md").unlink()
    asked: list[tuple[int, int]] = []
    with pytest.raises(InputError, match=r"25 of 60 papers .* --yes"):
        sync(mine, folder, lambda count, of: bool(asked.append((count, of))))
    assert asked == [(25, 60)] and len(papers_of(mine)) == 60
    assert sync(mine, folder, lambda count, of: True).removed == 25
    assert len(papers_of(mine)) == 35
    # Fewer than 25 are not asked for.
    for number in range(25, 49):
        (folder / f"{number:03d}.md").unlink()
    assert sync(mine, folder).removed == 24


def test_none_is_removed_where_something_cannot_be_read(mine: Settings, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes", 3)
    sync(mine, folder)
    (folder / "000.md").unlink()
    write(folder / "broken.pdf", "%PDF-1.4 and nothing else")
    synced = sync(mine, folder)
    assert (synced.removed, len(papers_of(mine))) == (0, 3)
    assert synced.report.counts["broken"] == 1
    (folder / "broken.pdf").unlink()
    # What is of no kind that is read never could be, and holds nothing up.
    write(folder / "thesis.docx", "PK")
    assert (sync(mine, folder).removed, len(papers_of(mine))) == (1, 2)


def test_a_folder_that_is_gone_removes_nothing(mine: Settings, tmp_path: Path) -> None:
    folder = notes(tmp_path / "notes", 3)
    sync(mine, folder)
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is no folder"):
        sync(mine, folder)
    assert len(papers_of(mine)) == 3


def test_collections_are_told_of(mine: Settings, tmp_path: Path) -> None:
    report = add(mine, write(tmp_path / "a.jsonl", OWL, "no json"))
    (mine.home / "collections" / "broken").mkdir()
    (mine.home / "collections" / "broken" / "papers.sqlite").write_bytes(b"no database at all" * 100)
    states = {state.name: state for state in collection_states(mine)}
    assert states["mine"].papers == 1 and states["mine"].size > 0 and states["mine"].last == report
    assert states["broken"].papers is None
    assert states["default"].as_json() == {"name": "default", "papers": 94, "bytes": 0, "last_added": None}
