"""Titles and abstracts as people read them: without the tags and entities of web pages, each on one line."""

from __future__ import annotations

import html
import re

_NAMES = (
    "a|abbr|article-title|b|bdi|big|bold|br|center|cite|code|dd|del|disp-formula|disp-quote|div|dl|dt|em|ext-link|fn|font|"
    "h[1-6]|hr|i|inline-formula|ins|italic|kbd|label|li|list|list-item|mark|math|mfrac|mi|mn|mo|mrow|msub|msubsup|"
    "msup|mtext|monospace|ol|p|pre|q|roman|s|samp|sans-serif|sc|scp|sec|small|span|strike|strong|styled-content|sub|"
    "sup|table|tbody|td|tex-math|th|title|tr|tt|u|ul|underline|var|xref|[a-z]{1,10}:[a-z-]{1,30}"
)
"""Tags that titles and abstracts have in JATS, MathML and HTML; List<T> and a < b are none."""
_ATTRIBUTES = r"(?:\s+[\w:.-]{1,60}\s*=\s*(?:\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'|[^\s\"'<>]{1,200}))*"
_TAG = re.compile(rf"<(?:/(?P<closed>{_NAMES})\s*|(?P<opened>{_NAMES}){_ATTRIBUTES}\s*/?)>", re.IGNORECASE)
_HEADING = re.compile(r"^\s*<(?:jats:)?title[^<>]{0,100}>\s*(?:abstract|summary)\s*</(?:jats:)?title>", re.IGNORECASE)
_APART = re.compile(
    r"(?:jats:)?(?:br|center|dd|disp-formula|disp-quote|div|dl|dt|fn|h[1-6]|hr|li|list|list-item|ol|p|pre|q|sec|table|"
    r"tbody|td|th|title|tr|ul)",
    re.IGNORECASE,
)
"""Tags that part what stands before them from what follows."""


def without_markup(text: str) -> str:
    """The text without tags, with entities as their signs, and with each run of white space as one space."""
    if "<" in text:
        text = _TAG.sub(_in_place_of, _HEADING.sub("", text))
    if "&" in text:
        # What the entities spell may look like a tag: it is text.
        text = html.unescape(text)
    return " ".join(text.split())


def _in_place_of(tag: re.Match[str]) -> str:
    return " " if _APART.fullmatch(tag["closed"] or tag["opened"]) else ""
