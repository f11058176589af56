"""The database of papers: opened, brought up, damaged, newer, and read where nothing can be written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from retrieval.errors import CorpusError
from retrieval.facets import Filters
from retrieval.papers.database import FILE, readable, writable
from retrieval.papers.papers import open_papers
from retrieval.papers.tables import OFFERED, VERSION, column
from retrieval.types import Paper
from tests.retrieval.papers.kept import add, opened

PAPERS = tuple(Paper(f"p{n}", f"T{n}", "Whales sing.", "en", organisation=f"lab {n % 2}") for n in range(20))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A collection of twenty papers."""
    add(tmp_path / "c", *PAPERS)
    return tmp_path / "c"


def test_where_there_is_nothing(tmp_path: Path) -> None:
    assert open_papers(tmp_path) is None and readable(tmp_path / "none") is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / FILE).touch()
    assert open_papers(tmp_path) is None, "a writer has only just begun"


def test_papers_come_back_as_they_were(folder: Path, all_papers: tuple[Paper, ...]) -> None:
    add(folder, *all_papers)
    assert tuple(opened(folder)) == (*PAPERS, *all_papers)


@pytest.mark.parametrize("damage", ["garbage", "cut", "page"])
def test_damage_is_called_so(folder: Path, damage: str) -> None:
    file = folder / FILE
    data = file.read_bytes()
    if damage == "garbage":
        file.write_bytes(b"no database, it only looks like a file" * 500)
    elif damage == "cut":
        file.write_bytes(data[: len(data) // 2])
    else:
        file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    for use in (lambda: list(opened(folder)), lambda: add(folder, Paper("new", "T", "", "en"))):
        with pytest.raises(CorpusError) as caught:
            use()
        assert str(caught.value).startswith(f"The papers in {file} cannot be used (")
        assert str(caught.value).endswith("if it stays so, move the file away and ingest again.")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE records SET record = '{'", "A paper of the collection cannot be read: ingest its file again."),
        (f"UPDATE records SET record = '{'[' * 100_000}'", "A paper of the collection cannot be read: ingest its"),
        ("UPDATE papers SET spans = '0:x'", "A paper of the collection cannot be read: ingest its file again."),
        ("UPDATE generations SET segments = '[[1]]'", "The collection's database is damaged: move it away"),
        ("UPDATE generations SET facets = '[]'", "The collection's database is damaged: move it away"),
        ("UPDATE generations SET facets = '{'", "The collection's database is damaged: move it away"),
    ],
)
def test_what_somebody_else_wrote_is_called_damage(folder: Path, change: str, told: str) -> None:
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute(change)
    connection.close()
    with pytest.raises(CorpusError) as caught:
        opened(folder).of(["p1"])
    assert str(caught.value).startswith(told)


def test_a_switch_over_is_on_the_disk_before_anything_else_is_done(folder: Path) -> None:
    """What the generation before needs is removed then: if a power cut undid the switch-over, nothing would answer."""
    database = writable(folder)
    assert database.row("PRAGMA synchronous") == (2,)
    database.close()


def test_a_long_statement_keeps_nobody_waiting(folder: Path) -> None:
    """To count the authors of a million papers takes seconds, in which others ask too."""
    database = readable(folder)
    assert database is not None
    counts = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT ?) SELECT COUNT(*) FROM n"
    began, done = time.monotonic(), list[float]()

    def long() -> None:
        database.row(counts, [3_000_000])
        done.append(time.monotonic())

    running = threading.Thread(target=long)
    running.start()
    time.sleep(0.05)
    assert database.row("SELECT COUNT(*) FROM papers") == (len(PAPERS),)
    assert not done, f"it was not long: {time.monotonic() - began:.2f} s"
    running.join()
    database.close()
    with pytest.raises(CorpusError, match="it was closed"):
        database.row("SELECT 1")


def test_closed_it_holds_no_file(folder: Path) -> None:
    """However many threads have asked at once, and while they do."""
    database = readable(folder)
    assert database is not None
    with ThreadPoolExecutor(16) as threads:
        asked = [threads.submit(database.rows, "SELECT * FROM records, papers LIMIT 300") for _ in range(200)]
        assert {len(one.result()) for one in asked} == {300}
        again = [threads.submit(database.rows, "SELECT * FROM records, papers LIMIT 300") for _ in range(200)]
        database.close()
    assert all(one.exception() is None or isinstance(one.exception(), CorpusError) for one in again)
    assert not [file for file in psutil.Process().open_files() if file.path == str(folder / FILE)]


def test_a_newer_version_is_not_touched(folder: Path) -> None:
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    for use in (lambda: open_papers(folder), lambda: writable(folder)):
        with pytest.raises(CorpusError, match=r"were written by a newer version of paperbacked: update it\.$"):
            use()


def without_a_facet(folder: Path) -> None:
    """As it was before the facet of organisations was offered."""
    [facet] = [one for one in OFFERED if one.name == "organisation"]
    connection = sqlite3.connect(folder / FILE)
    connection.execute(f"DROP INDEX papers_{column(facet)}")
    connection.execute(f"ALTER TABLE papers DROP COLUMN {column(facet)}")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("by", ["reader", "writer"])
def test_a_facet_that_is_new_is_filled_from_the_records(folder: Path, by: str) -> None:
    without_a_facet(folder)
    if by == "writer":
        writable(folder).close()
    collection = opened(folder)
    assert list(collection.select(Filters(organisations=("lab 1",)))) == list(PAPERS[1::2])
    assert collection.select().counted("organisation") == {"lab 0": 10, "lab 1": 10}


READ_ALONE = """
import sys
from pathlib import Path
from retrieval.papers.papers import open_papers
papers = open_papers(Path(sys.argv[1]))
print(len(list(papers)), papers.get("p3").name, papers.is_newest())
"""


@pytest.mark.parametrize("journal", ["none beside it", "left by a kill"])
def test_a_folder_that_cannot_be_written(folder: Path, journal: str) -> None:
    if journal == "left by a kill":
        held = writable(folder)
        held.write("CREATE TABLE more (one)")
        held.write("DROP TABLE more")
        copy = folder.with_name("copy")
        copy.mkdir()
        for file in folder.iterdir():
            if file.suffix != ".sqlite-shm":
                (copy / file.name).write_bytes(file.read_bytes())
        held.close()
        folder = copy
    mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(folder), sys.executable, READ_ALONE],
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["20", "T3", "True"], done.stderr


FOLLOW_ALONE = """
import sys
from pathlib import Path
from retrieval.papers.papers import open_papers
papers = open_papers(Path(sys.argv[1]))
print(papers.is_newest(), flush=True)
sys.stdin.readline()
print(papers.is_newest(), papers.get("p3").name, len(open_papers(Path(sys.argv[1]))))
"""


def test_who_cannot_write_sees_what_others_write(folder: Path) -> None:
    """As a server in a container does, whose folder is another's to write."""
    mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" -c "$3" "$1"'
    with subprocess.Popen(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(folder), sys.executable, FOLLOW_ALONE],
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout and reader.stdout.readline().split() == ["True"]
        add(folder, Paper("new", "T", "", "en"))
        told, failed = reader.communicate("\n", timeout=60)
    assert told.split() == ["False", "T3", "21"], failed


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CorpusError, match=r"cannot be written \(.*\): set PAPERBACKED_HOME to a folder of yours\."):
        writable(tmp_path / "file" / "collection")


def test_a_reader_reads_on_while_a_writer_commits(folder: Path) -> None:
    """From many threads, and each sees all of its own generation all the time."""
    reader, done, wrong = opened(folder), threading.Event(), list[object]()

    def reads() -> None:
        while not done.is_set():
            seen = (tuple(reader), len(reader), reader.get("p3"), len(reader.select(Filters(organisations=("lab 1",)))))
            if seen != (PAPERS, 20, PAPERS[3], 10):
                wrong.append(seen)

    threads = [threading.Thread(target=reads) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        add(folder, *(Paper(f"p{n}", "Changed", "", "en") for n in range(10)), *_more(2000))
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert not reader.is_newest()
    newest = opened(folder)
    assert (len(newest), newest.is_newest(), newest.get("p3")) == (2020, True, Paper("p3", "Changed", "", "en"))


def _more(count: int) -> Iterator[Paper]:
    return (Paper(f"more{n}", "T", "Whales sing.", "en") for n in range(count))
