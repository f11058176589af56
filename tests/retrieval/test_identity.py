"""By what a work is known: ids out of the texts and addresses that people have them in, and only these."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.identity import (
    ARXIV_DOI,
    WantedId,
    arxiv_id_in,
    doi_as_written,
    doi_in,
    ids_in,
    keys_of,
    naming_arxiv,
    paper_id_for,
    title_key,
)
from retrieval.readers.jsonl import ID_PATTERN
from retrieval.types import Paper


@pytest.mark.parametrize(
    ("text", "arxiv"),
    [
        ("2401.05566", "2401.05566"),
        ("arXiv:2401.05566v3", "2401.05566"),
        ("arXiv: 2401.05566 [cs.CR]", "2401.05566"),
        ("https://arxiv.org/abs/2401.05566v12", "2401.05566"),
        ("https://arxiv.org/pdf/2401.05566v2.pdf", "2401.05566"),
        ("http://arxiv.org/pdf/0704.0001.pdf", "0704.0001"),
        ("https://arxiv.org/html/2401.05566v1#S3", "2401.05566"),
        ("https://arxiv.org/abs/cs.LG/0601001", "cs/0601001"),
        ("CS.lg/0601001v1", "cs/0601001"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("math.GT/0309136", "math/0309136"),
        ("10.48550/arXiv.2401.05566", "2401.05566"),
        ("https://doi.org/10.48550/ARXIV.2401.05566", "2401.05566"),
        ("papers/2401.05566v2_final.pdf", "2401.05566"),
        ("(see 2401.05566).", "2401.05566"),
        # what looks like one and is none
        ("2021.12345", None),
        ("1234.5678", None),
        ("2401.0556", None),
        ("1401.05566", None),
        ("12401.05566", None),
        ("2401.055667", None),
        ("2401.05566.1", None),
        ("3.2401.05566", None),
        ("10.1007/1234.5678", None),
        ("10.1007/0704.0001", None),
        ("https://doi.org/10.1145/1401.0556", None),
        ("and/0601001", None),
        ("xcs/0601001", None),
        ("cs/0613001", None),
        ("٢٤٠١.٠٥٥٦٦", None),
        ("", None),
        (None, None),
    ],
)
def test_the_arxiv_id_of_a_text(text: str | None, arxiv: str | None) -> None:
    assert arxiv_id_in(text) == arxiv


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.1000/xyz123", "10.1000/xyz123"),
        ("It is 10.1000/xyz.", "10.1000/xyz"),
        ("doi:10.1000/XYZ", "10.1000/xyz"),
        ("https://doi.org/10.1000/xyz", "10.1000/xyz"),
        ("http://dx.doi.org/10.1000%2Fxyz", "10.1000/xyz"),
        ("https://doi.org/10.1002/(SICI)1097%3C3:AID%3E3.0", "10.1002/(sici)1097<3:aid>3.0"),
        (
            "10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
            "10.1002/(sici)1097-4571(199806)49:8<693::aid-asi4>3.0.co;2-o",
        ),
        ("(10.1016/S0021-8693(02)00001-2)", "10.1016/s0021-8693(02)00001-2"),
        ("[10.1000/xyz], and", "10.1000/xyz"),
        ("<a href='x'>10.1000/xyz</a>", "10.1000/xyz"),
        ("10.1000/a,10.1000/b", "10.1000/a"),
        ("10.1000/a;https://doi.org/10.1000/b", "10.1000/a"),
        ("https://onlinelibrary.wiley.com/doi/10.1002/abc.1/full", "10.1002/abc.1"),
        ("https://www.tandfonline.com/doi/pdf/10.1080/0144.2?needAccess=true", "10.1080/0144.2"),
        ("https://x.org/10.1000/xyz.pdf", "10.1000/xyz"),
        ("10.1000/xyz/full", "10.1000/xyz/full"),
        ("“10.1000/xyz”", "10.1000/xyz"),
        ("参见10.1000/xyz。", "10.1000/xyz"),
        ("110.1000/xyz", None),
        ("10.1000/", None),
        ("10.1000/...", None),
        ("10.100/xyz", None),
        ("version 10.15", None),
        ("", None),
        (None, None),
    ],
)
def test_the_doi_of_a_text(text: str | None, doi: str | None) -> None:
    assert doi_in(text) == doi


def test_a_doi_keeps_its_letters_where_they_are_wanted() -> None:
    assert doi_as_written("https://doi.org/10.48550/arXiv.2401.05566") == "10.48550/arXiv.2401.05566"


@given(st.text("/.,;()x1", max_size=8), st.sampled_from(["2401.05566", "cs/0601001", "10.48550/arXiv.2401.05566", "x"]))
def test_a_doi_has_an_arxiv_id_only_where_it_is_arxivs_own(before: str, behind: str) -> None:
    doi = doi_in(f"10.1000/{before}{behind}")
    assert doi is None or arxiv_id_in(doi) is None or doi.startswith(ARXIV_DOI)


def test_a_number_is_an_arxiv_id_where_arxiv_is_named() -> None:
    assert naming_arxiv(["2401.05566", "see arXiv", "ArXiv e-prints 2310.13548"]) == "ArXiv e-prints 2310.13548"
    assert naming_arxiv(["2401.05566", "https://example.org/2401.05566", ""]) is None


def test_the_ids_of_a_pasted_text_each_once_and_in_order() -> None:
    text = (
        "Two: 10.1000/B and arXiv:2401.05566v2\nhttps://arxiv.org/pdf/2401.05566, 10.48550/arXiv.2310.13548\n10.1000/b"
    )
    assert ids_in(text) == [
        WantedId("doi", "10.1000/b", "line 1"),
        WantedId("arxiv", "2401.05566", "line 1"),
        WantedId("arxiv", "2310.13548", "line 2"),
    ]


def test_a_long_line_takes_no_longer_than_its_length() -> None:
    for line in ("10.1000/a " * 30_000, "2401.05566 " * 30_000, "10.1000/" + "(" * 300_000, "1" * 300_000):
        began = time.perf_counter()
        ids_in(line)
        assert time.perf_counter() - began < 3


new_ids = st.builds(
    lambda year, month, number: f"{year:02d}{month:02d}.{number:05d}",
    st.integers(15, 99),
    st.integers(1, 12),
    st.integers(0, 99_999),
)
old_ids = st.builds(
    lambda archive, year, month, number: f"{archive}/{year:02d}{month:02d}{number:03d}",
    st.sampled_from(["cs", "hep-th", "math", "astro-ph", "q-bio", "alg-geom"]),
    st.integers(91, 99) | st.integers(0, 7),
    st.integers(1, 12),
    st.integers(0, 999),
)
dois = st.from_regex(r"10\.[0-9]{4,9}/[a-z0-9][a-z0-9._()-]{0,20}[a-z0-9]", fullmatch=True)
around = st.sampled_from(
    ["{}", "see {}.", "({})", "\n{},", "https://arxiv.org/abs/{}", "arXiv:{}v7", "https://arxiv.org/pdf/{}v1.pdf"]
)


@given(new_ids | old_ids, around)
def test_an_arxiv_id_is_found_in_what_stands_around_it(arxiv: str, written: str) -> None:
    assert arxiv_id_in(written.format(arxiv)) == arxiv
    assert arxiv_id_in(f"9{arxiv}") != arxiv


@given(dois, st.sampled_from(["{}", "see {}.", "doi: {};", "https://doi.org/{}", "https://doi.org/{}?x=1"]))
def test_a_doi_is_found_in_what_stands_around_it(doi: str, written: str) -> None:
    balanced = doi if doi.count(")") <= doi.count("(") else None
    if balanced:
        assert doi_in(written.format(doi)) == doi


@given(dois, new_ids)
def test_no_arxiv_id_is_taken_out_of_another_doi(doi: str, arxiv: str) -> None:
    assert arxiv_id_in(f"10.1007/{arxiv}") is None
    assert arxiv_id_in(f"{doi} {arxiv}") == arxiv


@given(st.text(max_size=60))
def test_any_text_has_ids_or_none(text: str) -> None:
    for found in (doi_in(text), arxiv_id_in(text)):
        assert found is None or found == found.casefold()
    for wanted in ids_in(text):
        again = arxiv_id_in(wanted.id) if wanted.kind == "arxiv" else doi_in(wanted.id)
        assert again == wanted.id


@given(
    st.none() | st.text(max_size=300),
    st.none() | st.text(max_size=30),
    st.none() | st.text(max_size=300),
    st.none() | st.integers(1, 9999),
)
def test_an_id_is_always_one_that_a_paper_can_have(
    doi: str | None, arxiv: str | None, title: str | None, year: int | None
) -> None:
    made = paper_id_for(doi, arxiv, title, year)
    assert ID_PATTERN.fullmatch(made)
    assert made == paper_id_for(doi, arxiv, title, year)


def test_ids_of_works_by_what_is_surest() -> None:
    assert paper_id_for("10.48550/arXiv.2401.05566", None, "Sleeper Agents", 2024) == "arxiv:2401.05566"
    assert paper_id_for("https://doi.org/10.1000/XYZ", None, "Sleeper Agents", 2024) == "doi:10.1000/xyz"
    assert paper_id_for(None, "cs.LG/0601001v2") == "arxiv:cs/0601001"
    named = paper_id_for(None, None, "Sleeper Agents: Training", 2024)
    assert named.startswith("sleeper-agents-training-2024-")
    assert named == paper_id_for(None, None, "SLEEPER agents — training!", 2024)
    assert named != paper_id_for(None, None, "Sleeper Agents: Training", 2023)
    assert paper_id_for(None, None, "睡眠智能体", None).startswith("work-")
    assert len(paper_id_for("10.1000/" + "x" * 290)) <= 200


def test_the_keys_of_a_paper() -> None:
    paper = Paper("x", "Sleeper Agents in Training", "", "en", doi="10.1000/X", arxiv_id="2401.05566v2")
    assert keys_of(paper) == ("doi:10.1000/x", "arxiv:2401.05566", "title:sleeperagentsintraining")
    assert keys_of(replace(paper, doi="10.48550/arXiv.2401.05566", arxiv_id=None))[0] == "arxiv:2401.05566"
    assert keys_of(Paper("x", "Introduction", "", "en", label="x")) == ("title:introduction",)
    assert keys_of(Paper("x", "Preface", "", "en")) == ()
    assert title_key("Gödel’s  Théorème, again") == title_key("GODEL'S theoreme again")
