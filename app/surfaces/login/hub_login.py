"""The login with an account of the Hugging Face hub, by Gradio's own OpenID Connect, for Spaces (docs/deploy.md)."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import Scope

from app.surfaces.gate.routes import READING, Rule
from retrieval.errors import InputError

PATH = "/login/huggingface"
CALLBACK = "/login/callback"


class HubLogin:
    """Lets in who has logged in at the hub, until the hub's word runs out.

    What Gradio's routes need is set by the hub for a Space with `hf_oauth: true`.
    """

    rules = tuple(Rule(path, READING, "page", "login") for path in (PATH, CALLBACK, "/logout"))

    def attach(self, app: FastAPI) -> None:
        """Add Gradio's routes and the session's cookie; after the gate, which then finds the session in the scope.

        Raises `InputError` where this is no Space with a login.
        """
        from gradio import oauth

        try:
            # Its public way in makes up a reader where the page is not to know that it is on a Space.
            oauth._add_oauth_routes(app)
        except (ValueError, ImportError) as error:
            raise InputError(
                "A login with the hub needs a Space with `hf_oauth: true` in its README: set PAPERBACKED_LOGIN to key "
                "or none elsewhere."
            ) from error
        secret = hashlib.sha256(f"paperbacked {oauth.OAUTH_CLIENT_SECRET}".encode()).hexdigest()
        # A Space is shown in a frame of the hub's, whose cookies are for another site.
        app.add_middleware(SessionMiddleware, secret_key=secret, same_site="none", https_only=True)

    def admits(self, scope: Scope) -> bool:
        """Whether the session's cookie, which Gradio signs, bears a login that is still good."""
        info: Any = scope.get("session", {}).get("oauth_info")
        expires = info.get("expires_at") if isinstance(info, dict) else None
        return isinstance(expires, int | float) and time.time() < expires and bool(info.get("userinfo"))
