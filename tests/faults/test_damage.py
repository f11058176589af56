"""A damaged page of a SQLite file, weights that are cut short, and vectors that are taken away from a server."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import sqlite3
from pathlib import Path

import httpx
import pytest

from retrieval.models.embedding import base_folder
from retrieval.shipped import shipped_file
from tests.faults.conftest import ASKED, Places, Saw, Serve
from tests.faults.operations import BY_ROW, KILLS, QUESTION, Operation, chosen
from tests.faults.program import (
    assert_done,
    assert_done_or_plain_failure,
    assert_no_traceback,
    assert_plain_failure,
    begin,
    ended,
    shown,
)

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

PAGE = 4096
TIMES = max(2, KILLS // 2)
"""How many pages, one after the other, each in a copy of its own; ten by `make faults`."""


def damage(file: Path, page: int, chance: random.Random) -> None:
    """Make one page of a database, counted from 0, nonsense."""
    with file.open("r+b") as opened:
        opened.seek(page * PAGE)
        opened.write(chance.randbytes(PAGE))


@pytest.mark.parametrize("which", ["papers", "vectors"])
@pytest.mark.parametrize("operation", chosen("add", "ask", more=("rebuild", "sync", "migrate")), ids=str)
def test_a_page_of_a_database(
    operation: Operation, which: str, places: Places, tmp_path: Path, chance: random.Random, saw: Saw
) -> None:
    """The first page, which cannot be done without, and others, which may not be read at all."""
    seen = set[str]()
    for number in range(TIMES):
        place = places.copy(operation, tmp_path / str(number))
        folder = place.home / "collections" / (operation.collection or "default")
        file = folder / "papers.sqlite" if which == "papers" else place.home / "chroma" / "chroma.sqlite3"
        if not file.exists():  # The first version's vectors were of another kind.
            saw("there are no vectors yet")
            return
        close(file)  # Else the page may stand as it should be in the file beside it.
        damage(file, chance.randrange(file.stat().st_size // PAGE) if number else 0, chance)
        sentence = assert_done_or_plain_failure(operation.run(place))
        seen.add(shown(sentence) or "done")
        if sentence:
            # What the sentence says to do helps.
            assert re.search("move (?:the file|the folder|it) away|remove", sentence), sentence
            away = file.parent if "folder" in sentence.rpartition(": ")[2] else file
            away.rename(tmp_path / f"aside-{number}")
            assert_done(operation.run(place))
        # Vectors are made anew of the papers, which are as they were, and papers of their file where they have one. A
        # page that the operation did not read may still be damaged.
        if which == "vectors" or (sentence and operation.collection == "default"):
            operation.assert_whole(place)
    saw(" · ".join(sorted(seen)))


def close(file: Path) -> None:
    """Bring all of a database into its one file."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def cut(folder: Path, name: str) -> None:
    """A third of the file is missing."""
    file = folder / name
    os.truncate(file, 2 * file.stat().st_size // 3)


@pytest.mark.parametrize("row", ["first build", "ask"])
def test_an_embedding_model(row: str, places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(BY_ROW[row], tmp_path / "place")
    shutil.copytree(base_folder(), tmp_path / "model")
    cut(tmp_path / "model", "model.safetensors")
    sentence = assert_plain_failure(BY_ROW[row].run(place, embedding=str(tmp_path / "model")))
    assert_done(BY_ROW[row].run(place))
    saw(sentence)


def test_a_reader_model(places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    shutil.copytree(shipped_file("models/minilm-reader"), tmp_path / "reader")
    [weights] = [file for file in (tmp_path / "reader").iterdir() if file.suffix == ".onnx"]
    cut(tmp_path / "reader", weights.name)
    sentence = assert_plain_failure(BY_ROW["ask"].run(place, reader=str(tmp_path / "reader")))
    assert weights.name in sentence
    saw(sentence)


def test_a_language_model(places: Places, tmp_path: Path, saw: Saw) -> None:
    """A question is answered in quotes all the same, and the note says why."""
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    model = places.copy(BY_ROW["train"], tmp_path / "taught").model
    cut(model, "model.safetensors")
    said = ended(begin(place.home, ("ask", QUESTION, "--json"), papers=str(place.papers), llm=str(model)))
    assert_done(said)
    note = json.loads(said.out)["note"]
    assert "cannot be" in note and note.endswith(".")
    saw(note)


def test_a_model_to_teach(places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(BY_ROW["train"], tmp_path / "place")
    cut(place.model, "model.safetensors")
    saw(assert_plain_failure(BY_ROW["train"].run(place)))


def test_vectors_that_are_taken_from_a_server(serve: Serve, places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    with (
        serve(place.home, log=tmp_path / "log", **place.settings) as server,
        httpx.Client(base_url=server.address, timeout=60) as client,
    ):
        assert "event: done" in client.post(**ASKED).text
        threads = server.process.num_threads()
        shutil.rmtree(place.home / "chroma")
        told = [client.post(**ASKED).text for _ in range(10)]
        for text in told:
            assert_no_traceback(text)
            assert "event: done" in text or "event: error" in text
        [message] = {*re.findall(r'event: error\ndata: \{"message":"([^"]*)"', "".join(told))} or {"answers go on"}
        assert client.get("/api/v1/health").status_code < 500
        assert server.process.num_threads() <= threads + 8
    assert_no_traceback((tmp_path / "log").read_text())
    assert_done(BY_ROW["ask"].run(place))
    saw(f"{message}; the next start makes them anew")
