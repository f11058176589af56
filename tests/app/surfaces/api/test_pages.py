"""A paper's pages as pictures and as words, and its full text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.made_papers import made_paper
from tests.support.own_collections import SLEEP, Server, add, new_collection, record, serve

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return serve(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def filled(server: Server) -> tuple[TestClient, str, str]:
    """A client, a collection with a PDF and a paper without, and the id of the first."""
    client = server.client()
    name = new_collection(client)
    job = add(client, name, files=[("files", ("a.pdf", made_paper(0).pdf))])
    add(client, name, json={"papers": [record(SLEEP)]})
    return client, name, job["became"][0]["paper_id"]


def page(filled: tuple[TestClient, str, str], rest: str, paper: str | None = None, **more: Any) -> Any:
    client, name, paper_id = filled
    return client.get(f"/api/v1/papers/{paper or paper_id}/{rest}", params={"collection": name, **more})


def size_of(picture: bytes) -> tuple[int, int]:
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])


def within(box: dict[str, float], word: dict[str, float]) -> bool:
    """Whether the middle of the word lies in the box."""
    x, y = (word["x0"] + word["x1"]) / 2, (word["y0"] + word["y1"]) / 2
    return box["x0"] < x < box["x1"] and box["y0"] < y < box["y1"]


def test_a_page_is_a_picture_as_wide_as_it_is_wanted(filled: tuple[TestClient, str, str], server: Server) -> None:
    told = page(filled, "pages/1.png", width=433)
    assert told.status_code == 200 and told.content.startswith(PNG)
    assert size_of(told.content)[0] == 500  # rounded up
    assert told.headers["content-type"] == "image/png" and told.headers["x-content-type-options"] == "nosniff"
    assert told.headers["cache-control"].startswith("private")
    assert "content-security-policy" in told.headers
    [kept] = (server.settings.home / "cache" / "pages").glob("*-1-500.png")
    assert kept.read_bytes() == told.content
    client, name, paper_id = filled
    again = client.get(
        f"/api/v1/papers/{paper_id}/pages/1.png",
        params={"collection": name, "width": 500},
        headers={"If-None-Match": told.headers["etag"]},
    )
    assert again.status_code == 304 and not again.content


def test_its_words_lie_on_it(filled: tuple[TestClient, str, str]) -> None:
    told = page(filled, "pages/1").json()
    assert told["page"] == 1 and told["pages"] == made_paper(0).pages
    words = told["words"]
    assert {word["text"] for word in words} >= set(made_paper(0).title.split()[:3])
    for word in words:
        assert 0 <= word["x0"] < word["x1"] <= told["width"] and 0 <= word["y0"] < word["y1"] <= told["height"]


def test_its_text_comes_by_sections(filled: tuple[TestClient, str, str]) -> None:
    told = page(filled, "text").json()
    assert told["file"] and told["pages"] == made_paper(0).pages
    assert [section["kind"] for section in told["sections"]].count("abstract") == 1
    for section in told["sections"]:
        assert len(section["text"]) == section["end"] - section["start"]


def test_a_quote_lies_on_its_page(filled: tuple[TestClient, str, str]) -> None:
    """The boxes of an answer's citation are among the words of the page that it names."""
    client, name, paper_id = filled
    answer = client.post(
        "/api/v1/ask", json={"question": made_paper(0).title, "collection": name, "filters": {"paper": paper_id}}
    ).json()
    placed = [citation for citation in answer["citations"] if citation.get("boxes")]
    assert placed, answer["answer"]
    for citation in placed:
        words = page(filled, f"pages/{citation['page']}").json()["words"]
        box = citation["boxes"][0]
        inside = [word["text"] for word in words if within(box, word)]
        assert inside and not [text for text in inside if text not in citation["quote"]]


@pytest.mark.parametrize("rest", ["pages/999.png", "pages/999"])
def test_there_is_no_page_behind_the_last(filled: tuple[TestClient, str, str], rest: str) -> None:
    assert page(filled, rest).status_code == 404


@pytest.mark.parametrize("rest", ["pages/1.png", "pages/1", "text"])
def test_a_paper_without_a_file_has_none(filled: tuple[TestClient, str, str], rest: str) -> None:
    assert page(filled, rest, paper="sleep").status_code == 404
    assert page(filled, rest, paper="nothing").status_code == 404


@pytest.mark.parametrize(
    ("rest", "more"),
    [
        ("pages/0.png", {}),
        ("pages/-1.png", {}),
        ("pages/x.png", {}),
        ("pages/1.png", {"width": 199}),
        ("pages/1.png", {"width": 2_001}),
        ("pages/1.png", {"width": "x"}),
        ("pages/99999999999999999999", {}),
    ],
)
def test_what_is_no_page_or_no_width_is_refused(filled: tuple[TestClient, str, str], rest: str, more: Any) -> None:
    assert page(filled, rest, **more).status_code == 422


def test_a_file_that_is_gone_is_no_page(tmp_path: Path) -> None:
    server = serve(tmp_path)
    client = server.client()
    name = new_collection(client)
    paper_id = add(client, name, files=[("files", ("a.pdf", made_paper(1).pdf))])["became"][0]["paper_id"]
    for file in (server.folder / name / "files").iterdir():
        file.unlink()
    told = client.get(f"/api/v1/papers/{paper_id}/pages/1.png", params={"collection": name})
    assert told.status_code == 404


def test_a_page_that_cannot_be_drawn_is_told_without_our_name_for_its_file(tmp_path: Path) -> None:
    server = serve(tmp_path)
    client = server.client()
    name = new_collection(client)
    paper = add(client, name, files=[("files", ("a.pdf", made_paper(0).pdf))])["became"][0]["paper_id"]
    [kept] = (server.folder / name / "files").iterdir()
    kept.write_bytes(b"%PDF-1.4 broken since")
    told = page((client, name, paper), "pages/1.png")
    assert told.status_code == 503 and told.json()["detail"].startswith("The PDF cannot be read")
    assert kept.stem not in told.text
