"""A Dockerfile as its stages and instructions, with the values of its ARG and ENV lines put in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

WORDS = frozenset(
    {"ARG", "ENV", "WORKDIR", "RUN", "COPY", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
)
"""What is understood within a stage, besides the FROM that begins it."""
PATH = "/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are looked for in the images that this builds on."""
_PLACE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


class DockerfileError(ValueError):
    """An instruction that is not understood."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line: its first word, and the rest with the lines that continue it."""

    word: str
    rest: str

    @property
    def parts(self) -> list[str]:
        """The rest as a shell would split it."""
        return shlex.split(self.rest)


@dataclass(frozen=True, slots=True)
class Stage:
    """What one FROM begins: the image that it stands on, its own name or "", and what follows."""

    image: str
    name: str
    instructions: tuple[Instruction, ...]


@dataclass(slots=True)
class Surroundings:
    """What an instruction finds: the variables that are handed on, those of the build alone, folder and user."""

    env: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"

    def filled(self, text: str) -> str:
        """The text with its variables in it; one that has no value is empty, as in Docker."""
        known = {"PATH": PATH} | self.arguments | self.env
        return _PLACE.sub(lambda found: known.get(found[1] or found[2], ""), text)

    def take(self, step: Instruction, chosen: Mapping[str, str]) -> bool:
        """Whether the instruction changes nothing else than these; `chosen` are the build arguments that were given."""
        if step.word == "ARG":
            name, _, default = step.rest.partition("=")
            self.arguments[name] = chosen.get(name, default)
        elif step.word == "ENV":
            self.env |= dict(self.filled(part).split("=", 1) for part in step.parts)
        elif step.word == "WORKDIR":
            self.folder = self.filled(step.rest)
        elif step.word == "USER":
            self.user = step.rest
        else:
            return False
        return True


def read_stages(path: Path) -> list[Stage]:
    """The stages in their order. Raises `DockerfileError` for a word that is not understood."""
    text = re.sub(r"^\s*#.*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    before: dict[str, str] = {}
    stages: list[tuple[str, str, list[Instruction]]] = []
    for line in filter(str.strip, lines):
        word, _, rest = line.strip().partition(" ")
        step = Instruction(word, rest.strip())
        if word == "FROM":
            image, _, name = step.rest.partition(" AS ")
            stages.append((Surroundings(arguments=before).filled(image), name, []))
        elif word not in WORDS:
            raise DockerfileError(f"{path.name} says {word}, which only a container engine understands.")
        elif stages:
            stages[-1][2].append(step)
        else:
            name, _, default = step.rest.partition("=")
            before[name] = default
    return [Stage(image, name, tuple(steps)) for image, name, steps in stages]
