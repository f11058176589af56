"""The design tokens of tokens.css, for whatever draws: as CSS for a style sheet, or one by one."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Literal

Theme = Literal["light", "dark"]
_FILE = Path(__file__).parent / "tokens.css"
_SELECTORS: dict[Theme, str] = {"light": ":root", "dark": ".dark"}
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_USED = re.compile(r"var\(--([\w-]+)")


def token(name: str, theme: Theme = "light") -> str:
    """The value of `--name`. Raises `KeyError` for an unknown one."""
    return (_tokens()["light"] | _tokens()[theme])[name]


def declarations(style: str, theme: Theme, without: Collection[str] = ()) -> str:
    """The tokens that a style sheet uses, declared as in that theme's block of tokens.css."""
    used = set(_USED.findall(style)) - set(without)
    return "".join(f"  --{name}: {value};\n" for name, value in _tokens()[theme].items() if name in used)


@lru_cache(maxsize=1)
def _tokens() -> dict[Theme, dict[str, str]]:
    css = re.sub(r"/\*.*?\*/", "", _FILE.read_text(encoding="utf-8"), flags=re.DOTALL)
    blocks = dict(re.findall(r"^(\S+) \{(.*?)^\}", css, re.DOTALL | re.MULTILINE))
    return {theme: dict(_TOKEN.findall(blocks[selector])) for theme, selector in _SELECTORS.items()}
