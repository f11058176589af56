"""What a card says of a paper and offers to do with it, as strings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

import app.surfaces.ui_strings
from app.answering.citation import Citation
from app.answering.citations.references import apa, bibtex
from app.answering.events import Quotes, Sources
from app.surfaces.page.cards import card_id, match_in_words
from app.surfaces.page.evidence_pane import evidence
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.paper_naming import origin
from app.surfaces.ui_strings import LANGUAGES, ui_strings
from retrieval.types import Paper, Passage

PAPER = Paper(
    "sleeper",
    "Sleeper Agents",
    "Backdoors persist.",
    "en",
    organisation="Anthropic",
    published=date(2024, 1, 15),
    category="Model organisms",
    url="https://example.org/sleeper",
)
OTHER = Paper("a/b:c", None, "Else.", "en", label='Paper on "quotes" & <b>', published=date(2023, 7, 1))
ZH = ui_strings("zh")


class Elements(HTMLParser):
    """Every element's tag and attributes, and the text within it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(len(self.found))
        self.found.append((tag, dict(attrs), []))

    def handle_endtag(self, tag: str) -> None:
        assert self.found[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.found[place][2].append(data)

    def having(self, attribute: str, value: str | None = None) -> Iterator[tuple[dict[str, str | None], str]]:
        for _, attributes, text in self.found:
            if attribute in attributes and value in (None, attributes[attribute]):
                yield attributes, "".join(text)


def column(words=None, score: float = 0.62) -> str:
    found = (Passage(PAPER, 0, 18, score), Passage(OTHER, 0, 5, 0.2))
    exchange = Exchange("Q?").after(Sources(found)).after(Quotes((Citation(1, PAPER, 0, 18, 0.6),)))
    return evidence(exchange, 3, True, words)


def test_a_card_names_title_origin_category_and_match() -> None:
    page = Elements(column())
    _, meta = next(page.having("class", "meta"))
    assert " ".join(meta.split()) == "Anthropic · Jan 2024 Model organisms strong match"
    assert next(page.having("class", "chip"))[1] == "Model organisms"
    assert next(page.having("class", "card-title"))[1] == "Sleeper Agents"


@pytest.mark.parametrize(
    ("score", "said", "bars"),
    [(0.35, "strong match", 3), (0.25, "fair match", 2), (0.24, "faint match", 1), (-1, "faint match", 1)],
)
def test_the_match_is_said_in_words_and_by_form(score: float, said: str, bars: int) -> None:
    assert match_in_words(score) == said
    page = Elements(column(score=score))
    attributes, text = next(page.having("class", "match"))
    assert text == said and f"{score:.2f}" not in text
    assert attributes["title"] == f"{said}: {score:.2f} of 1"
    card = column(score=score).split("</article>")[0]
    assert card.count("bar full") == bars and card.count('"bar') == 3
    assert next(page.having("class", "meter"))[0]["aria-hidden"] == "true"


def test_a_card_offers_its_references() -> None:
    page = Elements(column())
    opener, name = next(page.having("data-cite"))
    assert (name, opener["aria-label"], opener["aria-expanded"]) == ("Cite", "Cite: Sleeper Agents", "false")
    panel, _ = next(page.having("id", opener["aria-controls"]))
    assert "hidden" in panel
    references = [text for _, text in page.having("class", "reference-text")]
    assert references == [bibtex(PAPER), apa(PAPER), bibtex(OTHER), apa(OTHER)]
    assert [a["aria-label"] for a, _ in page.having("data-reference")][:2] == ["Copy as BibTeX", "Copy as APA"]


def test_a_card_offers_a_question_and_similar_papers() -> None:
    page = Elements(column())
    drafts = [attributes["data-draft"] for attributes, _ in page.having("data-draft")]
    assert drafts == ["In “Sleeper Agents”: ", f"In “{OTHER.label}”: "]
    openers = [attributes for attributes, _ in page.having("data-similar")]
    assert [opener["aria-label"] for opener in openers] == [
        "Similar papers: Sleeper Agents",
        f"Similar papers: {OTHER.label}",
    ]
    assert [attributes["data-paper"] for attributes, _ in page.having("data-paper")] == ["sleeper", "a/b:c"]
    for opener in openers:
        panel, _ = next(page.having("id", opener["aria-controls"]))
        assert panel["class"] == "similar" and "hidden" in panel


def test_every_id_is_there_once() -> None:
    ids = [attributes["id"] for attributes, _ in Elements(column()).having("id")]
    assert len(ids) == len(set(ids))
    assert card_id(3, PAPER) in ids


def test_a_paper_without_an_address_has_no_link() -> None:
    html = column()
    assert html.count("Paper ↗") == 1
    assert 'href="https://example.org/sleeper" target="_blank" rel="noopener noreferrer nofollow"' in html


def test_cards_speak_the_reader_s_language() -> None:
    html = column(ZH)
    for key in ("card_cited", "card_cite", "card_ask", "card_similar", "card_read", "card_match_strong", "card_copy"):
        assert ZH(key) in html
        assert ui_strings("en")(key) not in html
    assert origin(PAPER, ZH) == ["Anthropic", "2024年1月"]
    assert "在“Sleeper Agents”中：" in html


def test_both_languages_have_the_same_words_with_the_same_places() -> None:
    folder = Path(app.surfaces.ui_strings.__file__).parent / "page" / "words"
    texts = [json.loads((folder / f"cards.{language}.json").read_text(encoding="utf-8")) for language in LANGUAGES]
    places = [
        {key: sorted(part.split("}")[0] for part in text.split("{")[1:]) for key, text in one.items()} for one in texts
    ]
    assert places[0] == places[1]
