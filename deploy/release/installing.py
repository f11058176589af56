"""The wheel in empty environments of several Pythons: does it answer there?"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from deploy.release.agreement import ReleaseError
from deploy.release.building import LOCKED, elsewhere, run
from deploy.space.requirements import CPU_TORCH_INDEX
from deploy.supply.locks import CORE, NOT_IN_CORE, RUNTIME, TORCH_CPU

QUESTION = "Do safety techniques remove a backdoor that was trained in?"
CITED = "sleeper-agents"
NAMES = ("python3.11", "python3.12", "python3.13")
"""The Pythons that are tried where they are on the PATH."""
LOCKED_FOR = "3.11"
"""The Python whose whole environment the locks name; in others only the core is installed."""
PATIENCE_SECONDS = 300
_TELL_VERSION = "import sys; print('.'.join(map(str, sys.version_info[:2])))"


@dataclass(frozen=True)
class Tried:
    """One environment: of which Python ("3.12"), with which locks, how much is in it in bytes, and how long it took."""

    python: str
    kind: str
    size: int
    seconds: float

    def __str__(self) -> str:
        took = f"{self.size / 1e6:.0f} MB, {self.seconds:.0f} s"
        return f"Python {self.python}, {self.kind}: {took}; command and page answer."


def version_of(python: str | Path) -> str | None:
    """The version of that Python, such as "3.12", or None where there is none that runs."""
    try:
        done = subprocess.run([str(python), "-c", _TELL_VERSION], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def try_core(python: str | Path, wheel: Path, folder: Path) -> Tried:
    """The wheel with what core.txt names, without torch. Raises `ReleaseError` where it does not install or answer."""
    return _tried(python, wheel, folder, "core", (("-r", str(CORE)),))


def try_whole(python: str | Path, wheel: Path, folder: Path) -> Tried:
    """The wheel with all that it needs. Raises `ReleaseError` where it does not install or answer."""
    torch = ("--extra-index-url", CPU_TORCH_INDEX, "-r", str(TORCH_CPU))
    return _tried(python, wheel, folder, "whole", (("-r", str(RUNTIME)), torch))


def _tried(python: str | Path, wheel: Path, folder: Path, kind: str, locks: tuple[tuple[str, ...], ...]) -> Tried:
    began = time.monotonic()
    run(python, "-m", "venv", folder, cwd=folder.parent)
    inside = folder / "bin" / "python"
    # Compiling all modules takes longer than all the rest, and few of them are imported.
    pip = (inside, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile")
    for lock in locks:
        # An index that cannot be reached is asked once, and not five times.
        run(*pip, *LOCKED, *lock, cwd=folder, variables={"PIP_RETRIES": "0"})
    run(*pip, "--no-deps", "--no-index", wheel, cwd=folder)
    size, took = _size(folder), time.monotonic() - began
    if lacking := lacks(inside) - (set(NOT_IN_CORE) if kind == "core" else set()):
        raise ReleaseError(f"For {python} ({kind}) the locks lack {', '.join(sorted(lacking))}: run `make lock`.")
    home = {"PAPERBACKED_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1"}
    try_question(inside, wheel, home)
    try_server(inside, folder, home)
    return Tried(version_of(inside) or "unknown", kind, size, took)


def lacks(python: Path) -> set[str]:
    """The packages that something in that environment needs and that are not there, as `pip check` has it."""
    done = subprocess.run([str(python), "-m", "pip", "check"], capture_output=True, text=True, timeout=600)
    return set(re.findall(r"requires ([\w.-]+), which is not installed", done.stdout))


def try_question(python: Path, wheel: Path, home: Mapping[str, str]) -> None:
    """One question to the command. Raises `ReleaseError` where the answer or the version is another one."""
    folder = python.parent
    version = run(python, "-m", "paperbacked", "--version", cwd=folder).strip()
    if f"-{version}-" not in wheel.name:
        raise ReleaseError(f"{wheel.name} calls itself {version} once it is installed.")
    answer = json.loads(run(python, "-m", "paperbacked", "ask", "--json", QUESTION, cwd=folder, variables=home))
    cited = [citation["paper"]["id"] for citation in answer["citations"]]
    if (answer["status"], answer["mode"], cited[:1]) != ("answered", "quotes", [CITED]):
        raise ReleaseError(f"{python} gives {answer['status']}, {answer['mode']}, and cites {cited} for: {QUESTION}")


def try_server(python: Path, folder: Path, home: Mapping[str, str]) -> None:
    """Start the server and fetch its page. Raises `ReleaseError` where none comes within `PATIENCE_SECONDS`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    log = folder / "serve.log"
    command = [str(python), "-m", "paperbacked", "serve", "--port", str(port)]
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, cwd=folder, env={**elsewhere(), **home}, stdout=out, stderr=out)
        try:
            came = _answers(server, f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()
            server.wait(timeout=60)
    if not came:
        last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
        raise ReleaseError(f"The server of {python} shows no page:\n{last}")


def _answers(server: subprocess.Popen[bytes], url: str) -> bool:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends and server.poll() is None:
        try:
            with urlopen(url, timeout=30) as page:
                return page.status == 200
        except OSError:
            time.sleep(0.5)
    return False


def _size(folder: Path) -> int:
    """The bytes of all files in the environment."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
