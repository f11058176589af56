"""What a Space installs: the direct dependencies, each at the version of constraints.txt."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from deploy.supply.locks import normal_name

CPU_TORCH_INDEX = "https://download.pytorch.org/whl/cpu"
SDK = "gradio"
"""Installed by the Space itself, at the README's `sdk_version`."""
CARRIED = ("mcp", "mcp-types")
"""Packages that travel in the folder. A Space installs gradio[oauth,mcp] in the same breath as
requirements.txt, and that extra allows no mcp from 2 on: asked for here, the build would fail."""
HELD_DOWN = ("pydantic",)
"""Held down by the same extra; pip finds the version that suits both."""
_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(\[[a-z0-9,_-]+\])?")


class Pins:
    """Versions of packages: from a constraints file, and where it lacks one, from this environment."""

    def __init__(self, constraints: Path) -> None:
        lines = constraints.read_text(encoding="utf-8").splitlines()
        self._versions = {normal_name(name): version for name, _, version in (line.partition("==") for line in lines)}

    def version(self, name: str) -> str:
        """The version of that package. Raises `PackageNotFoundError` where neither knows it."""
        return self._versions.get(normal_name(name)) or metadata.version(name)


def requirements(root: Path, *, gpu: bool = False) -> str:
    """The text of requirements.txt: torch for processors alone, or with `gpu` the one that drives a GPU too."""
    pins = Pins(root / "constraints.txt")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = dict(map(_parsed, [*project["dependencies"], *_needed_by_carried()]))
    lines = [
        f"{name}{extras}=={pins.version(name)}"
        for name, extras in sorted(wanted.items())
        if name not in {SDK, *CARRIED, *HELD_DOWN}
    ]
    return "\n".join([*([] if gpu else [f"--extra-index-url {CPU_TORCH_INDEX}"]), *lines]) + "\n"


def _needed_by_carried() -> list[str]:
    lines = [line for name in CARRIED for line in metadata.requires(name) or ()]
    # Those with a condition are for other systems or for extras.
    return [line for line in lines if ";" not in line]


def _parsed(requirement: str) -> tuple[str, str]:
    found = _REQUIREMENT.match(requirement)
    if found is None:
        raise ValueError(f"{requirement!r} names no package")
    return normal_name(found[1]), found[2] or ""
