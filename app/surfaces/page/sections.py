"""The library, about and paper sections over one answerer, in every language of the interface."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from app.answering.answerer import Answerer, Models
from app.surfaces.page.about import about_html
from app.surfaces.page.library import library_html
from app.surfaces.page.paper_view import NEIGHBOURS, no_paper_html, paper_html
from app.surfaces.page.shown import Shown
from app.surfaces.ui_strings import UiStrings
from retrieval.errors import PaperbackedError
from retrieval.papers.papers import Papers

MOST_HELD = 8
"""Collections of which what was drawn is held; of a large one that is some megabytes."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DrawnSections:
    """What tells of all papers, as it was drawn last, by language, with what it was drawn from."""

    libraries: dict[str, tuple[Papers, str]] = field(default_factory=dict[str, tuple[Papers, str]])
    abouts: dict[str, tuple[Papers, Models, str]] = field(default_factory=dict[str, tuple[Papers, Models, str]])


class Sections:
    """What tells of all papers is made once a language, until the collection has others."""

    def __init__(self, answerer: Answerer, drawn: DrawnSections | None = None, may_change: bool = False) -> None:
        self._answerer = answerer
        self._drawn = drawn or DrawnSections()
        self._may_change = may_change

    def library(self, words: UiStrings) -> str:
        papers = self._answerer.papers
        made = self._drawn.libraries.get(words.language)
        if made is None or made[0] is not papers:
            drawn = library_html(papers, self._answerer.facets, words, self._may_change)
            made = self._drawn.libraries[words.language] = papers, drawn
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
        made = self._drawn.abouts.get(words.language)
        if made is None or made[0] is not papers or made[1] != models:
            told = about_html(papers, self._answerer.facets, models, words)
            made = self._drawn.abouts[words.language] = papers, models, told
        return made[2]


class SectionsOfAll:
    """The sections of every collection that was asked for lately. Who may see them was looked at before."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, bool], DrawnSections] = OrderedDict()
        self._holding = threading.Lock()

    def of(self, now: Shown) -> Sections:
        """Those of the collection that is shown."""
        if now.missing:
            return Sections(now.answerer)
        key = now.name, now.may_change
        with self._holding:
            held = self._held.setdefault(key, DrawnSections())
            self._held.move_to_end(key)
            while len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        return Sections(now.answerer, held, now.may_change)
