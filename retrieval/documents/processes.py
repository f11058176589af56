"""The child process that PDFs are read in: started when needed, ended when it takes too long, replaced when it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from retrieval.documents.document import USUAL_LIMITS, DocumentLimits, ReadDocument
from retrieval.documents.faults import Fault, sentence
from retrieval.documents.messages import BrokenMessageError, Json, Message, receive, send
from retrieval.documents.unpacking import unpacked
from retrieval.errors import DocumentError
from retrieval.files import sha256_of

_PACKAGE = __name__.rpartition(".")[0]
_ROOT = Path(__file__).resolve().parents[_PACKAGE.count(".") + 1]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from {}.child import main; main(int(sys.argv[2]))"
_ENDS_WITHIN = 5.0


class PdfProcess:
    """Reads and draws PDFs in a process of its own, one at a time; may be used by several threads.

    The process is started with the first PDF and used for those that follow.
    """

    def __init__(self, limits: DocumentLimits = USUAL_LIMITS) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PdfProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the process, if there is one."""
        with self._lock:
            self._end()

    def read(self, path: Path) -> ReadDocument:
        """What the PDF says. Raises `DocumentError` with one sentence where it cannot be read within the limits."""
        file = _checked(path, self._limits)
        message = self._asked(path, {"do": "read", "pages": self._limits.pages})
        try:
            return unpacked(message, file)
        except BrokenMessageError as error:
            # Only a process that a file has taken over says such things.
            self.close()
            raise DocumentError(sentence(Fault.CRASHED, path, self._limits)) from error

    def draw(self, path: Path, page: int, width: int) -> bytes:
        """Page `page` (from 1) as PNG, `width` pixels wide. Raises `DocumentError`."""
        _checked_size(path, self._limits)
        body = self._asked(path, {"do": "draw", "page": page, "width": width}).body
        if not body.startswith(b"\x89PNG\r\n\x1a\n"):
            self.close()
            raise DocumentError(sentence(Fault.CRASHED, path, self._limits))
        return body

    def _asked(self, path: Path, request: Json) -> Message:
        request = {**request, "path": os.fspath(path.resolve()), "seconds": self._limits.seconds}
        with self._lock:
            message, fault = self._answered(Message(request))
        told = message.head.get("fault") if message else None
        if told is not None:
            fault = Fault(told) if told in {each.value for each in Fault} else Fault.CRASHED
        if message is None or fault:
            raise DocumentError(sentence(fault or Fault.CRASHED, path, self._limits))
        return message

    def _answered(self, request: Message) -> tuple[Message | None, Fault | None]:
        """The process's answer, or why there is none; the process is then gone."""
        process = self._process or self._started()
        assert process.stdin and process.stdout
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._limits.seconds, end)
        timer.daemon = True
        timer.start()
        try:
            send(process.stdin, request)
            return receive(process.stdout), None
        except (BrokenMessageError, OSError, ValueError):
            self._end()
            return None, Fault.SLOW if late.is_set() else Fault.CRASHED
        except BaseException:
            # An interruption: what the process is about to say belongs to nobody.
            self._end()
            raise
        finally:
            timer.cancel()
            if late.is_set():
                self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        start = _START.format(_PACKAGE)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-X", "utf8", "-c", start, os.fspath(_ROOT), str(self._limits.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in ("SYSTEMROOT", "TZ") if name in os.environ},
            cwd=os.fspath(_ROOT),
            # An interruption from the keyboard is for the program, which then ends this process.
            start_new_session=True,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream:
                    stream.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDS_WITHIN)


def _checked_size(path: Path, limits: DocumentLimits) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DocumentError(sentence(Fault.MISSING, path, limits)) from error
    if not path.is_file():
        raise DocumentError(sentence(Fault.MISSING, path, limits))
    if size > limits.bytes:
        raise DocumentError(sentence(Fault.TOO_LARGE, path, limits))
    if not size:
        raise DocumentError(sentence(Fault.EMPTY, path, limits))


def _checked(path: Path, limits: DocumentLimits) -> str:
    """The SHA-256 of a file that is not too large."""
    _checked_size(path, limits)
    try:
        return sha256_of(path)
    except OSError as error:
        raise DocumentError(sentence(Fault.MISSING, path, limits)) from error
