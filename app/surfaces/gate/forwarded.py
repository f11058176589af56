"""What reverse proxies say of a request, believed only where the proxy is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope

_SAID_BY_PROXIES = (b"x-forwarded-host", b"x-forwarded-port", b"x-forwarded-proto", b"x-forwarded-prefix", b"forwarded")
_SAID_BY_NOBODY = (b"x-gradio-server",)
"""By this Gradio lets a caller say which server it is."""


class ForwardedHeaders:
    """ASGI middleware around all else: client and scheme as a trusted proxy names them, and nobody else's word on them.

    `trusted` are addresses or networks, separated by commas, as in PAPERBACKED_TRUSTED_PROXIES.
    """

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        self.app = app
        self._proxies = ProxyHeadersMiddleware(cast("ASGI3Application", app), trusted)

    def trusts(self, address: str) -> bool:
        """Whether a proxy at that address is believed."""
        return address in self._proxies.trusted_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        peer = (scope.get("client") or ("",))[0]
        hidden = _SAID_BY_NOBODY if self.trusts(peer) else (*_SAID_BY_PROXIES, *_SAID_BY_NOBODY)
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in hidden]
        # The two libraries write the same protocol down in types of their own.
        passed_on = cast("HTTPScope", {**scope, "headers": headers})
        await self._proxies(passed_on, cast("ASGIReceiveCallable", receive), cast("ASGISendCallable", send))
