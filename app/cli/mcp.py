"""`paperbacked mcp`: the tools over stdin and stdout, for a client that starts the program itself."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from app.cli.output import Collection, Llm, LlmUrl, note, progress_shown, settings_with
from retrieval.errors import PaperbackedError

if TYPE_CHECKING:
    from app.collections.home import HomeCollections
    from app.settings import Settings
    from retrieval.types import Progress


def mcp(llm: Llm = None, llm_url: LlmUrl = None, collection: Collection = None) -> None:
    """Serve tools over stdin and stdout, to a client of the Model Context Protocol."""
    settings = settings_with(llm=llm, llm_url=llm_url, collection=collection)
    import asyncio

    from app.surfaces.mcp.routes import serve_stdio

    # The thread that waits for the client's next line would hold up any other end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with progress_shown() as progress:
        # Whoever starts the program may do with their collections what its other commands do.
        adding = settings.adds == "on"
        asyncio.run(serve_stdio(lambda: built_collections(settings, progress), may_add=adding))
    # Clients give a program seconds to end before they end it; Python's own end can take longer.
    sys.stderr.flush()
    os._exit(0)


def built_collections(settings: Settings, progress: Progress) -> HomeCollections:
    """Collections ready for questions. Raises `PaperbackedError`, having noted it on stderr."""
    from app.build import build_answerer, open_shared
    from app.collections.home import HomeCollections

    try:
        shared = open_shared(settings, progress, note)
        answerer = build_answerer(settings, progress, note, wait=False, shared=shared)
        answerer.warm_up()
        answerer.load_in_background()
    except PaperbackedError as error:
        # The client is told with its first question; this is for whoever reads its log.
        note(str(error))
        raise
    return HomeCollections(settings, answerer, shared, progress, note)
