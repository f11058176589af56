"""The files of tests/data/references, each as a program of its kind writes it: what becomes of every entry."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from retrieval.errors import CorpusError
from retrieval.readers.base import NEEDS_ONLINE, Entry, WantedId
from retrieval.readers.registry import kind_of, read_entries, read_papers
from retrieval.types import Paper

FOLDER = Path(__file__).parents[2] / "data" / "references"


def entries(name: str) -> list[Entry]:
    return list(read_entries(FOLDER / name))


def problems(found: list[Entry]) -> dict[str, str]:
    return {entry.place: entry.problem for entry in found if entry.problem}


@pytest.mark.parametrize(
    ("name", "kind", "papers", "others"),
    [
        ("library.bib", "BibTeX", 4, 3),
        ("library.ris", "RIS", 3, 1),
        ("library.json", "CSL-JSON", 4, 1),
        ("papers.csv", "a table", 2, 2),
        ("openalex.jsonl", "OpenAlex works", 2, 1),
        ("arxiv-snapshot.jsonl", "arXiv's metadata", 2, 1),
        ("ids.txt", "a list of ids", 0, 7),
    ],
)
def test_every_entry_of_a_file_is_told_of(name: str, kind: str, papers: int, others: int) -> None:
    assert kind_of(FOLDER / name) == kind
    found = entries(name)
    assert [sum(entry.paper is not None for entry in found), len(found)] == [papers, papers + others]
    for entry in found:
        assert entry.place and (entry.paper is None) == bool(entry.problem)
    if papers < len(found):
        with pytest.raises(CorpusError) as caught:
            read_papers(FOLDER / name)
        assert str(caught.value).startswith(f"{FOLDER / name}, ") and str(caught.value).endswith(" and try again.")


def test_bibtex() -> None:
    found = entries("library.bib")
    tides, sleep, risk = (entry.paper for entry in found[:3])
    assert tides == Paper(
        "doi:10.5555/tides.2023.7",
        # Mathematics stays, what changes looks goes.
        "LLM Tides: On $\\mathcal{O}(n)$ Attention & its Limits",
        "We show that attention with linear cost forgets 5% of what it read. "
        "A model of 7B parameters loses more than one of 70B.",
        "en",
        authors=("Ana Ng", "João van den Berg", "The Tide Group", "Karl Müller, Jr."),
        published=date(2023, 12, 1),  # of the volume it is in
        url="https://example.org/tides_2023",
        doi="10.5555/Tides.2023.7",
    )
    assert sleep and (sleep.id, sleep.arxiv_id) == ("arxiv:2403.01234", "2403.01234")
    assert sleep.title == "Sleep and the “Forgetting” of Backdoors—a Study"
    assert sleep.authors == ("Chidi Okafor", "Zoë Łukasik") and sleep.published == date(2024, 3, 1)
    assert risk and (risk.kind, risk.organisation) == ("report", "Institute for Careful Measurement")
    assert risk.published == date(2022, 11, 5)
    assert problems(found) == {
        "entry broken2020": "its closing bracket is missing (line 38)",
        "entry onlyid": NEEDS_ONLINE,
        "entry nobody2021": "no title",
    }
    assert found[4].wanted == WantedId("arxiv", "2310.13548", "entry onlyid")


def test_ris() -> None:
    found = entries("library.ris")
    sleep, risk, preprint = (entry.paper for entry in found[:3])
    assert sleep == Paper(
        "doi:10.5555/sleep.2024",
        "Sleep and the Forgetting of Backdoors",
        "Backdoors persist through fine-tuning. We find that replay removes most of them.",
        "en",
        authors=("Chidi Okafor", "Zoë Łukasik"),
        published=date(2024, 3, 14),
        url="https://example.org/sleep;version=2",
        doi="10.5555/sleep.2024",
    )
    assert risk and (risk.kind, risk.published) == ("report", date(2022, 11, 5))
    assert risk.abstract == "Risk is measured by what happens, not by what is said."
    assert preprint and (preprint.arxiv_id, preprint.authors) == ("2310.13548", ("Ana Ng, Jr.",))
    assert problems(found) == {"record 4 (line 31)": "no title"}


def test_csl_json() -> None:
    found = entries("library.json")
    tides, sleep, risk, note = (entry.paper for entry in found[:4])
    assert tides == Paper(
        "doi:10.5555/tides.2023.7",
        "LLM Tides: On Linear Attention & its Limits",
        "We show that attention with linear cost forgets. It loses H2O too, where a < b.",
        "en",
        authors=("Ana Ng", "João van den Berg", "The Tide Group"),
        published=date(2023, 12, 10),
        url="https://example.org/tides_2023",
        doi="10.5555/Tides.2023.7",
    )
    assert sleep and (sleep.arxiv_id, sleep.published) == ("2403.01234", date(2024, 3, 1))
    assert risk and (risk.kind, risk.organisation) == ("report", "Institute for Careful Measurement")
    assert risk.published == date(2022, 11, 5)
    assert note and (note.arxiv_id, note.published) == ("2310.13548", date(2023, 1, 1))
    assert problems(found) == {"entry untitled": "no title"}


def test_a_table() -> None:
    found = entries("papers.csv")
    tides, sleep = (entry.paper for entry in found[:2])
    assert tides == Paper(
        "doi:10.5555/tides.2023.7",
        "LLM Tides, and their limits",
        'We show that attention forgets. It "forgets" more with length.',
        "en",
        authors=("Ana Ng", "João van den Berg"),
        published=date(2023, 1, 1),
        url="https://example.org/tides_2023",
        doi="10.5555/Tides.2023.7",
    )
    assert sleep and sleep.retracted and sleep.arxiv_id == "2403.01234"
    assert problems(found) == {"line 5": NEEDS_ONLINE, "line 6": "no title"}
    assert found[2].wanted == WantedId("doi", "10.5555/only.doi", "line 5")


def test_works_of_openalex() -> None:
    found = entries("openalex.jsonl")
    tides, taken_back = (entry.paper for entry in found[:2])
    assert tides == Paper(
        "arxiv:2310.13548",
        "LLM Tides: On Linear Attention",
        "We show that attention forgets that which it read.",
        "en",
        authors=("Ana Ng", "João van den Berg"),
        published=date(2023, 12, 10),
        url="https://doi.org/10.5555/tides.2023.7",
        arxiv_id="2310.13548",
        doi="10.5555/tides.2023.7",
        source="openalex",
    )
    assert taken_back and taken_back.retracted and taken_back.kind == "report" and not taken_back.abstract


def test_the_metadata_of_arxiv() -> None:
    sleep, old, cut = entries("arxiv-snapshot.jsonl")
    assert sleep.paper == Paper(
        "arxiv:2403.01234",
        "Sleep and the Forgetting of Backdoors",
        "Backdoors persist through fine-tuning at a cost of $O(n\\log n)$. We find that replay removes 95% of them.",
        "en",
        authors=("Chidi Okafor", "Zoë Łukasik", "Ana Ng Jr"),
        published=date(2024, 3, 2),
        category="cs.LG",
        url="https://arxiv.org/abs/2403.01234",
        arxiv_id="2403.01234",
        doi="10.5555/sleep.2024",
        source="arxiv",
    )
    assert old.paper and (old.paper.id, old.paper.published) == ("arxiv:cs/0601001", date(2006, 1, 2))
    assert cut.place == "line 3" and cut.problem.startswith("not JSON (")


def test_a_list_of_ids() -> None:
    found = entries("ids.txt")
    assert [entry.wanted for entry in found if entry.wanted] == [
        WantedId("arxiv", "2403.01234", "line 2"),
        WantedId("arxiv", "2310.13548", "line 3"),
        WantedId("doi", "10.5555/tides.2023.7", "line 4"),
        WantedId("doi", "10.5555/one", "line 7"),
        WantedId("doi", "10.5555/two", "line 7"),
        WantedId("arxiv", "cs/0601001", "line 9"),
    ]
    assert problems(found) == {"line 8": "neither an arXiv id nor a DOI"} | {
        entry.place: NEEDS_ONLINE for entry in found if entry.wanted
    }
