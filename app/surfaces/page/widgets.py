"""The page's Gradio widgets and how they are laid out; `app.surfaces.page.gradio_page` ties them to what happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from app.answering.question import MAX_QUESTION_CHARS
from app.surfaces.markup import text_html
from app.surfaces.page.assets import triggers
from app.surfaces.page.chosen_filters import YEARS, filter_labels
from app.surfaces.page.header import header_html
from app.surfaces.ui_strings import UiStrings, ui_strings
from retrieval.facets import FACETS, Facets

_CLOCK_SECONDS = 1.0
"""How often the page looks how far a model has come, while one is underway."""
_SESSION_SECONDS = 4 * 3600

_PLAIN: dict[str, Any] = {"apply_default_css": False, "padding": False, "container": False}
_BOX: dict[str, Any] = {
    **{"show_label": False, "container": False, "lines": 1, "max_lines": 6, "elem_id": "question"},
    # More than may be asked, so that who pastes too much is told so; less than a request may hold.
    "max_length": 10 * MAX_QUESTION_CHARS,
}
_PRESSED = """element.addEventListener("click", (event) => {
  if (event.target.closest("button")) trigger("click");
});"""


@dataclass(frozen=True, slots=True)
class Widgets:
    """What the page is made of, for the events to be tied to."""

    language: gr.Textbox
    exchanges: gr.State
    editing: gr.State
    header: gr.HTML
    earlier: gr.HTML
    conversation: gr.HTML
    earlier_evidence_pane: gr.HTML
    evidence_pane: gr.HTML
    notice: gr.HTML
    box: gr.Textbox
    send: gr.HTML
    stop: gr.HTML
    folded: gr.Accordion
    filters: list[Any]
    chips: gr.HTML
    announced: gr.HTML
    kept: gr.HTML
    library: gr.HTML
    about: gr.HTML
    paper: gr.HTML
    mode: gr.HTML
    model_picker: gr.HTML
    clock: gr.Timer

    @property
    def offered(self) -> list[Any]:
        """Those of the filters that the reader sees."""
        return [one for one in self.filters if not isinstance(one, gr.State)]

    @property
    def screen(self) -> list[Any]:
        """What `PageUpdate` updates, in its order."""
        drawn = (self.exchanges, self.conversation, self.evidence_pane, self.notice, self.box)
        return [*drawn, self.announced, self.kept, self.editing, self.earlier, self.earlier_evidence_pane]

    @property
    def worded(self) -> list[Any]:
        """What bears words of the interface, in the order of `ChatPage._worded`."""
        fixed = (self.language, self.header, self.box, self.send, self.stop, self.folded, *self.offered)
        drawn = (
            self.conversation,
            self.evidence_pane,
            self.earlier,
            self.earlier_evidence_pane,
            self.library,
            self.about,
        )
        return [*fixed, self.chips, self.mode, self.model_picker, self.clock, *drawn]


def lay_out(intro: str, library: str, facets: Facets) -> Widgets:
    """The page's widgets within the running `gr.Blocks`; the two texts are HTML, in English."""
    # In English until the browser has said which language it wants.
    words = ui_strings("en")
    heard = triggers()

    def html(value: str, name: str, **options: Any) -> gr.HTML:
        return gr.HTML(value, elem_id=name, **({"js_on_load": heard} | options), **_PLAIN)

    language = gr.Textbox("", visible=False)
    exchanges, editing = gr.State((), time_to_live=_SESSION_SECONDS), gr.State(0, time_to_live=_SESSION_SECONDS)
    header = html(header_html(words, ready=False), "masthead")
    with gr.Row(elem_id="spread"):
        with gr.Column(elem_id="reading"):
            # What is above the last question stays while that is answered, and is not sent again with each word.
            earlier, conversation = html("", "earlier"), html(intro, "conversation")
            with gr.Column(elem_id="composer"):
                notice = html("", "notice", html_template='<div role="alert">${value}</div>')
                chips = html("", "chosen")
                folded, filters = _filter_widgets(facets, words)
                with gr.Row(elem_id="ask-row"):
                    box = gr.Textbox(**_BOX, placeholder=words("page_placeholder"), label=words("page_box"))
                    # Gradio's own buttons can bear pictures, and each visitor would fetch what shows pictures.
                    send = html(button_html("send", words("page_ask")), "send-place", js_on_load=_PRESSED)
                    stop = html(button_html("stop", words("page_stop")), "stop-place", js_on_load=_PRESSED)
                mode, model_picker = html("", "mode-line", js_on_load=None), html("", "models")
        with gr.Column(elem_id="margin"):
            earlier_evidence_pane, evidence_pane = (
                html("", name, js_on_load=None) for name in ("earlier-sources", "sources")
            )
    library_section = html(library, "library", js_on_load=None)
    # Comes with the first visit, as it names the models, and to know them torch is loaded: seconds at the start.
    about = html("", "about", js_on_load=None)
    # Comes when a paper is opened.
    paper = html("", "paper", js_on_load=None)
    announced, kept = html("", "announced", js_on_load=None), html("", "kept", js_on_load=None)
    # Which models are at work is known, and may change, only while the server runs.
    clock = gr.Timer(_CLOCK_SECONDS, active=False)
    turns = (earlier, conversation, earlier_evidence_pane, evidence_pane)
    composer = (notice, box, send, stop, folded, filters, chips)
    sections = (announced, kept, library_section, about, paper, mode, model_picker, clock)
    return Widgets(language, exchanges, editing, header, *turns, *composer, *sections)


def button_html(name: str, label: str) -> str:
    """A button beside the question box."""
    return f'<button type="button" id="{name}">{text_html(label)}</button>'


def _filter_widgets(facets: Facets, words: UiStrings) -> tuple[gr.Accordion, list[Any]]:
    """Each facet, first and last year, folded away until they are asked for; what is not offered is only held."""
    with gr.Accordion(words("filters_heading"), open=False, elem_id="filters") as folded:
        labels = iter(filter_labels(facets, words))
        widgets: list[Any] = [
            gr.CheckboxGroup(**next(labels), elem_classes="chips")
            if facet.offered
            else gr.State([], time_to_live=_SESSION_SECONDS)
            for facet in FACETS
        ]
        with gr.Row(elem_id="years"):
            widgets += [
                gr.Dropdown(**label, value=0, filterable=False, elem_id=name)
                for label, name in zip(labels, YEARS, strict=True)
            ]
    return folded, widgets


class ForgetfulBlocks(gr.Blocks):
    """Blocks that keep nothing of what was sent for a widget, and nothing of what was drawn.

    Gradio holds the last value of every component of every session, for links to a page's
    state. This page offers none, and its drawings are large.
    """

    async def preprocess_data(self, block_fn: Any, inputs: Any, state: Any, explicit_call: bool = False) -> Any:
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        finally:
            _forget(block_fn.inputs, state)

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> Any:
        try:
            return await super().postprocess_data(block_fn, predictions, state)
        finally:
            _forget(block_fn.outputs, state)


def _forget(widgets: Any, state: Any) -> None:
    for widget in widgets if state else ():
        state.config_values.get(widget._id, {}).get("props", {}).pop("value", None)
