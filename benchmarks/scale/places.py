"""Where a collection of one size is built and measured."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from app.settings import Settings, read_settings
from benchmarks.scale.base_texts import BaseTexts, read_base_texts
from retrieval.files import replacing

COLLECTION = "scale"
Measured = dict[str, float]


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of a size: a home of the program with one collection, and what was measured of it."""

    folder: Path
    size: int
    scifact: Path | None = None

    @property
    def base(self) -> BaseTexts:
        return read_base_texts(self.scifact)

    @property
    def kept(self) -> Path:
        """What all sizes share."""
        return self.folder / (self.scifact.name if self.scifact else "shipped")

    @property
    def own(self) -> Path:
        return self.kept / str(self.size)

    @property
    def papers(self) -> Path:
        return self.own / "papers.jsonl"

    @property
    def settings(self) -> Settings:
        """Those of the program over this collection; answers are quotes."""
        return read_settings(home=self.own / "home", collection=COLLECTION, llm="none")

    def has(self, part: str) -> bool:
        return self._file(part).is_file()

    def keep(self, part: str, measured: Mapping[str, float]) -> None:
        """Write down what was measured, when it is complete."""
        self.own.mkdir(parents=True, exist_ok=True)
        with replacing(self._file(part)) as draft:
            draft.write_text(json.dumps(dict(measured), indent=1), encoding="utf-8")

    def measured(self, part: str) -> Measured:
        return json.loads(self._file(part).read_text(encoding="utf-8"))

    def _file(self, part: str) -> Path:
        return self.own / f"{part}.json"

    @property
    def arguments(self) -> list[str]:
        """By which a process of its own is told this place, see `place_of`."""
        given = ["--folder", str(self.folder), "--size", str(self.size)]
        return given + (["--scifact", str(self.scifact)] if self.scifact else [])


def place_arguments(description: str | None, prog: str | None = None) -> argparse.ArgumentParser:
    """The options that name a place."""
    arguments = argparse.ArgumentParser(prog=prog, description=description)
    arguments.add_argument("--folder", type=Path, default=user_cache_path("paperbacked") / "scale", help="kept here")
    arguments.add_argument("--size", type=int, default=100_000, help="abstracts of the largest collection")
    arguments.add_argument("--scifact", type=Path, help="a BEIR folder whose abstracts and questions are used")
    return arguments


def place_of(given: argparse.Namespace) -> Place:
    """The place that the options name."""
    return Place(given.folder, given.size, given.scifact)
