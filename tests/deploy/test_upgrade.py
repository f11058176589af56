"""A home folder of version 0.1.0, opened by this one: own papers and feedback are kept.

home-0.1.0.tar.xz was left by the program of commit 68308c4, the last of that version's day:

    paperbacked ingest owls.jsonl --collection mine        # barn-owls and bats
    PAPERBACKED_PAPERS=one.jsonl paperbacked ingest more.jsonl   # swifts, beside the papers that come with it
    paperbacked serve --collection mine                    # and two thumbs by POST /api/v1/feedback
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

OLD_HOME = Path(__file__).with_name("home-0.1.0.tar.xz")
SHIPPED = 94
pytestmark = [pytest.mark.model, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The old home, for all tests, as each start of the program takes seconds."""
    folder = tmp_path_factory.mktemp("upgrade") / "home"
    with tarfile.open(OLD_HOME) as packed:
        packed.extractall(folder, filter="data")
    assert (folder / "collections" / "mine.jsonl").is_file() and (folder / "chroma" / "chroma.sqlite3").is_file()
    return folder


def paperbacked(home: Path, *words: str) -> tuple[str, str]:
    """What the command says on stdout and on stderr."""
    variables = {"PAPERBACKED_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "paperbacked", *words],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stdout, done.stderr


def papers(home: Path, *words: str) -> dict[str, dict[str, object]]:
    out, _ = paperbacked(home, "papers", "--json", *words)
    return {paper["id"]: paper for paper in map(json.loads, out.splitlines())}


def test_own_papers_answer_as_before(home: Path) -> None:
    out, said = paperbacked(home, "ask", "--json", "--collection", "mine", "Why do mice not hear barn owls come?")
    answer = json.loads(out)
    assert "The papers of mine.jsonl are in the collection 'mine' now; the file is mine.jsonl.old." in said
    assert answer["status"] == "answered" and answer["citations"][0]["paper"]["id"] == "barn-owls"
    mine = papers(home, "--collection", "mine")
    assert set(mine) == {"barn-owls", "bats"}
    assert mine["barn-owls"]["authors"] == ["Ada Owl"] and mine["barn-owls"]["published"] == "2019-05-01"
    assert mine["bats"]["organisation"] == "Bat Lab"


def test_papers_added_to_those_that_come_with_it_stay_among_them(home: Path) -> None:
    everything = papers(home)
    assert "swifts" in everything and "sleeper-agents" in everything and len(everything) == SHIPPED + 1


def test_feedback_is_kept(home: Path) -> None:
    out, _ = paperbacked(home, "feedback", "export")
    thumbs = [json.loads(line) for line in out.splitlines()]
    assert [(thumb["verdict"], thumb["reason"]) for thumb in thumbs] == [("up", "The quote says it."), ("down", "")]
    assert thumbs[0]["question"] == "Why do mice not hear barn owls come?"
