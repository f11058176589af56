"""What a form of files may cost beside its bytes: parts with nothing in them take no room, but time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.surfaces.api.uploads import MOST_TEXT_PARTS
from tests.support.own_collections import Server, new_collection, serve

FORM = {"Content-Type": "multipart/form-data; boundary=B"}
MOST_CPU_SECONDS = 3.0
TEXT = b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\n\r\n'
FILE = b'--B\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n\r\n'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return serve(tmp_path_factory.mktemp("forms"), adding="visitors")


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]


@pytest.mark.parametrize("part", [TEXT, FILE], ids=["texts", "files"])
def test_of_a_million_empty_parts_few_are_read(server: Server, part: bytes) -> None:
    client = server.client()
    name, began = new_collection(client), time.process_time()
    told = client.post(f"/api/v1/collections/{name}/papers", content=part * 400_000 + b"--B--\r\n", headers=FORM)
    assert told.status_code == 413 and "files may be sent at once" in told.json()["detail"], told.text[:200]
    assert time.process_time() - began < MOST_CPU_SECONDS
    assert left(server.settings.home / "uploads") == []


def test_a_form_may_have_all_its_files_and_texts(server: Server) -> None:
    client = server.client()
    name = new_collection(client)
    files = [("files", (f"{number}.txt", b"10.1/a")) for number in range(200)]
    told = client.post(f"/api/v1/collections/{name}/papers", files=files, data={"text": ["10.1/b"] * 3, "online": ""})
    assert MOST_TEXT_PARTS > 4 and told.status_code == 202, told.text


@pytest.mark.parametrize(
    "head",
    [
        b'Content-Disposition: form-data; name="text"; x="' + b"a" * 3_000_000 + b'"\r\n\r\n',
        b"a" * 3_000_000 + b": b\r\n\r\n",
        b"a: b\r\n" * 500_000 + b'Content-Disposition: form-data; name="text"\r\n\r\n',
    ],
    ids=["a long value", "a long name", "many"],
)
def test_heads_of_parts_are_bounded(server: Server, head: bytes) -> None:
    client: TestClient = server.client()
    name = new_collection(client)
    body = b"--B\r\n" + head + b"10.1/a\r\n--B--\r\n"
    told = client.post(f"/api/v1/collections/{name}/papers", content=body, headers=FORM)
    assert told.status_code == 400 and told.json()["code"] == "upload_unreadable"
