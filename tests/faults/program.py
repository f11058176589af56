"""The program in processes of its own over a test's home folder, and what it may say when something is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300.0
LONGEST = 600
"""Characters of one sentence with a path in it."""
QUICK = {"embedding": "hash", "reader": "none", "llm": "none"}
"""The settings that do without models."""
_PROGRESS = re.compile(r": [\d,]+ of [\d,]+$")
_FOLDERS = re.compile(r"(?<![:/\w])/\S*/")
_HOST = re.compile(r"127\.0\.0\.1:\d+")


@dataclass(frozen=True, slots=True)
class Said:
    """The exit status of a command, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The last that it said to its user."""
        lines = self.err.strip().splitlines()
        return lines[-1] if lines else ""


def environment(home: Path, **settings: str) -> dict[str, str]:
    """That of a command over this home folder: quick models, unless the settings name others."""
    wanted = {"home": str(home), **QUICK, **settings}
    return with_settings(**wanted) | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def with_settings(**settings: str) -> dict[str, str]:
    """The environment of these tests with these settings of the program, and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBACKED_")}
    return kept | {f"PAPERBACKED_{name.upper()}": value for name, value in settings.items()}


def begin(
    home: Path,
    arguments: Sequence[str],
    *,
    before: Sequence[str] = (),
    more: dict[str, str] | None = None,
    **settings: str,
) -> subprocess.Popen[str]:
    """The command, begun; `before` is what starts it, as `unshare …`, and `more` further variables."""
    return subprocess.Popen(
        [*before, sys.executable, "-m", "app", *arguments],
        env=environment(home, **settings) | (more or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(child: subprocess.Popen[str]) -> Said:
    """What it said, once it is over."""
    try:
        out, err = child.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        out, err = child.communicate()
        raise AssertionError(f"the command did not end: {out}{err}") from None
    return Said(child.returncode, out, err)


def shown(text: str) -> str:
    """The same without the folders and the ports of one run."""
    return _HOST.sub("HOST", _FOLDERS.sub("…/", text))


def assert_no_traceback(text: str) -> None:
    """Whatever happened, nobody sees Python's insides."""
    assert "Traceback" not in text and '  File "' not in text, text


def assert_done(said: Said) -> None:
    """It did what it was asked for."""
    assert_no_traceback(said.out + said.err)
    assert said.code == 0, said


def assert_plain_failure(said: Said) -> str:
    """It could not, and says so in one sentence; gives the sentence."""
    assert_no_traceback(said.out + said.err)
    assert said.code == 1, said
    lines = [line for line in said.err.strip().splitlines() if not _PROGRESS.search(line)]
    assert lines, said
    sentence = lines[-1]
    assert sentence[0].isupper() and sentence.endswith(".") and len(sentence) < LONGEST, said.err
    assert ": " in sentence, f"it does not say what to do: {sentence}"
    return sentence


def assert_done_or_plain_failure(said: Said) -> str:
    """Either of both; gives the sentence, empty where it did it."""
    if said.code == 0:
        assert_done(said)
        return ""
    return assert_plain_failure(said)
