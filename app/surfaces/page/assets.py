"""The page's own scripts, styles, faces and icon, put together from the files in static/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from app.surfaces.tokens import declarations
from retrieval.facets import FACETS

_FOLDER = Path(__file__).parent / "static"
_TRIGGERS = "triggers.js"
_SCRIPTS = (
    *("basics.js", "appearance.js", "popover.js", "answer_actions.js", "unfinished.js"),
    *("history.js", "history_files.js", "history_panel.js"),
    *("similar.js", "cards.js", "sections.js", "collections.js", "added.js", "files.js", "adding.js"),
    *("library.js", "picking.js", "paper.js", "leaf.js", "pages.js", "page.js"),
)
"""The first is what the others build on, the last starts them."""
_STYLES_FIRST, _STYLES_LAST = "page.css", ("narrow.css", "print.css")


def mount_options() -> dict[str, Any]:
    """What `gr.mount_gradio_app` is given for the page beside the blocks, the path and the theme."""
    return {
        # As a style tag and not as `css`, which Gradio rewrites rule by rule and thereby breaks :is() and nesting.
        "head": f"<style>{styles()}</style>",
        "js": scripts(),
        "favicon_path": str(_FOLDER / "favicon.png"),
        "app_kwargs": {"routes": [Mount("/page/fonts", StaticFiles(directory=_FOLDER / "fonts"))]},
        "footer_links": [],
        "show_error": False,
        "run_history": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "enable_monitoring": False,
        "max_file_size": 1,  # the page takes no files, and Gradio's upload route cannot be left out
    }


def asset(name: str) -> str:
    """The text of one file."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def triggers() -> str:
    """What an HTML component runs when it is loaded."""
    return asset(_TRIGGERS)


def scripts() -> str:
    """All page scripts in one, after the facets' names: each file is a function of its own that runs once."""
    facets = json.dumps({facet.name: facet.plural for facet in FACETS})
    return "\n".join((f"window.paperbacked = {{ facets: {facets} }};", *map(asset, _SCRIPTS)))


def styles() -> str:
    """All style sheets in one: the tokens that they use, what holds everywhere, and what narrow pages and paper need.

    On paper it is light: the tokens are given once more for it.
    """
    names = {file.name for file in _FOLDER.glob("*.css")} - {_STYLES_FIRST, *_STYLES_LAST}
    style = "\n".join(map(asset, (_STYLES_FIRST, *sorted(names), *_STYLES_LAST)))
    light, dark = declarations(style, "light"), declarations(style, "dark")
    in_dark = ".dark, :root:has(body.dark)"
    return f":root {{\n{light}}}\n{in_dark} {{\n{dark}}}\n@media print {{\n{in_dark} {{\n{light}}}\n}}\n{style}"
