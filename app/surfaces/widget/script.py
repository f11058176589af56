"""widget.js as it is sent: one file put together from script/*.js, the style sheet and the words."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.surfaces.ui_strings import LANGUAGES, ui_strings
from retrieval.facets import FACETS

_LOOKS = ("title", "accent", "theme", "position", "language", "placeholder", "examples")
FILTERS = tuple(facet.name for facet in FACETS if facet.name not in _LOOKS)
"""The facets that an attribute can narrow; `language` is the widget's own."""
ATTRIBUTES = (*_LOOKS, *FILTERS, "since", "until", "server", "launcher")
"""What the element observes; docs/widget.md says what each does."""

PARTS = (
    *("stream", "nodes", "prose", "colour", "exchange", "turn", "popover"),
    *("wishes", "frame", "conversation", "element", "start"),
)
_FOLDER = Path(__file__).parent
_PREFIX = "widget_"


@dataclass(frozen=True, slots=True)
class Script:
    """The script's text as bytes, plain and gzipped, and a tag that changes with it."""

    plain: bytes
    gzipped: bytes
    etag: str


@lru_cache(maxsize=1)
def widget_script() -> Script:
    """The one script. It is a single expression, so nothing of it reaches the host page's globals."""
    constants = {
        "ATTRIBUTES": ATTRIBUTES,
        "FILTERS": FILTERS,
        "STYLE": squeezed_style((_FOLDER / "widget.css").read_text(encoding="utf-8")),
        "WORDS": {language: _words(language) for language in LANGUAGES},
    }
    lines = [f"const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in constants.items()]
    parts = [squeezed_script((_FOLDER / "script" / f"{name}.js").read_text(encoding="utf-8")) for name in PARTS]
    plain = "\n".join(("(() => {", '"use strict";', *lines, *parts, "})();\n")).encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:24]}"')


def squeezed_script(text: str) -> str:
    """Without comment lines, indentation and empty lines; line breaks stay, and no literal may span them."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def squeezed_style(text: str) -> str:
    """Without comments and the spaces that mean nothing."""
    text = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return re.sub(r"\s*([{};,])\s*", r"\1", text).strip()


def _words(language: str) -> dict[str, str]:
    words = ui_strings(language)
    return {key.removeprefix(_PREFIX): words(key) for key in words if key.startswith(_PREFIX)}
