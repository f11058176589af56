"""`python -m deploy.supply.lock [--upgrade]`, which is `make lock`: writes deploy/locks.

The versions are those of constraints.txt; what it does not name, tools and the build's
packages, stays as it is locked unless --upgrade asks for the newest. Needs uv beside this
Python and reaches PyPI; the index of torch's builds for processors is asked only where
constraints.txt names another torch than torch-cpu.txt.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from deploy.space.requirements import CPU_TORCH_INDEX
from deploy.supply.locks import (
    BUILD,
    CONSTRAINTS,
    CORE,
    DEV,
    NOT_IN_CORE,
    ROOT,
    RUNTIME,
    TOOLS,
    TOOLS_WANTED,
    TORCH_CPU,
    TORCH_CUDA,
    WEIGHTS_ALONE,
    Pin,
    read_pins,
    written,
)
from retrieval.files import replacing

UV = Path(sys.executable).with_name("uv")
# What an image runs on; for aarch64 the same packages are needed, and the hashes are those of all files.
PLATFORM = ("--python-platform", "x86_64-manylinux_2_31")
IMAGE = ("--python-version", "3.11", *PLATFORM)
NEWER = ("3.12", "3.13")
"""Pythons for which the core is locked too."""
ANYWHERE = ("--universal", "--python-version", "3.11")
CONSTRAINED = ("--constraint", str(CONSTRAINTS))
MADE = "Made by `make lock` from pyproject.toml and constraints.txt; installed with --require-hashes --no-deps."
ABOUT = {
    RUNTIME: "All that the program needs on Linux with Python 3.11 but torch, with the hashes of all files on PyPI.",
    CORE: "What answers in quotes need, without torch and language models, with the hashes of all files on PyPI.",
    TORCH_CPU: "torch for processors alone, which PyPI does not have, with the hashes of files on its own index.",
    TORCH_CUDA: "torch for a GPU and what it alone needs, with the hashes of all files on PyPI.",
    BUILD: "What builds the program's wheel, with the hashes of all files on PyPI.",
    DEV: "What development needs beyond runtime.txt, build.txt and torch, with the hashes of all files on PyPI.",
    TOOLS: "What tools.in asks for, with the hashes of all files on PyPI.",
}


class LockError(Exception):
    """No lock can be made; the message says what to do."""


def main() -> None:
    """Write every lock, each when it is complete."""
    parser = argparse.ArgumentParser(prog="python -m deploy.supply.lock", description=main.__doc__)
    parser.add_argument("--upgrade", action="store_true", help="the newest tools and build packages")
    upgrade = parser.parse_args().upgrade
    constrained = {pin.name: pin.version for pin in read_pins(CONSTRAINTS.read_text(encoding="utf-8"))}
    try:
        runtime, cuda = run_time(constrained)
        build = compiled(_build_requirements(), *CONSTRAINED, *IMAGE, kept=None if upgrade else BUILD)
        locks = {
            RUNTIME: runtime,
            CORE: core(),
            TORCH_CPU: torch_for_processors(constrained["torch"]),
            TORCH_CUDA: cuda,
            BUILD: build,
            DEV: development(constrained, beyond=(*runtime, *cuda, *build)),
            TOOLS: compiled(TOOLS_WANTED.read_text(encoding="utf-8"), *ANYWHERE, kept=None if upgrade else TOOLS),
        }
    except LockError as error:
        sys.exit(str(error))
    for path, pins in locks.items():
        with replacing(path) as draft:
            draft.write_text(written(pins, f"{ABOUT[path]}\n{MADE}"), encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(pins)} packages, {sum(len(pin.hashes) for pin in pins)} files")


def run_time(constrained: dict[str, str]) -> tuple[tuple[Pin, ...], tuple[Pin, ...]]:
    """What the program needs without torch, and torch for a GPU with what it alone needs.

    Raises `LockError` where a package is not in constraints.txt that something else than torch needs.
    """
    _all_constrained(without(("torch",)), constrained)
    everything = compiled("\n".join(_project()["dependencies"]), *CONSTRAINED, *IMAGE)
    runtime = tuple(pin for pin in everything if pin.name in constrained and pin.name != "torch")
    return runtime, tuple(pin for pin in everything if pin not in runtime)


def core() -> tuple[Pin, ...]:
    """What answers in quotes need, on each Python that it is locked for: what only a newer one needs is marked so."""
    pins = {pin.name: pin for pin in without(NOT_IN_CORE)}
    for version in NEWER:
        for pin in without(NOT_IN_CORE, "--python-version", version, *PLATFORM):
            pins.setdefault(pin.name, replace(pin, marker=f" ; python_version >= '{version}'"))
    return tuple(pins.values())


def without(names: Sequence[str], *options: str) -> tuple[Pin, ...]:
    """What the program needs where these packages, and what only they need, are left out."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as excluded:
        excluded.write("\n".join(names))
        excluded.flush()
        requirements = "\n".join(_project()["dependencies"])
        return compiled(requirements, *CONSTRAINED, *(options or IMAGE), "--excludes", excluded.name)


def development(constrained: dict[str, str], beyond: tuple[Pin, ...]) -> tuple[Pin, ...]:
    """What the tests, the checks and the benchmarks need that is not in `beyond`, and the small model's weights.

    Raises `LockError` where a package is not in constraints.txt.
    """
    project = _project()
    requirements = "\n".join([*project["dependencies"], *project["optional-dependencies"]["dev"]])
    there = {pin.name for pin in beyond}
    alone = [pin for pin in compiled(requirements, *CONSTRAINED, *IMAGE) if pin.name not in there]
    weights = compiled("\n".join(WEIGHTS_ALONE), *CONSTRAINED, *IMAGE, "--no-deps")
    _all_constrained((*alone, *weights), constrained)
    return (*alone, *weights)


def _all_constrained(pins: Sequence[Pin], constrained: dict[str, str]) -> None:
    if loose := sorted(pin.name for pin in pins if pin.name not in constrained):
        raise LockError(f"constraints.txt does not pin {', '.join(loose)}: run `make constraints` first.")


def torch_for_processors(version: str) -> tuple[Pin, ...]:
    """torch at that version as its own index has it; what is locked already is kept, as files of a version stay.

    Raises `LockError` where another version is wanted and the index cannot be reached.
    """
    kept = read_pins(TORCH_CPU.read_text(encoding="utf-8"))
    if [pin.version for pin in kept] == [f"{version}+cpu"]:
        return kept
    return compiled(f"torch=={version}+cpu", "--no-deps", "--default-index", CPU_TORCH_INDEX, *IMAGE)


def compiled(requirements: str, *options: str, kept: Path | None = None) -> tuple[Pin, ...]:
    """What uv chooses for these requirements, with all hashes; versions in the lock `kept` are held where they fit."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock.txt"
        if kept and kept.exists():
            out.write_text(kept.read_text(encoding="utf-8"), encoding="utf-8")
        command = [str(UV), "pip", "compile", "--quiet", "--no-config", "--generate-hashes", "--no-annotate"]
        command += ["--no-header", "--output-file", str(out), *options, "-"]
        done = subprocess.run(command, input=requirements, capture_output=True, text=True)
        if done.returncode:
            raise LockError(f"uv found no lock: {done.stderr.strip()}")
        return read_pins(out.read_text(encoding="utf-8"))


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _build_requirements() -> str:
    system = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    return "\n".join(system["requires"])


if __name__ == "__main__":
    main()
