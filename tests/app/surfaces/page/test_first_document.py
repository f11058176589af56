"""The document that a visit begins with is that of the collection that is served, and hostile records stay text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.build import LocalAnswerer
from app.server import create_app
from app.surfaces.markup import text_html
from app.surfaces.options import ServingOptions
from app.surfaces.page.first_document import FirstDocument
from app.surfaces.ui_strings import LANGUAGES, ui_strings
from retrieval.facets import Facets
from retrieval.papers.papers import Papers, papers_of
from retrieval.types import Paper

SLEEP = tuple(Paper(f"s{number}", f"Sleep {number}", "Sleep helps.", "en") for number in range(5))
HOSTILE = '"><script>window.__xss=1</script><meta name="x'
INDEX = b'<html lang="en"><head></head><body><gradio-app control_page_title="true"></gradio-app></body></html>'
ADDRESS = "http://here.example/"


@dataclass(frozen=True)
class Shelf:
    papers: Papers

    @property
    def facets(self) -> Facets:
        return self.papers.facets


def finished(papers: tuple[Paper, ...], languages: str | None = None, page: bytes = INDEX) -> str:
    shelf: Any = Shelf(papers_of(papers))
    return FirstDocument(shelf)(page, ADDRESS, languages).decode()


def meta(html: str, name: str) -> str:
    (content,) = re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', html)
    return content


@pytest.fixture(scope="module")
def client(answerer: LocalAnswerer) -> TestClient:
    return TestClient(create_app(answerer, options=ServingOptions(client_limit=0)), base_url="http://127.0.0.1")


def test_title_and_preview_tell_of_the_papers_that_are_served(all_papers: tuple[Paper, ...]) -> None:
    ours, sleep = finished(all_papers), finished(SLEEP)
    assert "<title>paperbacked: 94 papers on AI safety</title>" in ours
    assert meta(ours, "description").startswith("94 papers on AI safety, most of them from Google DeepMind")
    assert "<title>paperbacked: 5 papers</title>" in sleep
    assert (
        meta(sleep, "og:description")
        == meta(sleep, "description")
        == text_html("5 papers. Their abstracts are read, and nothing else.")
    )
    assert "AI safety" not in sleep and "DeepMind" not in sleep
    assert meta(sleep, "og:image") == f"{ADDRESS}favicon.ico"
    assert '<link rel="icon" type="image/png" href="data:image/png;base64,' in sleep
    # Gradio leaves the title alone.
    assert 'control_page_title="false"' in sleep


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_there_while_the_page_is_loaded_is_in_the_languages_of_the_browser(language: str) -> None:
    words, html = ui_strings(language), finished(SLEEP, f"{language};q=0.9, de;q=0.1")
    assert f"<h1>{text_html(words('intro_heading'))}</h1>" in html
    for name in ("page_loading", "page_late", "page_no_script"):
        assert text_html(words(name)) in html
    assert f'data-language="{language}"' in html
    assert html.startswith(f'<html lang="{"zh-Hans" if language == "zh" else language}"')
    assert not re.search(r"\{\w+\}", html)


def test_what_it_adds_is_no_script_and_hostile_records_stay_text() -> None:
    hostile = (Paper("h", HOSTILE, "Words.", "en", organisation=HOSTILE, category=HOSTILE),)
    html = FirstDocument(Shelf(papers_of(hostile)))(INDEX, f"http://{HOSTILE}/", HOSTILE).decode()  # pyright: ignore[reportArgumentType]
    assert "<script" not in html and " on" + "error=" not in html
    assert text_html(HOSTILE) in html


def test_other_pages_stay_as_they_are() -> None:
    assert finished(SLEEP, page=b"<html><head></head></html>") == "<html><head></head></html>"


def test_the_page_that_is_served_has_it_once_before_its_own_scripts_and_packed(client: TestClient) -> None:
    answer = client.get("/", headers={"accept": "text/html", "accept-encoding": "gzip"})
    html = answer.text
    assert html.count('<div id="front"') == html.count("<title>") == 1
    assert html.index("<title>") < html.index("<script") and html.index('id="front"') < html.index("<gradio-app")
    assert html.index("<title>") < 1024
    (nonce,) = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    assert html.count("<script") == html.count(f'<script nonce="{nonce}"')
    assert answer.headers["content-encoding"] == "gzip" and "Accept-Encoding" in answer.headers["vary"]
    assert int(answer.headers["content-length"]) * 3 < len(answer.content)
    assert meta(html, "og:image") == "http://127.0.0.1/favicon.ico"
    assert client.get("/favicon.ico").headers["content-type"] == "image/png"
    plain = client.get("/", headers={"accept": "text/html", "accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text.count('id="front"') == 1


def test_what_only_a_frame_needs_is_fetched_there_only(client: TestClient) -> None:
    assert "if (parent !== window) document.head.appendChild(script);" in client.get("/").text


def test_links_to_sections_stay_within_an_address_that_has_a_question_or_a_collection() -> None:
    with_base = INDEX.replace(b"<head>", b'<head><base href="./" />')
    assert "<base" not in finished(SLEEP, page=with_base)
    elsewhere = INDEX.replace(b"<head>", b'<head><base href="https://other.example/" />')
    assert "<base" in finished(SLEEP, page=elsewhere)
