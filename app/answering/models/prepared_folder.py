"""A folder that is made once on this machine, whole or not at all, and made again if it is damaged."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import ModelError
from retrieval.files import not_written, sha256_of, writing

MANIFEST = "manifest.json"
LOCK_SECONDS = 180.0


def is_whole(folder: Path, source: str) -> bool:
    """Whether `folder` was made from `source` and every file in it is still the one that was written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = manifest["files"]
        return manifest["source"] == source and all(
            sha256_of(folder / name) == digest for name, digest in files.items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def prepare_folder(
    folder: Path, source: str, build: Callable[[Path], None], *, lock_seconds: float = LOCK_SECONDS
) -> Path:
    """`folder`, filled by `build` unless it is there already and `is_whole`.

    `source` names what it is made from and how; another value makes it anew. `build`
    gets an empty folder beside it, which takes the place of `folder` only when complete.
    One process builds at a time. Raises `ModelError` where the disk refuses or another
    process does not finish within `lock_seconds`; errors of `build` pass through.
    """
    if is_whole(folder, source):
        return folder
    shown = f"The folder {folder}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f"{folder.name}.lock", timeout=lock_seconds):
            _remove_leftovers(folder)
            if not is_whole(folder, source):
                with writing(shown, ModelError):
                    _build_beside(folder, source, build)
    except Timeout as error:
        raise ModelError(
            f"Another program has been preparing {folder.name} for over {lock_seconds:.0f} seconds: "
            "wait for it to end, then try again."
        ) from error
    except OSError as error:
        raise ModelError(not_written(shown, error)) from error
    return folder


def _build_beside(folder: Path, source: str, build: Callable[[Path], None]) -> None:
    fresh = folder.with_name(f"{_leftover_prefix(folder)}{uuid.uuid4().hex}")
    fresh.mkdir()
    try:
        build(fresh)
        _write_manifest(fresh, source)
        if folder.exists():
            folder.rename(folder.with_name(f"{_leftover_prefix(folder)}{uuid.uuid4().hex}"))
        fresh.rename(folder)
    finally:
        _remove_leftovers(folder)


def _write_manifest(folder: Path, source: str) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        # safetensors writes files that only their owner may read, which a container may not run as
        path.chmod(0o644)
    digests = {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}
    (folder / MANIFEST).write_text(json.dumps({"source": source, "files": digests}, indent=1), encoding="utf-8")


def _leftover_prefix(folder: Path) -> str:
    return f".{folder.name}.part-"


def _remove_leftovers(folder: Path) -> None:
    """Called under the lock only, where whatever is left was left by a run that was killed."""
    for leftover in folder.parent.glob(f"{_leftover_prefix(folder)}*"):
        shutil.rmtree(leftover, ignore_errors=True)
