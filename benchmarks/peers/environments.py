"""An environment for each peer, made by venv and pip: how long that takes, and what it takes of the disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.peers.peers import Peer
from benchmarks.scale.clocks import folder_bytes
from retrieval.errors import PaperbackedError

INSTALL_SECONDS = 1_200
RECORD = "installed.json"
LINES_TOLD = 3
LISTED = """
import importlib.metadata, json
print(json.dumps({one.name.lower().replace("_", "-"): one.version for one in importlib.metadata.distributions()}))
"""


class PeerError(PaperbackedError):
    """A peer could not be installed, started or asked."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment: its interpreter, the seconds that pip took, its bytes, and the version of each package."""

    python: str
    seconds: float
    size: int
    packages: Mapping[str, str]


def installed(peer: Peer, folder: Path, *, anew: bool) -> Installed:
    """The peer's environment in that folder; with `anew` it is made again, else what is there is taken.

    Raises `PeerError` where pip cannot install it.
    """
    record = folder / RECORD
    if record.is_file() and not anew:
        return Installed(**json.loads(record.read_text(encoding="utf-8")))
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    began = time.perf_counter()
    _run([sys.executable, "-m", "venv", str(folder)], peer)
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.requirements], peer)
    seconds = time.perf_counter() - began
    made = Installed(str(python), seconds, folder_bytes(folder), json.loads(_run([str(python), "-c", LISTED], peer)))
    record.write_text(json.dumps(asdict(made), indent=1), encoding="utf-8")
    return made


def _run(command: list[str], peer: Peer) -> str:
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"{peer.name} was not installed within {INSTALL_SECONDS} seconds.") from error
    if ran.returncode:
        said = " ".join(ran.stderr.strip().splitlines()[-LINES_TOLD:])
        raise PeerError(f"{peer.name} cannot be installed: {said[:500]}")
    return ran.stdout


def quiet_environment() -> dict[str, str]:
    """The variables that a peer's program runs with: it asks no hub, and tells its makers nothing of the run."""
    return os.environ | {
        "ANONYMIZED_TELEMETRY": "False",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "PAPERBACKED_CLIENT_LIMIT": "0",
    }
