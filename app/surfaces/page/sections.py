"""The library, about and paper sections over one answerer, in every language of the interface."""

from __future__ import annotations

import logging

from app.answering.answerer import Answerer, Models
from app.surfaces.page.about import about_html
from app.surfaces.page.library import library_html
from app.surfaces.page.paper_view import NEIGHBOURS, no_paper_html, paper_html
from app.surfaces.ui_strings import UiStrings
from retrieval.errors import PaperbackedError
from retrieval.papers.papers import Papers

_log = logging.getLogger(__name__)


class Sections:
    """What tells of all papers is made once a language, until the collection has others."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self._libraries: dict[str, tuple[Papers, str]] = {}
        self._abouts: dict[str, tuple[Papers, Models, str]] = {}

    def library(self, words: UiStrings) -> str:
        papers = self._answerer.papers
        made = self._libraries.get(words.language)
        if made is None or made[0] is not papers:
            made = self._libraries[words.language] = papers, library_html(papers, self._answerer.facets, words)
        return made[1]

    def paper(self, paper_id: str, words: UiStrings) -> str:
        """The view of one paper; without papers like it where none can be found just now."""
        paper = self._answerer.paper(paper_id)
        if paper is None:
            return no_paper_html(paper_id, words)
        try:
            near = [found.paper for found in self._answerer.similar(paper_id, NEIGHBOURS)]
        except PaperbackedError as error:
            _log.warning("No papers like %r: %s", paper_id[:80], error.message)
            near = []
        return paper_html(paper, near, words)

    def about(self, words: UiStrings) -> str:
        papers, models = self._answerer.papers, self._answerer.models
        made = self._abouts.get(words.language)
        if made is None or made[0] is not papers or made[1] != models:
            told = about_html(papers, self._answerer.facets, models, words)
            made = self._abouts[words.language] = papers, models, told
        return made[2]
