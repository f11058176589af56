"""The login with an account of the hub: Gradio's own routes against a provider of OpenID Connect on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI, Form, Request
from fastapi.testclient import TestClient
from gradio import oauth
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import RedirectResponse

from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.login.hub_login import HubLogin
from app.surfaces.options import ServingOptions
from retrieval.errors import InputError

SAME = {"Sec-Fetch-Site": "same-origin"}


def provider_app() -> FastAPI:
    """As much of a provider as a login needs: it asks nobody, and the reader is always "reader"."""
    app, key, nonces = FastAPI(), RSAKey.generate_key(2048, parameters={"kid": "k"}), {}

    def issuer(request: Request) -> str:
        return str(request.base_url).rstrip("/")

    @app.get("/.well-known/openid-configuration")
    def configuration(request: Request) -> dict[str, Any]:
        here = issuer(request)
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": here, "id_token_signing_alg_values_supported": ["RS256"]} | {
            name: f"{here}/{path}" for name, path in names.items()
        }

    @app.get("/authorize")
    def authorize(redirect_uri: str, state: str, nonce: str) -> RedirectResponse:
        nonces["code"] = nonce
        return RedirectResponse(f"{redirect_uri}&code=code&state={state}")

    @app.post("/token")
    def token(request: Request, code: str = Form()) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": issuer(request),
            "aud": "papers",
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": nonces[code],
        }
        signed = jwt.encode({"alg": "RS256", "kid": "k"}, claims | {"preferred_username": "reader"}, key)
        return {"access_token": "a", "token_type": "bearer", "expires_in": 3600, "id_token": signed}

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False)]}

    return app


@pytest.fixture
def space(answerer: LocalAnswerer, served: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser on a page that asks for the hub's login."""
    with served(provider_app()) as provider:
        for name, value in {
            "OAUTH_CLIENT_ID": "papers",
            "OAUTH_CLIENT_SECRET": "secret",
            "OAUTH_SCOPES": "openid profile",
            "OPENID_PROVIDER_URL": provider,
        }.items():
            monkeypatch.setattr(oauth, name, value)
        app = create_app(answerer, options=ServingOptions(login="hub"))
        yield TestClient(app, base_url="https://papers.example", headers=SAME, follow_redirects=False)


def test_a_reader_logs_in_at_the_hub_and_is_in(space: TestClient, answerer: LocalAnswerer) -> None:
    import httpx

    led = space.get("/")
    assert led.status_code == 303 and led.headers["location"] == "login/huggingface"
    assert space.post("/api/v1/ask", json={"question": "Why?"}).status_code == 401
    away = space.get("/login/huggingface")
    assert away.status_code == 302
    back = httpx.get(away.headers["location"]).headers["location"]
    parts = urlsplit(back)
    assert parts.path == "/login/callback" and parse_qs(parts.query)["code"] == ["code"]
    entered = space.get(
        f"{parts.path}?{parts.query}",
        headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    )
    assert entered.status_code == 307
    assert space.get("/").status_code == 200
    assert space.post("/api/v1/ask", json={"question": "What is a backdoor?"}).status_code == 200
    space.get("/logout")
    assert space.get("/").status_code == 303


def test_a_session_that_is_not_signed_or_is_over_opens_nothing(space: TestClient) -> None:
    assert space.get("/", headers={"Cookie": "session=eyJvYXV0aF9pbmZvIjp7fX0="}).status_code == 303
    good = {"oauth_info": {"userinfo": {"sub": "1"}, "expires_at": time.time() + 60}}
    assert HubLogin().admits({"session": good})
    for bad in ({}, {"oauth_info": None}, {"oauth_info": {"userinfo": {}, "expires_at": time.time() + 60}}):
        assert not HubLogin().admits({"session": bad})
    good["oauth_info"]["expires_at"] = time.time() - 1
    assert not HubLogin().admits({"session": good})


def test_elsewhere_it_says_what_it_needs(answerer: LocalAnswerer) -> None:
    with pytest.raises(InputError, match="Space"):
        create_app(answerer, options=ServingOptions(login="hub"))
