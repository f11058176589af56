"""The chat page: Gradio widgets around HTML that `render` draws. No logic of its own beyond passing events on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
from gradio.themes import Base

from app.answering.answerer import Answerer
from app.answering.models.language_models import LanguageModels
from app.surfaces.gate.origins import at_the_machine
from app.surfaces.page.assets import mount_options, triggers
from app.surfaces.page.chosen_filters import Chosen, chips_html, chosen, chosen_by_event, filter_labels
from app.surfaces.page.drawing import Frame
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.masthead import masthead_html
from app.surfaces.page.reader import QuestionDoor, ReaderPage
from app.surfaces.page.sections import Sections
from app.surfaces.words import LANGUAGES, Words, interface_language, interface_words
from retrieval.errors import InputError
from retrieval.types import Facets

_AT_ONCE = 200
"""Answers under way on all pages, each on a thread only while it takes a step: whoever comes gets quotes before
others are written to their end. How many one address has of them is for the gate to say."""
_CLOCK_SECONDS = 1.0
"""How often the page looks how far a model has come, while one is underway."""
_SESSION_SECONDS = 4 * 3600
_SESSIONS = 200
"""Open pages whose conversation is in memory; the oldest is forgotten first, and its next question begins anew."""
_WAITING = 100

_PLAIN: dict[str, Any] = {"apply_default_css": False, "padding": False, "container": False}
_PRIVATE: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_BOX: dict[str, Any] = {"show_label": False, "container": False, "lines": 1, "max_lines": 6, "elem_id": "question"}
_CHOSEN = """() => { try { return [localStorage.getItem("paperbacked-language") ?? ""] } catch { return [""] } }"""
"""The language that the reader chose before, as the browser remembers it."""

Update = Any
"""What Gradio takes as a component's new value, or `gr.skip()`."""


@dataclass(frozen=True, slots=True)
class _Widgets:
    """What the page is made of, for the events to be tied to."""

    language: gr.Textbox
    exchanges: gr.State
    editing: gr.State
    masthead: gr.HTML
    conversation: gr.HTML
    margin: gr.HTML
    notice: gr.HTML
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    folded: gr.Accordion
    filters: list[Any]
    chips: gr.HTML
    announced: gr.HTML
    kept: gr.HTML
    library: gr.HTML
    about: gr.HTML
    mode: gr.HTML
    shelf: gr.HTML
    clock: gr.Timer

    @property
    def screen(self) -> list[Any]:
        """What a `Frame` updates, in its order."""
        drawn = (self.exchanges, self.conversation, self.margin, self.notice, self.box)
        return [*drawn, self.announced, self.kept, self.editing]

    @property
    def worded(self) -> list[Any]:
        """What bears words of the interface, in the order of `ChatPage._worded`."""
        fixed = (self.language, self.masthead, self.box, self.send, self.stop, self.folded, *self.filters)
        drawn = (self.conversation, self.margin, self.library, self.about)
        return [*fixed, self.chips, self.mode, self.shelf, self.clock, *drawn]


def build_page(
    answerer: Answerer, language_models: LanguageModels | None = None, limits: QuestionDoor | None = None
) -> gr.Blocks:
    """The page over one answerer, to be mounted with `page_options()`."""
    page = ChatPage(answerer, language_models, limits)
    with gr.Blocks(title="paperbacked", fill_width=True, analytics_enabled=False) as blocks:
        _tie(_lay_out(page, answerer.facets), page, blocks)
    blocks.state_session_capacity = _SESSIONS
    blocks.max_threads = _AT_ONCE
    return blocks.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)


def page_options() -> dict[str, Any]:
    """What `gr.mount_gradio_app` is given beside the blocks and the path."""
    theme = Base(
        font=["ui-sans-serif", "system-ui", "-apple-system", "'Segoe UI'", "'Noto Sans'", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        # The same four colours as --paper and --ink in page.css; Gradio paints them before the style sheet is there.
        body_background_fill="#fcfbf8",
        body_background_fill_dark="#15171a",
        body_text_color="#201f1d",
        body_text_color_dark="#e6e3dc",
    )
    return {"theme": theme, **mount_options()}


def _lay_out(page: ChatPage, facets: Facets) -> _Widgets:
    # In English until the browser has said which language it wants.
    words = interface_words("en")
    heard = triggers()

    def html(value: str, name: str, **options: Any) -> gr.HTML:
        return gr.HTML(value, elem_id=name, **({"js_on_load": heard} | options), **_PLAIN)

    language = gr.Textbox("", visible=False)
    exchanges, editing = gr.State((), time_to_live=_SESSION_SECONDS), gr.State(0, time_to_live=_SESSION_SECONDS)
    masthead = html(masthead_html(words, ready=False), "masthead")
    with gr.Row(elem_id="spread"):
        with gr.Column(elem_id="reading"):
            conversation = html(page.reader.intro(words), "conversation")
            with gr.Column(elem_id="composer"):
                notice = html("", "notice", html_template='<div role="alert">${value}</div>')
                chips = html("", "chosen")
                folded, filters = _filter_widgets(facets, words)
                with gr.Row(elem_id="ask-row"):
                    box = gr.Textbox(**_BOX, placeholder=words("page_placeholder"), label=words("page_box"))
                    send = gr.Button(words("page_ask"), elem_id="send", variant="primary")
                    stop = gr.Button(words("page_stop"), elem_id="stop")
                mode, shelf = html("", "mode-line", js_on_load=None), html("", "models")
        margin = html("", "margin", js_on_load=None)
    library = html(page.sections.library(words), "library", js_on_load=None)
    # Comes with the first visit, as it names the models, and to know them torch is loaded: seconds at the start.
    about = html("", "about", js_on_load=None)
    announced, kept = html("", "announced", js_on_load=None), html("", "kept", js_on_load=None)
    # Which models are at work is known, and may change, only while the server runs.
    clock = gr.Timer(_CLOCK_SECONDS, active=False)
    spread = (masthead, conversation, margin, notice, box, send, stop, folded, filters, chips)
    return _Widgets(language, exchanges, editing, *spread, announced, kept, library, about, mode, shelf, clock)


def _filter_widgets(facets: Facets, words: Words) -> tuple[gr.Accordion, list[Any]]:
    """Organisation, category, language, first and last year, folded away until they are asked for."""
    with gr.Accordion(words("filters_heading"), open=False, elem_id="filters") as folded:
        labels = filter_labels(facets, words)
        widgets: list[Any] = [gr.CheckboxGroup(**label, elem_classes="chips") for label in labels[:3]]
        with gr.Row(elem_id="years"):
            widgets += [
                gr.Dropdown(**label, value=0, filterable=False, elem_id=name)
                for label, name in zip(labels[3:], ("since", "until"), strict=True)
            ]
    return folded, widgets


def _tie(on: _Widgets, page: ChatPage, blocks: gr.Blocks) -> None:
    at_once: dict[str, Any] = {"queue": False, **_PRIVATE}
    asking = gr.on(
        [on.box.submit, on.send.click, on.conversation.submit],
        page.ask,
        inputs=[on.box, on.exchanges, *on.filters, on.language, on.editing],
        outputs=on.screen,
        concurrency_limit=_AT_ONCE,
        **_PRIVATE,
    )
    # First the work ends, then the page is drawn: the other way round a late token would overwrite it.
    stopped = on.stop.click(None, cancels=asking, **_PRIVATE)
    stopped.then(page.stop, inputs=[on.exchanges, on.language], outputs=on.screen, **at_once)
    left = on.masthead.clear(None, cancels=asking, **_PRIVATE)
    left.then(page.start_over, inputs=on.language, outputs=on.screen, **at_once)
    on.masthead.expand(page.reopen, inputs=on.language, outputs=on.screen, cancels=asking, **at_once)
    on.conversation.edit(page.edit, inputs=[on.exchanges, on.language], outputs=on.screen, **at_once)
    on.notice.submit(page.leave_edit, outputs=on.screen, **at_once)

    chips: dict[str, Any] = {"outputs": on.chips, **at_once}
    gr.on([one.change for one in on.filters], page.chips, inputs=[*on.filters, on.language], **chips)
    on.masthead.select(page.choose, outputs=on.filters, **at_once)
    on.chips.select(page.unchoose, inputs=on.filters, outputs=on.filters, **at_once)

    blocks.load(page.opened, inputs=on.language, js=_CHOSEN, outputs=on.worded, **at_once)
    on.masthead.apply(page.speak, inputs=[on.exchanges, *on.filters], outputs=on.worded, **at_once)
    at_work: dict[str, Any] = {"inputs": on.language, "outputs": [on.mode, on.shelf, on.clock], **at_once}
    on.clock.tick(page.models_at_work, **at_work)
    on.shelf.submit(page.fetch_model, **at_work)


class ChatPage:
    """The page's handlers: each takes widget values and gives updates for the widgets it is tied to."""

    def __init__(
        self, answerer: Answerer, language_models: LanguageModels | None = None, limits: QuestionDoor | None = None
    ) -> None:
        self.reader = ReaderPage(answerer, language_models, limits)
        self.sections = Sections(answerer)
        self._laid_out = answerer.papers

    def opened(self, language: str, request: gr.Request) -> tuple[Update, ...]:
        """The interface's words in the language that the reader chose before, else that the browser asks for."""
        wanted = language if language in LANGUAGES else interface_language(request.headers.get("accept-language"))
        # The page that is sent tells in English of the papers that there were when it was laid out.
        as_sent = wanted == "en" and self._laid_out is self.reader.answerer.papers
        drawn = Frame() if as_sent else self.reader.redrawn((), _words(wanted))
        return self._worded(wanted, Chosen(), drawn, request)

    def speak(
        self, event: gr.EventData, request: gr.Request, exchanges: tuple[Exchange, ...], *filters: Any
    ) -> tuple[Update, ...]:
        """The interface's words in the language that was clicked."""
        words = _words(str(_sent(event).get("language")))
        return self._worded(words.language, chosen(*filters), self.reader.redrawn(exchanges, words), request)

    def _worded(self, language: str, now: Chosen, drawn: Frame, request: gr.Request) -> tuple[Update, ...]:
        words = interface_words(language)
        return (
            language,
            masthead_html(words),
            gr.update(placeholder=words("page_placeholder"), label=words("page_box")),
            words("page_ask"),
            words("page_stop"),
            gr.update(label=words("filters_heading")),
            *(gr.update(**label) for label in filter_labels(self.reader.answerer.facets, words)),
            chips_html(now, words),
            *self.models_at_work(language, request),
            *(gr.skip() if html is None else html for html in (drawn.conversation, drawn.margin)),
            gr.skip() if drawn.conversation is None else self.sections.library(words),
            self.sections.about(words),
        )

    def models_at_work(self, language: str, request: gr.Request) -> tuple[Update, ...]:
        """The mode line, the models that can be fetched, and a clock that runs while one is underway."""
        words, models = _words(language), self.reader.language_models
        clock = gr.skip() if models is None else gr.Timer(active=self.reader.model_underway)
        return self.reader.mode_line(words), self.reader.shelf(words) if _at_the_machine(request) else "", clock

    def fetch_model(self, language: str, event: gr.EventData, request: gr.Request) -> tuple[Update, ...]:
        """Begins to fetch the model whose button was pressed; which one is at work is for its keeper to say."""
        models, sent = self.reader.language_models, _sent(event)
        if models is not None and "get" in sent and _at_the_machine(request):
            with suppress(InputError):
                models.fetch(str(sent["get"]))
        return self.models_at_work(language, request)

    def ask(
        self,
        typed: str,
        earlier: tuple[Exchange, ...],
        organisations: Sequence[str],
        categories: Sequence[str],
        languages: Sequence[str],
        since: int | None,
        until: int | None,
        event: gr.EventData,
        language: str = "en",
        editing: int = 0,
        request: gr.Request | None = None,
    ) -> Iterator[tuple[Update, ...]]:
        """Answers what was typed, or what was clicked in the conversation, drawing each step."""
        client = request.client.host if request and request.client else ""
        now = chosen(organisations, categories, languages, since, until)
        drawing = self.reader.ask(typed or "", _sent(event), earlier, editing, now, client, _words(language))
        with closing(drawing) as frames:
            for frame in frames:
                yield _updates(frame)

    def stop(self, exchanges: tuple[Exchange, ...], language: str = "en") -> tuple[Update, ...]:
        return _updates(self.reader.stop(exchanges, _words(language)))

    def start_over(self, language: str = "en") -> tuple[Update, ...]:
        return _updates(self.reader.start_over(_words(language)))

    def reopen(self, language: str, event: gr.EventData) -> tuple[Update, ...]:
        return _updates(self.reader.reopen(_sent(event).get("turns"), _words(language)))

    def edit(self, exchanges: tuple[Exchange, ...], language: str, event: gr.EventData) -> tuple[Update, ...]:
        return _updates(self.reader.edit(exchanges, _sent(event).get("turn"), _words(language)))

    def leave_edit(self) -> tuple[Update, ...]:
        return _updates(self.reader.leave_edit())

    def chips(self, *values: Any) -> str:
        """The chosen filters; the last value is the language."""
        return chips_html(chosen(*values[:-1]), _words(values[-1]))

    def choose(self, event: gr.EventData) -> tuple[Update, ...]:
        """The filters that another part of the page asks for."""
        return _values(chosen_by_event(_sent(event), self.reader.answerer.facets))

    def unchoose(self, event: gr.EventData, *filters: Any) -> tuple[Update, ...]:
        """The filters without the one whose chip was pressed."""
        sent = _sent(event)
        return _values(chosen(*filters).without(str(sent.get("name")), str(sent.get("value"))))


def _sent(event: gr.EventData) -> Mapping[str, Any]:
    """What a page script or a clicked button sent along."""
    return event._data if isinstance(event._data, dict) else {}


def _at_the_machine(request: gr.Request) -> bool:
    return at_the_machine(request.client.host if request.client else None, request.headers.get("host"))


def _words(language: str) -> Words:
    return interface_words(language if language in LANGUAGES else "en")


def _updates(frame: Frame) -> tuple[Update, ...]:
    values = (getattr(frame, field.name) for field in fields(Frame))
    return tuple(gr.skip() if value is None else value for value in values)


def _values(now: Chosen) -> tuple[Update, ...]:
    return list(now.organisations), list(now.categories), list(now.languages), now.since, now.until
