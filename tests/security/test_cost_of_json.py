"""What JSON from strangers may cost: a body of small size can be millions of objects, and nobody's turn comes while
they are made."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.surfaces.gate import request_limits
from retrieval.json_lines import MOST_PARTS, Fault, has_too_many_parts
from retrieval.readers.json_records import json_records
from tests.support.own_collections import SLEEP, Server, add, new_collection, record, serve

LISTS = b"[]," * (MOST_PARTS // 2)
MOST_CPU_SECONDS = 3.0
"""Of the processor, which a busy machine does not lengthen."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return serve(tmp_path_factory.mktemp("costs"), adding="visitors")


@pytest.fixture(scope="module")
def client(server: Server) -> TestClient:
    return server.client()


@pytest.mark.parametrize(
    "body",
    [
        b'{"text":[' + b"[]," * 3_300_000 + b"1]}",
        b'{"papers":[' + b"{}," * 3_300_000 + b"{}]}",
        b'{"text":[' + b"1," * 4_900_000 + b"1]}",
        b"{" + b",".join(b'"%x":0' % number for number in range(700_000)) + b"}",
    ],
    ids=["lists", "objects", "numbers", "names"],
)
def test_a_body_of_a_million_values_is_refused_before_it_is_read(client: TestClient, body: bytes) -> None:
    name, began = new_collection(client), time.process_time()
    told = client.post(f"/api/v1/collections/{name}/papers", content=body, headers={"Content-Type": "application/json"})
    assert told.status_code == 413 and "values" in told.json()["detail"], told.text[:200]
    assert time.process_time() - began < MOST_CPU_SECONDS
    assert client.delete(f"/api/v1/collections/{name}").status_code == 200


def test_as_many_papers_as_a_request_may_have_are_not_too_many_values() -> None:
    """Papers with twenty authors and an abstract of prose are far from the bound."""
    paper = record(SLEEP) | {"authors": [f"An Author {number}" for number in range(20)]}
    paper["abstract"] = "Sleep, as we found, helps memory to last in mice and in people alike. " * 12
    body = json.dumps({"papers": [paper | {"id": f"p{number}"} for number in range(8_000)]}).encode()[:9_900_000]
    assert not has_too_many_parts(body)


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_so_are_such_objects_in_a_file_and_those_beside_them_are_read(tmp_path: Path, suffix: str) -> None:
    path, apart = tmp_path / f"a{suffix}", b"\n" if suffix == ".jsonl" else b","
    objects = apart.join((b'{"title":"One"}', b'{"a":[' + LISTS * 3 + b"1]}", b'{"title":"Two"}'))
    path.write_bytes(objects if suffix == ".jsonl" else b"[" + objects + b"]")
    found = [one.reason if isinstance(one, Fault) else one for _, one in json_records(path)]
    assert found == [{"title": "One"}, f"more than {MOST_PARTS:,} values in one object", {"title": "Two"}]


def test_a_file_of_them_is_told_of_in_its_report(client: TestClient) -> None:
    name = new_collection(client, "Lists")
    file = b'{"a":[' + LISTS * 3 + b"1]}\n" + json.dumps(record(SLEEP)).encode()
    job = add(client, name, files=[("files", ("a.jsonl", file))])
    assert [one["outcome"] for one in job["became"]] == ["broken", "added"]
    assert "values in one object" in job["became"][0]["reason"]


def test_what_is_over_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal must cost less than an answer: only what calls tools tells in its body how much it asks."""
    read: list[bytes] = []
    calls = request_limits._tool_calls
    monkeypatch.setattr(request_limits, "_tool_calls", lambda body: read.append(body) or calls(body))
    sent: dict[str, Any] = {"content": b"[" + b"[]," * 80_000 + b"1]", "headers": {"Content-Type": "application/json"}}
    with serve(tmp_path, client_limit=1).client() as client:
        statuses = [client.post("/api/v1/ask", **sent).status_code for _ in range(3)]
        assert statuses[-1] == 429 and not read
        client.post("/mcp", **sent)
        assert len(read) == 1
