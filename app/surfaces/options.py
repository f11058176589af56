"""What the surfaces are told of the settings, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class ServingOptions:
    """Who may ask, how much, and what is kept; most are settings of the same name (docs/settings.md)."""

    widget_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    api_key: str | None = field(default=None, repr=False)
    login: Literal["none", "key", "hub"] = "none"
    client_limit: int = 0
    server_limit: int = 0
    log_questions: bool = False
    feedback_file: Path | None = None
    """None where feedback is not kept."""
    local_only: bool = False
    """Whether the server listens to this machine alone."""
    only_here: bool = False
    """Whether papers are taken from readers at this machine alone, as nobody has said who else may add them."""
    pages_folder: Path | None = None
    """Where pictures of pages are kept for a while; None where they are not."""
