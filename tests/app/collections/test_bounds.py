"""What one visitor may take from the others: bytes, time, places; and what is left of what was refused or stopped."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from app.collections import home, jobs, places, quota
from app.collections.jobs import AddingJobs, Job
from app.collections.uploads import Uploads
from app.surfaces.collections import FullError, Upload
from retrieval.adding.report import AddReport, Became
from retrieval.adding.request import AddRequest
from tests.support.made_papers import made_paper
from tests.support.own_collections import SLEEP, WALKS, Server, add, new_collection, record, serve

VISITOR = "0" * 16


def padded(number: int, size: int) -> bytes:
    """A PDF of that size."""
    pdf = made_paper(number).pdf
    return pdf + b"\n%" + b"x" * (size - len(pdf))


def test_nothing_is_fetched_where_nothing_is_looked_up(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors")
    client = server.client()
    name = new_collection(client)
    for wish in ("online", "pdfs"):
        refused = client.post(f"/api/v1/collections/{name}/papers", json={"text": "2401.01234", wish: True})
        assert refused.status_code == 400 and refused.json()["code"] == "online_off", wish


def test_requests_that_come_at_once_share_the_quota(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors", visitor_mb=1)
    collections = server.collections
    name = collections.create("Mine", VISITOR).name
    began = []
    rooms = [collections.room(name, VISITOR) for _ in range(2)]
    for number, room in enumerate(rooms):
        file = room.folder / "0.pdf"
        file.write_bytes(padded(number, 700_000))
        began.append(collections.add(name, AddRequest(), [Upload(file, "a.pdf")], VISITOR, room))
    first, second = (done(server, job) for job in began)
    assert first.error is None and second.error and "1 MB together" in second.error
    assert len([*(server.folder / name / "files").iterdir()]) == 1
    assert len(collections.answerer(name, VISITOR).papers) == 1


def test_what_takes_too_long_is_stopped_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(tmp_path, adding="visitors")
    client = server.client()
    name, other = new_collection(client), new_collection(client)
    add(client, other, json={"papers": [record(SLEEP)]})
    monkeypatch.setattr(server.collections._jobs._run, "_quota", quota.Quota(seconds=0.0))
    files = [("files", (f"{number}.pdf", made_paper(number).pdf)) for number in range(2)]
    for collection in (name, other):
        job = add(client, collection, files=files)
        assert job["state"] == "failed" and "took longer" in job["error"]
    assert [file.name for file in (server.folder / name).iterdir()] == ["about.json"]
    assert not [*(server.folder / other).glob("files/*")]
    monkeypatch.undo()
    assert add(client, name, json={"papers": [record(WALKS)]})["report"]["counts"]["added"] == 1
    assert len(client.get("/api/v1/papers", params={"collection": name}).json()) == 1


def test_where_the_disk_is_full_no_room_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(tmp_path)
    name = server.collections.create("Mine").name
    with monkeypatch.context() as full:
        full.setattr(quota, "ROOM_BYTES", 1 << 70)
        for _ in range(home.MOST_ROOMS + 1):
            with pytest.raises(FullError, match="disk has no room"):
                server.collections.room(name)
    server.collections.room(name).discard()


def test_rooms_of_one_process_lie_together(tmp_path: Path) -> None:
    for number in range(20):
        uploads, barrier = Uploads(tmp_path / str(number)), threading.Barrier(8)

        def make(uploads: Uploads = uploads, barrier: threading.Barrier = barrier) -> None:
            barrier.wait(10)
            uploads.room()

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert len([*(tmp_path / str(number)).iterdir()]) == 1 and uploads.rooms == 8


def test_empty_collections_of_many_visitors_keep_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_OF_VISITORS", 3)
    server = serve(tmp_path, adding="visitors")
    reader = server.client()
    full = new_collection(reader, "Full")
    add(reader, full, json={"papers": [record(SLEEP)]})
    for number in range(6):
        server.collections.create(f"C{number}", f"{number:016d}")
    there = [folder.name for folder in server.folder.iterdir() if folder.name.startswith("v-")]
    assert len(there) == 3 and full in there
    monkeypatch.setattr(places, "MOST_OF_VISITORS", 1)
    for name in there:
        if name != full:
            server.collections.trash.throw(name)
    with pytest.raises(FullError, match="no room"):
        server.collections.create("One more", VISITOR)


def test_what_was_removed_comes_back_to_a_place_that_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_COLLECTIONS", 1)
    collections = serve(tmp_path, adding="visitors").collections
    first = collections.create("First", VISITOR).name
    collections.delete(first, VISITOR)
    second = collections.create("Second", VISITOR).name
    with pytest.raises(FullError):
        collections.restore(first, VISITOR)
    collections.delete(second, VISITOR)
    assert collections.restore(first, VISITOR).name == first


def test_what_is_told_of_ended_jobs_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_KEPT_ENTRIES", 25)

    def run(job: Job) -> AddReport | None:
        for number in range(10):
            job.told(Became(str(number), "broken"))
        return None

    queue = AddingJobs(run)
    sent = [Job("mine", AddRequest(text="x" * 1_000)) for _ in range(6)]
    for job in sent:
        queue.begin(job)
        assert job.ended.wait(10)
    assert [queue.get(job.id) is job for job in sent] == [False] * 3 + [True] * 3
    assert not any(job.request.text for job in sent)


def test_no_failure_tells_where_the_server_has_its_files(tmp_path: Path) -> None:
    server = serve(tmp_path)
    name = new_collection(server.client())
    (server.folder / name / "papers.sqlite").write_bytes(b"nothing of the kind" * 100)
    job = add(server.client(), name, json={"papers": [record(SLEEP)]})
    assert job["state"] == "failed" and str(tmp_path) not in job["error"]


@pytest.mark.parametrize(
    ("label", "content"),
    [
        ("thesis.pdf", b"%PDF-1.7\nbroken"),
        ("a b.pdf", b"no pdf"),
        ("refs.bib", b"nothing here"),
        ("list.json", b'{"a": '),
        ("x.ris", b""),
        ("data.csv", b"a,b\n1,2\n"),
        ("notes.md", b""),
        ("picture.png", b"\x89PNG\0\0"),
        ("/", b"%PDF-1.7\nbroken"),
        ("..", b"%PDF-1.7\nbroken"),
    ],
)
def test_what_is_broken_is_told_by_the_name_that_its_reader_knows(tmp_path: Path, label: str, content: bytes) -> None:
    server = serve(tmp_path)
    collections = server.collections
    name = collections.create("Mine").name
    client = server.client()
    job = add(client, name, files=[("files", (label, content))])
    [one] = job["became"]
    assert one["outcome"] == "broken" and one["place"].startswith(label)
    sentence = one["reason"]
    assert str(tmp_path) not in sentence and "000-" not in sentence, sentence
    if label.endswith((".pdf", ".md")) or label == "/":
        assert sentence.startswith(label), sentence


def done(server: Server, job_id: str) -> Any:
    job = server.collections._jobs.get(job_id)
    assert job is not None and job.ended.wait(30)
    return job
