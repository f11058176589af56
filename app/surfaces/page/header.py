"""The page's head: its name, what can be done anywhere on it, and the words that its scripts use."""

from __future__ import annotations

import json
import re
from pathlib import Path

from app.surfaces.markup import text_html
from app.surfaces.ui_strings import LANGUAGES, UiStrings, ui_strings

_TEMPLATE = Path(__file__).parent / "static" / "masthead.html"
_PLACE = re.compile(r"\{(\w+)\}")
_FOR_SCRIPTS = "js_"


def header_html(words: UiStrings, ready: bool = True) -> str:
    """The masthead in the language of `words`; `ready` once the page is in the reader's language."""
    texts = {key.removeprefix(_FOR_SCRIPTS): words(key) for key in words if key.startswith(_FOR_SCRIPTS)}
    # The next language names itself, in its own words.
    other = ui_strings(LANGUAGES[(LANGUAGES.index(words.language) + 1) % len(LANGUAGES)])
    places = {
        "language": words.language,
        "other": other.language,
        "other_name": other("page_language"),
        "other_label": other("page_language_label"),
        "words": json.dumps(texts, ensure_ascii=False),
    }

    def filled(match: re.Match[str]) -> str:
        key = match.group(1)
        return text_html(places[key] if key in places else words(key))

    html = _PLACE.sub(filled, _TEMPLATE.read_text(encoding="utf-8"))
    return html.replace("<header ", '<header data-ready="yes" ', 1) if ready else html
