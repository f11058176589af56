"""Models of the hub: found in its cache on this machine, or fetched into it, resumably.

Nothing here waits for an unreachable hub longer than `HUB_DECISION_SECONDS`.
"""

# pyright: reportUnknownVariableType=false
# The types of the hub's client leave some of its functions' arguments open.

from __future__ import annotations

import json
import os
import queue
import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from retrieval.errors import ModelError
from retrieval.files import full, is_disk_full, sha256_of
from retrieval.types import Progress, no_progress

HUB_DECISION_SECONDS = 1.5
# Data only: weights as safetensors, settings as JSON, the tokenizer and its template. Never code, never pickles.
# The numbered folders are what sentence-transformers sets upon a model.
MODEL_FILES = [
    *("model*.safetensors", "model.safetensors.index.json", "config.json", "generation_config.json", "tokenizer.json"),
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "vocab.txt"),
    *("tokenizer.model", "chat_template.jinja", "chat_template.json", "modules.json", "sentence_bert_config.json"),
    *("config_sentence_transformers.json", "[0-9]_*/config.json", "[0-9]_*/model.safetensors"),
]
_INDEX = "model.safetensors.index.json"
_TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt")
_MEGABYTE = 1_000_000
_LARGE_BYTES = 10 * _MEGABYTE
_FILE_NAME = re.compile(r"[0-9a-f]{40,64}")
_POLL_SECONDS = 0.2


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


def model_folder(name: str, progress: Progress = no_progress) -> Path:
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
    return cached_model(name) or fetch_model(name, progress)


def model_file(name: str, filename: str, progress: Progress = no_progress) -> Path:
    """A file of the hub model `name`, from this machine's cache or fetched. Raises `ModelError` as `fetch_model`."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        cached = try_to_load_from_cache(name, filename)
    except HFValidationError as error:
        raise ModelError(f"The hub has no model {name!r}: give a hub id such as owner/name.") from error
    if isinstance(cached, str):
        return Path(cached)
    file = _fetched(name, [filename], progress) / filename
    if not file.is_file():
        raise ModelError(f"The model {name} has no file {filename}: look at its page for the files that it has.")
    return file


def _existing_folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser()
        return folder if name and folder.is_dir() else None
    except (OSError, RuntimeError):  # A name too long for a path, or the home of an unknown user.
        return None


def cached_model(name: str) -> Path | None:
    """The folder of a hub model that lies complete in the cache of this machine, or None. No network."""
    try:
        if not _cache_of(name).is_dir():
            return None
    except OSError:  # A name too long for a path.
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(name, local_files_only=True, allow_patterns=MODEL_FILES))
    except (LocalEntryNotFoundError, HFValidationError, OSError):
        return None
    return folder if is_complete(folder) else None


def is_complete(folder: Path) -> bool:
    """Whether a model's settings, tokenizer and all of its weight files are there."""
    if not (folder / "config.json").is_file() or not any((folder / name).is_file() for name in _TOKENIZERS):
        return False
    index = folder / _INDEX
    if not index.is_file():
        return any(folder.glob("*.safetensors"))
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, AttributeError):
        return False
    return all((folder / Path(str(name)).name).is_file() for name in names)


def fetch_model(name: str, progress: Progress = no_progress) -> Path:
    """The folder of the hub model `name`, fetched now; what an earlier try has fetched is not fetched again.

    `progress` counts megabytes. The folder's name is the revision. Raises `ModelError`,
    in under 3 seconds where the hub cannot be reached.
    """
    folder = _fetched(name, MODEL_FILES, progress)
    if not is_complete(folder):
        raise ModelError(
            f"The model {name} brings no safetensors weights with a tokenizer, and other formats are not loaded: "
            "choose one that does."
        )
    return folder


def _fetched(name: str, files: Sequence[str], progress: Progress) -> Path:
    """The folder that holds those files of the model as far as it has them. Raises `ModelError`."""
    if not hub_is_reachable():
        raise ModelError(
            f"The model {name} is not on this machine and the model hub cannot be reached: "
            "connect to the network once, or give the folder of a model that is here."
        )
    from huggingface_hub.errors import DryRunError, HfHubHTTPError, HFValidationError

    try:
        return _downloaded(name, files, progress)
    except ModelError:
        raise
    except (HfHubHTTPError, HFValidationError, DryRunError) as error:
        raise ModelError(
            f"The model {name} could not be fetched from the hub ({type(error).__name__}): "
            "check its name and the network."
        ) from error
    except Exception as error:  # the hub's client passes on whatever its transports raise
        if is_disk_full(error):
            raise ModelError(full(f"The model {name}", "set HF_HOME to a folder on another disk")) from error
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ModelError(
            f"Fetching the model {name} was broken off ({reason}): try again, and it goes on where it stopped."
        ) from error


def _downloaded(name: str, wanted: Sequence[str], progress: Progress) -> Path:
    label = f"Fetching {name} (MB)"
    progress(label, 0, 1)
    files: Any = _snapshot(name, wanted, dry_run=True)
    total = max(1, sum(file.file_size or 0 for file in files) // _MEGABYTE)
    fetched: Future[str] = Future()

    def fetch() -> None:
        try:
            for file in files:
                if file.will_download and file.file_size >= _LARGE_BYTES:
                    _fetch_large(name, file.commit_hash, file.filename)
            fetched.set_result(_snapshot(name, wanted))
        except BaseException as error:
            fetched.set_exception(error)

    # On a thread that does not keep the program from ending; what is half fetched is kept for the next time.
    threading.Thread(target=fetch, name="fetch-model", daemon=True).start()
    while not fetched.done():
        progress(label, min(_bytes_here(name) // _MEGABYTE, total - 1), total)
        try:
            fetched.exception(_POLL_SECONDS)
        except TimeoutError:
            continue
    folder = Path(fetched.result())
    progress(label, total, total)
    return folder


def _fetch_large(name: str, revision: str, filename: str) -> None:
    """Put a file where the hub's client will find it, going on with what an earlier try has left.

    The client itself begins a file anew after a program was ended in the middle of it.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils import build_hf_headers

    url = hf_hub_url(name, filename, revision=revision, endpoint=os.environ.get("HF_ENDPOINT"))
    metadata = get_hf_file_metadata(url)
    if not metadata.etag or not _FILE_NAME.fullmatch(metadata.etag):
        return
    blob = _cache_of(name) / "blobs" / metadata.etag
    part = blob.with_name(f"{metadata.etag}.part")
    blob.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{part}.lock", timeout=0), part.open("ab") as file:
            http_get(url, file, resume_size=file.tell(), headers=build_hf_headers(), expected_size=metadata.size)
    except Timeout as error:
        raise ModelError(f"Another program is fetching {name} already: wait for it to end.") from error
    # Large files of the hub are named after their SHA-256.
    if len(metadata.etag) == 64 and sha256_of(part) != metadata.etag:
        part.unlink()
        raise ModelError(f"The file {filename} of {name} came damaged and was thrown away: try again.")
    part.replace(blob)


def _snapshot(name: str, files: Sequence[str], **options: Any) -> Any:
    from huggingface_hub import snapshot_download

    return snapshot_download(name, endpoint=os.environ.get("HF_ENDPOINT"), allow_patterns=list(files), **options)


def _bytes_here(name: str) -> int:
    """What of the model is in the cache so far, half-fetched files included."""
    total = 0
    for file in (_cache_of(name) / "blobs").glob("*"):
        try:
            total += file.stat().st_size
        except OSError:  # it has just got its final name
            continue
    return total


def _cache_of(name: str) -> Path:
    from huggingface_hub.constants import HF_HUB_CACHE

    return Path(HF_HUB_CACHE) / f"models--{name.replace('/', '--')}"
