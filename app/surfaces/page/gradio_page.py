"""The chat page: Gradio widgets around HTML that `render` draws. No logic of its own beyond passing events on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import fields
from typing import Any
from urllib.parse import unquote

import gradio as gr
from gradio.themes import Base
from starlette.requests import cookie_parser

from app.answering.answerer import Answerer
from app.answering.models.language_models import LanguageModels
from app.surfaces.collections import Collections, collections_of
from app.surfaces.exports.kept_values import MAX_ID_CHARS
from app.surfaces.gate.cors import at_the_machine
from app.surfaces.page.asking import text_of
from app.surfaces.page.assets import mount_options
from app.surfaces.page.chosen_filters import Chosen, chosen, chosen_again, chosen_by_event, filter_labels
from app.surfaces.page.drawing import PageUpdate
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.header import header_html
from app.surfaces.page.open_page import OpenPage
from app.surfaces.page.reader import ConversationPage, QuestionDoor, edited, stopped
from app.surfaces.page.sections import SectionsOfAll
from app.surfaces.page.shown import collection_of, shown
from app.surfaces.page.widgets import ForgetfulBlocks, Widgets, button_html, lay_out
from app.surfaces.tokens import token
from app.surfaces.ui_strings import LANGUAGES, UiStrings, interface_language, ui_strings
from app.surfaces.visitors import visitor_of
from retrieval.errors import InputError

_AT_ONCE = 200
"""Answers under way on all pages, each on a thread only while it takes a step: whoever comes gets quotes before
others are written to their end. How many one address has of them is for the gate to say."""
_SESSIONS = 200
"""Open pages whose conversation is in memory; the oldest is forgotten first, and its next question begins anew."""
_WAITING = 100
_MODEL_COOKIE = "paperbacked-model"
"""Written by static/appearance.js: the choice is the browser's, and comes along with whatever it asks."""

_PRIVATE: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
_CHOSEN = """() => { try { return [localStorage.getItem("paperbacked-language") ?? ""] } catch { return [""] } }"""
"""The language that the reader chose before, as the browser remembers it."""

Update = Any
"""What Gradio takes as a component's new value, or `gr.skip()`."""


def build_page(
    served: Answerer | Collections,
    language_models: LanguageModels | None = None,
    limits: QuestionDoor | None = None,
) -> gr.Blocks:
    """The page over these collections, or over one answerer, to be mounted with `page_options()`."""
    page = ChatPage(served, language_models, limits)
    with ForgetfulBlocks(title="paperbacked", fill_width=True, analytics_enabled=False) as blocks:
        english, first = ui_strings("en"), page.of(None)
        widgets = lay_out(first.reader.intro(english), first.sections.library(english), first.facets)
        _tie(widgets, page, blocks)
    blocks.state_session_capacity = _SESSIONS
    blocks.max_threads = _AT_ONCE
    return blocks.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)


def page_options() -> dict[str, Any]:
    """What `gr.mount_gradio_app` is given beside the blocks and the path."""
    theme = Base(
        font=token("sans"),
        font_mono=token("mono"),
    ).set(
        # Gradio paints these before the style sheet is there.
        body_background_fill=token("paper"),
        body_background_fill_dark=token("paper", "dark"),
        body_text_color=token("ink"),
        body_text_color_dark=token("ink", "dark"),
    )
    return {"theme": theme, **mount_options()}


def _tie(on: Widgets, page: ChatPage, blocks: gr.Blocks) -> None:
    at_once: dict[str, Any] = {"queue": False, **_PRIVATE}
    asking = gr.on(
        [on.box.submit, on.send.click, on.conversation.submit],
        page.ask,
        inputs=[on.box, on.exchanges, *on.filters, on.language, on.editing],
        outputs=on.screen,
        concurrency_limit=_AT_ONCE,
        **_PRIVATE,
    )
    on.stop.click(None, cancels=asking, **_PRIVATE)
    # Gradio calls a work that was cancelled failed once its end is confirmed. Drawn any sooner, a late word could
    # overwrite the drawing, and Retry would be on the page while it still refuses to be pressed.
    asking.failure(page.stop, inputs=[on.exchanges, on.language], outputs=on.screen, **at_once)
    on.header.option_select(page.open_paper, inputs=on.language, outputs=on.paper, **at_once)
    left = on.header.clear(None, cancels=asking, **_PRIVATE)
    left.then(page.start_over, inputs=on.language, outputs=on.screen, **at_once)
    reopened = [*on.screen, *on.filters, on.chips]
    on.header.expand(page.reopen, inputs=on.language, outputs=reopened, cancels=asking, **at_once)
    edits = [on.conversation.edit, on.earlier.edit]
    gr.on(edits, page.edit, inputs=[on.exchanges, on.language], outputs=on.screen, **at_once)
    on.notice.submit(page.leave_edit, outputs=on.screen, **at_once)

    # Only what the reader changes: where the filters are set from here, their chips come along with them. An event
    # of each widget that was set would see the others half set, and the last to be answered would win.
    narrowed = [one.input for one in on.offered]
    gr.on(
        narrowed, page.chips, inputs=[*on.filters, on.language], outputs=on.chips, trigger_mode="always_last", **at_once
    )
    on.header.select(page.choose, inputs=on.language, outputs=[*on.filters, on.chips], **at_once)
    on.chips.select(page.unchoose, inputs=[on.language, *on.filters], outputs=[*on.filters, on.chips], **at_once)

    blocks.load(page.opened, inputs=on.language, js=_CHOSEN, outputs=on.worded, **at_once)
    on.header.apply(page.speak, inputs=[on.exchanges, *on.filters], outputs=on.worded, **at_once)
    at_work: dict[str, Any] = {"inputs": on.language, "outputs": [on.mode, on.model_picker, on.clock], **at_once}
    on.clock.tick(page.models_at_work, **at_work)
    on.model_picker.submit(page.fetch_model, **at_work)


class ChatPage:
    """The page's handlers: each takes widget values and gives updates for the widgets it is tied to.

    What they are given comes from whoever can send a request, so anything may stand in place of
    anything: a value of another kind is as if it had not been sent. Over which collection a handler
    works is said by each request's address, and looked at anew each time.
    """

    def __init__(
        self,
        served: Answerer | Collections,
        language_models: LanguageModels | None = None,
        limits: QuestionDoor | None = None,
    ) -> None:
        self._collections = collections_of(served)
        self._language_models = language_models
        self._limits = limits
        self._sections = SectionsOfAll()
        self._laid_out = self._collections.answerer(None).papers

    def of(self, request: gr.Request | None) -> OpenPage:
        """The page of whoever sends the request."""
        name = collection_of(dict(request.query_params)) if request else ""
        now = shown(self._collections, name, _visitor(request) if request else None)
        reader = ConversationPage(now.answerer, self._language_models, self._limits, now)
        return OpenPage(reader, self._sections.of(now))

    def opened(self, language: Any, request: gr.Request) -> tuple[Update, ...]:
        """The interface's words in the language that the reader chose before, else that the browser asks for."""
        page = self.of(request)
        wanted = language if language in LANGUAGES else interface_language(request.headers.get("accept-language"))
        # The page that is sent tells in English of the papers that there were when it was laid out.
        as_sent = wanted == "en" and self._laid_out is page.reader.answerer.papers
        drawn = PageUpdate() if as_sent else page.reader.redrawn((), _words(wanted))
        return self._worded(page, wanted, Chosen(), drawn, request)

    def speak(self, event: gr.EventData, request: gr.Request, exchanges: Any, *filters: Any) -> tuple[Update, ...]:
        """The interface's words in the language that was clicked."""
        page, words = self.of(request), _words(_sent(event).get("language"))
        drawn = page.reader.redrawn(_held(exchanges), words)
        return self._worded(page, words.language, chosen(*filters), drawn, request)

    def _worded(
        self, page: OpenPage, language: str, now: Chosen, drawn: PageUpdate, request: gr.Request
    ) -> tuple[Update, ...]:
        words = ui_strings(language)
        return (
            language,
            header_html(words),
            gr.update(placeholder=words("page_placeholder"), label=words("page_box")),
            button_html("send", words("page_ask")),
            button_html("stop", words("page_stop")),
            gr.update(label=words("filters_heading")),
            *(gr.update(**label) for label in filter_labels(page.facets, words, now)),
            page.chips(now, words),
            *page.at_work(words, _model_chosen(request), _at_the_machine(request)),
            *_values((drawn.conversation, drawn.evidence_pane, drawn.earlier, drawn.earlier_evidence_pane)),
            gr.skip() if drawn.conversation is None else page.sections.library(words),
            page.sections.about(words),
        )

    def models_at_work(self, language: Any, request: gr.Request) -> tuple[Update, ...]:
        """The mode line, the models that can be fetched, and a clock that runs while one is underway."""
        return self.of(request).at_work(_words(language), _model_chosen(request), _at_the_machine(request))

    def fetch_model(self, language: Any, event: gr.EventData, request: gr.Request) -> tuple[Update, ...]:
        """Begins to fetch the model whose button was pressed: it writes for this browser once it is there."""
        models, sent = self._language_models, _sent(event)
        if models is None or "get" not in sent or not _at_the_machine(request):
            return self.models_at_work(language, request)
        model = text_of(sent["get"])
        with suppress(InputError):
            models.fetch(model)
        return self.of(request).at_work(_words(language), model, True)

    def ask(
        self, event: gr.EventData, request: gr.Request | None, typed: Any, earlier: Any, *values: Any
    ) -> Iterator[tuple[Update, ...]]:
        """Answers what was typed, or what was clicked in the conversation, drawing each step.

        The values are the filters', the language, and the number of the question that is edited.
        """
        *filters, language, editing = values
        client = request.client.host if request and request.client else ""
        number, now, words = editing if type(editing) is int else 0, chosen(*filters), _words(language)
        model = _model_chosen(request) if request else ""
        reader = self.of(request).reader
        drawing = reader.ask(text_of(typed), _sent(event), _held(earlier), number, now, client, words, model)
        with closing(drawing) as frames:
            for frame in frames:
                yield _updates(frame)

    def stop(self, exchanges: Any, language: Any = "en") -> tuple[Update, ...]:
        return _updates(stopped(_held(exchanges), _words(language)))

    def start_over(self, language: Any = "en", request: gr.Request | None = None) -> tuple[Update, ...]:
        return _updates(self.of(request).reader.start_over(_words(language)))

    def reopen(self, language: Any, event: gr.EventData, request: gr.Request | None = None) -> tuple[Update, ...]:
        """The kept conversation and the filters of its last question: what is asked next is asked of the same."""
        page, sent, words = self.of(request), _sent(event), _words(language)
        drawn = page.reader.reopen(sent.get("turns"), words, sent.get("left"))
        if not drawn.exchanges:
            return *_updates(drawn), *(gr.skip() for _ in Chosen().values), gr.skip()
        now = chosen_again(drawn.exchanges[-1].filters, page.facets)
        return *_updates(drawn), *page.filters(now, words)

    def open_paper(self, language: Any, event: gr.EventData, request: gr.Request | None = None) -> str:
        """The view of the paper of that id."""
        paper = text_of(_sent(event).get("paper"))[:MAX_ID_CHARS]
        return self.of(request).sections.paper(paper, _words(language))

    def edit(self, exchanges: Any, language: Any, event: gr.EventData) -> tuple[Update, ...]:
        return _updates(edited(_held(exchanges), _sent(event).get("turn"), _words(language)))

    def leave_edit(self) -> tuple[Update, ...]:
        return _updates(PageUpdate(notice="", box="", editing=0))

    def chips(self, request: gr.Request | None, *values: Any) -> str:
        """The chosen filters; the last value is the language."""
        return self.of(request).chips(chosen(*values[:-1]), _words(values[-1]))

    def choose(
        self, event: gr.EventData, language: Any = "en", request: gr.Request | None = None
    ) -> tuple[Update, ...]:
        """The filters that another part of the page asks for, and their chips."""
        page = self.of(request)
        return page.filters(chosen_by_event(_sent(event), page.facets), _words(language))

    def unchoose(
        self, event: gr.EventData, request: gr.Request | None, language: Any, *filters: Any
    ) -> tuple[Update, ...]:
        """The filters without the one whose chip was pressed, and the chips that are left."""
        sent = _sent(event)
        left = chosen(*filters).without(text_of(sent.get("name")), text_of(sent.get("value")))
        return self.of(request).filters(left, _words(language))


def _sent(event: gr.EventData) -> Mapping[str, Any]:
    """What a page script or a clicked button sent along."""
    return event._data if isinstance(event._data, dict) else {}


def _visitor(request: gr.Request) -> str | None:
    """Who asks, where visitors have collections of their own."""
    return visitor_of(cookie_parser(request.headers.get("cookie") or ""))


def _at_the_machine(request: gr.Request) -> bool:
    return at_the_machine(request.client.host if request.client else None, request.headers.get("host"))


def _model_chosen(request: gr.Request) -> str:
    """The language model that was chosen in this browser, as its cookie says; "" for none, and for who may not."""
    cookies = cookie_parser(request.headers.get("cookie") or "")
    return unquote(cookies.get(_MODEL_COOKIE, "")) if _at_the_machine(request) else ""


def _held(exchanges: Any) -> tuple[Exchange, ...]:
    """The session's conversation; none where it holds anything else."""
    held = exchanges if isinstance(exchanges, tuple) else ()
    return held if all(isinstance(exchange, Exchange) for exchange in held) else ()


def _words(language: Any) -> UiStrings:
    return ui_strings(language if language in LANGUAGES else "en")


def _updates(frame: PageUpdate) -> tuple[Update, ...]:
    return _values(getattr(frame, field.name) for field in fields(PageUpdate))


def _values(drawn: Iterable[Any]) -> tuple[Update, ...]:
    return tuple(gr.skip() if value is None else value for value in drawn)
