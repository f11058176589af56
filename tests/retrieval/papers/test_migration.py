"""Databases of the first version: read as they are, brought up when written to, by all or nothing."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from retrieval.corpus import corpus_hash
from retrieval.errors import CorpusError
from retrieval.identity import keys_of
from retrieval.papers import found_by
from retrieval.papers.database import FILE, readable, writable
from retrieval.papers.papers import Papers, open_papers
from retrieval.papers.tables import FIRST, OFFERED, VERSION, column, statements
from retrieval.readers.jsonl import as_line
from retrieval.types import Paper
from tests.retrieval.papers.kept import add, opened
from tests.support.owl_texts import SHA256, owl_paper

LINKS = (None, "https://owls.example/1", "ftp://owls.example")
PAPERS = tuple(
    Paper(
        f"p{n}",
        f"Listening to the owls of wood {n}" if n % 3 else f"Owls {n}",
        "Owls hunt at night." if n % 5 else "",
        "en",
        authors=("Ada Owl", f"Bo {n % 7}", "Ada Owl")[: n % 4],
        organisation=f"lab {n % 2}",
        published=date(2000 + n % 20, 1, 1),
        url=LINKS[n % 3],
        doi=f"10.1234/{n}" if n % 4 == 0 else None,
        arxiv_id=f"2001.{n:05}v1" if n % 6 == 0 else None,
    )
    for n in range(1_234)
)


def first_version(folder: Path, papers: tuple[Paper, ...] = PAPERS) -> Path:
    """A collection as version 1 of the tables has it: one generation, whose papers have all their columns."""
    modern = folder.with_name(f"{folder.name}-modern")
    add(modern, *papers)
    folder.mkdir(parents=True)
    connection = sqlite3.connect(folder / FILE)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in statements(FIRST):
        connection.execute(statement)
    for facet in OFFERED:
        name = column(facet)
        connection.execute(f"ALTER TABLE papers ADD COLUMN {name} TEXT")
        connection.execute(f"CREATE INDEX papers_{name} ON papers ({name}, published, place, added, removed)")
    connection.execute("ATTACH ? AS modern", [str(modern / FILE)])
    for table in ("papers", "generations", "sources"):
        connection.execute(f"INSERT INTO {table} SELECT * FROM modern.{table}")
    lines = [(number, as_line(paper)) for number, paper in enumerate(papers, start=1)]
    connection.executemany("INSERT INTO records VALUES (?, ?)", lines)
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    return folder


def version(folder: Path) -> int:
    connection = sqlite3.connect(folder / FILE)
    try:
        return connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()


def told(papers: Papers) -> list[object]:
    """Whatever may be asked of papers that have no texts."""
    selection = papers.select()
    keys = [key for paper in PAPERS[::50] for key in keys_of(paper)]
    return [
        list(papers),
        papers.hash,
        papers.by_keys(keys),
        papers.by_file(SHA256),
        papers.get("p7"),
        selection.counted("author"),
        *(list(selection.lacking(what)) for what in ("author", "abstract", "link", "category")),
        selection.counted("organisation"),
        papers.facets.organisations,
        list(papers.select(numbers=range(20, 40))),
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return first_version(tmp_path / "c")


def test_read_as_it_is(folder: Path) -> None:
    papers = opened(folder)
    assert told(papers) == told(opened(folder.with_name("c-modern")))
    assert version(folder) == 1
    assert list(papers) == list(PAPERS) and papers.hash == corpus_hash(PAPERS)


def test_brought_up_it_tells_the_same(folder: Path) -> None:
    before = opened(folder)
    expected = told(before)
    steps: list[tuple[str, int, int]] = []
    writable(folder, lambda *step: steps.append(step)).close()
    assert version(folder) == VERSION == 2
    assert told(opened(folder)) == expected
    assert told(before) == expected, "who read it before reads on"
    assert steps[-1] == (found_by.LABEL, len(PAPERS), len(PAPERS)) and len(steps) > 1


def rows_of(folder: Path) -> dict[str, list[object]]:
    connection = sqlite3.connect(folder / FILE)
    try:
        tables = ("papers", "records", "texts", "keys", "authors", "lacking")
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables}
    finally:
        connection.close()


def test_it_is_as_if_it_had_always_been_of_this_version(folder: Path) -> None:
    writable(folder).close()
    assert rows_of(folder) == rows_of(folder.with_name("c-modern"))
    add(folder, removed=tuple(paper.id for paper in PAPERS[:1_230]))
    add(folder, owl_paper())
    rows = rows_of(folder)
    numbers = {number for number, *_ in rows["papers"]}  # type: ignore
    assert numbers == {1231, 1232, 1233, 1234, 1235}
    assert {row[-1] for table in ("keys", "authors", "lacking") for row in rows[table]} <= numbers  # type: ignore


def test_many_papers_that_go_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their rows are looked for in whole tables then, those of damaged ones too."""
    monkeypatch.setattr(found_by, "MANY", 5)
    add(folder, removed=tuple(paper.id for paper in PAPERS[:1_000]))
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute("UPDATE records SET record = '{' WHERE number = 8")
    connection.close()
    add(folder, owl_paper())
    rows = rows_of(folder)
    assert rows["keys"] and rows["authors"] and rows["lacking"]
    assert min(row[-1] for table in ("keys", "authors", "lacking") for row in rows[table]) == 1_001  # type: ignore


def test_papers_with_texts_come_into_an_old_collection(folder: Path) -> None:
    before = opened(folder)
    add(folder, owl_paper())
    papers = opened(folder)
    assert len(papers) == len(PAPERS) + 1 and papers.by_file(SHA256) == owl_paper()
    assert list(before) == list(PAPERS) and before.by_file(SHA256) is None


READ_ALONE = """
import sys
from pathlib import Path
from retrieval.papers.papers import open_papers
papers = open_papers(Path(sys.argv[1]))
print(len(list(papers)), papers.get("p3").name, len(papers.select().counted("author")), papers.is_newest())
"""


def test_where_nothing_can_be_written(folder: Path) -> None:
    mount = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", str(folder), sys.executable, READ_ALONE],
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["1234", "Owls", "3", "8", "True"], done.stderr


def test_a_damaged_record_is_left_as_it_is(folder: Path) -> None:
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute("UPDATE records SET record = '{' WHERE number = 8")
    connection.close()
    writable(folder).close()
    papers = opened(folder)
    assert papers.get("p6") == PAPERS[6] and papers.by_keys(["doi:10.1234/12"])["doi:10.1234/12"] == PAPERS[12]
    with pytest.raises(CorpusError, match="A paper of the collection cannot be read"):
        papers.get("p7")


KILLED = """
import os, signal, sys
from pathlib import Path
from retrieval.papers import found_by
from retrieval.papers.database import writable
def killed(label, done, total):
    if done >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
writable(Path(sys.argv[1]), killed)
"""


@pytest.mark.parametrize("after", [500, 1_234])
def test_killed_in_the_middle_it_is_as_before(folder: Path, after: int) -> None:
    expected = told(opened(folder))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(after)],
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": os.environ["PATH"]},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert version(folder) == 1 and told(opened(folder)) == expected
    writable(folder).close()
    assert version(folder) == 2 and told(opened(folder)) == expected


def test_two_at_once(folder: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as threads:
        for database in threads.map(lambda _: writable(folder), range(4)):
            database.close()
    assert rows_of(folder) == rows_of(folder.with_name("c-modern"))


def test_an_empty_file_is_no_collection_yet(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    assert readable(tmp_path) is None and open_papers(tmp_path) is None
