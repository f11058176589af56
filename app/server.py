"""One ASGI app of every surface: the page, the API, the protocols of OpenAI and MCP, the widget, health, metrics."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from app.answering.answerer import Answerer
from app.answering.models.language_models import LanguageModels
from app.build import LocalAnswerer, build_answerer, open_shared
from app.collections.home import HomeCollections
from app.settings import Settings
from app.surfaces.api.health import health_router
from app.surfaces.api.openapi import describe
from app.surfaces.api.routes import BODIES, api_router
from app.surfaces.collections import Collections, OneCollection
from app.surfaces.gate.connections import Connections, most_connections, server_options
from app.surfaces.gate.cors import CorsPolicy
from app.surfaces.gate.forwarded import ForwardedHeaders
from app.surfaces.gate.gate import Gate, Login
from app.surfaces.gate.metrics import Metrics, metrics_router
from app.surfaces.gate.observed import log_answers
from app.surfaces.gate.observed_collections import ObservedCollections
from app.surfaces.gate.request_limits import limits_for
from app.surfaces.login.hub_login import HubLogin
from app.surfaces.login.key_login import KeyLogin
from app.surfaces.mcp.routes import mcp_router
from app.surfaces.openai.routes import openai_router
from app.surfaces.options import ServingOptions
from app.surfaces.pictures import pictures_folder
from app.surfaces.problems import plain_errors
from app.surfaces.runs.answer_runs import AnswerRuns
from app.surfaces.runs.stopping import BreakingOffServer
from app.surfaces.widget.routes import widget_router
from retrieval.errors import InputError, PaperbackedError, one_line
from retrieval.types import Progress

FOLLOW_SECONDS = 2.0
"""How often the server looks whether the collection was indexed anew, for those who ask nothing of it."""
SWEEP_SECONDS = 10.0
"""How often it looks for collections whose time is over."""
_log = logging.getLogger("paperbacked.server")


def create_app(
    answerer: Answerer,
    language_models: LanguageModels | None = None,
    options: ServingOptions = ServingOptions(),
    ready: Callable[[], bool] = lambda: True,
    runs: AnswerRuns | None = None,
    collections: Collections | None = None,
    metrics: Metrics | None = None,
) -> FastAPI:
    """The whole application around a ready answerer; with `language_models` the page tells how far theirs are.

    Its programs' answers are made by `runs`, for whoever wants to break them off, and counted in `metrics`. Without
    `collections`, of which the answerer then is the default one, there is no other and no papers are taken.
    """
    import gradio

    from app.surfaces.gate.page_security import LocalOnly
    from app.surfaces.page.first_document import FirstDocument
    from app.surfaces.page.gradio_page import build_page, page_options
    from app.surfaces.page.sessions import GradioSessions

    runs = runs or AnswerRuns()
    metrics = metrics or Metrics()
    metrics.count_papers(lambda: len(answerer.papers))
    limits = limits_for(options.client_limit, options.server_limit, options.api_key, metrics.refused)
    cors = CorsPolicy(options.widget_origins, options.hosts, options.local_only)

    served = collections or OneCollection(answerer)

    def seen_from(surface: str) -> Collections:
        return ObservedCollections(served, surface, metrics, options.log_questions)

    page = build_page(seen_from("page"), language_models, limits)
    sessions = GradioSessions(page)
    app = FastAPI(
        title="paperbacked",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=lambda _: sessions.sweeping(),
    )
    app.include_router(health_router(ready))
    app.include_router(metrics_router(metrics))
    app.include_router(api_router(seen_from("api"), runs, options))
    app.include_router(openai_router(seen_from("openai"), runs))
    app.include_router(mcp_router(seen_from("mcp"), runs, options))
    app.include_router(widget_router(options))
    describe(app, BODIES)
    plain_errors(app)
    login = _login(options)
    app.add_middleware(Gate, cors=cors, limits=limits, page=sessions, login=login)
    if login:
        login.attach(app)
    app.add_middleware(LocalOnly, frame_ancestors=options.frame_ancestors, finish=FirstDocument(answerer))
    return gradio.mount_gradio_app(app, page, path="/", **page_options())


def _login(options: ServingOptions) -> Login | None:
    """The login that the options ask for, None where there is none."""
    if options.login == "hub":
        return HubLogin()
    return KeyLogin(options.api_key) if options.login == "key" and options.api_key else None


@contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """The bound socket, taken before anything slow begins. Raises `InputError` where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            raise InputError(
                f"Port {port} on {host} cannot be used ({error.strerror}): choose another with --port."
            ) from error
        except OverflowError as error:
            raise InputError(f"There is no port {port}: choose one up to 65535 with --port.") from error
        yield listener


def run_server(
    settings: Settings,
    listener: socket.socket,
    progress: Progress,
    note: Callable[[str], None],
    *,
    warm: bool = False,
) -> None:
    """Build the answerer and serve until stopped; with `warm` the first page is shown only when questions are quick."""
    shared = open_shared(settings, progress, note)
    answerer = build_answerer(settings, progress, note, wait=False, shared=shared)
    collections = HomeCollections(settings, answerer, shared, note=_log.info)
    ready = threading.Event()
    runs, metrics = AnswerRuns(), Metrics()
    options = serving_options(settings)
    app = create_app(answerer, answerer.language_models, options, ready.is_set, runs, collections, metrics)
    log_answers(sys.stderr)
    host, port = listener.getsockname()[:2]
    note(f"paperbacked answers at http://{f'[{host}]' if ':' in host else host}:{port}/ (Ctrl-C stops it)")
    # While the reader looks at the page and types: loading the models takes longer than all that came before,
    # and the page would have come later beside it. First the one that every answer needs.
    warming = threading.Thread(target=_warm_up, args=(answerer, note, ready), name="warm-up", daemon=True)
    warming.start()
    answerer.load_in_background(after=warming.join)
    if warm:
        warming.join()
    outermost = ForwardedHeaders(app, settings.trusted_proxies)
    config = uvicorn.Config(
        outermost,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        proxy_headers=False,
        **server_options(Connections(most_connections(), proxy=outermost.trusts)),
    )
    with _following(collections.follow, collections.sweep):
        BreakingOffServer(config, runs, metrics.answering).run(sockets=[listener])


def serving_options(settings: Settings) -> ServingOptions:
    """What of the settings the surfaces are told."""
    return ServingOptions(
        widget_origins=settings.widget_origins,
        frame_ancestors=settings.frame_ancestors,
        hosts=settings.hosts,
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        login=settings.login,
        client_limit=settings.client_limit,
        server_limit=settings.server_limit,
        log_questions=settings.log_questions,
        feedback_file=settings.feedback,
        local_only=settings.is_local,
        only_here=settings.adding == "auto",
        pages_folder=pictures_folder(settings.home),
    )


@contextmanager
def _following(
    follow_newest: Callable[[], object], sweep: Callable[[], object], every_s: float = FOLLOW_SECONDS
) -> Iterator[None]:
    """Meanwhile papers and filters are those of the newest index, also where no question asks for it, and what is
    over of collections is removed."""
    stopped = threading.Event()

    def look_after() -> None:
        swept = 0.0
        while not stopped.wait(every_s):
            _tried(follow_newest)
            if time.monotonic() - swept >= SWEEP_SECONDS:
                swept = time.monotonic()
                _tried(sweep)

    threading.Thread(target=look_after, name="follow-index", daemon=True).start()
    try:
        yield
    finally:
        stopped.set()


def _tried(work: Callable[[], object]) -> None:
    try:
        work()
    # Whatever it is: the next time it may be possible, and neither of both ends the other or their thread.
    except Exception:
        _log.exception("Collections could not be looked after.")


def _warm_up(answerer: LocalAnswerer, note: Callable[[str], None], ready: threading.Event) -> None:
    try:
        answerer.warm_up()
        ready.set()
        answerer.load_rest()
    except PaperbackedError as error:
        # Each question will say so too.
        note(str(error))
    except (KeyboardInterrupt, SystemExit):
        raise
    # A panic in the Rust core of a library is no Exception.
    except BaseException as error:
        _log.error("The server is not ready.", exc_info=error)
        note(f"What questions need could not be loaded ({one_line(error)}): the next question tries again.")
