"""A full disk and a home folder that may only be read: said in one sentence, and nothing that is there is lost.

The disk is a tmpfs, and the folder mounted again to be read alone, each in a mount namespace of the test's own.
"""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.faults.conftest import ASKED, Places, Saw, Serve
from tests.faults.operations import BY_ROW, OPERATIONS, THOROUGH, Operation, Place
from tests.faults.program import (
    assert_done,
    assert_done_or_plain_failure,
    assert_no_traceback,
    assert_plain_failure,
    begin,
    ended,
)

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]

SMALL_DISK = Path(__file__).with_name("small_disk.sh")
APART = ("unshare", "--map-root-user", "--mount")
READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'


@pytest.mark.parametrize("room", ["100k", "1500k"] if THOROUGH else ["100k"])  # full at another step each time
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_full_disk(operation: Operation, room: str, places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(operation, tmp_path / "place")
    disk = tmp_path / "disk" if operation.movable else place.root
    template = place.root
    if operation.movable:
        disk.mkdir()
    else:  # It knows its path, so the disk goes there.
        template = place.copy(tmp_path / "template").root
    before = (*APART, "sh", str(SMALL_DISK), str(disk), str(template), room)
    done = ended(operation.begin(Place(disk), before=before))
    assert_no_traceback(done.err)
    codes = re.findall(r"left with (\d+)", done.out)
    assert len(codes) == 2 and codes[0] in "01" and codes[1] == "0", done
    # With so little room all of them fail but the one that only reads.
    assert room != "100k" or (codes[0] == "0") == (operation.row == "ask"), done
    if codes[0] == "1":
        [*_, sentence] = [line for line in done.err.splitlines() if "cannot be written" in line]
        assert "as the disk is full: make room, or " in sentence and sentence.endswith("."), done.err
        saw(sentence)
    operation.assert_whole(Place(template.with_name(f"{template.name}-after")))


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_home_that_may_only_be_read(operation: Operation, places: Places, tmp_path: Path, saw: Saw) -> None:
    place = places.copy(operation, tmp_path / "place")
    place.home.mkdir(exist_ok=True)
    place.out.mkdir(exist_ok=True)
    shut = place.out if operation.row == "train" else place.home
    said = ended(operation.begin(place, before=(*APART, "sh", "-c", READ_ONLY, "sh", str(shut))))
    if operation.row == "ask":
        sentence = assert_done_or_plain_failure(said) or "answered as ever"
    else:
        sentence = assert_plain_failure(said)
        assert "cannot be" in sentence
    saw(sentence)
    operation.assert_kept(place)
    assert_done(operation.run(place))
    operation.assert_whole(place)


def test_a_server_on_a_full_disk(serve: Serve, places: Places, tmp_path: Path, saw: Saw) -> None:
    place, disk = places.copy(BY_ROW["ask"], tmp_path / "place"), tmp_path / "disk"
    disk.mkdir()
    mounted = 'mount -t tmpfs -o size=60m tmpfs "$1" && cp -r "$2/." "$1" && shift 2 && exec "$@"'
    before = (*APART, "sh", "-c", mounted, "sh", str(disk), str(place.root))
    thumb = {"url": "/api/v1/feedback", "json": {"id": "a", "verdict": "up"}}
    with (
        serve(Place(disk).home, before=before, log=tmp_path / "log", **Place(disk).settings) as server,
        httpx.Client(base_url=server.address, timeout=60) as client,
    ):
        inside = Path(f"/proc/{server.process.pid}/root") / disk.relative_to("/")
        filling = inside / "filling"
        with filling.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
        assert "event: done" in client.post(**ASKED).text
        refused = client.post(**thumb)
        assert refused.status_code >= 500 and "as the disk is full" in refused.json()["detail"]
        filling.unlink()
        assert client.post(**thumb).status_code < 300
        assert "event: done" in client.post(**ASKED).text
        assert (inside / "home" / "feedback.jsonl").read_text().count("\n") == 1
    assert_no_traceback((tmp_path / "log").read_text())
    saw(f"answers go on; feedback: {refused.json()['detail']}")


def test_a_server_over_a_home_that_may_only_be_read(places: Places, tmp_path: Path, saw: Saw) -> None:
    """It does not begin: Chroma has to write where its vectors are."""
    place = places.copy(BY_ROW["ask"], tmp_path / "place")
    shut = (*APART, "sh", "-c", READ_ONLY, "sh", str(place.home))
    said = ended(begin(place.home, ("serve", "--port", "0"), before=shut, papers=str(place.papers)))
    sentence = assert_plain_failure(said)
    assert "cannot be written (Read-only file system)" in sentence and "PAPERBACKED_HOME" in sentence
    saw(sentence)
