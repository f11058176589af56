"""The papers file that ships with the project: complete, clean and spelt right."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from retrieval.chunking import chunk_sentences, glosses, split_sentences
from retrieval.facets import facets_of
from retrieval.lexical.han import BEFORE_HAN, HAN, has_han
from retrieval.shipped import default_papers_file
from retrieval.types import Paper

RECORDS: list[dict[str, Any]] = [
    json.loads(line) for line in default_papers_file().read_text(encoding="utf-8").splitlines()
]
FIELDS = [
    *("id", "title", "label", "abstract", "language", "authors", "organisation", "published", "category"),
    *("url", "other_urls", "arxiv_id", "doi", "summary", "translations", "kind", "source"),
]
BLEMISHES = {
    "LaTeX": r"[\\${}]|``|''",
    "a ligature or a word split at one": r"[ﬀ-ﬆ]|\b(?:f i|f l|f f|fi n)[a-z]",
    "two sentences without a space between": r"[a-z)\]][.!?][A-Z]|[a-z],[A-Za-z]|[a-z];[A-Za-z]",
    "two spaces or a line break": r"  |[\t\n\r\f\v\xa0]",
    "a control, format or replacement character": r"[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\ufeff\ufffd]",
    "space at an end": r"^\s|\s$",
    "space before a full stop or comma": r"[A-Za-z] [.,;:?!](?:\s|$)",
    "a word cut at a line's end": r"[a-z]- (?!and\b|or\b|to\b)[a-z]",
    "mojibake or an entity": r"â€|Ã.|&(?:amp|lt|gt|quot|#\d+);|</?[a-z]+>",
}


def texts() -> Iterator[tuple[str, str, str]]:
    for record in RECORDS:
        for field in ("title", "label", "abstract", "summary"):
            if record[field]:
                yield record["id"], field, record[field]
        for language, text in record["translations"].items():
            yield record["id"], language, text


def test_counts() -> None:
    assert len(RECORDS) == 94
    assert Counter(record["source"] for record in RECORDS) == {
        "sheet": 78,
        "related-papers-page": 7,
        "bilingual-abstract-page": 1,
        "translated-abstracts-page": 6,
        "model-card": 2,
    }
    assert Counter(record["kind"] for record in RECORDS) == {"paper": 93, "report": 1}


def test_every_record_has_exactly_the_fields_in_order() -> None:
    assert [record["id"] for record in RECORDS if list(record) != FIELDS] == []


def test_ids_are_unique_and_plain() -> None:
    ids = [record["id"] for record in RECORDS]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_reading_loses_nothing(all_papers: tuple[Paper, ...]) -> None:
    assert [paper.as_json() for paper in all_papers] == RECORDS


@pytest.mark.parametrize("blemish", BLEMISHES)
def test_no_text_has(blemish: str) -> None:
    pattern = re.compile(BLEMISHES[blemish])
    found = [(name, field, match[0]) for name, field, text in texts() for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("blemish", "example"),
    [
        ("LaTeX", r"\emph{x}"),
        ("LaTeX", "$O(1)$"),
        ("a ligature or a word split at one", "f ine-grained"),
        ("a ligature or a word split at one", "eﬃcient"),
        ("two sentences without a space between", "We stop.Then go"),
        ("two spaces or a line break", "a\nb"),
        ("a control, format or replacement character", "a\u200bb"),
        ("space at an end", "a "),
        ("space before a full stop or comma", "stop . Then"),
        ("a word cut at a line's end", "closed- weight"),
        ("mojibake or an entity", "donâ€™t"),
    ],
)
def test_the_pattern_sees(blemish: str, example: str) -> None:
    assert re.search(BLEMISHES[blemish], example)


def test_summaries_are_one_sentence_of_at_most_30_words() -> None:
    bad = [
        record["id"]
        for record in RECORDS
        if len(split_sentences(record["summary"])) != 1
        or len(record["summary"].split()) > 30
        or not record["summary"].endswith(".")
    ]
    assert bad == []


def test_links_are_web_addresses() -> None:
    links = [url for record in RECORDS for url in [record["url"], *record["other_urls"]] if url is not None]
    assert len(links) > 70
    assert [url for url in links if not re.fullmatch(r"https?://[a-z0-9.-]+(/[^\s]*)?", url)] == []


def test_two_works_have_a_second_link() -> None:
    assert {record["id"]: record["other_urls"] for record in RECORDS if record["other_urls"]} == {
        "extracting-concepts-from-gpt-4": ["https://arxiv.org/pdf/2406.04093v1"],
        "ai-written-critiques": ["https://arxiv.org/pdf/2206.05802v2"],
    }


def test_arxiv_ids_are_those_of_the_links() -> None:
    for record in RECORDS:
        links = " ".join([record["url"] or "", *record["other_urls"]])
        in_link = re.search(r"arxiv\.org/(?:abs|pdf)/(\d{4}\.\d{4,5})", links)
        if in_link:
            assert record["arxiv_id"] == in_link[1], record["id"]


def test_an_arxiv_doi_bears_the_arxiv_number_and_names_are_whole() -> None:
    for record in RECORDS:
        if record["doi"] and "arxiv" in record["doi"].casefold():
            assert record["doi"] == f"10.48550/arXiv.{record['arxiv_id']}", record["id"]
        assert len(set(record["authors"])) == len(record["authors"]), record["id"]
        # A reference tells given from family names.
        assert all(" " in name and "," not in name and name == name.strip() for name in record["authors"]), record["id"]


def test_untitled_works_have_a_label_and_titled_ones_none() -> None:
    assert [record["id"] for record in RECORDS if bool(record["title"]) == bool(record["label"])] == []
    assert sum(record["title"] is None for record in RECORDS) == 8


def test_works_without_abstract() -> None:
    assert {record["id"] for record in RECORDS if not record["abstract"]} == {
        "implicit-neural-representations",
        "strategic-deception-under-pressure",
    }


def test_chinese_abstracts_have_an_english_translation_sentence_by_sentence(all_papers: tuple[Paper, ...]) -> None:
    chinese = [paper for paper in all_papers if paper.language == "zh"]
    assert {paper.id for paper in chinese} == {
        "self-evaluation-p-ik",
        "language-model-risks",
        "assistant-preference-modelling",
    }
    for paper in chinese:
        assert has_han(paper.abstract)
        assert not has_han(paper.translations["en"])
        sentences = split_sentences(paper.abstract)
        assert len(sentences) == len(split_sentences(paper.translations["en"])) > 3
        assert all(glosses(paper, sentences)), paper.id


def test_english_abstracts_are_english() -> None:
    chinese = rf"[\u3000-\u303f{BEFORE_HAN}{HAN}\uff00-\uffef]"
    assert [
        record["id"] for record in RECORDS if record["language"] == "en" and re.search(chinese, record["abstract"])
    ] == []


def test_sentences_cover_every_abstract(all_papers: tuple[Paper, ...]) -> None:
    for paper in all_papers:
        text = paper.abstract
        covered = "".join(text[span.start : span.end] for span in split_sentences(text))
        assert covered.replace(" ", "") == text.replace(" ", ""), paper.id


def test_sentences_begin_and_end_like_sentences(all_papers: tuple[Paper, ...]) -> None:
    """A cut at an abbreviation shows as a sentence that starts small or is a scrap."""
    odd = []
    for paper in all_papers:
        before = "."
        for chunk in chunk_sentences(paper):
            cut_for_length = before[-1].isalnum()
            scrap = paper.language == "en" and len(chunk.text) < 19
            if scrap or (chunk.text[0].islower() and not cut_for_length):
                odd.append((paper.id, chunk.text))
            before = chunk.text
    assert odd == []


@pytest.mark.parametrize(
    ("title", "published"),
    [
        ("Extracting Concepts from GPT-4", date(2024, 6, 6)),
        ("Circuits Updates — May 2023", date(2023, 5, 24)),
        (
            "Does Circuit Analysis Interpretability Scale? Evidence from Multiple Choice Capabilities in Chinchilla",
            date(2023, 7, 18),
        ),
        (
            "Frontier Language Models are not Robust to Adversarial Arithmetic, "
            'or "What do I need to say so you agree 2+2=5?"',
            date(2023, 11, 8),
        ),
        ("AtP*: Efficient and scalable methods for localizing LLM behaviour to components", date(2024, 3, 4)),
        ("Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training", date(2024, 1, 15)),
        ("AI-written critiques help humans notice flaws", date(2022, 6, 13)),
    ],
)
def test_title_and_date(all_papers: tuple[Paper, ...], title: str, published: date) -> None:
    assert [paper.published for paper in all_papers if paper.title == title] == [published]


def test_titles_have_balanced_quotes_and_brackets() -> None:
    for record in RECORDS:
        name = record["title"] or record["label"]
        assert name.count('"') % 2 == 0 and name.count("(") == name.count(")"), name
        assert not re.search(r"[.…,:;-]$", name), name


def test_the_readme_gives_the_counts_that_the_file_has(all_papers: tuple[Paper, ...]) -> None:
    readme = (default_papers_file().parent / "README.md").read_text(encoding="utf-8")
    facets = facets_of(all_papers)
    for counts in (facets.organisations, facets.categories):
        for value, count in counts.items():
            assert re.search(rf"\b{re.escape(value)} {count}\b", readme), (value, count)
    for source, count in Counter(record["source"] for record in RECORDS).items():
        assert re.search(rf"`{source}` \| {count} \|", readme), source
