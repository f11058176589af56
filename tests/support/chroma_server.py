"""A real Chroma server, in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port


@dataclass(frozen=True, slots=True)
class ChromaServer:
    """A server that runs."""

    address: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait(10)


@contextmanager
def chroma_server(folder: Path) -> Iterator[ChromaServer]:
    """One over a folder; it is up within about a second."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, "the Chroma server did not start"
                time.sleep(0.05)
        yield ChromaServer(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(10)
