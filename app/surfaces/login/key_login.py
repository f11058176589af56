"""The login with the server's key: typed once on a page of its own, and from then on a signed cookie."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from html import escape
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, TimestampSigner
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from app.surfaces.gate.routes import READING, Rule
from app.surfaces.tokens import declarations
from app.surfaces.ui_strings import interface_language, ui_strings

PATH = "/login"
COOKIE = "paperbacked-login"
DAYS = 30
_READER = "reader"
_MAX_KEY_CHARS = 200


class KeyLogin:
    """Lets in who has typed the key within the last `DAYS` days; another key ends all logins."""

    rules = (Rule(PATH, (*READING, "POST"), "page", "login"), Rule("/logout", ("POST",), "page", "login"))

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        # Slow on purpose: who sees a cookie could otherwise try keys at home, millions a second.
        self._signer = TimestampSigner(hashlib.scrypt(self._key, salt=b"paperbacked login", n=2**14, r=8, p=1))

    def admits(self, scope: Scope) -> bool:
        """Whether the request brings a cookie of ours that is still good."""
        cookie = HTTPConnection(scope).cookies.get(COOKIE, "")
        try:
            return self._signer.unsign(cookie, max_age=DAYS * 86_400).decode() == _READER
        except (BadSignature, UnicodeError):
            return False

    def attach(self, app: FastAPI) -> None:
        """Add its page."""
        app.include_router(self.router())

    def router(self) -> APIRouter:
        """GET and POST /login, and POST /logout."""
        router = APIRouter(include_in_schema=False)

        @router.api_route(PATH, methods=["GET", "HEAD"])
        async def form(request: Request) -> Response:
            return _form(request)

        @router.post(PATH)
        async def log_in(request: Request) -> Response:
            typed = (await request.form(max_fields=2, max_files=0, max_part_size=4096)).get("key")
            if not isinstance(typed, str) or not self._is_key(typed):
                return _form(request, refused=True)
            response = RedirectResponse("./", 303)
            response.set_cookie(
                COOKIE,
                self._signer.sign(_READER).decode(),
                max_age=DAYS * 86_400,
                secure=request.url.scheme == "https",
                httponly=True,
                samesite="lax",
            )
            return response

        @router.post("/logout")
        async def log_out() -> Response:
            response = RedirectResponse(f".{PATH}", 303)
            response.delete_cookie(COOKIE, httponly=True, samesite="lax")
            return response

        return router

    def _is_key(self, typed: str) -> bool:
        return hmac.compare_digest(typed[:_MAX_KEY_CHARS].strip().encode("utf-8", "replace"), self._key)


def _form(request: Request, *, refused: bool = False) -> Response:
    words = ui_strings(interface_language(request.headers.get("accept-language")))
    nonce = secrets.token_urlsafe(16)
    page = (Path(__file__).parent / "login.html").read_text(encoding="utf-8")
    for name, text in {
        "language": words.language,
        "nonce": nonce,
        "light": declarations(page, "light"),
        "dark": declarations(page, "dark"),
        "lead": words("login_lead"),
        "label": words("login_label"),
        "enter": words("login_enter"),
        "refused": words("login_refused") if refused else "",
    }.items():
        page = page.replace(f"{{{name}}}", escape(text))
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(page, 401 if refused else 200, headers)
