"""Builds the wheel: everything inside the one package `paperbacked`, so that it collides with nobody's `app`.

The folders that pyproject.toml names become `paperbacked.app` and so on, and `data` lies beside
them as it does here. Nothing but their import statements is rewritten (docs/decisions.md).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PROGRAM = "paperbacked"


def write_package(root: Path, packages: Sequence[str], target: Path) -> None:
    """Write the package into the folder `target`, which is to be found as `paperbacked`."""
    ours = re.compile(rf"^(\s*(?:from|import) )(?=(?:{'|'.join(packages)})\b)", re.MULTILINE)
    for name in (PROGRAM, *packages):
        folder = target if name == PROGRAM else target / name
        for file in sorted((root / name).rglob("*")):
            if file.is_dir() or "__pycache__" in file.parts:
                continue
            to = folder / file.relative_to(root / name)
            to.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".py":
                to.write_text(ours.sub(rf"\1{PROGRAM}.", file.read_text(encoding="utf-8")), encoding="utf-8")
            else:
                to.write_bytes(file.read_bytes())


class OnePackage(BuildHookInterface):
    """Puts the rewritten package and its data into a wheel; an editable install uses the folders as they are."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        # Kept until the process ends, as the files are only read after this.
        self._folder = tempfile.TemporaryDirectory(prefix=f"{PROGRAM}-wheel-")
        target = Path(self._folder.name) / PROGRAM
        write_package(root, self.config["packages"], target)
        build_data["force_include"][str(target)] = PROGRAM
        for name in self.config["data"]:
            build_data["force_include"][str(root / name)] = f"{PROGRAM}/{name}"
