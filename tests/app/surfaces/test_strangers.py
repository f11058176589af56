"""Visitors' own collections as an attacker would look for them: nobody else lists, asks, reads or changes them, and
what one learns of them is the same as of what does not exist."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from mcp import Client

from app.collections.places import MOST_COLLECTIONS
from app.surfaces.visitors import COOKIE, set_cookie, visitor_of
from retrieval.adding.request import AddRequest
from tests.support.made_papers import made_paper
from tests.support.own_collections import SLEEP, WALKS, Server, add, ended, new_collection, record, serve

KEY = "the-key-of-programs"
QUESTION = "Does sleep help memory to last?"
GUEST = "https://guest.example"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return serve(tmp_path_factory.mktemp("strangers"), adding="visitors", widget_origins=(GUEST,))


@pytest.fixture(scope="module")
def victim(server: Server) -> TestClient:
    return server.client()


@pytest.fixture(scope="module")
def secret(victim: TestClient) -> dict[str, str]:
    """A collection of the victim's: its name, its paper with pages, and the job that added it."""
    name = new_collection(victim, "Secret plans")
    files = [("files", ("secret.pdf", made_paper(0).pdf))]
    job = victim.post(f"/api/v1/collections/{name}/papers", files=files).json()["job"]
    paper = ended(victim, name, job)["became"][0]["paper_id"]
    add(victim, name, json={"papers": [record(SLEEP)]})
    return {"name": name, "job": job, "paper": paper}


def strangers(server: Server, secret: dict[str, str]) -> Iterator[tuple[str, TestClient]]:
    yield "without a cookie", server.client()
    other = server.client()
    new_collection(other, "Another's")
    yield "with another cookie", other
    visitor = secret["name"].split("-")[1]
    for kind, value in {
        "with the hash as the cookie": visitor,
        "with the hash twice": visitor * 2,
        "with the hash padded": visitor + "0" * 16,
        "with nothing as the cookie": "",
        "with a long cookie": "a" * 5_000,
    }.items():
        guessing = server.client()
        guessing.cookies.set(COOKIE, value)
        yield kind, guessing


def attempts(secret: dict[str, str]) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """All that can be asked of a collection by its name."""
    name, paper, job = secret["name"], secret["paper"], secret["job"]
    of = {"params": {"collection": name}}
    own = f"/api/v1/collections/{name}"
    return {
        "ask": ("POST", "/api/v1/ask", {"json": {"question": QUESTION, "collection": name}}),
        "stream": (
            "POST",
            "/api/v1/ask",
            {"json": {"question": QUESTION, "collection": name}, "headers": {"Accept": "text/event-stream"}},
        ),
        "compare": ("POST", "/api/v1/compare", {"json": {"paper_ids": [paper, "sleep"], "collection": name}}),
        "export": (
            "POST",
            "/api/v1/export",
            {"json": {"format": "markdown", "answers": [{"id": "a"}], "collection": name}},
        ),
        "search": ("GET", "/api/v1/search", {"params": {"q": "sleep", "collection": name}}),
        "papers": ("GET", "/api/v1/papers", of),
        "paper": ("GET", f"/api/v1/papers/{paper}", of),
        "similar": ("GET", f"/api/v1/papers/{paper}/similar", of),
        "picture": ("GET", f"/api/v1/papers/{paper}/pages/1.png", of),
        "words": ("GET", f"/api/v1/papers/{paper}/pages/1", of),
        "text": ("GET", f"/api/v1/papers/{paper}/text", of),
        "reports": ("GET", f"{own}/reports", {}),
        "job": ("GET", f"{own}/jobs/{job}", {}),
        "rename": ("PATCH", own, {"json": {"title": "Taken over"}}),
        "delete": ("DELETE", own, {}),
        "restore": ("POST", f"{own}/restore", {}),
        "add": ("POST", f"{own}/papers", {"json": {"papers": [record(WALKS)]}}),
        "add files": ("POST", f"{own}/papers", {"files": [("files", ("a.bib", b"@a{b}"))]}),
        "remove": ("DELETE", f"{own}/papers/{paper}", {}),
        "model": ("GET", f"/v1/models/paperbacked:{name}", {}),
        "chat": (
            "POST",
            "/v1/chat/completions",
            {"json": {"model": f"paperbacked:{name}", "messages": [{"role": "user", "content": QUESTION}]}},
        ),
    }


def everything(secret: dict[str, str]) -> set[str]:
    """What an answer to a stranger must not hold."""
    return {"Secret plans", made_paper(0).title, "Sleep and memory", secret["paper"]}


def told(response: Any, name: str) -> tuple[int, str]:
    """What a stranger learns, without the name that was asked for."""
    return response.status_code, response.text.replace(name, "NAME")


@pytest.mark.parametrize("what", attempts({"name": "", "paper": "", "job": ""}))
def test_no_stranger_comes_in_and_none_learns_that_it_is_there(
    server: Server, victim: TestClient, secret: dict[str, str], what: str
) -> None:
    method, path, sent = attempts(secret)[what]
    nothing = {**secret, "name": "v-0123456789abcdef-plans-abcd"}
    of_nothing = attempts(nothing)[what]
    for kind, stranger in strangers(server, secret):
        response = stranger.request(method, path, **sent)
        assert response.status_code == 404, (kind, response.text)
        assert not [word for word in everything(secret) if word in response.text.replace(path, "")], kind
        missing = stranger.request(of_nothing[0], of_nothing[1], **of_nothing[2])
        assert told(response, secret["name"]) == told(missing, nothing["name"]), kind
    # The victim's is as it was.
    papers = victim.get("/api/v1/papers", params={"collection": secret["name"]})
    assert {paper["id"] for paper in papers.json()} == {secret["paper"], "sleep"}


@pytest.mark.parametrize("what", ["ask", "papers", "picture", "words", "text", "reports", "job", "model", "chat"])
def test_its_own_visitor_comes_in(victim: TestClient, secret: dict[str, str], what: str) -> None:
    method, path, sent = attempts(secret)[what]
    assert victim.request(method, path, **sent).status_code == 200


def test_no_list_names_it(server: Server, secret: dict[str, str]) -> None:
    for kind, stranger in strangers(server, secret):
        for path in ("/api/v1/collections", "/v1/models", "/api/v1/health", "/api/v1/openapi.json", "/metrics", "/"):
            text = stranger.get(path, headers={"Accept": "text/html"} if path == "/" else {}).text
            assert secret["name"] not in text and "Secret plans" not in text, (kind, path)


def test_no_refusal_names_it(server: Server, secret: dict[str, str]) -> None:
    """Sentences that name the collections there are, for whoever sits at the machine, are told to nobody else."""
    stranger = server.client()
    own = new_collection(stranger, "Empty")
    for response in (
        stranger.delete(f"/api/v1/collections/{own}/papers/nothing"),
        stranger.post("/api/v1/ask", json={"question": QUESTION, "collection": own}),
        stranger.get("/api/v1/papers/x/similar", params={"collection": own}),
    ):
        assert secret["name"].rpartition("-")[0] not in response.text


@pytest.mark.parametrize(
    "name", ["..", ".", "../v-x", "%2e%2e", "v-%00", "v-*", "trash", "default/../x", "V-X", "é", " "]
)
def test_no_name_is_a_path(server: Server, secret: dict[str, str], name: str) -> None:
    stranger = server.client()
    for method, path, sent in attempts({**secret, "name": name}).values():
        response = stranger.request(method, path, **sent)
        assert response.status_code in {400, 403, 404, 405}, (method, path, response.status_code)
        assert "Traceback" not in response.text and str(server.settings.home) not in response.text


@pytest.mark.parametrize("paper", ["../../secret", "%2e%2e%2f%2e%2e", "a/../b", "files/x", "%00", "a" * 3_000])
def test_no_id_of_a_paper_is_one(victim: TestClient, secret: dict[str, str], paper: str) -> None:
    for rest in ("", "/similar", "/pages/1.png", "/pages/1", "/text"):
        response = victim.get(f"/api/v1/papers/{paper}{rest}", params={"collection": secret["name"]})
        assert response.status_code in {404, 422}, (rest, response.text)


def test_the_key_of_programs_opens_no_visitors_collection(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors", api_key=KEY)
    page = server.client(headers=SAME)
    name = new_collection(page, "Secret plans")
    add(page, name, json={"papers": [record(SLEEP)]})
    program = server.client(headers={"Authorization": f"Bearer {KEY}"})
    for method, path, sent in attempts({"name": name, "paper": "sleep", "job": "0" * 32}).values():
        assert program.request(method, path, **sent).status_code == 404, path
    assert name not in program.get("/api/v1/collections").text + program.get("/v1/models").text
    assert server.client().get("/api/v1/collections").status_code == 401


def test_the_tools_of_mcp_open_none(server: Server, secret: dict[str, str], served: Any) -> None:
    async def called(address: str) -> list[Any]:
        async with Client(f"{address}/mcp") as client:
            name = secret["name"]
            return [
                await client.call_tool("list_collections", {}),
                await client.call_tool("ask", {"question": QUESTION, "collection": name}),
                await client.call_tool("search_papers", {"query": "sleep", "collection": name}),
                await client.call_tool("get_paper", {"id": "sleep", "collection": name}),
                await client.call_tool("compare_papers", {"paper_ids": ["sleep", secret["paper"]], "collection": name}),
                await client.call_tool("add_papers", {"collection": name, "papers": [record(WALKS)]}),
            ]

    with served(server.app) as address:
        listed, *refused = asyncio.run(called(address))
    assert secret["name"] not in listed.content[0].text
    for result in refused:
        assert result.is_error and "There is no collection" in result.content[0].text


def test_another_page_cannot_use_a_readers_cookie(server: Server, victim: TestClient, secret: dict[str, str]) -> None:
    """A page of another origin that a reader has open: its requests come with what the browser says of it."""
    cookies = {COOKIE: victim.cookies[COOKIE]}
    for origin, fetched in ((GUEST, "same-site"), ("https://evil.example", "cross-site"), ("null", "cross-site")):
        for what, (method, path, sent) in attempts(secret).items():
            headers = {**sent.get("headers", {}), "Origin": origin, "Sec-Fetch-Site": fetched}
            there = server.client(cookies=cookies)
            response = there.request(method, path, **{**sent, "headers": headers})
            # A guest may ask, and is nobody: not even with the reader's own cookie.
            assert response.status_code in {403, 404}, (origin, what, response.status_code)
            assert not [word for word in everything(secret) if word in response.text.replace(path, "")], (origin, what)
        for method, path in (("POST", "/api/v1/collections"), ("GET", "/api/v1/collections")):
            headers = {"Origin": origin, "Sec-Fetch-Site": fetched}
            refused = server.client(cookies=cookies).request(method, path, headers=headers, json={"title": "x"})
            assert refused.status_code == 403, (origin, method)
    assert victim.get(f"/api/v1/papers/{secret['paper']}", params={"collection": secret["name"]}).status_code == 200


def test_a_guest_is_allowed_no_other_methods(server: Server, secret: dict[str, str]) -> None:
    for method in ("DELETE", "PATCH", "PUT", "POST"):
        headers = {"Origin": GUEST, "Access-Control-Request-Method": method}
        preflight = server.client().options(f"/api/v1/collections/{secret['name']}", headers=headers)
        assert preflight.status_code == 403 and "access-control-allow-methods" not in preflight.headers


def test_one_key_of_idempotency_leads_to_no_other_answer(
    server: Server, victim: TestClient, secret: dict[str, str]
) -> None:
    asked = {"question": QUESTION, "collection": secret["name"]}
    headers = {"Idempotency-Key": "a-key-that-was-seen"}
    assert victim.post("/api/v1/ask", json=asked, headers=headers).status_code == 200
    assert server.client().post("/api/v1/ask", json=asked, headers=headers).status_code == 404


def test_the_page_of_another_browser_says_nothing_of_it(server: Server, secret: dict[str, str]) -> None:
    text = server.client().get("/", params={"collection": secret["name"]}, headers={"Accept": "text/html"}).text
    assert "Secret plans" not in text and made_paper(0).title not in text


def test_a_removed_one_can_be_had_back_by_nobody_else(server: Server) -> None:
    mine, other = server.client(), server.client()
    name = new_collection(mine)
    new_collection(other)
    assert mine.delete(f"/api/v1/collections/{name}").status_code == 200
    assert other.post(f"/api/v1/collections/{name}/restore").status_code == 404
    assert mine.post(f"/api/v1/collections/{name}/restore").status_code == 200


def test_what_a_file_refers_to_is_not_read_from_the_machine(server: Server, tmp_path: Path) -> None:
    """A reference can name the place of its PDF: one that was sent names none of the server's files."""
    target = tmp_path / "private.pdf"
    target.write_bytes(made_paper(2).pdf)
    client = server.client()
    name = new_collection(client)
    entry = "@article{a%d, title = {A title of some length %d}, year = {2020}, abstract = {Words.}, file = {%s}}"
    places = [str(target), f":{target}:application/pdf", f"file://{target}", f"../../../../..{target}"]
    bib = "\n".join(entry % (number, number, place) for number, place in enumerate(places))
    job = add(client, name, files=[("files", ("a.bib", bib.encode()))], data={"text": f"{target}\nfile://{target}"})
    papers = client.get("/api/v1/papers", params={"collection": name}).json()
    assert papers and not [paper for paper in papers if "full_text" in paper or paper["title"] == made_paper(2).title]
    # What was pasted is told back as its place, cut where it is long.
    assert str(tmp_path) not in json.dumps([one["reason"] for one in job["became"]])


def test_requests_name_no_sources(server: Server) -> None:
    """Whatever a surface passes on: only files that were sent are read."""
    collections = server.collections
    visitor = "0" * 16
    name = collections.create("Mine", visitor).name
    job = collections.add(name, AddRequest(("/etc",), text="x", local_files=True), (), visitor)
    began = collections._jobs.get(job)
    assert began is not None and began.request.sources == () and not began.request.local_files


def test_a_cookie_is_random_unreadable_and_of_this_site(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors")
    headers = [server.client().get("/api/v1/collections").headers["set-cookie"] for _ in range(5)]
    values = {re.match(rf"{COOKIE}=([0-9a-f]{{32}}); ", header)[1] for header in headers}  # type: ignore[index]
    assert len(values) == 5
    assert all("HttpOnly" in header and "SameSite=Lax" in header and "Secure" not in header for header in headers)
    secure = server.client("https://papers.example.org").get("/api/v1/collections").headers["set-cookie"]
    assert "Secure" in secure and "SameSite=Lax" in secure
    framed = set_cookie("a", https=True, framed=True)
    assert "SameSite=None; Partitioned" in framed and "Secure" in framed
    # Who has one keeps it.
    known = server.client()
    known.get("/api/v1/collections")
    assert "set-cookie" not in known.get("/api/v1/collections").headers
    assert visitor_of({COOKIE: "A" * 32}) is None and visitor_of({COOKIE: "a" * 33}) is None


def test_names_tell_no_cookie(server: Server) -> None:
    client = server.client()
    name = new_collection(client)
    cookie = client.cookies[COOKIE]
    assert visitor_of({COOKIE: cookie}) == name.split("-")[1]
    plain = hashlib.sha256(cookie.encode()).hexdigest()
    assert cookie[:16] not in name and plain[:16] not in name


def test_there_is_a_quota_of_papers(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors", visitor_papers=2)
    client = server.client()
    first, second = new_collection(client, "One"), new_collection(client, "Two")
    add(client, first, json={"papers": [record(SLEEP)]})
    many = [
        record({"id": f"p{number}", "title": f"Paper number {number}", "abstract": "Words."}) for number in range(3)
    ]
    job = add(client, second, json={"papers": many})
    assert job["state"] == "failed" and "2 papers" in job["error"]
    assert client.get("/api/v1/papers", params={"collection": second}).json() == []
    assert add(client, second, json={"papers": [record(WALKS)]})["state"] == "done"
    other = server.client()
    assert add(other, new_collection(other), json={"papers": many[:2]})["state"] == "done"


def test_and_of_bytes(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors", visitor_mb=1)
    client = server.client()
    name = new_collection(client)
    large = client.post(f"/api/v1/collections/{name}/papers", files=[("files", ("a.txt", b"x" * 1_000_001))])
    assert large.status_code == 413
    (server.folder / name / "filler").write_bytes(b"x" * 1_000_000)
    full = client.post(f"/api/v1/collections/{name}/papers", json={"text": "x"})
    assert full.status_code == 413 and full.json()["code"] == "visitor_bytes"
    other = server.client()
    assert other.post(f"/api/v1/collections/{new_collection(other)}/papers", json={"text": "x"}).status_code == 202


def test_and_of_collections(tmp_path: Path) -> None:
    client = serve(tmp_path, adding="visitors").client()
    for number in range(MOST_COLLECTIONS):
        new_collection(client, f"C{number}")
    refused = client.post("/api/v1/collections", json={"title": "One more"})
    assert refused.status_code == 413 and refused.json()["code"] == "collections_many"


def test_a_visitor_keeps_others_from_adding_with_few_requests_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(tmp_path, adding="visitors")
    monkeypatch.setattr(server.collections._jobs, "waiting_of", lambda visitor: 3)
    client = server.client()
    refused = client.post(f"/api/v1/collections/{new_collection(client)}/papers", json={"text": "x"})
    assert refused.status_code == 503 and refused.headers["retry-after"]


def test_by_itself_a_server_takes_papers_from_this_machine_alone(tmp_path: Path) -> None:
    """Through a proxy that nobody told it of, everybody would come as 127.0.0.1, by the proxy's name."""
    server = serve(tmp_path, adding="auto")
    here = server.client()
    assert here.get("/api/v1/collections").json()["adding"]
    name = new_collection(here)
    for client in (server.client(headers={"Host": "papers.example.org"}), server.client(address="203.0.113.7")):
        told = client.get("/api/v1/collections").json()
        assert not told["adding"] and not any(one["may_change"] for one in told["collections"])
        assert client.post("/api/v1/collections", json={"title": "x"}).status_code == 403
        assert client.post(f"/api/v1/collections/{name}/papers", json={"text": "x"}).status_code == 403
        assert client.delete(f"/api/v1/collections/{name}").status_code == 403
    assert here.delete(f"/api/v1/collections/{name}").status_code == 200


def test_a_page_that_may_ask_may_not_add_by_the_tools_of_mcp_either(tmp_path: Path) -> None:
    server = serve(tmp_path, widget_origins=(GUEST,))
    name = new_collection(server.client())
    papers = {"collection": name, "papers": [record(SLEEP)]}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "add_papers", "arguments": papers}}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    guests = {"Origin": GUEST, "Sec-Fetch-Site": "cross-site"}
    with server.client() as client:
        refused = client.post("/mcp", json=message, headers={**headers, **guests})
        assert "There is no tool" in refused.text, refused.text
        assert "becam" in client.post("/mcp", json=message, headers=headers).text
    assert len(server.collections.answerer(name).papers) == 1
