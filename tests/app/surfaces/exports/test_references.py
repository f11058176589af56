"""Whole papers as BibTeX, CSL-JSON and RIS: what is written reads back as the same papers, whatever is in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.surfaces.exports.references import papers_bibtex, papers_csl, papers_ris, whole_bibtex, whole_csl, whole_ris
from retrieval.readers.jsonl import parse_paper
from retrieval.readers.registry import read_entries, read_papers
from retrieval.shipped import default_papers_file
from retrieval.types import Paper

FOLDER = Path(__file__).parents[3] / "data" / "references"
FORMS: dict[str, Callable[[Sequence[Paper]], str]] = {
    ".bib": lambda papers: "\n".join(papers_bibtex(papers)),
    ".ris": lambda papers: "\n".join(papers_ris(papers)),
    ".json": lambda papers: json.dumps(list(papers_csl(papers)), ensure_ascii=False),
}


def read_back(papers: Sequence[Paper], suffix: str, folder: Path) -> tuple[Paper, ...]:
    path = folder / f"written{suffix}"
    path.write_text(FORMS[suffix](papers), encoding="utf-8")
    return read_papers(path)


@pytest.mark.parametrize("suffix", FORMS)
def test_the_papers_that_come_with_the_program(tmp_path: Path, suffix: str) -> None:
    papers = read_papers(default_papers_file())
    assert read_back(papers, suffix, tmp_path) == papers


@pytest.mark.parametrize("suffix", FORMS)
@pytest.mark.parametrize("name", ["library.bib", "library.ris", "library.json", "papers.csv", "openalex.jsonl"])
def test_import_export_import_loses_nothing(tmp_path: Path, name: str, suffix: str) -> None:
    papers = tuple(entry.paper for entry in read_entries(FOLDER / name) if entry.paper)
    assert papers and read_back(papers, suffix, tmp_path) == papers


words = st.lists(
    st.sampled_from(
        [
            *(
                "Ng",
                "the",
                "GPT-4",
                "ü",
                "Ł",
                "模型",
                "and",
                "others",
                "van",
                "Jr.",
                "et al.",
                "a  b",
                "5%",
                "{",
                "}",
                "\\",
            ),
            *(
                '"',
                "'",
                "`",
                "--",
                "---",
                "$x$",
                "$",
                "\\alpha",
                "\\'e",
                "~",
                "^",
                "_",
                "#",
                "&",
                "&amp;",
                "<b>",
                "</b>",
            ),
            *(
                "<",
                ">",
                "@article{x,",
                "TY  - JOUR",
                "ER  - ",
                ";",
                ",",
                ":",
                "|",
                "(",
                ")",
                "]",
                "%",
                "=",
                "10.1000/x.",
            ),
            *("arXiv:2401.00001", "2401.00001", "https://arxiv.org/abs/2401.00002", "\u200d", "\ufeff", "́", "ﬁ"),
        ]
    )
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    max_size=6,
).map(" ".join)
any_record = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,20}", fullmatch=True),
        "title": st.none() | words,
        "label": words.map(lambda text: f"x{text}"),
        "abstract": words,
        "language": st.sampled_from(["en", "zh", "de-CH", "EN", "x", "a_b"]),
        "authors": st.lists(words, max_size=3),
        "organisation": st.none() | words,
        "published": st.none() | st.dates(min_value=date(1000, 1, 1)).map(str),
        "category": st.none() | words,
        "url": st.none() | st.from_regex(r"https?://[a-z]{1,8}\.org/[A-Za-z0-9?&=#%._~{};,()-]{0,12}", fullmatch=True),
        "other_urls": st.lists(st.just("https://arxiv.org/abs/2401.00003") | st.just("http://x.org/%7D"), max_size=2),
        "arxiv_id": st.none() | st.sampled_from(["2401.00001", "2401.00001v2", "cs.LG/0601001", "none"]) | words,
        "doi": st.none()
        | st.sampled_from(["10.1000/x", "10.1000/X(y)", "https://doi.org/10.1000/x", "10.48550/arXiv.2401.1"])
        | words,
        "summary": words,
        "translations": st.dictionaries(st.sampled_from(["en", "zh"]), words, max_size=2),
        "kind": st.sampled_from(["paper", "report"]),
        "source": words,
        "retracted": st.booleans(),
    }
)


@pytest.mark.parametrize("suffix", FORMS)
@given(record=any_record)
def test_any_paper_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, record: dict[str, object]
) -> None:
    paper = parse_paper(record)
    other = replace(paper, id="another", title="Another of the kind")
    assert read_back((paper, other), suffix, tmp_path_factory.getbasetemp()) == (paper, other)


SLEEPER = Paper(
    "sleeper",
    "Sleeper  Agents of {GPT}-4",
    "Backdoors persist at 5%.",
    "en",
    authors=("Ana Ng", "Bo van den Berg"),
    organisation="The Institute",
    published=date(2024, 1, 15),
    arxiv_id="2401.05566",
    doi="10.1000/Sleeper",
    summary="They stay.",
)


def test_what_other_programs_read_stands_where_they_look_for_it() -> None:
    bibtex, item, ris = whole_bibtex(SLEEPER), whole_csl(SLEEPER), whole_ris(SLEEPER)
    for field in ("abstract = {Backdoors persist at 5\\%.}", "month = jan", "day = {15}", "eprint = {2401.05566}"):
        assert field in bibtex
    assert item["abstract"] == "Backdoors persist at 5%." and item["language"] == "en"
    assert item["number"] == "arXiv:2401.05566" and item["DOI"] == "10.1000/Sleeper"
    for line in (
        "AU  - van den Berg, Bo",
        "DA  - 2024/01/15",
        "AB  - Backdoors persist at 5%.",
        "DO  - 10.1000/Sleeper",
    ):
        assert line in ris.splitlines()
    assert ris.splitlines()[0] == "TY  - GEN" and ris.endswith("\nER  - ")


@pytest.mark.parametrize(
    ("suffix", "before", "after"),
    [
        (".bib", "Sleeper Agents of \\textbraceleft{}{GPT\\textbraceright{}-4}", "Waking Agents"),
        (".ris", "TI  - Sleeper Agents of {GPT}-4", "TI  - Waking Agents"),
        (".json", '"title": "Sleeper Agents of {GPT}-4"', '"title": "Waking Agents"'),
    ],
)
def test_what_somebody_changed_since_counts(tmp_path: Path, suffix: str, before: str, after: str) -> None:
    written = FORMS[suffix]([SLEEPER])
    path = tmp_path / f"changed{suffix}"
    path.write_text(written.replace(before, after) if before in written else "", encoding="utf-8")
    (paper,) = read_papers(path)
    assert paper.title == "Waking Agents"
    assert replace(paper, title=SLEEPER.title) == SLEEPER


def test_braces_of_bibtex_are_balanced_by_its_own_rules() -> None:
    hostile = replace(SLEEPER, title="{", abstract="}} \\", summary="{{{ \\", label="}\\", source="{")
    depth = 0
    for sign in whole_bibtex(hostile):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
