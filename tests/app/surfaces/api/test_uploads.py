"""Files as they are sent: written as they come, bounded before a byte more is kept, named by what they hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from app.surfaces.api import uploads
from app.surfaces.api.uploads import boundary_of, label_of, named_by_content, read_form
from app.surfaces.collections import CollectionError, CrowdedError, UploadRoom
from app.surfaces.problems import plain_errors
from retrieval.sanitize import sanitize

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n"


def client_for(room: UploadRoom) -> TestClient:
    """A server that takes one form into the room and tells what came."""
    app = FastAPI()

    @app.post("/")
    async def take(request: Request) -> JSONResponse:
        boundary = boundary_of(request.headers.get("content-type", ""))
        assert boundary is not None
        form = await read_form(request, boundary, room)
        files = [(upload.label, upload.path.name, upload.path.read_bytes().hex()) for upload in form.uploads]
        return JSONResponse({"files": files, "texts": form.texts})

    plain_errors(app)
    return TestClient(app)


@pytest.fixture
def room(tmp_path: Path) -> UploadRoom:
    folder = tmp_path / "room"
    folder.mkdir()
    return UploadRoom(folder, most_files=3, file_bytes=1_000, request_bytes=2_000)


def left(room: UploadRoom) -> list[Path]:
    return list(room.folder.iterdir())


def test_files_and_texts_come_as_they_were_sent(room: UploadRoom) -> None:
    content = bytes(range(1, 256)) * 3
    told = client_for(room).post(
        "/",
        files=[("files", ("a.txt", content)), ("file", ("ü b.bib", b"@a{b}"))],
        data={"text": "10.1/é", "online": "on"},
    )
    first, second = told.json()["files"]
    assert first[0] == "a.txt" and bytes.fromhex(first[2]) == content
    assert second[0] == "ü b.bib" and second[1].endswith(".bib")
    assert told.json()["texts"] == {"text": "10.1/é", "online": "on"}


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "..\\..\\x.txt",
        "a\0b.txt",
        "x" * 5_000,
        "CON",
        ".",
        "..",
        "~/x",
        "a/b/c.pdf",
    ],
)
def test_no_name_is_a_path(room: UploadRoom, name: str) -> None:
    before = set(room.folder.parent.rglob("*"))
    body = (
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="'
        + name.encode()
        + b'"\r\n\r\nwords\r\n--B--\r\n'
    )
    sent = client_for(room).post("/", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"})
    if len(name) > 1_000:  # longer than a header may be
        assert sent.status_code == 400
        return
    [(label, written, _)] = sent.json()["files"]
    new = set(room.folder.parent.rglob("*")) - before
    assert [path.name for path in new] == [written] and all(path.parent == room.folder for path in new)
    assert len(label) <= 200 and label.isprintable()


def test_one_file_too_large_is_refused_as_it_comes(room: UploadRoom) -> None:
    refused = client_for(room).post("/", files=[("files", ("large.txt", b"x" * 1_001))])
    assert refused.status_code == 413 and "large.txt" in refused.json()["detail"]
    assert sum(path.stat().st_size for path in left(room)) <= room.file_bytes


def test_so_are_files_that_are_too_large_together(room: UploadRoom) -> None:
    files = [("files", (f"{number}.txt", b"x" * 900)) for number in range(3)]
    refused = client_for(room).post("/", files=files)
    assert refused.status_code == 413 and "together" in refused.json()["detail"]


def test_and_too_many(room: UploadRoom) -> None:
    files = [("files", (f"{number}.txt", b"x")) for number in range(4)]
    refused = client_for(room).post("/", files=files)
    assert refused.status_code == 413 and "3 files" in refused.json()["detail"]
    assert len(left(room)) == 3


def test_a_length_that_is_said_to_be_too_large_is_refused_before_anything_is_read(room: UploadRoom) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=B", "Content-Length": "900000"}
    assert client_for(room).post("/", content=b"--B", headers=headers).status_code == 413
    assert left(room) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--B",
        b"--B\r\n",
        b"nothing of the kind",
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\ncut off',
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n'
        + b"X-A: b\r\n" * 100
        + b"\r\nx\r\n--B--",
        b'--B\r\nContent-Disposition: form-data; name="files"; filename="a"\r\nX-Long: ' + b"a" * 100_000,
    ],
)
def test_a_form_that_breaks_off_or_is_none_is_refused(room: UploadRoom, body: bytes) -> None:
    refused = client_for(room).post("/", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"})
    assert refused.status_code == 400 and refused.headers["content-type"] == "application/problem+json"


def test_a_field_that_is_none_of_ours_is_refused(room: UploadRoom) -> None:
    refused = client_for(room).post("/", data={"path": "/etc"}, files=[("files", ("a", b"x"))])
    assert refused.status_code == 400 and "'path'" in refused.json()["detail"]


def test_an_empty_file_field_of_a_browser_is_no_file(room: UploadRoom) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n\r\n--B--\r\n'
    told = client_for(room).post("/", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"})
    assert told.json()["files"] == [] and left(room) == []


@pytest.mark.parametrize(
    ("label", "content", "suffix"),
    [
        ("a.pdf", PDF, ".pdf"),
        ("a.txt", PDF, ".pdf"),
        ("a", b"\xef\xbb\xbf" + b" " * 100 + PDF, ".pdf"),
        ("a.pdf", b"<html>not found</html>", ".pdf"),  # what is wrong with it, its reader says
        ("a.bib", b"@article{a}", ".bib"),
        ("A.BIB", b"@article{a}", ".bib"),
        ("a.bib", b"MZ\0\0", ".bin"),
        ("a.zip", b"PK\3\4\0\0", ".bin"),
        ("a.csv", "title\n".encode("utf-16"), ".csv"),
        ("a.exe", b"echo", ".txt"),
        ("a.html", b"<html>", ".txt"),
        ("a.py", b"import os", ".txt"),
        ("..", b"x", ".txt"),
        ("", b"x", ".txt"),
    ],
)
def test_a_file_is_what_it_holds(tmp_path: Path, label: str, content: bytes, suffix: str) -> None:
    file = tmp_path / "000-ab"
    file.write_bytes(content)
    named = named_by_content(file, label)
    assert named == tmp_path / f"000-ab{suffix}" and named.read_bytes() == content


@given(st.text(max_size=3_000))
def test_a_label_can_be_shown(name: str) -> None:
    label = label_of(name)
    assert len(label) <= 200 and (not label or sanitize(label) == label) and label == label.strip()


@given(st.binary(max_size=600), st.integers(1, 50))
def test_content_comes_whole_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("room")
    room = UploadRoom(folder, most_files=3, file_bytes=1_000, request_bytes=2_000)
    boundary = b"BoundaryThatIsNowhere"
    body = (
        b"--"
        + boundary
        + b'\r\nContent-Disposition: form-data; name="files"; filename="a.bin"\r\n\r\n'
        + content
        + b"\r\n--"
        + boundary
        + b"--\r\n"
    )
    pieces = [body[at : at + cut] for at in range(0, len(body), cut)]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    request = Request({"type": "http", "method": "POST", "headers": [], "path": "/"}, receive)
    [upload] = asyncio.run(read_form(request, boundary, room)).uploads
    assert upload.path.read_bytes() == content


def test_what_comes_too_slowly_is_given_up(room: UploadRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SILENT_SECONDS", 0.05)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(5)
        raise AssertionError("it was waited for")

    request = Request({"type": "http", "method": "POST", "headers": [], "path": "/"}, receive)
    with pytest.raises(CollectionError, match="too slowly") as refused:
        asyncio.run(read_form(request, b"B", room))
    assert refused.value.status == 408


def test_and_what_drips_is_too(room: UploadRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SILENT_SECONDS", 0.2)
    monkeypatch.setattr(uploads, "SLOWEST", 10**9)
    sent = 0

    async def receive() -> dict[str, Any]:
        nonlocal sent
        sent += 1
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"-", "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": [], "path": "/"}, receive)
    with pytest.raises(CollectionError, match="too slowly"):
        asyncio.run(read_form(request, b"B", room))
    assert sent < 20


def test_json_is_no_form() -> None:
    assert boundary_of("application/json") is None and boundary_of("") is None
    assert boundary_of("multipart/form-data") is None
    assert boundary_of(json.dumps("multipart/form-data")) is None


def test_one_address_sends_three_at_once() -> None:
    senders = uploads.Senders()
    with senders.sending("2001:db8::1"), senders.sending("2001:db8::2"), senders.sending("2001:db8::1"):
        with pytest.raises(CrowdedError), senders.sending("2001:db8::3"):  # one network is one sender
            raise AssertionError("it was let in")
        with senders.sending("203.0.113.7"):
            pass
    with senders.sending("2001:db8::3"):
        pass
    assert not senders._sending


def test_parts_without_content_count_too(room: UploadRoom) -> None:
    part = b'--B\r\nContent-Disposition: form-data; name="text"\r\n\r\n\r\n'
    sent = 0

    def parts() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(300):
            sent += 1
            yield part * 50
        yield b"--B--\r\n"

    refused = client_for(room).post("/", content=parts(), headers={"Content-Type": "multipart/form-data; boundary=B"})
    assert refused.status_code == 413 and left(room) == []
