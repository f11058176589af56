"""What a training run leaves so that it can go on after a kill."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from retrieval.errors import ModelError
from retrieval.files import writing
from retrieval.models.heavy_imports import heavy_imports

STATE = "state.pt"


def writing_run(out: Path) -> AbstractContextManager[None]:
    """Around what writes into a run's folder: where it cannot, `ModelError` says why."""
    return writing(f"The folder {out}", ModelError, "choose another with --out")


def make_work_folder(out: Path) -> Path:
    """The folder within `out` where an unfinished run lives. Raises `ModelError` where it cannot be made."""
    work = out / "unfinished"
    with writing_run(out):
        work.mkdir(parents=True, exist_ok=True)
    return work


def save_state(work: Path, run: dict[str, Any], state: dict[str, Any]) -> None:
    """Write the state, whole or not at all; `run` says what run it is of. Raises `ModelError` where it cannot."""
    with heavy_imports():
        import torch

    draft = work / f"{STATE}.new"
    with writing_run(work.parent):
        # Through a file of Python's, as torch would not say that the disk is full.
        with draft.open("wb") as file:
            torch.save({"run": run, **state}, file)
        draft.replace(work / STATE)


def load_state(work: Path, run: dict[str, Any]) -> dict[str, Any] | None:
    """What the last `save_state` wrote, None where there is nothing. Raises `ModelError` where it is of another run."""
    with heavy_imports():
        import torch

    file = work / STATE
    if not file.is_file():
        return None
    state = torch.load(file, weights_only=True)
    if state["run"] != run:
        raise ModelError(f"{work} holds an unfinished run of something else: remove it or choose another --out.")
    return state
