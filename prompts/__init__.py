"""Prompt files and their strict loader: one copy of each prompt, no placeholder missing or unknown.

A prompt file is a few messages, each begun by a line `[system]`, `[human]` or
`[ai]`, with `{placeholders}` in their texts.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_ROLE = re.compile(r"^\[(system|human|ai)\]$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class PromptError(ValueError):
    """A prompt file is missing or malformed, or was filled with the wrong placeholders."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's messages as (role, template), and a short hash that names this version of it."""

    name: str
    messages: tuple[tuple[str, str], ...]
    version: str

    def render(self, **values: str) -> list[tuple[str, str]]:
        """The messages with every placeholder filled; braces inside values stay as they are.

        Raises `PromptError` where a placeholder is missing or unknown.
        """
        wanted = {name for _, template in self.messages for name in _PLACEHOLDER.findall(template)}
        if wanted != values.keys():
            missing, unknown = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
            raise PromptError(f"Prompt {self.name}: missing {missing}, unknown {unknown}.")
        return [(role, _PLACEHOLDER.sub(lambda match: values[match[1]], template)) for role, template in self.messages]


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt in `prompts/NAME.md`. Raises `PromptError` where there is none or it has no messages."""
    file = resources.files(__name__) / f"{name}.md"
    if not re.fullmatch(r"[a-z_]+", name) or not file.is_file():
        raise PromptError(f"There is no prompt {name!r}.")
    text = file.read_text(encoding="utf-8")
    parts = _ROLE.split(text)
    if parts[0].strip() or len(parts) < 3:
        raise PromptError(f"Prompt {name} must begin with a line such as [system].")
    messages = tuple((role, body.strip()) for role, body in zip(parts[1::2], parts[2::2], strict=True))
    return Prompt(name, messages, hashlib.sha256(text.encode()).hexdigest()[:8])
