"""The library and about sections over one answerer, in every language of the interface."""

from __future__ import annotations

from app.answering.answerer import Answerer
from app.surfaces.page.about import about_html
from app.surfaces.page.library import library_html
from app.surfaces.words import Words


class Sections:
    """The list of papers is long and does not change while the server runs, so each language's is made once."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._libraries: dict[str, str] = {}

    def library(self, words: Words) -> str:
        if words.language not in self._libraries:
            self._libraries[words.language] = library_html(self._answerer.papers, self._answerer.facets, words)
        return self._libraries[words.language]

    def about(self, words: Words) -> str:
        return about_html(self._answerer.papers, self._answerer.facets, self._answerer.models, words)
