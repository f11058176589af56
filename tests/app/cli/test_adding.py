"""add, sync, remove and collections, as commands."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli.commands import main
from app.cli.report_table import print_report
from retrieval.adding.report import Became, Tally
from tests.retrieval.adding.pdfs import made_pdf

OWL = {"id": "owl", "title": "On owls hunting at night", "abstract": "Owls hunt at night. They see well."}


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def reason(self) -> str:
        assert self.out == "" and "Traceback" not in self.err
        return self.err.splitlines()[-1]


Run = Callable[..., Result]


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("add", "…", stdin="…")`: the command within this process."""

    def run(*arguments: str | Path, stdin: str = "", **variables: str) -> Result:
        with monkeypatch.context() as patch:
            for name, value in ({"embedding": "hash"} | variables).items():
                patch.setenv(f"PAPERBACKED_{name.upper()}", value)
            patch.setattr(sys, "argv", ["paperbacked", *map(str, arguments)])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            capsys.readouterr()
            try:
                main()
                status = 0
            except SystemExit as exit:
                status = int(exit.code or 0)
        out, err = capsys.readouterr()
        return Result(status, out, err)

    return run


@pytest.fixture
def owl(tmp_path: Path) -> Path:
    file = tmp_path / "owl.jsonl"
    file.write_text(json.dumps(OWL) + "\n", encoding="utf-8")
    return file


def test_papers_go_into_mine_unless_another_is_named(run: Run, owl: Path) -> None:
    done = run("add", owl)
    assert done.status == 0 and "added" in done.out and OWL["title"] in done.out
    assert "mine" in done.err
    assert [json.loads(line)["id"] for line in run("papers", "--json", "--collection", "mine").out.splitlines()] == [
        "owl"
    ]
    assert "sleeper-agents" in run("papers", "--json").out
    assert run("add", owl, "--collection", "birds", "--json").json["collection"] == "birds"
    assert run("add", owl, "--json", collection="feathers").json["collection"] == "feathers"


def test_the_collection_of_the_program_is_refused(run: Run, owl: Path) -> None:
    for command in (("add", owl), ("sync", owl.parent), ("remove", "sleeper-agents")):
        done = run(*command, "--collection", "default")
        assert done.status == 1 and "choose another name" in done.reason


def test_what_was_added_is_asked_as_any_collection(run: Run, owl: Path, tmp_path: Path) -> None:
    run("add", owl, made_pdf(tmp_path / "whales.pdf"))
    answer = run("ask", "--collection", "mine", "--json", "Do owls hunt at night?").json
    assert answer["citations"][0]["paper"]["id"] == "owl"


def test_the_report_as_json(run: Run, owl: Path, tmp_path: Path) -> None:
    report = run("add", owl, tmp_path / "gone.pdf", "--json").json
    assert list(report) == ["collection", "at", "counts", "became", "left_out"]
    first, second = report["became"]
    assert (first["place"], first["outcome"], first["paper_id"]) == (f"{owl}, line 1", "added", "owl")
    assert second["outcome"] == "broken" and second["reason"]
    assert run("add", owl, "--json").json["counts"]["same"] == 1


def test_where_all_is_broken_the_command_fails_with_the_report(run: Run) -> None:
    done = run("add", "gone.bib", "--json")
    assert done.status == 1 and done.json["counts"]["broken"] == 1


def test_strict_and_dry_runs_change_nothing(run: Run, owl: Path) -> None:
    done = run("add", owl, "gone.bib", "--strict")
    assert done.status == 1 and done.reason.endswith("Nothing was changed.")
    done = run("add", owl, "--dry-run", "--json")
    assert done.status == 0 and done.json["counts"]["added"] == 1
    assert "mine" not in run("collections", "--json").out


def test_pasted_entries_come_on_stdin(run: Run) -> None:
    entry = "@article{w, title={On the migration of whales}, abstract={Whales sing.}}"
    done = run("add", "-", "--json", stdin=f"{entry}\n2301.00001\n")
    assert [one["outcome"] for one in done.json["became"]] == ["added", "broken"]


def test_papers_are_removed_by_their_ids(run: Run, owl: Path) -> None:
    run("add", owl)
    done = run("remove", "owl", "bat")
    assert done.status == 1 and "'bat'" in done.reason and "papers --json" in done.reason
    assert run("remove", "owl").status == 0
    left = run("papers", "--json", "--collection", "mine")
    assert left.out == "" and "no papers" in left.err


def test_a_folder_is_followed_and_many_go_only_with_yes(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.md").write_text(f"# The note of number {number:02d}\n\nOn owl {number}.", encoding="utf-8")
    assert run("sync", folder, "--json").json["counts"]["added"] == 40
    for number in range(30):
        (folder / f"{number}.md").unlink()
    done = run("sync", folder)
    assert done.status == 1 and "30 of 40" in done.reason and "--yes" in done.reason
    done = run("sync", folder, "--yes")
    assert done.status == 0 and "30 papers were removed" in done.err
    assert len(run("papers", "--json", "--collection", "mine").out.splitlines()) == 10


def test_collections_are_listed(run: Run, owl: Path) -> None:
    run("add", owl)
    default, mine = (json.loads(line) for line in run("collections", "--json").out.splitlines())
    assert (default["name"], default["papers"]) == ("default", 94)
    assert (mine["name"], mine["papers"], mine["last_added"]["counts"]["added"]) == ("mine", 1, 1)
    table = run("collections").out
    assert "1 added" in table and "MB" in table


def test_of_a_run_that_found_nothing_that_is_said(run: Run, owl: Path, tmp_path: Path) -> None:
    run("add", owl)
    (tmp_path / "empty").mkdir()
    run("add", tmp_path / "empty")
    assert "UTC, nothing" in run("collections").out


def test_of_many_entries_the_notable_ones_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for number in range(60):
        tally.add(Became(f"file {number}", "added", f"p{number}", f"Paper {number}"))
    tally.add(Became("file x", "broken", reason="it is no paper"))
    print_report(tally.report("mine"))
    out = capsys.readouterr().out
    assert "file x" in out and "file 7" not in out
    assert "60 added, 1 broken" in out and "60 more" in out


def test_nothing_in_a_report_moves_the_terminal(capsys: pytest.CaptureFixture[str], run: Run, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "\x1b[2J.md").write_text("# [bold]Owls[/bold] \x1b[31mat night\n\nOwls hunt.", encoding="utf-8")
    done = run("add", tmp_path / "f")
    assert "\x1b" not in done.out and "[bold]Owls[/bold]" in done.out
