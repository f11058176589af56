"""When two records are one work, and one record of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.adding.works import anew, family_name, has_made_id, is_supplement, merged, same_work
from retrieval.full_text import plain_text, text_at_hand
from retrieval.identity import paper_id_for
from retrieval.types import Paper

TITLE = "On the migration of whales"


def paper(**fields: Any) -> Paper:
    return Paper(**{"id": "p", "title": TITLE, "abstract": "", "language": "en", **fields})


def in_year(year: int) -> date:
    return date(year, 1, 1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"doi": "10.1000/ABC"}, {"doi": "https://doi.org/10.1000/abc", "title": "Whales"}, True),
        ({"arxiv_id": "2301.00001v2"}, {"arxiv_id": "2301.00001", "title": "Another title for it"}, True),
        ({"arxiv_id": "2301.00001"}, {"doi": "10.48550/arXiv.2301.00001", "title": None, "label": "x"}, True),
        ({}, {"title": "On the Migration of Whales."}, True),
        ({"published": in_year(2020)}, {"published": in_year(2022)}, True),
        ({"published": in_year(2020)}, {"published": in_year(2023)}, False),
        # A PDF is dated by when its file was made.
        ({"published": in_year(2020)}, {"published": in_year(2026), "source": "whales.pdf"}, True),
        ({"authors": ("Ada Smith",)}, {"authors": ("Smith, A.", "Bo Lee")}, True),
        ({"authors": ("Ada Smith",)}, {"authors": ("Cy Young",)}, False),
        ({"authors": ("Ada Smith",)}, {}, True),
        # A preprint and its publication.
        ({"arxiv_id": "2301.00001"}, {"doi": "10.1038/s41586"}, True),
        ({"doi": "10.1101/2020.01"}, {"doi": "10.1038/s41586"}, True),
        # Two works of one publisher, or two of arXiv.
        ({"doi": "10.1038/one"}, {"doi": "10.1038/two"}, False),
        ({"arxiv_id": "2301.00001"}, {"arxiv_id": "2301.00002"}, False),
        ({"title": "Preface"}, {"title": "Preface"}, False),
        ({"doi": "10.1000/abc"}, {"doi": "10.1000/abc", "title": "Supplementary Material for On whales"}, False),
        ({"title": None, "label": "main"}, {"title": None, "label": "main"}, False),
    ],
)
def test_one_work_or_two(one: dict, other: dict, same: bool) -> None:
    assert same_work(paper(**one), paper(**other)) is same
    assert same_work(paper(**other), paper(**one)) is same


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ada Smith", "smith"),
        ("Smith, Ada", "smith"),
        ("van der Berg, Jan", "berg"),
        ("Jan van der Berg", "berg"),
        ("Martin Luther King Jr.", "king"),
        ("李 明", "明"),
        ("Plato", "plato"),
        ("", ""),
        ("42", "42"),
    ],
)
def test_family_names(author: str, name: str) -> None:
    assert family_name(author) == name


@pytest.mark.parametrize(
    ("title", "file", "is_one"),
    [
        ("Supplementary Material: On whales", "", True),
        ("Appendix", "", True),
        ("Appendix A: proofs", "", True),
        ("Supporting information for whales", "", True),
        ("Appendix cancer in children", "", False),
        ("On supplements and whales", "", False),
        (None, "smith2020_supp", True),
        (None, "smith2020-supplementary", True),
        (None, "supply chains", False),
    ],
)
def test_supplements(title: str | None, file: str, is_one: bool) -> None:
    assert is_supplement(title, file) is is_one


def test_what_is_there_stays_and_what_lacks_is_filled() -> None:
    there = paper(
        abstract="Ours.", authors=("Ada Smith",), arxiv_id="2301.00001", url="https://arxiv.org/abs/2301.00001"
    )
    text = text_at_hand(plain_text("Whales."))
    other = paper(
        id="q",
        title="Other",
        abstract="Theirs.",
        authors=("Ada Smith", "Bo Lee"),
        published=in_year(2020),
        doi="10.1038/s41586",
        url="https://www.nature.com/whales",
        retracted=True,
        text=text,
    )
    both = merged(there, other)
    assert (both.id, both.title, both.abstract) == ("p", TITLE, "Ours.")
    assert both.authors == ("Ada Smith", "Bo Lee") and both.published == in_year(2020)
    assert (both.arxiv_id, both.doi) == ("2301.00001", "10.1038/s41586")
    assert both.other_urls == ("https://www.nature.com/whales",)
    assert both.retracted and both.text is text


def test_an_abstract_brings_its_language() -> None:
    assert merged(paper(), paper(abstract="鲸鱼。", language="zh")).language == "zh"
    assert merged(paper(abstract="Whales."), paper(abstract="鲸鱼。", language="zh")).language == "en"


def test_a_publication_goes_before_the_preprints_own_doi() -> None:
    preprint, publication = paper(doi="10.48550/arXiv.2301.00001"), paper(doi="10.1038/s41586")
    assert merged(preprint, publication).doi == merged(publication, preprint).doi == "10.1038/s41586"
    assert merged(paper(doi="10.1101/2020.01"), publication).other_urls == ("https://doi.org/10.1038/s41586",)


def test_the_same_address_stands_once() -> None:
    there = paper(url="https://arxiv.org/abs/2301.00001")
    assert merged(there, paper(url="http://www.arxiv.org/abs/2301.00001v3/")).other_urls == ()


def test_what_a_source_says_anew_replaces_what_it_said() -> None:
    there = paper(abstract="Old.", authors=("Ada Smith", "Bo Lee"), doi="10.1000/a")
    said = paper(id="other", abstract="New.", authors=("Ada Smith",))
    now = anew(there, said)
    assert (now.id, now.abstract, now.authors, now.doi) == ("p", "New.", ("Ada Smith",), "10.1000/a")


_URLS = st.sampled_from(["https://a.org/1", "http://a.org/1/", "https://b.org", "https://arxiv.org/abs/2301.00001v2"])
_PAPERS = st.builds(
    paper,
    title=st.sampled_from([None, TITLE, "A title of its own"]),
    label=st.sampled_from([None, "a label"]),
    abstract=st.sampled_from(["", "One.", "Two."]),
    language=st.sampled_from(["en", "zh"]),
    authors=st.lists(st.sampled_from(["Ada Smith", "Bo Lee"]), unique=True).map(tuple),
    published=st.sampled_from([None, in_year(2020), in_year(2021)]),
    url=st.none() | _URLS,
    other_urls=st.lists(_URLS, unique=True).map(tuple),
    arxiv_id=st.sampled_from([None, "2301.00001"]),
    doi=st.sampled_from([None, "10.48550/arXiv.2301.00001", "10.1038/a", "10.1101/b"]),
    translations=st.sampled_from([{}, {"en": "One."}, {"en": "Two.", "zh": "二"}]),
    retracted=st.booleans(),
    source=st.sampled_from(["", "a.bib", "b.pdf"]),
)


@given(_PAPERS, _PAPERS)
def test_merging_again_changes_nothing(one: Paper, other: Paper) -> None:
    both = merged(one, other)
    assert merged(both, other) == both
    assert merged(both, both) == both
    again = anew(one, other)
    assert anew(again, other) == again


@given(_PAPERS)
def test_whether_an_id_was_made(one: Paper) -> None:
    year = one.published.year if one.published else None
    assert has_made_id(replace(one, id=paper_id_for(one.doi, one.arxiv_id, one.title or one.label, year)))
    assert not has_made_id(one)
