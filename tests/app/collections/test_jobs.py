"""Papers that are added one request after the other: how many wait, what is told, and what is left of it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.collections.jobs import KEPT_SECONDS, MOST_BECAME, MOST_WAITING, AddingJobs, Job
from app.surfaces.collections import CrowdedError, UploadRoom
from retrieval.adding.report import AddReport, Became
from retrieval.adding.request import AddRequest
from retrieval.errors import CorpusError

REPORT = AddReport("mine", datetime.now(UTC), (), {})
SECONDS = 10


def a_job(collection: str = "mine", visitor: str | None = None, room: UploadRoom | None = None) -> Job:
    return Job(collection, AddRequest(text="x"), room, visitor)


def test_a_job_tells_what_became_of_each_and_its_report() -> None:
    def run(job: Job) -> AddReport:
        job.told(Became("one", "added"))
        job.told(Became("two", "broken", reason="why"))
        return REPORT

    jobs, job = AddingJobs(run), a_job()
    job.total = 3
    assert jobs.begin(job) == job.id and job.ended.wait(SECONDS)
    told = job.told_after(1)
    assert (told.state, told.done, told.total, told.report) == ("done", 2, 2, REPORT)
    assert [one.place for one in told.became] == ["two"]
    assert jobs.get(job.id) is job and jobs.get("0" * 32) is None


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(CorpusError("It is damaged."), "It is damaged."), (ValueError("secret"), "inside the server")],
)
def test_what_fails_is_said_and_the_next_one_is_done(error: Exception, sentence: str, tmp_path: Path) -> None:
    def run(job: Job) -> AddReport:
        if job.collection == "bad":
            raise error
        return REPORT

    jobs = AddingJobs(run)
    room = UploadRoom(tmp_path / "room")
    room.folder.mkdir()
    (room.folder / "file").write_text("x")
    bad, good = a_job("bad", room=room), a_job("good")
    jobs.begin(bad)
    jobs.begin(good)
    assert good.ended.wait(SECONDS)
    assert bad.state == "failed" and sentence in (bad.error or "") and "secret" not in (bad.error or "")
    assert not room.folder.exists()
    assert good.state == "done"


def test_one_is_done_after_the_other_and_twenty_wait() -> None:
    go, began = threading.Event(), threading.Event()
    at_once: list[int] = []
    running = 0

    def run(job: Job) -> AddReport:
        nonlocal running
        running += 1
        at_once.append(running)
        began.set()
        assert go.wait(SECONDS)
        running -= 1
        return REPORT

    jobs = AddingJobs(run)
    first = a_job(visitor="a")
    jobs.begin(first)
    assert began.wait(SECONDS)
    waiting = [a_job(f"c{number}", visitor="b") for number in range(MOST_WAITING)]
    for job in waiting:
        jobs.begin(job)
    with pytest.raises(CrowdedError) as refused:
        jobs.begin(a_job())
    assert refused.value.status == 503 and refused.value.retry_after
    assert jobs.pending("mine") and jobs.pending("c7") and not jobs.pending("other")
    assert (jobs.waiting_of("a"), jobs.waiting_of("b")) == (1, MOST_WAITING)
    go.set()
    assert waiting[-1].ended.wait(SECONDS)
    assert set(at_once) == {1}


def test_a_job_is_known_for_an_hour_after_its_end() -> None:
    now = 0.0
    jobs, job = AddingJobs(lambda job: REPORT, now=lambda: now), a_job()
    jobs.begin(job)
    assert job.ended.wait(SECONDS)
    now = KEPT_SECONDS - 1
    assert jobs.get(job.id) is job
    now = KEPT_SECONDS + 1
    assert jobs.get(job.id) is None


def test_of_many_entries_the_first_are_told_and_all_are_counted() -> None:
    def run(job: Job) -> AddReport:
        for number in range(MOST_BECAME + 5):
            job.told(Became(str(number), "added"))
        return REPORT

    jobs, job = AddingJobs(run), a_job()
    jobs.begin(job)
    assert job.ended.wait(SECONDS)
    assert len(job.told_after(0).became) == MOST_BECAME and job.told_after(0).done == MOST_BECAME + 5


def test_nobody_guesses_a_jobs_id() -> None:
    ids = {a_job().id for _ in range(200)}
    assert len(ids) == 200 and all(len(job_id) == 32 for job_id in ids)
