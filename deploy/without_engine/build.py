"""What `docker build` would do with the Dockerfile, in folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.without_engine.dockerfile import Instruction, Stage, Surroundings
from deploy.without_engine.root_folder import Mount, RootError, run_in

_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")
"""What Dockerfile.dockerignore leaves out of the folders that it lets in."""
_PIP = ("index-url", "extra-index-url", "find-links", "trusted-host", "cert", "timeout", "default-timeout")
"""How pip reaches packages here, which a build has from its network."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """The last stage: its root, and what a container of it starts with."""

    root: Path
    surroundings: Surroundings
    steps: tuple[Instruction, ...]

    def last(self, word: str) -> Instruction:
        """The last instruction of that word. Raises `RootError` where there is none."""
        for step in reversed(self.steps):
            if step.word == word:
                return step
        raise RootError(f"The Dockerfile has no {word}.")


def build(stages: list[Stage], context: Path, base: Path, folder: Path, chosen: Mapping[str, str], tell: Tell) -> Built:
    """Every stage in a copy of the root `base`, beneath `folder`; `chosen` are the build arguments.

    Raises `RootError` where a step fails.
    """
    roots: dict[str, Path] = {}
    root, surroundings = base, Surroundings()
    for at, stage in enumerate(stages):
        root = folder / (stage.name or f"stage-{at}")
        subprocess.run(["cp", "-a", base, root], check=True)
        roots[stage.name] = root
        surroundings = Surroundings()
        for step in stage.instructions:
            began = time.monotonic()
            _apply(step, surroundings, root, roots, context, chosen)
            tell(f"{time.monotonic() - began:6.1f} s  {step.word} {step.rest[:120]}")
    return Built(root, surroundings, stages[-1].instructions)


def _apply(
    step: Instruction,
    around: Surroundings,
    root: Path,
    roots: Mapping[str, Path],
    context: Path,
    chosen: Mapping[str, str],
) -> None:
    if around.take(step, chosen):
        (root / around.folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif step.word == "RUN":
        run_in(
            root,
            ["sh", "-ec", step.rest],
            env=_pip_settings() | around.arguments | around.env | {"HOME": "/root"},
            folder=around.folder,
            user=around.user,
            mounts=[Mount(Path("/etc/resolv.conf").resolve(), "/etc/resolv.conf"), *_pip_places()],
        )
    elif step.word == "COPY":
        _copy(step, around, root, roots, context)


def _copy(step: Instruction, around: Surroundings, root: Path, roots: Mapping[str, Path], context: Path) -> None:
    options = dict(part[2:].split("=", 1) for part in step.parts if part.startswith("--"))
    *sources, target = (part for part in step.parts if not part.startswith("--"))
    place = root / (Path(around.folder) / around.filled(target)).as_posix().lstrip("/")
    for name in sources:
        source = (roots[options["from"]] if "from" in options else context) / name.lstrip("/")
        if source.is_dir():
            ignored = _IGNORED if source.is_relative_to(context) else None
            shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True, ignore=ignored)
        else:
            to_folder = target.endswith(("/", ".")) or place.is_dir()
            (place if to_folder else place.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, place)
    if "chown" in options:
        run_in(root, ["chown", "-R", options["chown"], "/" + place.relative_to(root).as_posix()])


def _pip_settings() -> dict[str, str]:
    """How pip is told here where packages are, as variables; in pip's own configuration and environment."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    found: dict[str, str] = {}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        setting = name.rpartition(".")[2]
        if setting in _PIP:
            found[f"PIP_{setting.upper().replace('-', '_')}"] = value.strip("'\"")
    # An index that cannot be reached is asked once for each package, and not five times.
    return {"PIP_RETRIES": "0"} | found


def _pip_places() -> list[Mount]:
    """The folders and files of this machine that those settings name."""
    named = [part.removeprefix("file://") for value in _pip_settings().values() for part in value.split()]
    places = {Path(part).parent if part.endswith("/simple") else Path(part) for part in named if part.startswith("/")}
    return [Mount(place, str(place)) for place in sorted(places) if place.exists() and os.access(place, os.R_OK)]
