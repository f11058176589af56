"""The sdist and the wheel of a commit, built in two ways that must give the same bytes."""

from __future__ import annotations

import os
import subprocess
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.release.agreement import ReleaseError, git
from deploy.supply.locks import BUILD
from retrieval.files import sha256_of

LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
HERE = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
ELSEWHERE = {"TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
"""What the second build has otherwise; so have its folder, the rights of new files and the times of its sources."""
YEARS_LATER = 3 * 365 * 86_400


@dataclass(frozen=True)
class Built:
    """The two files of a version."""

    sdist: Path
    wheel: Path


def builder(folder: Path) -> Path:
    """The Python of a new environment in `folder` that holds what the lock of the build names, and no more.

    Raises `ReleaseError` where it cannot be filled.
    """
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *LOCKED, "-r", BUILD, cwd=folder)
    return python


def export(root: Path, commit: str, folder: Path) -> None:
    """Write the files of the commit into a new folder. Raises `ReleaseError` where git has no such commit."""
    folder.mkdir(parents=True)
    archive = folder.with_name(f"{folder.name}.tar")
    git(root, "archive", "--output", str(archive), commit)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    archive.unlink()


def build_here(python: Path, source: Path, out: Path, seconds: int) -> Built:
    """Both files of the sources as they lie there; `seconds` is the time that is written into them."""
    run(python, "-m", "hatchling", "build", "-d", out, cwd=source, variables=_at(seconds, HERE))
    return only_built(out)


def build_elsewhere(python: Path, source: Path, out: Path, seconds: int) -> Built:
    """The sdist of sources with other rights and times, and the wheel of that sdist unpacked."""
    variables = _at(seconds, ELSEWHERE)
    for path in (source, *source.rglob("*")):
        os.utime(path, (seconds + YEARS_LATER, seconds + YEARS_LATER))
        if path.is_file():
            path.chmod(0o600 | (path.stat().st_mode & 0o100))
    run(python, "-m", "hatchling", "build", "-t", "sdist", "-d", out, cwd=source, variables=variables, umask=0o077)
    [sdist] = out.glob("*.tar.gz")
    unpacked = out / "unpacked"
    with tarfile.open(sdist) as packed:
        packed.extractall(unpacked, filter="data")
    [inside] = unpacked.iterdir()
    run(python, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=inside, variables=variables, umask=0o077)
    return only_built(out)


def only_built(out: Path) -> Built:
    """The files in `out`. Raises `ReleaseError` where there is not one of each."""
    sdists, wheels = sorted(out.glob("*.tar.gz")), sorted(out.glob("*.whl"))
    if (len(sdists), len(wheels)) != (1, 1):
        raise ReleaseError(f"The build left {len(sdists)} sdists and {len(wheels)} wheels in {out}, and not one each.")
    return Built(sdists[0], wheels[0])


def differences(one: Path, other: Path) -> tuple[str, ...]:
    """Why two archives are not the same bytes: names of what differs within; none where they are the same."""
    if sha256_of(one) == sha256_of(other):
        return ()
    first, second = _members(one), _members(other)
    names = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    return tuple(names) or ("the order or the packing of what is within",)


def _members(archive: Path) -> dict[str, tuple[object, ...]]:
    """What is known of each file within: its rights, its time and its bytes' sum."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            return {entry.filename: (entry.external_attr, entry.date_time, entry.CRC) for entry in packed.infolist()}
    members: dict[str, tuple[object, ...]] = {}
    with tarfile.open(archive) as packed:
        for entry in packed.getmembers():
            file = packed.extractfile(entry)
            members[entry.name] = (entry.mode, entry.mtime, entry.uname, file.read() if file else b"")
    return members


def elsewhere() -> dict[str, str]:
    """The environment without what would bring this checkout, or its user's settings, into what runs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PAPERBACKED_", "PYTHON"))}


def run(
    *command: str | Path,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    umask: int = 0o022,
    seconds: int = 1_800,
) -> str:
    """What the command prints, run without this checkout in its way.

    Raises `ReleaseError` with its last words where it fails or takes more than `seconds`.
    """
    told = [str(part) for part in command]
    try:
        done = subprocess.run(
            told,
            cwd=cwd,
            env={**elsewhere(), **(variables or {})},
            umask=umask,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise ReleaseError(f"{' '.join(told)} took more than {seconds} s.") from error
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
        raise ReleaseError(f"{' '.join(told)} failed:\n{last}")
    return done.stdout


def _at(seconds: int, variables: Mapping[str, str]) -> dict[str, str]:
    return {"SOURCE_DATE_EPOCH": str(seconds), **variables}
