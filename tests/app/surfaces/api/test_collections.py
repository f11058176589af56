"""Collections by HTTP: listed, made, filled with files, ids and papers, asked by every route, changed and removed."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.collections.home import JOBS_OF_A_CLIENT
from app.collections.jobs import MOST_WAITING
from app.surfaces.gate.forwarded import ForwardedHeaders
from tests.support.made_papers import made_paper
from tests.support.own_collections import LOCAL, SLEEP, WALKS, Server, add, ended, new_collection, record, serve

SLEEPING = "Does sleep help memory to last?"
BIB = """@article{walker, title = {Sleep and memory in adults}, author = {Walker, Ann}, year = {2017},
  abstract = {Sleep helps the memory of adults. We tested forty of them.}, doi = {10.1000/sleep.17}}
@article{broken, title = {Nothing but a title that ends"""
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """One for all tests that look at collections of their own."""
    return serve(tmp_path_factory.mktemp("collections"))


@pytest.fixture
def client(server: Server) -> TestClient:
    return server.client()


@pytest.fixture
def sleep(client: TestClient) -> str:
    name = new_collection(client, "Sleep")
    add(client, name, json={"papers": [record(SLEEP)]})
    return name


def test_they_are_listed_with_what_may_be_done(tmp_path: Path) -> None:
    client = serve(tmp_path).client()
    sleep = new_collection(client, "Sleep")
    add(client, sleep, json={"papers": [record(SLEEP)]})
    told = client.get("/api/v1/collections")
    assert told.headers["cache-control"] == "no-store" and "set-cookie" not in told.headers
    assert told.json() == {
        "adding": True,
        "online": True,
        "collections": [
            {"name": "default", "title": "default", "papers": 1, "may_change": False, "expires": None, "default": True},
            {"name": sleep, "title": "Sleep", "papers": 1, "may_change": True, "expires": None, "default": False},
        ],
    }


def test_a_server_with_one_answerer_lists_it_and_takes_nothing(answerer: Any) -> None:
    from app.server import create_app

    client = TestClient(create_app(answerer))
    told = client.get("/api/v1/collections").json()
    assert not told["adding"] and [one["name"] for one in told["collections"]] == ["default"]
    for method, path in (
        ("POST", ""),
        ("PATCH", "/default"),
        ("DELETE", "/default"),
        ("POST", "/default/restore"),
        ("POST", "/default/papers"),
        ("DELETE", "/default/papers/sleeper-agents"),
    ):
        refused = client.request(
            method, f"/api/v1/collections{path}", json={"title": "x", "text": "y"} if path in {"", "/default"} else {}
        )
        assert refused.status_code == 403 and refused.json()["code"] == "adding_off", (method, path, refused.text)
    assert client.get("/api/v1/collections/default/reports").json() == []
    assert client.get("/api/v1/collections/other/reports").status_code == 404


def test_files_become_papers_and_the_report_says_what_of_each(client: TestClient) -> None:
    name = new_collection(client, "Mine")
    made = made_paper(0)
    files = [
        ("files", ("library.bib", BIB.encode(), "image/png")),
        ("files", ("paper.txt", made.pdf, "text/plain")),
        ("files", ("cat.png", b"\x89PNG\r\n\0\0", "application/pdf")),
    ]
    job = add(client, name, files=files, data={"text": "10.1000/unknown.1"})
    assert job["state"] == "done" and job["error"] is None and job["done"] == job["total"] == len(job["became"])
    outcomes = {one["place"]: one["outcome"] for one in job["became"]}
    assert outcomes["library.bib, entry walker"] == "added"
    assert outcomes["paper.txt"] == "added" and outcomes["cat.png"] == "broken"
    assert outcomes["10.1000/unknown.1"] == "broken"  # only its id is known, and nothing was looked up
    assert sum(job["report"]["counts"].values()) == len(job["became"])
    [kept] = client.get(f"/api/v1/collections/{name}/reports").json()
    assert kept == job["report"]
    assert "uploads" not in json.dumps(kept) and "/tmp" not in json.dumps(kept)
    papers = client.get("/api/v1/papers", params={"collection": name}).json()
    assert {paper["title"] for paper in papers} == {"Sleep and memory in adults", made.title}


def test_the_same_again_changes_nothing(client: TestClient) -> None:
    name, made = new_collection(client), made_paper(0)
    files = [("files", ("library.bib", BIB.encode())), ("files", ("paper.pdf", made.pdf))]
    add(client, name, files=files)
    again = add(client, name, files=files)
    assert again["report"]["counts"] | {"broken": 0} == {**dict.fromkeys(again["report"]["counts"], 0), "same": 2}


def test_only_what_became_of_later_entries_is_told(client: TestClient) -> None:
    name = new_collection(client)
    began = client.post(f"/api/v1/collections/{name}/papers", json={"papers": [record(SLEEP), record(WALKS)]}).json()
    assert len(ended(client, name, began["job"])["became"]) == 2
    told = client.get(f"/api/v1/collections/{name}/jobs/{began['job']}", params={"after": 1}).json()
    assert told["after"] == 1 and [one["paper_id"] for one in told["became"]] == ["walks"]


def test_nothing_is_left_of_uploads(server: Server, client: TestClient) -> None:
    name = new_collection(client)
    add(client, name, files=[("files", ("a.bib", BIB.encode()))])
    client.post(f"/api/v1/collections/{name}/papers", data={"text": " "}, files=[("files", ("", b""))])
    client.post(f"/api/v1/collections/{name}/papers", content=b"{", headers={"Content-Type": "application/json"})
    until = time.monotonic() + 5
    while server.collections._uploads.rooms and time.monotonic() < until:
        time.sleep(0.02)
    left = [path for path in (server.settings.home / "uploads").rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["in-use.lock"]


def test_what_a_process_that_is_no_more_left_is_removed_at_the_start(tmp_path: Path) -> None:
    left = tmp_path / "h" / "uploads" / "0011223344556677" / "aa"
    left.mkdir(parents=True)
    (left / "large.pdf").write_bytes(b"x")
    running = serve(tmp_path)
    room = running.collections.room(running.collections.create("Mine").name)
    serve(tmp_path)
    assert not left.parent.exists() and room.folder.exists()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/ask", {"question": SLEEPING}),
        ("/api/v1/export", {"format": "markdown", "answers": [{}]}),
        ("/api/v1/compare", {"paper_ids": ["a", "b"]}),
    ],
)
def test_bodies_name_a_collection(client: TestClient, sleep: str, path: str, body: dict[str, Any]) -> None:
    unknown = client.post(path, json=body | {"collection": "nothing-abcd"})
    assert unknown.status_code == 404 and unknown.json()["code"] == "collection_unknown"
    assert client.post(path, json=body | {"collection": sleep}).status_code != 404
    assert client.post(path, json=body | {"collection": 7}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/api/v1/search?q=sleep", "/api/v1/papers?limit=1", "/api/v1/papers/sleep", "/api/v1/papers/sleep/similar"]
)
def test_so_do_addresses(client: TestClient, sleep: str, path: str) -> None:
    joint = "&" if "?" in path else "?"
    assert client.get(f"{path}{joint}collection={sleep}").status_code == 200
    for name in ("nothing-abcd", "..%2F..", "", "a" * 5_000, "default%00"):
        assert client.get(f"{path}{joint}collection={name}").status_code == 404, name


def test_answers_are_those_of_the_collection(client: TestClient, sleep: str) -> None:
    told = client.post("/api/v1/ask", json={"question": SLEEPING, "collection": sleep}).json()
    assert [citation["paper"]["id"] for citation in told["citations"]] == ["sleep"]
    own = client.post("/api/v1/ask", json={"question": SLEEPING}).json()
    assert {source["paper"]["id"] for source in own["sources"]} <= {"whales"}
    named = client.post("/api/v1/ask", json={"question": SLEEPING, "collection": "default"}).json()
    assert named["sources"] == own["sources"]
    assert named["models"]["corpus"] == own["models"]["corpus"] != told["models"]["corpus"]


def test_pages_of_papers_stay_within_the_collection(client: TestClient) -> None:
    name = new_collection(client)
    add(client, name, json={"papers": [record(SLEEP), record(WALKS)]})
    first = client.get("/api/v1/papers", params={"collection": name, "limit": 1})
    link = first.headers["link"]
    assert f"collection={name}" in link
    second = client.get(f"/api/v1/papers{link[1 : link.index('>')]}")
    assert [paper["id"] for paper in second.json()] == ["walks"]


def test_they_get_other_titles_are_removed_and_had_back(client: TestClient, sleep: str) -> None:
    renamed = client.patch(f"/api/v1/collections/{sleep}", json={"title": "Dreams"})
    assert renamed.json()["title"] == "Dreams" and renamed.json()["name"] == sleep
    removed = client.delete(f"/api/v1/collections/{sleep}")
    assert removed.status_code == 200 and removed.json()["undo_until"]
    assert client.get(f"/api/v1/papers?collection={sleep}").status_code == 404
    assert client.post(f"/api/v1/collections/{sleep}/restore").json()["title"] == "Dreams"
    assert client.get(f"/api/v1/papers?collection={sleep}").json()[0]["id"] == "sleep"


def test_a_paper_is_removed(client: TestClient, sleep: str) -> None:
    assert client.delete(f"/api/v1/collections/{sleep}/papers/sleep").status_code == 204
    assert client.delete(f"/api/v1/collections/{sleep}/papers/sleep").status_code == 404
    assert client.get("/api/v1/papers/sleep", params={"collection": sleep}).status_code == 404


@pytest.mark.parametrize("title", [None, 7, "", "a" * 81, " ", ["x"]])
def test_a_title_is_a_text_of_some_length(client: TestClient, title: Any) -> None:
    refused = client.post("/api/v1/collections", json={"title": title})
    assert refused.status_code == 400 and refused.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    "body",
    [{}, {"text": " "}, {"papers": []}, {"text": 7}, {"papers": [1]}, {"online": "yes", "text": "x"}, [], "x", None],
)
def test_a_request_without_papers_is_refused(client: TestClient, body: Any) -> None:
    name = new_collection(client)
    refused = client.post(f"/api/v1/collections/{name}/papers", json=body)
    assert refused.status_code == 400 and refused.headers["connection"] == "close"


def test_where_nothing_may_be_looked_up_it_is_said(tmp_path: Path) -> None:
    client = serve(tmp_path, host="0.0.0.0", adding="on").client()
    assert client.get("/api/v1/collections").json()["online"] is False
    path = f"/api/v1/collections/{new_collection(client)}/papers"
    refused = client.post(path, json={"text": "1706.03762", "online": True})
    assert refused.status_code == 400 and refused.json()["code"] == "online_off"


def test_a_file_too_large_is_refused_and_nothing_of_it_kept(tmp_path: Path) -> None:
    server = serve(tmp_path, upload_limit_mb=1)
    client = server.client()
    name = new_collection(client)
    large = client.post(f"/api/v1/collections/{name}/papers", files=[("files", ("l.bib", b"x" * 1_000_001))])
    assert large.status_code == 413 and large.json()["code"] == "upload_large"
    files = [("files", (f"{number}.bib", b"x" * 900_000)) for number in range(6)]
    many = client.post(f"/api/v1/collections/{name}/papers", files=files)
    assert many.status_code == 413 and many.json()["code"] == "upload_much"
    assert server.collections._uploads.rooms == 0


def test_too_many_waiting_requests_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(tmp_path)
    go = threading.Event()
    monkeypatch.setattr(server.collections._jobs, "_run", lambda job: go.wait(20) and None)
    client = server.client()
    name = new_collection(client)
    codes = [
        client.post(f"/api/v1/collections/{name}/papers", json={"text": "x"}).status_code
        for _ in range(MOST_WAITING + 3)
    ]
    refused = client.post(f"/api/v1/collections/{name}/papers", json={"text": "x"})
    go.set()
    assert codes[:MOST_WAITING] == [202] * MOST_WAITING and refused.status_code == 503
    assert int(refused.headers["retry-after"]) > 0
    assert server.collections._uploads.rooms <= MOST_WAITING + 1


@pytest.mark.parametrize(
    ("addresses", "others"),
    [
        (["192.0.2.7"], "192.0.2.8"),
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::2:3"], "2001:db8:1:3::1"),
    ],
)
def test_one_address_with_many_cookies_leaves_places_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, addresses: list[str], others: str
) -> None:
    server = serve(tmp_path, adding="visitors")
    go = threading.Event()
    monkeypatch.setattr(server.collections._jobs, "_run", lambda job: go.wait(20) and None)

    def sent(client: TestClient) -> Any:
        name = new_collection(client)
        return client.post(f"/api/v1/collections/{name}/papers", json={"text": "x"})

    answers = [
        sent(server.client(address=addresses[number % len(addresses)])) for number in range(JOBS_OF_A_CLIENT + 2)
    ]
    assert [answer.status_code for answer in answers] == [202] * JOBS_OF_A_CLIENT + [503, 503]
    assert answers[-1].json()["code"] == "adding_crowded" and int(answers[-1].headers["retry-after"]) > 0
    assert sent(server.client(address=others)).status_code == 202
    # Removing takes a place of the queue too.
    crowded = server.client(address=addresses[0])
    assert crowded.delete(f"/api/v1/collections/{new_collection(crowded)}/papers/x").status_code == 503
    go.set()


def test_behind_a_proxy_each_reader_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(tmp_path, adding="visitors")
    go = threading.Event()
    monkeypatch.setattr(server.collections._jobs, "_run", lambda job: go.wait(20) and None)
    behind = ForwardedHeaders(server.app, "192.0.2.1")

    def sent(peer: str, real: str) -> int:
        client = TestClient(behind, base_url=LOCAL, client=(peer, 50_000), headers={"X-Forwarded-For": real})
        return client.post(f"/api/v1/collections/{new_collection(client)}/papers", json={"text": "x"}).status_code

    assert [sent("192.0.2.1", f"198.51.100.{number}") for number in range(JOBS_OF_A_CLIENT + 1)][-1] == 202
    # Whom nobody told the server of is no proxy: what it says of others is its own.
    told = [sent("203.0.113.5", f"198.51.100.{number}") for number in range(JOBS_OF_A_CLIENT + 1)]
    assert told == [202] * JOBS_OF_A_CLIENT + [503]
    go.set()


def test_requests_that_add_are_counted_apart_and_cost_more(tmp_path: Path) -> None:
    client = serve(tmp_path, client_limit=6).client()
    name = new_collection(client)
    codes = [client.post(f"/api/v1/collections/{name}/papers", json={"text": "x"}).status_code for _ in range(3)]
    assert codes == [202, 202, 429]
    assert client.get("/api/v1/collections").status_code == 200


def test_a_job_that_is_not_there_is_none(client: TestClient, sleep: str) -> None:
    other = new_collection(client)
    job = client.post(f"/api/v1/collections/{sleep}/papers", json={"text": "x"}).json()["job"]
    ended(client, sleep, job)
    for name, job_id in ((sleep, "0" * 32), (other, job), (sleep, "..%2F..")):
        assert client.get(f"/api/v1/collections/{name}/jobs/{job_id}").status_code == 404


def test_every_surface_asks_the_collection_that_is_named(client: TestClient, sleep: str) -> None:
    models = [model["id"] for model in client.get("/v1/models").json()["data"]]
    assert models[0] == "paperbacked" and f"paperbacked:{sleep}" in models and "paperbacked:default" not in models
    assert client.get(f"/v1/models/paperbacked:{sleep}").json()["id"] == f"paperbacked:{sleep}"
    assert client.get("/v1/models/paperbacked:nothing-abcd").status_code == 404
    messages = [{"role": "user", "content": SLEEPING}]
    for asked in ({"model": f"paperbacked:{sleep}"}, {"model": "paperbacked", "collection": sleep}):
        told = client.post("/v1/chat/completions", json=asked | {"messages": messages}).json()
        assert [one["paper"]["id"] for one in told["choices"][0]["message"]["citations"]] == ["sleep"]
        assert told["model"] == asked["model"]
    refused = client.post("/v1/chat/completions", json={"model": "paperbacked:nothing-abcd", "messages": messages})
    assert refused.status_code == 404 and refused.json()["error"]["code"] == "collection_not_found"
    streamed = {"model": f"paperbacked:{sleep}", "messages": messages, "stream": True}
    stream = client.post("/v1/chat/completions", json=streamed)
    assert f'"model": "paperbacked:{sleep}"' in stream.text and "Sleep helps memory" in stream.text
