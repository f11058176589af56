"""Starts paperbacked on a Hugging Face Space, whose README.md names this file.

It is not called app.py, as that would stand before the package `app` beside it.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
PREBUILT = HERE / "index"
INDEX_PARTS = ("chroma", "collections")
"""Folders of the prebuilt index, which are the same in a home folder."""
CARRIED = HERE / "carried"
MODEL = "Qwen/Qwen3-0.6B"
"""The language model that the README has fetched while the Space is built."""
PORT = 7860
PORT_PATIENCE_SECONDS = 60.0
"""How long a port that is taken is waited for: on a restart the program before this one may still hold it."""
PROXIES = "127.0.0.1,::1,10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fc00::/7"
"""A Space is reached through the hub's proxies alone, which have addresses of private networks."""


def defaults(environment: Mapping[str, str], addresses: Iterable[str] = ()) -> dict[str, str]:
    """What a Space with these addresses needs set; the variables of the Space's own settings go before it."""
    chosen = {
        "PAPERBACKED_HOME": str(Path(tempfile.gettempdir()) / "paperbacked"),
        "PAPERBACKED_HOST": "0.0.0.0",
        "PAPERBACKED_PORT": environment.get("GRADIO_SERVER_PORT") or environment.get("PORT") or str(PORT),
        "PAPERBACKED_LLM": MODEL,
        "PAPERBACKED_FRAME_ANCESTORS": "https://huggingface.co",
        "PAPERBACKED_TRUSTED_PROXIES": PROXIES,
        "PAPERBACKED_CLIENT_LIMIT": "20",
        "PAPERBACKED_SERVER_LIMIT": "120",
        # All that is needed came with the build, and an unreachable hub would be waited for.
        "HF_HUB_OFFLINE": "1",
    }
    if cores := environment.get("CPU_CORES"):
        # Torch would count the cores of the whole machine, of which a Space has two.
        chosen["OMP_NUM_THREADS"] = cores
    if host := environment.get("SPACE_HOST"):
        # The page's own address, by which it is known behind any proxy.
        chosen["PAPERBACKED_WIDGET_ORIGINS"] = f"https://{host.split(',')[0]}"
        # By its addresses the hub may ask whether it is up.
        chosen["PAPERBACKED_HOSTS"] = ",".join([*host.split(","), *addresses])
    return chosen


def own_addresses() -> list[str]:
    """The addresses of the machine that this runs on; none where its own name leads nowhere."""
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []
    # An address that holds within one network alone ends in the network's name.
    return sorted({str(address[0]).partition("%")[0] for *_, address in found})


def place_index(prebuilt: Path, home: Path) -> None:
    """Copy the prebuilt index to where it can be written, unless one is there already."""
    if not prebuilt.is_dir() or any((home / part).exists() for part in INDEX_PARTS):
        return
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=home))
    for source in sorted(prebuilt.rglob("*")):
        copy = draft / source.relative_to(prebuilt)
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            # Not the file's rights: the folder it comes from may be read-only.
            shutil.copyfile(source, copy)
    # Vectors before the papers that name them: with the former alone, an index is built as where there is none.
    for part in INDEX_PARTS:
        (draft / part).replace(home / part)
    draft.rmdir()


@contextmanager
def listening(host: str, port: int, patience: float = PORT_PATIENCE_SECONDS) -> Iterator[socket.socket]:
    """The bound socket; a port that is taken is tried again for so many seconds, then `InputError` is raised."""
    from app.server import listening_socket
    from retrieval.errors import InputError

    deadline = time.monotonic() + patience
    while True:
        opened = listening_socket(host, port)
        try:
            listener = opened.__enter__()
            break
        except InputError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    try:
        yield listener
    finally:
        opened.__exit__(None, None, None)


def main() -> None:
    """Set what the Space has left open, then serve until stopped."""
    sys.path.insert(0, str(CARRIED))
    for name, value in defaults(os.environ, own_addresses()).items():
        os.environ.setdefault(name, value)
    # By this Gradio knows a Space, and would have the page ask the hub about it, which the page's own rules forbid.
    os.environ.pop("SYSTEM", None)

    from app.quiet import silence_libraries

    silence_libraries()
    from zero_gpu import lent_gpu

    if lent_gpu():
        print("This Space has a ZeroGPU: answers are written on it.", flush=True)
    from app.cli.output import note
    from app.server import run_server
    from app.settings import read_settings
    from retrieval.errors import PaperbackedError
    from retrieval.types import no_progress

    try:
        settings = read_settings()
        place_index(PREBUILT, settings.home)
        with listening(settings.host, settings.port) as listener:
            run_server(settings, listener, no_progress, note, warm=True)
    except PaperbackedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
