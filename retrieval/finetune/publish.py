"""Put a trained model on the hub, for those who have an account there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from retrieval.errors import ModelError
from retrieval.models.hub import hub_is_reachable

PUBLISHED = ["*.json", "*.safetensors", "*.txt", "*.md", "*.png", "*/config.json"]


def check_login() -> str:
    """The hub's name for who is logged in. Raises `ModelError` where nobody is, or the hub cannot be reached."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError

    if not hub_is_reachable():
        raise ModelError("The model hub cannot be reached: train without --push-to-hub, or connect to the network.")
    try:
        return str(cast("Any", HfApi()).whoami()["name"])
    except (HfHubHTTPError, LocalTokenNotFoundError, OSError) as error:
        raise ModelError("The hub does not know you: run `hf auth login` first, or set HF_TOKEN.") from error


def publish(folder: Path, name: str) -> str:
    """Upload the model to the hub as `name` ("owner/model"), private until you say otherwise; gives its address.

    Raises `ModelError` where the hub does not take it.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    api = HfApi()
    try:
        address = api.create_repo(name, private=True, exist_ok=True)
        api.upload_folder(repo_id=name, folder_path=folder, allow_patterns=PUBLISHED, commit_message="Trained anew")
    except (HfHubHTTPError, HFValidationError, OSError, ValueError) as error:
        reason = (str(error).splitlines() or [""])[0][:200] or type(error).__name__
        raise ModelError(f"The hub did not take {name} ({reason}); the model is in {folder}.") from error
    return str(address)
