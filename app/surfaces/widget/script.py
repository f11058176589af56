"""widget.js as it is sent: one file put together from script/*.js, style/*.css and the words."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.answering.question import MAX_QUESTION_CHARS
from app.answering.sources import CLOSEST_PAPERS
from app.surfaces.page.bounds import MAX_LINKS
from app.surfaces.page.cards import FAIR, MATCHES, STRONG
from app.surfaces.tokens import declarations, token
from app.surfaces.ui_strings import LANGUAGES, ui_strings
from retrieval.facets import FACETS

_LOOKS = ("title", "accent", "theme", "position", "language", "placeholder", "examples")
FILTERS = tuple(facet.name for facet in FACETS if facet.name not in _LOOKS)
"""The facets that an attribute can narrow; `language` is the widget's own."""
ATTRIBUTES = (*_LOOKS, *FILTERS, "since", "until", "collection", "server", "launcher")
"""What the element observes; docs/widget.md says what each does."""

PARTS = (
    *("stream", "nodes", "patch", "pieces", "prose", "colour", "exchange", "clipboard"),
    *("turn", "popover", "wishes", "frame", "conversation", "element", "start"),
)
"""The modules in script/, each after those that it imports: one scope takes them all in, so no name is given twice."""
STYLES = ("base", "panel", "turn", "evidence", "popover", "composer", "narrow")
"""The style sheets in style/, each after those that it may overrule."""
_FOLDER = Path(__file__).parent
_PREFIX = "widget_"
_MIXED = ("accent", "on-accent", "tint", "tint-strong")
"""The tokens that colour.js works out from the page owner's accent."""
_IMPORT = re.compile(r"^import\b[^;]*;\n", re.MULTILINE)
# At a line's beginning, or where no quote follows and the sign is therefore in no literal.
_COMMENT = re.compile(r"^\s*//.*|\s+//\s[^\"'`]*$")
_EXPORT = re.compile(r"^export ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """The script's text as bytes, plain and gzipped, and a tag that changes with it."""

    plain: bytes
    gzipped: bytes
    etag: str


@lru_cache(maxsize=1)
def widget_script() -> Script:
    """The one script. It is a single expression, so nothing of it reaches the host page's globals."""
    lines = [f"const {name} = {_json(value)};" for name, value in constants().items()]
    plain = "\n".join(("(() => {", '"use strict";', *lines, *map(part, PARTS), "})();\n")).encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:24]}"')


def constants() -> dict[str, Any]:
    """What the parts find in their scope besides each other; biome.json names them too."""
    return {
        "ATTRIBUTES": ATTRIBUTES,
        "FILTERS": FILTERS,
        "STYLE": squeezed_style(_style()),
        "THEMES": {
            "light": {"paper": token("paper"), "accent": token("accent"), "towards": token("darken")},
            "dark": {"paper": token("paper", "dark"), "accent": token("accent", "dark"), "towards": token("lighten")},
        },
        "ON_ACCENT": (token("on-dark-accent"), token("on-light-accent")),
        "WORDS": {language: _words(language) for language in LANGUAGES},
        "MAX_LINKS": MAX_LINKS,
        "MAX_QUESTION_CHARS": MAX_QUESTION_CHARS,
        "CLOSEST_PAPERS": CLOSEST_PAPERS,
        "STRONG": STRONG,
        "FAIR": FAIR,
    }


def _style() -> str:
    style = "".join((_FOLDER / "style" / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    light, dark = declarations(style, "light", without=_MIXED), declarations(style, "dark", without=_MIXED)
    return f".root {{\n{light}}}\n.root.dark {{\n{dark}}}\n{style}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def part(name: str) -> str:
    """One of `PARTS` as it stands in the script."""
    return squeezed_script((_FOLDER / "script" / f"{name}.js").read_text(encoding="utf-8"))


def squeezed_script(text: str) -> str:
    """Without imports, comments, indentation and line breaks that cannot end a statement; no literal may span lines."""
    lines = (_COMMENT.sub("", line).strip() for line in _EXPORT.sub("", _IMPORT.sub("", text)).splitlines())
    return re.sub(r"(?<=[,(\[{])\n", "", "\n".join(filter(None, lines)))


def squeezed_style(text: str) -> str:
    """Without comments and the spaces that mean nothing."""
    text = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return re.sub(r"\s*([{};,])\s*", r"\1", text).strip()


def _words(language: str) -> dict[str, str]:
    words = ui_strings(language)
    own = {key.removeprefix(_PREFIX): words(key) for key in words if key.startswith(_PREFIX)}
    return own | {f"match_{name}": words(f"card_match_{name}") for name in MATCHES}
