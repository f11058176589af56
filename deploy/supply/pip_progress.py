"""Runs pip, and tells in a few lines what it says in hundreds. Needs the standard library alone."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import unquote

LARGE_MB = 20
EVERY_SECONDS = 10
_COUNTED = ("Collecting ", "Processing ", "Obtaining ", "Requirement already satisfied: ")
_FILE = re.compile(r"(?:Downloading|Using cached) (?:\S*/)?([^-\s/]+)-([^-\s/]+)-\S+ \((\d+(?:\.\d+)?) MB\)")
_UNPACKING = "Installing collected packages: "


class PipError(Exception):
    """pip gave up; the message is what it said."""


class Progress:
    """Picks from pip's lines what a reader should know: large files, how far it is, each kind of warning once.

    `total` is how many packages there will be, where that is known.
    """

    def __init__(self, total: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._of = f" of {total}" if total else ""
        self._clock = clock
        self._said_at = clock()
        self._count = 0
        self._fetching = True
        self._warnings: set[str] = set()

    def told(self, line: str) -> str | None:
        """What to print for this line of pip's, if anything."""
        said = self._worth_saying(line.strip())
        if said is None and self._fetching and self._clock() - self._said_at >= EVERY_SECONDS:
            said = f"fetched: {self._count}{self._of}"
        if said:
            self._said_at = self._clock()
        return said

    def _worth_saying(self, line: str) -> str | None:
        self._count += line.startswith(_COUNTED)
        if line.startswith(_UNPACKING):
            self._fetching = False
            return f"unpacking: {line.count(',') + 1}"
        if (file := _FILE.match(line)) and float(file[3]) >= LARGE_MB:
            return f"{file[1]} {unquote(file[2])}: {float(file[3]):.0f} MB"
        kind = re.sub(r"'[^']*'|\S*/\S*|\d+", "", line)
        if line.startswith("WARNING: ") and kind not in self._warnings:
            self._warnings.add(kind)
            return line
        return None


def run_pip(*arguments: str, total: int | None = None) -> None:
    """`pip install` with these arguments into the environment of this Python. Raises `PipError` where it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off"]
    progress = Progress(total)
    lines: list[str] = []
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            lines.append(line.rstrip())
            if said := progress.told(line):
                print(f"  {said}", flush=True)
    if pip.returncode:
        raise PipError("\n".join(_last_words(lines)))


def _last_words(lines: list[str]) -> list[str]:
    first_error = next((at for at, line in enumerate(lines) if line.lstrip().startswith("ERROR")), len(lines) - 20)
    return lines[max(0, first_error) :][:40]
