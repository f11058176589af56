"""`python -m deploy.supply.install`, which is `make install`: fills the environment of this Python for development.

Where the locks fit, pip takes the files that they name, each by its hash, and resolves nothing.
Elsewhere pip resolves, held to constraints.txt. Which index is asked is for pip's own
configuration to say. Needs pip and the standard library alone, as the environment may be empty.
"""

from __future__ import annotations

import platform
import re
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.space.requirements import CPU_TORCH_INDEX
from deploy.supply.locks import (
    BUILD,
    CONSTRAINTS,
    DEV,
    ROOT,
    RUNTIME,
    TORCH_CPU,
    TORCH_CUDA,
    WEIGHTS_ALONE,
    Pin,
    normal_name,
    read_pins,
)
from deploy.supply.pip_progress import PipError, run_pip

# pip compiles one module after the other; afterwards all processors do.
LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile")
MACHINE = ("Linux", "x86_64", "3.11")
"""What the locks are made for. Other systems need other packages, and for some of these there is no wheel."""
GLIBC = (2, 31)
NOT_COMPILED = r".*[/\\](tests?|kubernetes)[/\\]"
"""Tests that packages bring, and a client of Kubernetes: a quarter of all modules, and nothing here imports them."""
Pip = Callable[..., None]


def main() -> None:
    """Install, and say what is going on; exit with pip's own words where it cannot."""
    began = time.monotonic()
    reason = unfit() or outdated()
    try:
        if reason:
            tell(f"{reason} So pip resolves, held to constraints.txt; that takes some minutes.")
            resolved(run_pip)
        else:
            from_locks(run_pip)
    except PipError as error:
        sys.exit(f"{error}\nThe installation is not complete; `make install` goes on from what is there.")
    tell(f"Installed in {time.monotonic() - began:.0f} s.")


def from_locks(pip: Pip) -> None:
    """Exactly what the locks name, and the program itself."""
    locks = (RUNTIME, BUILD, DEV)
    total = len({pin.name for lock in locks for pin in _pins(lock)})
    tell(f"Installing torch and {total} other packages as the locks name them, each file checked by its hash.")
    torch(pip)
    tell(f"The {total} others:")
    pip(*LOCKED, *(part for lock in locks for part in ("-r", str(lock))), total=total)
    tell("The program itself:")
    pip("--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    tell("Compiling what is installed.")
    compile_modules(Path(sysconfig.get_path("purelib")))


def compile_modules(folder: Path) -> None:
    """Bytecode for what may be imported, on all processors; where there is none, every start would take longer."""
    # Some packages bring modules for other versions of Python, which cannot be compiled: that is no failure.
    left_out = re.escape(str(folder)) + NOT_COMPILED
    subprocess.run([sys.executable, "-m", "compileall", "-qq", "-j", "0", "-x", left_out, str(folder)], check=False)


def torch(pip: Pip) -> None:
    """The build for processors where one of pip's indexes has it, else PyPI's with what that needs for a GPU."""
    tell("torch:")
    try:
        pip(*LOCKED, "-r", str(TORCH_CPU))
    except PipError as error:
        if "No matching distribution" not in str(error):
            raise
        needed = len(_pins(TORCH_CUDA))
        tell(
            "  None of pip's indexes has the build for processors, so it is PyPI's with NVIDIA's libraries: "
            f"{needed} packages, several gigabytes. To get the small one, stop this and say: "
            f"PIP_EXTRA_INDEX_URL={CPU_TORCH_INDEX} make install"
        )
        pip(*LOCKED, "-r", str(TORCH_CUDA), total=needed)


def resolved(pip: Pip) -> None:
    """What pip finds for this machine at the versions of constraints.txt, with what builds the program."""
    build = _pyproject()["build-system"]["requires"]
    pip("--constraint", str(CONSTRAINTS), *build, "--editable", f"{ROOT}[dev]")
    pip("--no-deps", "--constraint", str(CONSTRAINTS), *WEIGHTS_ALONE)


def unfit() -> str | None:
    """Why the locks are not for this machine, or None where they are."""
    version = ".".join(platform.python_version_tuple()[:2])
    here = (platform.system(), platform.machine(), version)
    libc, libc_version = platform.libc_ver()
    if here == MACHINE and libc == "glibc" and tuple(map(int, libc_version.split(".")[:2])) >= GLIBC:
        return None
    libc_here = f" and {libc} {libc_version}" if libc else ""
    wanted, found = ("{} on {} with Python {}".format(*machine) for machine in (MACHINE, here))
    return f"The locks are for {wanted} and glibc {GLIBC[0]}.{GLIBC[1]} or newer; this is {found}{libc_here}."


def outdated() -> str | None:
    """Why the locks are not what constraints.txt names, or lack a package of pyproject.toml; None where all agree.

    Whether the versions are ones that pyproject.toml asks for, tests/deploy/test_locks.py holds.
    """
    locked = {(pin.name, pin.release) for lock in (RUNTIME, TORCH_CPU, BUILD, DEV) for pin in _pins(lock)}
    constrained = {(pin.name, pin.release) for pin in _pins(CONSTRAINTS)}
    project = _pyproject()["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    asked = {normal_name(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in lines}
    odd = {name for name, _ in locked ^ constrained} | (asked - {name for name, _ in locked})
    names = ", ".join(sorted(odd)[:5])
    return (
        f"The locks disagree with constraints.txt or pyproject.toml on {names} (`make lock` mends it)." if odd else None
    )


def tell(sentence: str) -> None:
    print(sentence, flush=True)


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _pins(lock: Path) -> tuple[Pin, ...]:
    return read_pins(lock.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
