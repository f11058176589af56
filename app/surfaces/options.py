"""What the surfaces are told of the settings, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServingOptions:
    """Who may ask, how much, and what is kept; each field is a setting of the same name (docs/settings.md)."""

    widget_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    api_key: str | None = None
    client_limit: int = 0
    server_limit: int = 0
    log_questions: bool = False
    feedback_file: Path | None = None
    """None where feedback is not kept."""
