"""OpenVINO GenAI, imported so that it reports nothing to its makers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

from retrieval.models.heavy_imports import heavy_imports

if TYPE_CHECKING:
    from types import ModuleType

RUNTIME = "openvino_genai"
REPORTS = "openvino_telemetry"
"""Its makers' package that sends them an event each time the library is imported; without it, nothing is sent."""


def openvino_runtime() -> ModuleType:
    """The module `openvino_genai`. Raises `ImportError` where it is not on this machine."""
    # What stands here as None cannot be imported, and openvino then does without.
    cast("dict[str, Any]", sys.modules).setdefault(REPORTS, None)
    with heavy_imports():
        import openvino_genai
    return openvino_genai
