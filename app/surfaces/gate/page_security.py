"""Keeps the page to this machine: a strict content policy, and no tags that name other hosts."""

from __future__ import annotations

import gzip
import re
import secrets
from collections.abc import Callable
from functools import partial
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.surfaces.tokens import token

# The social-preview tags that Gradio's index page brings name hosts of Gradio's own.
_PREVIEW_TAG = re.compile(rb"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>\s*")
_SCRIPT_TAG = re.compile(rb"<script(?=[\s>])")

_PACKED = 5
"""Of 9: most of what 9 gains, within a few milliseconds."""

# Set before the first paint, so that a reader who chose dark is not dazzled while Gradio loads.
_FIRST_PAINT = b"""<script nonce="%(nonce)s">(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("paperbacked-theme") } catch {}
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const root = document.documentElement.style;
  root.colorScheme = dark ? "dark" : "light";
  document.documentElement.dataset.firstPaint = dark ? "dark" : "light";
  for (const name of ["--bg", "--bg-dark"]) root.setProperty(name, dark ? "%(dark)s" : "%(light)s");
})()</script>
<style>gradio-app .wrap.full { display: none }</style>
"""


class Finish(Protocol):
    """What makes an HTML page of this server that of its collection."""

    def __call__(self, page: bytes, address: str, accept_language: str | None) -> bytes:
        """The page as it is sent from `address`, which ends with a slash, to who wants it in such languages."""
        ...


class LocalOnly:
    """ASGI middleware around the whole app.

    `frame_ancestors` are the hosts that may show the page in a frame, as on a Space; `finish` is given each HTML page
    that has no policy of its own, and what it adds may hold no script.
    """

    def __init__(self, app: ASGIApp, frame_ancestors: tuple[str, ...] = (), finish: Finish | None = None) -> None:
        self.app = app
        self.frame_ancestors = " ".join(("'self'", *frame_ancestors))
        self.finish = finish

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = scope
        if "text/html" in Headers(scope=scope).get("accept", ""):
            # A page that Gradio has compressed could not be marked with the nonce.
            kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"accept-encoding"]
            scope = {**scope, "headers": kept}
        packs = "gzip" in Headers(scope=asked).get("accept-encoding", "")
        await self.app(scope, receive, _Response(send, self.frame_ancestors, partial(self._finished, asked), packs))

    def _finished(self, asked: Scope, page: bytes) -> bytes:
        if self.finish is None:
            return page
        request = Request(asked)
        return self.finish(page, str(request.base_url), request.headers.get("accept-language"))


class _Response:
    """One response on its way out; only HTML is held back until it is whole, streams pass untouched."""

    def __init__(
        self, send: Send, frame_ancestors: str, finished: Callable[[bytes], bytes], packs: bool = False
    ) -> None:
        self.send = send
        self.finished = finished
        self.packs = packs
        self.nonce = secrets.token_urlsafe(16)
        self.policy = content_policy(self.nonce, frame_ancestors)
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            # A page with a policy of its own, such as the widget's, is none of Gradio's.
            own = "content-security-policy" in headers
            headers.setdefault("content-security-policy", self.policy)
            headers.setdefault("x-content-type-options", "nosniff")
            headers.setdefault("referrer-policy", "no-referrer")
            message["headers"] = headers.raw
            page = headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
            if page and not own:
                self.start = message
                return
        elif message["type"] == "http.response.body" and self.start is not None:
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            await self._send_page()
            return
        await self.send(message)

    async def _send_page(self) -> None:
        assert self.start is not None
        page = self.finished(local_page(self.body, self.nonce))
        headers = MutableHeaders(raw=self.start["headers"])
        headers.add_vary_header("Accept-Encoding")
        if self.packs and self.body:
            page = gzip.compress(page, _PACKED)
            headers["content-encoding"] = "gzip"
        if self.body:  # the answer to a HEAD request keeps the length that GET would have
            headers["content-length"] = str(len(page))
        self.start["headers"] = headers.raw
        await self.send(self.start)
        await self.send({"type": "http.response.body", "body": page})


def content_policy(nonce: str, frame_ancestors: str = "'self'") -> str:
    """As tight as Gradio permits: it builds functions from text (`unsafe-eval`) and sets styles in place.

    Scripts in the page need the response's nonce, so an event attribute or a script
    tag that slipped through the escaping would still not run.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def local_page(page: bytes, nonce: str) -> bytes:
    """An HTML page whose scripts bear the nonce and that names no other host in its preview tags."""
    marked = nonce.encode()
    page = _SCRIPT_TAG.sub(b'<script nonce="' + marked + b'"', _PREVIEW_TAG.sub(b"", page))
    papers = {b"light": token("paper").encode(), b"dark": token("paper", "dark").encode()}
    return page.replace(b"</head>", _FIRST_PAINT % {b"nonce": marked, **papers} + b"</head>", 1)
