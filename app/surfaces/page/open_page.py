"""One reader's page over the collection that its address names: what its widgets become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.surfaces.page.chosen_filters import Chosen, chips_html, wider_choices
from app.surfaces.page.reader import ConversationPage
from app.surfaces.page.sections import Sections
from app.surfaces.ui_strings import UiStrings
from retrieval.facets import Facets

Update = Any
"""What Gradio takes as a component's new value, or `gr.skip()`."""


@dataclass(frozen=True, slots=True)
class OpenPage:
    """What a request's address has opened."""

    reader: ConversationPage
    sections: Sections

    @property
    def facets(self) -> Facets:
        return self.reader.answerer.facets

    def chips(self, now: Chosen, words: UiStrings) -> str:
        """The chosen filters, to be taken off one by one."""
        return chips_html(now, words, self.reader.answerer.paper)

    def filters(self, now: Chosen, words: UiStrings) -> tuple[Update, ...]:
        """What the filters' widgets and their chips become."""
        *values, since, until = now.values
        wider = wider_choices(now, self.facets, words)
        ticked = [
            value if choices is None else gr.update(choices=choices, value=value)
            for value, choices in zip(values, wider, strict=True)
        ]
        return *ticked, since, until, self.chips(now, words)

    def at_work(self, words: UiStrings, model: str, chooses: bool) -> tuple[Update, ...]:
        """The mode line, the models that can be fetched, and a clock that runs while one is underway."""
        picker = self.reader.model_picker(words, model) if chooses else ""
        clock = gr.Timer(active=self.reader.model_underway) if self.reader.language_models else gr.skip()
        return self.reader.mode_line(words, model), picker, clock
