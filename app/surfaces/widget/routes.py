"""/widget.js, /widget/frame and /demo. Each page brings a content policy of its own, without `unsafe-…`."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from app.surfaces.options import ServingOptions
from app.surfaces.tokens import declarations
from app.surfaces.ui_strings import LANGUAGES
from app.surfaces.widget.script import ATTRIBUTES, widget_script

_FOLDER = Path(__file__).parent
_CACHED = "public, max-age=600, stale-while-revalidate=86400"
_MAX_VALUE_CHARS = 4_000

FRAME_ATTRIBUTES = tuple(name for name in ATTRIBUTES if name not in ("server", "launcher", "position"))
"""What the frame's address may set: never where the questions go."""


def widget_router(options: ServingOptions = ServingOptions()) -> APIRouter:
    """The widget's routes; its pages may be framed by ourselves and by the origins that `options` allows."""
    router = APIRouter(include_in_schema=False)
    framers = " ".join(("'self'", *options.widget_origins))

    @router.api_route("/widget.js", methods=["GET", "HEAD"])
    def script(request: Request) -> Response:
        return _script_response(request)

    @router.api_route("/widget/frame", methods=["GET", "HEAD"])
    def frame(request: Request) -> HTMLResponse:
        return HTMLResponse(frame_html(request.query_params), headers=_page_headers(framers))

    @router.api_route("/demo", methods=["GET", "HEAD"])
    def demo() -> HTMLResponse:
        return HTMLResponse((_FOLDER / "demo.html").read_text(encoding="utf-8"), headers=_page_headers("'self'"))

    @router.api_route("/demo.css", methods=["GET", "HEAD"])
    def demo_style() -> Response:
        return Response(_demo_style(), media_type="text/css")

    return router


def frame_html(wishes: Mapping[str, str]) -> str:
    """A page that is the widget and nothing else, with the attributes that its address asks for."""
    given = {name: wishes[name][:_MAX_VALUE_CHARS] for name in FRAME_ATTRIBUTES if name in wishes}
    attributes = "".join(f' {name}="{escape(value, quote=True)}"' for name, value in given.items())
    language = asked if (asked := given.get("language")) in LANGUAGES else LANGUAGES[0]
    page = (_FOLDER / "frame.html").read_text(encoding="utf-8")
    return page.replace("{language}", language).replace("{attributes}", attributes)


def _demo_style() -> str:
    style = (_FOLDER / "demo.css").read_text(encoding="utf-8")
    dark = f"@media (prefers-color-scheme: dark) {{\n:root {{\n{declarations(style, 'dark')}}}\n}}\n"
    return f":root {{\n  color-scheme: light dark;\n{declarations(style, 'light')}}}\n{dark}{style}"


def content_policy(frame_ancestors: str) -> str:
    """Our own scripts, styles and answers, and nothing else from anywhere."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def _page_headers(frame_ancestors: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": content_policy(frame_ancestors),
        "Cache-Control": "no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin",  # so that a page with COEP can frame it
    }


def _script_response(request: Request) -> Response:
    script = widget_script()
    headers = {
        "ETag": script.etag,
        "Cache-Control": _CACHED,
        "Vary": "Accept-Encoding",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if script.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    zipped = "gzip" in request.headers.get("accept-encoding", "").lower()
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(script.gzipped if zipped else script.plain, headers=headers, media_type="text/javascript")
