"""A model server that says a few words and waits until it is told to go on, or until its reader leaves."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from benchmarks.soak.model_server import DONE, record, served

FIRST, REST = "Safety training leaves", " such backdoors in place [1]."
_PATIENCE_SECONDS = 120


@dataclass
class PacedModel:
    """Its address; `go_on`, for which every answer waits after its first words; `asked` once it was asked, `left` once
    who asked hung up before the end."""

    address: str = ""
    go_on: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """The address's."""
        return urlsplit(self.address).port or 0

    def write(self, handler: BaseHTTPRequestHandler) -> None:
        """One answer."""
        self.asked.set()
        handler.wfile.write(record({"role": "assistant", "content": FIRST}))
        until = time.monotonic() + _PATIENCE_SECONDS
        while not self.go_on.wait(0.02) and time.monotonic() < until:
            if select.select([handler.connection], [], [], 0)[0]:  # Nothing more is sent here: it is the end.
                self.left.set()
                return
        handler.wfile.write(record({"content": REST}) + DONE)


@contextmanager
def paced_model() -> Iterator[PacedModel]:
    """One that runs in a thread of this process."""
    model = PacedModel()
    with served(model.write) as model.address:
        try:
            yield model
        finally:
            model.go_on.set()
