"""The document that a visit begins with, while Gradio's scripts are still on their way.

Its title and what other programs show of a link are those of the collection that is served, and in place of a blank
page stands what the page will say first.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from app.answering.answerer import Answerer
from app.surfaces.markup import text_html
from app.surfaces.page.assets import asset
from app.surfaces.page.intro import about_what, told_of
from app.surfaces.tokens import declarations
from app.surfaces.ui_strings import interface_language, ui_strings

_ICON = Path(__file__).parent / "static" / "favicon.png"
_PLACE = re.compile(r"\{(\w+)\}")
_OURS = re.compile(rb"<gradio-app\b")
_GIVEN_TITLE = re.compile(rb'\bcontrol_page_title="true"')
_PAGE_LANGUAGE = re.compile(rb'(<html\s+lang=")en"')
_BASE = re.compile(rb'<base href="\./"\s*/?>')
_FRAME_SCRIPT = b"document.head.appendChild(script);"


class FirstDocument:
    """Writes into Gradio's index page what the collection of `answerer` is; other pages stay as they are."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    def __call__(self, page: bytes, address: str, accept_language: str | None) -> bytes:
        """The page as it is sent from `address`, the page's own, to who wants it in such languages."""
        if not _OURS.search(page):
            return page
        language = interface_language(accept_language)
        head, front = self._written(address, language)
        lang = ui_strings(language)("page_lang").encode()
        page = _PAGE_LANGUAGE.sub(lambda match: match.group(1) + lang + b'"', page, count=1)
        # Gradio would put the title in which the page was built over ours.
        page = _GIVEN_TITLE.sub(b'control_page_title="false"', page)
        # It says what holds without it, and makes each link to a section one to another document where the address has
        # a question or a collection.
        page = _BASE.sub(b"", page, count=1)
        # What only a page in a frame needs, only there.
        page = page.replace(_FRAME_SCRIPT, b"if (parent !== window) " + _FRAME_SCRIPT, 1)
        page = page.replace(b"<head>", b"<head>" + head.encode(), 1)
        return page.replace(b"<gradio-app", front.encode() + b"<gradio-app", 1)

    def _written(self, address: str, language: str) -> tuple[str, str]:
        """What goes into the head, and what stands in the body until the page is drawn."""
        words = ui_strings(language)
        papers = self._answerer.papers
        description = told_of(papers, self._answerer.facets, words)
        title = words("page_title", count=f"{len(papers):,}", about=about_what(papers, words))
        places = {
            "language": language,
            "heading": words("intro_heading"),
            "description": description,
            **{name: words(f"page_{name}") for name in ("lang", "loading", "late", "no_script")},
        }
        front = _filled(_front(), {key: text_html(text) for key, text in places.items()})
        return _head(title, description, address), front


def _head(title: str, description: str, address: str) -> str:
    preview = {
        "og:site_name": "paperbacked",
        "og:type": "website",
        "og:title": title,
        "og:description": description,
        "og:image": f"{address}favicon.ico",
    }
    metas = "".join(f'<meta property="{name}" content="{text_html(text)}">' for name, text in preview.items())
    return (
        f'<meta charset="utf-8"><title>{text_html(title)}</title>'
        f'<meta name="description" content="{text_html(description)}">{metas}'
        f'<meta name="twitter:card" content="summary"><link rel="icon" type="image/png" href="{_icon()}">'
    )


@lru_cache(maxsize=1)
def _icon() -> str:
    """The icon in the document itself: a request less at each first visit."""
    return f"data:image/png;base64,{b64encode(_ICON.read_bytes()).decode()}"


@lru_cache(maxsize=1)
def _front() -> str:
    """What stands in the body until the page is drawn, in its colours and without words."""
    html = asset("front.html")
    light, dark = declarations(html, "light"), declarations(html, "dark")
    tokens = f"#front {{\n{light}}}\n:root[data-first-paint=dark] #front {{\n{dark}}}"
    return html.replace("{tokens}", tokens)


def _filled(template: str, places: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda match: places[match.group(1)], template)
