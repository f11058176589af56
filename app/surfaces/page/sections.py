"""The library and about sections over one answerer, in every language of the interface."""

from __future__ import annotations

from collections.abc import Sequence

from app.answering.answerer import Answerer
from app.surfaces.page.about import about_html
from app.surfaces.page.library import library_html
from app.surfaces.ui_strings import UiStrings
from retrieval.types import Paper


class Sections:
    """The list of papers is long, so each language's is made once, until the collection has others."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._libraries: dict[str, tuple[Sequence[Paper], str]] = {}

    def library(self, words: UiStrings) -> str:
        papers = self._answerer.papers
        made = self._libraries.get(words.language)
        if made is None or made[0] is not papers:
            made = self._libraries[words.language] = papers, library_html(papers, self._answerer.facets, words)
        return made[1]

    def about(self, words: UiStrings) -> str:
        return about_html(self._answerer.papers, self._answerer.facets, self._answerer.models, words)
