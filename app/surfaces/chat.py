"""The chat page: Gradio widgets around HTML that `render` draws. No logic of its own beyond passing events on."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes import Base
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from app.answering.answerer import Answerer
from app.answering.events import Failed, Token
from app.answering.models.language_models import LanguageModels
from app.answering.question import Question, checked_question
from app.surfaces import render
from app.surfaces.chosen_filters import chosen_filters
from app.surfaces.exchange import Exchange, history_of
from app.surfaces.markup import text_html
from app.surfaces.shelf import shelf_html
from retrieval.errors import InputError, PaperbackedError
from retrieval.types import Facets

EXAMPLES = (
    "Do safety techniques remove a backdoor that was trained in?",
    "Why do assistants tell people what they want to hear?",
    "Can a weaker model supervise a stronger one?",
    "What do sparse autoencoders find inside a language model?",
)
BROKEN = "Something went wrong while answering: the server's log says what, and Retry asks again."

_ASSETS = Path(__file__).parent / "page"
_FRAME_SECONDS = 0.05
"""Tokens that come faster than this are drawn together: the eye sees no difference, the wire does."""
_CONCURRENT_ANSWERS = 20
_CLOCK_SECONDS = 1.0
"""How often the page looks how far a model has come, while one is underway."""
_SESSION_SECONDS = 4 * 3600
_log = logging.getLogger(__name__)

_PLAIN: dict[str, Any] = {"apply_default_css": False, "padding": False, "container": False}

Update = Any
"""What Gradio takes as a component's new value, or `gr.skip()`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One drawing of the page; a field left at None stays as it is on the screen."""

    exchanges: tuple[Exchange, ...] | None = None
    conversation: str | None = None
    margin: str | None = None
    notice: str | None = None
    box: str | None = None

    def updates(self) -> tuple[Update, ...]:
        values = (self.exchanges, self.conversation, self.margin, self.notice, self.box)
        return tuple(gr.skip() if value is None else value for value in values)


def build_page(answerer: Answerer, language_models: LanguageModels | None = None) -> gr.Blocks:
    """The page over one answerer, to be mounted with `page_options()`."""
    page = ChatPage(answerer, language_models)
    with gr.Blocks(title="paperbacked", fill_width=True, analytics_enabled=False) as blocks:
        exchanges = gr.State((), time_to_live=_SESSION_SECONDS)
        masthead = gr.HTML(_asset("masthead.html"), elem_id="masthead", js_on_load=_asset("triggers.js"), **_PLAIN)
        with gr.Row(elem_id="spread"):
            with gr.Column(elem_id="reading"):
                conversation = gr.HTML(
                    page.intro(),
                    elem_id="conversation",
                    html_template='<div role="log" aria-live="polite" aria-label="Conversation">${value}</div>',
                    js_on_load=_asset("triggers.js"),
                    **_PLAIN,
                )
                with gr.Column(elem_id="composer"):
                    notice = gr.HTML("", elem_id="notice", html_template='<div role="alert">${value}</div>', **_PLAIN)
                    filters = _filter_widgets(answerer.facets)
                    with gr.Row(elem_id="ask-row"):
                        box = gr.Textbox(
                            placeholder="Ask the papers …",
                            label="Your question",
                            show_label=False,
                            container=False,
                            lines=1,
                            max_lines=6,
                            elem_id="question",
                        )
                        send = gr.Button("Ask", elem_id="send", variant="primary")
                        stop = gr.Button("Stop", elem_id="stop")
                    mode = gr.HTML("", elem_id="mode-line", **_PLAIN)
                    shelf = gr.HTML("", elem_id="models", js_on_load=_asset("triggers.js"), **_PLAIN)
            margin = gr.HTML("", elem_id="margin", js_on_load=None, **_PLAIN)

        screen = [exchanges, conversation, margin, notice, box]
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asking = gr.on(
            [box.submit, send.click, conversation.submit],
            page.ask,
            inputs=[box, exchanges, *filters],
            outputs=screen,
            concurrency_limit=_CONCURRENT_ANSWERS,
            **private,
        )
        # First the work ends, then the page is drawn: the other way round a late token would overwrite it.
        stopped = stop.click(None, cancels=asking, **private)
        stopped.then(page.stop, inputs=exchanges, outputs=screen, queue=False, **private)
        left = masthead.clear(None, cancels=asking, **private)
        left.then(page.start_over, outputs=screen, queue=False, **private)
        # Which models are at work is known, and may change, only while the server runs.
        clock = gr.Timer(_CLOCK_SECONDS, active=False)
        at_work: dict[str, Any] = {"outputs": [mode, shelf, clock], "queue": False, **private}
        blocks.load(page.models_at_work, **at_work)
        clock.tick(page.models_at_work, **at_work)
        shelf.submit(page.fetch_model, **at_work)
    return blocks.queue(default_concurrency_limit=_CONCURRENT_ANSWERS, api_open=False)


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
    return {
        "theme": theme,
        # As a style tag and not as `css`, which Gradio rewrites rule by rule and thereby breaks :is() and nesting.
        "head": f"<style>{_asset('page.css')}</style>",
        "js": _asset("page.js"),
        "favicon_path": str(_ASSETS / "favicon.png"),
        "app_kwargs": {"routes": [Mount("/page/fonts", StaticFiles(directory=_ASSETS / "fonts"))]},
        "footer_links": [],
        "show_error": False,
        "run_history": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "enable_monitoring": False,
        "max_file_size": 1,  # the page takes no files, and Gradio's upload route cannot be left out
    }


class ChatPage:
    """The page's handlers: each takes widget values and gives updates for `screen`."""

    def __init__(self, answerer: Answerer, language_models: LanguageModels | None = None) -> None:
        self._answerer = answerer
        self._language_models = language_models

    def intro(self) -> str:
        return render.intro(len(self._answerer.papers), self._answerer.facets, EXAMPLES)

    def mode_line(self) -> str:
        return render.mode_line(self._answerer.models, len(self._answerer.papers))

    def models_at_work(self) -> tuple[Update, ...]:
        """The mode line, the models that can be fetched, and a clock that runs while one is underway."""
        models = self._language_models
        if models is None:
            return self.mode_line(), "", gr.skip()
        underway = models.underway
        shelf = shelf_html(models.offers(), underway, models.failure)
        return self.mode_line(), shelf, gr.Timer(active=underway is not None)

    def fetch_model(self, event: gr.EventData) -> tuple[Update, ...]:
        """Begins to fetch the model whose button was pressed."""
        clicked = event._data if isinstance(event._data, dict) else {}
        if self._language_models is not None and "get" in clicked:
            with suppress(InputError):
                self._language_models.fetch(str(clicked["get"]))
        return self.models_at_work()

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
    ) -> Iterator[tuple[Update, ...]]:
        """Answers what was typed, or what was clicked in the conversation, drawing each step."""
        clicked = event._data if isinstance(event._data, dict) else {}
        typed = typed or ""
        text, box = (str(clicked["question"]), None) if "question" in clicked else (typed, "")
        if "retry" in clicked and earlier:
            text, box, earlier = earlier[-1].question, None, earlier[:-1]
        try:
            filters = chosen_filters(organisations, categories, languages, since, until)
            question = checked_question(text, history_of(earlier), filters)
        except InputError as error:
            yield Frame(notice=_notice(str(error))).updates()
            return
        exchange = Exchange(question.text, filters)
        drawn = (*earlier, exchange)
        yield Frame(drawn, render.conversation(drawn), render.margin(drawn), "", box).updates()
        with closing(_frames(self._exchanges(question, exchange), earlier)) as frames:
            for frame in frames:
                yield frame.updates()

    def _exchanges(self, question: Question, exchange: Exchange) -> Generator[tuple[Exchange, bool]]:
        """The exchange after each event, and whether the event was more than a further token."""
        stream = self._answerer.stream(question)
        try:
            for event in stream:
                exchange = exchange.after(event)
                yield exchange, not isinstance(event, Token)
        except PaperbackedError as error:
            exchange = exchange.after(Failed(str(error)))
            yield exchange, True
        except Exception:
            _log.exception("The page's answer failed")
            exchange = exchange.after(Failed(BROKEN))
            yield exchange, True
        finally:
            # Reached also when the reader stops or leaves: Gradio closes the handler, this closes the chain.
            if close := getattr(stream, "close", None):
                close()
        if exchange.running:
            yield exchange.after(Failed(BROKEN)), True

    def stop(self, exchanges: tuple[Exchange, ...]) -> tuple[Update, ...]:
        """The page after the reader has stopped the answer; what was written stays."""
        if not exchanges or not exchanges[-1].running:
            return Frame().updates()
        drawn = (*exchanges[:-1], replace(exchanges[-1], stopped=True))
        return Frame(drawn, render.conversation(drawn), render.margin(drawn), "").updates()

    def start_over(self) -> tuple[Update, ...]:
        return Frame((), self.intro(), "", "", "").updates()


def _frames(steps: Generator[tuple[Exchange, bool]], earlier: tuple[Exchange, ...]) -> Generator[Frame]:
    """A frame for each step that the reader should see; fast tokens share one, the last step is always drawn."""
    drawn_at, shown, pending = 0.0, None, None
    for exchange, important in steps:
        if not important and time.monotonic() - drawn_at < _FRAME_SECONDS:
            pending = exchange
            continue
        pending, drawn_at = None, time.monotonic()
        frame = _frame((*earlier, exchange), shown)
        shown = frame.margin if frame.margin is not None else shown
        yield frame
    if pending is not None:
        yield _frame((*earlier, pending), shown)


def _frame(exchanges: tuple[Exchange, ...], shown_margin: str | None) -> Frame:
    # The margin is the larger part and changes twice in an answer, so it is sent only then.
    margin = render.margin(exchanges)
    return Frame(exchanges, render.conversation(exchanges), None if margin == shown_margin else margin)


def _filter_widgets(facets: Facets) -> list[Any]:
    """Organisation, category, language, first and last year, folded away until they are asked for."""
    first, last = facets.earliest, facets.latest
    years = [("any", 0), *((str(year), year) for year in range(first.year, last.year + 1))] if first and last else []

    def chips(label: str, values: dict[str, int], names: dict[str, str] | None = None) -> gr.CheckboxGroup:
        choices = [(f"{(names or {}).get(value, value)} {count}", value) for value, count in values.items()]
        return gr.CheckboxGroup(choices, label=label, elem_classes="chips", visible=bool(choices))

    with gr.Accordion("Filters", open=False, elem_id="filters"):
        widgets: list[Any] = [
            chips("Organisation", dict(facets.organisations)),
            chips("Category", dict(facets.categories)),
            chips("Language", dict(facets.languages), render.LANGUAGES),
        ]
        with gr.Row(elem_id="years"):
            widgets += [
                gr.Dropdown(years, value=0, label="From", visible=bool(years), filterable=False, elem_id="since"),
                gr.Dropdown(years, value=0, label="Until", visible=bool(years), filterable=False, elem_id="until"),
            ]
    return widgets


def _notice(sentence: str) -> str:
    return f"<p>{text_html(sentence)}</p>"


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
