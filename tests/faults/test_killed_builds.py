"""Killed while papers are added, again and again: the collection answers as before, and nothing much is done twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from retrieval.models.embedder import HashEmbedder
from retrieval.papers.papers import open_papers
from retrieval.stores.chroma import ChromaStore
from retrieval.types import Paper
from tests.retrieval.updated import assert_whole, some_papers, texts_of
from tests.support.index_child import DIMENSIONS, file_of, with_texts

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
CHILD = ROOT / "tests" / "support" / "index_child.py"
BEFORE, PAPERS, KILLS, SHARD = 50, 5_000, 20, 256
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "ANONYMIZED_TELEMETRY": "False"}


def written(file: Path, papers: tuple[Paper, ...]) -> Path:
    file.write_text("\n".join(json.dumps(paper.as_json()) for paper in papers))
    return file


def begun(home: Path, papers: Path, texts: int = 0) -> subprocess.Popen[str]:
    """A process that has what it needs and begins to add the papers."""
    child = subprocess.Popen(
        [sys.executable, str(CHILD), str(home), str(papers), str(home / "log"), str(SHARD), str(texts)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stdout.readline() == "begun\n", child.communicate()
    return child


def add_whole(home: Path, papers: Path, texts: int = 0) -> float:
    """Add the papers without a kill; gives the seconds that it took."""
    child, began = begun(home, papers, texts), time.monotonic()
    output, errors = child.communicate(timeout=200)
    assert child.returncode == 0, output + errors
    return time.monotonic() - began


@pytest.mark.parametrize("texts", [0, 5])
def test_twenty_kills(tmp_path: Path, texts: int) -> None:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed}")
    chance, home = random.Random(seed), tmp_path / "home"
    home.mkdir()
    some, all_papers = (tuple(with_texts(some_papers(count), texts)) for count in (BEFORE, PAPERS))
    small, large = written(tmp_path / "small.jsonl", some), written(tmp_path / "large.jsonl", all_papers)
    spare = tmp_path / "spare"
    spare.mkdir()
    add_whole(home, small, texts)
    whole_run = add_whole(spare, large, texts)
    killed = 0
    for _ in range(KILLS):
        child = begun(home, large, texts)
        # Early ones too, else a run would soon have come to its end.
        time.sleep(chance.uniform(0, whole_run) * chance.random() ** 2)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        killed += child.returncode == -signal.SIGKILL
        collection = open_papers(home / "collections" / "default")
        assert collection is not None
        answering = all_papers if collection.generation.number == 2 else some
        assert_whole(collection, answering, ChromaStore(home / "chroma"), HashEmbedder(DIMENSIONS))
    add_whole(home, large, texts)
    collection = open_papers(home / "collections" / "default")
    assert collection is not None and collection.generation.number == 2
    assert_whole(collection, all_papers, ChromaStore(home / "chroma"), HashEmbedder(DIMENSIONS))
    assert all((collection.by_file(file_of(paper)) == paper) == bool(paper.text) for paper in all_papers)
    embedded = Counter((home / "log").read_text().split())
    assert len(embedded) == len(set(texts_of(all_papers)))
    twice = embedded.total() - len(embedded)
    print(f"{killed} kills, {twice} texts embedded again, a whole run takes {whole_run:.1f} s")
    assert killed > KILLS / 2 and twice <= killed * SHARD


ON_SMALL_DISK = """
mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2
"$@"; echo "left with $?"
mount -o remount,size=200m tmpfs "$DISK"
exec "$@"
"""


@pytest.mark.parametrize("size", ["100k", "2m", "3m", "4m"])  # it is full at another step each time
def test_a_full_disk_and_then_room(tmp_path: Path, size: str) -> None:
    disk, papers = tmp_path / "disk", written(tmp_path / "papers.jsonl", some_papers(3_000))
    disk.mkdir()
    home = disk / "home"
    child = [sys.executable, str(CHILD), str(home), str(papers), str(tmp_path / "log"), "256"]
    apart = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_SMALL_DISK, "sh", size, str(disk), *child]
    done = subprocess.run(apart, env=ENVIRONMENT | {"DISK": str(disk)}, capture_output=True, text=True, check=False)
    said = done.stderr.strip().splitlines()
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["begun", "left", "with", "1", "begun", "1", "3000"]
    assert "cannot be written, as the disk is full: make room, or set PAPERBACKED_HOME" in said[-1]
    print(size, said[-1])
    embedded = Counter((tmp_path / "log").read_text().split())
    assert embedded.total() <= len(embedded) + 256
