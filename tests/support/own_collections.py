"""Servers over a home folder of a test's own, and what such tests do over and over: add papers, wait for the end."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from app.build import LocalAnswerer, build_answerer, open_shared
from app.collections.home import HomeCollections
from app.server import create_app, serving_options
from app.settings import Settings

LOCAL = "http://127.0.0.1:7860"
SECONDS = 30.0
WHALES = {"id": "whales", "title": "On whales", "abstract": "Whales sing in winter."}
SLEEP = {"id": "sleep", "title": "Sleep and memory", "abstract": "Sleep helps memory to last. We tested forty people."}
WALKS = {"id": "walks", "title": "Walking and thinking", "abstract": "Walking helps people to think of new places."}


@dataclass
class Server:
    """Collections as a server with these settings has them, and its application."""

    settings: Settings
    collections: HomeCollections
    answerer: LocalAnswerer

    @cached_property
    def app(self) -> Any:
        return create_app(self.answerer, options=serving_options(self.settings), collections=self.collections)

    @property
    def folder(self) -> Path:
        return self.settings.home / "collections"

    def client(self, base_url: str = LOCAL, address: str = "127.0.0.1", **kinds: Any) -> TestClient:
        """Another reader, with cookies of their own."""
        return TestClient(self.app, base_url=base_url, client=(address, 50_000), **kinds)


def serve(folder: Path, **wishes: Any) -> Server:
    """A server over a home within `folder`; the settings are those that are named, with no limits on questions."""
    papers = folder / "papers.jsonl"
    papers.write_text(json.dumps(WHALES | {"language": "en"}))
    given = {"adding": "on", "client_limit": 0, "server_limit": 0, **wishes}
    settings = Settings(home=folder / "h", papers=papers, embedding="hash", llm="none", reader="none", **given)
    shared = open_shared(settings)
    answerer = build_answerer(settings, shared=shared, note=lambda sentence: None)
    collections = HomeCollections(settings, answerer, shared, note=lambda sentence: None)
    return Server(settings, collections, answerer)


def new_collection(client: TestClient, title: str = "Mine") -> str:
    """The name of a new collection of the client's."""
    made = client.post("/api/v1/collections", json={"title": title})
    assert made.status_code == 201, made.text
    return made.json()["name"]


def add(client: TestClient, name: str, **sent: Any) -> dict[str, Any]:
    """Send papers to a collection and wait for the job's end; gives the job."""
    began = client.post(f"/api/v1/collections/{name}/papers", **sent)
    assert began.status_code == 202, began.text
    return ended(client, name, began.json()["job"])


def ended(client: TestClient, name: str, job: str) -> dict[str, Any]:
    """The job once it is over."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        told = client.get(f"/api/v1/collections/{name}/jobs/{job}").json()
        if told["state"] != "running":
            return told
        time.sleep(0.02)
    raise AssertionError("the job did not end")


def record(paper: dict[str, str]) -> dict[str, str]:
    """The paper as JSON lines have it."""
    return {"language": "en", **paper}
