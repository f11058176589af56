"""The child process that reads and draws PDFs, one after the other, until its input ends.

It does nothing else and holds nothing of the program: a file that makes PDFium crash, or fill its memory, ends this
process alone. `processes` starts it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO

from retrieval.documents.messages import BrokenMessageError, Message, receive, send


def main(memory: int) -> None:
    """Answers requests from standard input on standard output, with at most `memory` bytes of memory."""
    _limit_memory(memory)
    answers = os.fdopen(os.dup(1), "wb")
    # What a library prints is no answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _answer_all(sys.stdin.buffer, answers)


def _answer_all(requests: IO[bytes], answers: IO[bytes]) -> None:
    while True:
        try:
            request = receive(requests)
        except BrokenMessageError:
            return
        send(answers, _answer(request))


def _answer(request: Message) -> Message:
    # Imported after the limits are set.
    from retrieval.documents.packing import packed
    from retrieval.documents.pdf.pdfium import FaultyPdfError
    from retrieval.documents.pdf.picture import page_picture
    from retrieval.documents.pdf.reading import read_pdf

    head = request.head
    path, seconds = str(head["path"]), float(str(head["seconds"]))
    _limit_time(seconds)
    try:
        if head["do"] == "draw":
            return Message({}, page_picture(path, int(str(head["page"])), int(str(head["width"]))))
        return packed(read_pdf(path, int(str(head["pages"]))))
    except FaultyPdfError as error:
        return Message({"fault": error.fault.value})
    except MemoryError:
        return Message({"fault": "memory"})
    except RecursionError:
        return Message({"fault": "broken"})


def _limit_memory(most: int) -> None:
    with suppress(ImportError, OSError, ValueError):
        # There is none on Windows, and a Mac takes no limit of memory: there the time is the only one.
        import resource

        for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_AS, most)):
            with suppress(OSError, ValueError):
                resource.setrlimit(limit, (value, value))


def _limit_time(seconds: float) -> None:
    """Lets this process end by itself, a little after the program would have ended it, should that be gone."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime + seconds) + 5
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))
