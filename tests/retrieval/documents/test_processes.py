"""The process that reads PDFs: what it is given, what comes back, and what happens when it dies."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.documents.document import DocumentLimits
from retrieval.documents.messages import MOST_BYTES, MOST_JSON_BYTES, BrokenMessageError, Message, receive, send
from retrieval.documents.processes import PdfProcess
from retrieval.documents.reading import DocumentReaders, document_kind, read_document
from retrieval.documents.unpacking import unpacked
from retrieval.errors import DocumentError
from tests.support.hostile_pdfs import SAID, many_pages, one_page, saying, stream


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.pdf"
    path.write_bytes(one_page(stream(saying(SAID))))
    return path


@pytest.fixture
def process() -> Iterator[PdfProcess]:
    with PdfProcess() as process:
        yield process


def children() -> list[psutil.Process]:
    """This process's own children that read PDFs."""
    found: list[psutil.Process] = []
    for child in psutil.Process().children():
        try:
            if "retrieval.documents.child" in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def test_one_process_reads_one_file_after_the_other(good: Path, process: PdfProcess) -> None:
    before = {child.pid for child in children()}
    first = process.read(good)
    [mine] = [child for child in children() if child.pid not in before]
    assert process.read(good).text.digest == first.text.digest
    assert mine.pid in {child.pid for child in children()}
    process.close()
    assert not mine.is_running() or mine.status() == psutil.STATUS_ZOMBIE


def test_the_process_has_nothing_of_this_one(good: Path, process: PdfProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACKED_SECRET", "of this process")
    before = {child.pid for child in children()}
    process.read(good)
    [mine] = [child for child in children() if child.pid not in before]
    assert set(mine.environ()) <= {"LC_CTYPE", "SYSTEMROOT", "TZ"}
    if sys.platform == "linux":
        limits = Path(f"/proc/{mine.pid}/limits").read_text()
        assert "Max address space         1000000000" in limits
        assert "Max file size             0 " in limits


def test_a_process_that_was_killed_is_replaced(good: Path, process: PdfProcess) -> None:
    before = {child.pid for child in children()}
    process.read(good)
    [mine] = [child for child in children() if child.pid not in before]
    os.kill(mine.pid, signal.SIGKILL)
    mine.wait(5)
    with pytest.raises(DocumentError, match="is broken, or needs more than 1 GB"):
        process.read(good)
    assert SAID[0] in process.read(good).text.text


def test_several_threads_wait_for_one_another(good: Path, process: PdfProcess) -> None:
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(process.read(good).text.text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(texts) == 8 and len(set(texts)) == 1


def test_it_ends_when_the_program_is_killed(tmp_path: Path, good: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from retrieval.documents.processes import PdfProcess\n"
        "process = PdfProcess(); process.read(Path(sys.argv[1]))\n"
        "print(process._process.pid, flush=True); time.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", script, os.fspath(good)], stdout=subprocess.PIPE, text=True)
    assert program.stdout
    child = psutil.Process(int(program.stdout.readline()))
    program.kill()
    program.wait(10)
    program.stdout.close()
    child.wait(10)


def test_reading_needs_no_library_of_pdfs_in_this_process() -> None:
    script = "import sys; import retrieval.documents.reading; print('pypdfium2' in sys.modules, 'numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]


def test_what_kind_a_file_is_is_told_by_its_content(tmp_path: Path, good: Path) -> None:
    named = good.rename(tmp_path / "paper.txt")
    assert document_kind(named) == "pdf"
    assert SAID[0] in read_document(named).text.text
    for name, kind in (("a.md", "markdown"), ("a.TXT", "text"), ("a.pdf", "pdf"), ("a.docx", None), ("a", None)):
        (tmp_path / name).write_text("Some text.")
        assert document_kind(tmp_path / name) == kind
    assert document_kind(tmp_path / "missing.md") is None


@pytest.mark.parametrize("name", ["missing.pdf", "folder", "sheet.xlsx"])
def test_what_is_no_document_is_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\3\4")
    with DocumentReaders() as readers, pytest.raises(DocumentError, match=rf"^{name} .*\.$"):
        readers.read(tmp_path / name)


def test_an_interruption_leaves_no_answer_behind(tmp_path: Path, good: Path) -> None:
    slow = tmp_path / "slow.pdf"
    slow.write_bytes(many_pages(400))
    with PdfProcess(DocumentLimits(seconds=30)) as process:
        process.read(good)
        timer = threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            process.read(slow)
            time.sleep(5)
        assert SAID[0] in process.read(good).text.text


class TestMessages:
    def test_they_come_as_they_went(self) -> None:
        pipe = io.BytesIO()
        send(pipe, Message({"title": "é \ud800", "n": [1, None]}, b"\0body"))
        pipe.seek(0)
        told = receive(pipe)
        assert told == Message({"title": "é \ud800", "n": [1, None]}, b"\0body")

    @given(st.binary(max_size=40), st.data())
    def test_one_that_is_cut_off_is_none(self, body: bytes, data: st.DataObject) -> None:
        pipe = io.BytesIO()
        send(pipe, Message({"n": 1}, body))
        whole = pipe.getvalue()
        with pytest.raises(BrokenMessageError):
            receive(io.BytesIO(whole[: data.draw(st.integers(0, len(whole) - 1))]))

    @pytest.mark.parametrize("head", [b"[]", b"{", b"", b"\xff", b"1", b"[" * 100_000])
    def test_one_without_an_object_is_none(self, head: bytes) -> None:
        with pytest.raises(BrokenMessageError):
            receive(io.BytesIO(struct.pack(">II", len(head), 0) + head))

    @pytest.mark.parametrize("lengths", [(MOST_JSON_BYTES + 1, 0), (2, MOST_BYTES + 1)])
    def test_one_that_says_to_be_too_long_is_not_read(self, lengths: tuple[int, int]) -> None:
        pipe = io.BytesIO(struct.pack(">II", *lengths) + b"{}")
        with pytest.raises(BrokenMessageError):
            receive(pipe)
        assert pipe.tell() == 8


def head_of(**changed: object) -> dict[str, object]:
    head: dict[str, object] = {
        "title": "A title", "authors": ["Ada Lovelace"], "published": "2020-01-02", "doi": None, "arxiv_id": None,
        "read": 1, "all": 1, "cut": False, "sections": [["Intro", 0, 5, "body"]], "sizes": [[612.0, 792.0]],
        "bytes": 11, "pieces": 1,
    }  # fmt: skip
    return {**head, **changed}


BODY = b"Hello world" + b"\0\0\0\0" + b"\5\0\0\0" + b"\1\0" + b"\0\0\x80\x3f" * 4


class TestWhatComesBack:
    """The process reads hostile files, so nothing that it says is believed."""

    def test_a_good_one(self) -> None:
        read = unpacked(Message(head_of(), BODY), "0" * 64)
        assert (read.title, read.authors, read.text.text) == ("A title", ("Ada Lovelace",), "Hello world")
        assert read.text.boxes(0, 5)[0].x0 == 1.0

    @pytest.mark.parametrize(
        "changed",
        [
            {"bytes": 12}, {"bytes": -1}, {"bytes": "11"}, {"pieces": 2}, {"pieces": 10**9}, {"sizes": []},
            {"sizes": [[float("nan"), 1]]}, {"sizes": [[1, 2, 3]]}, {"sections": [["x", 0, 99, "body"]]},
            {"sections": [["x", 3, 5, "body"], ["y", 1, 2, "body"]]}, {"sections": [["x", 0, 5, "script"]]},
            {"sections": [["x", 0, 5]]}, {"sections": "no"}, {"published": "yesterday"}, {"published": 5},
            {"title": ["x"]}, {"authors": "x"}, {"authors": [3]}, {"read": 10**9}, {"doi": 7},
        ],
    )  # fmt: skip
    def test_a_bad_head(self, changed: dict[str, object]) -> None:
        with pytest.raises(BrokenMessageError):
            unpacked(Message(head_of(**changed), BODY), "0" * 64)

    @pytest.mark.parametrize("name", list(head_of()))
    def test_a_head_that_lacks_something(self, name: str) -> None:
        head = head_of()
        del head[name]
        with pytest.raises(BrokenMessageError):
            unpacked(Message(head, BODY), "0" * 64)

    @pytest.mark.parametrize(
        "change",
        [
            lambda body: body[:-1], lambda body: body + b"\0", lambda body: body.replace(b"world", b"w\x1brld"),
            lambda body: body.replace(b"Hello", b"\xff\xfello"), lambda body: body.replace(b"\5\0\0\0", b"\x63\0\0\0"),
            lambda body: body.replace(b"\5\0\0\0\1\0", b"\5\0\0\0\2\0"),
            lambda body: body[:-4] + b"\0\0\xc0\x7f",
        ],
        ids=["short", "long", "escape", "no text", "past the end", "no page", "no number"],
    )  # fmt: skip
    def test_a_bad_body(self, change: Callable[[bytes], bytes]) -> None:
        with pytest.raises(BrokenMessageError):
            unpacked(Message(head_of(), change(BODY)), "0" * 64)

    def test_names_are_sanitised_and_cut(self) -> None:
        read = unpacked(Message(head_of(title="A\x1b[31m\u202e" + "x" * 5_000, doi="javascript:x"), BODY), "0" * 64)
        assert read.title and read.title.startswith("A [31mxxx") and len(read.title) <= 2_000
        assert read.doi is None
