"""Ids and gaps filled by servers of papers, on loopback: only where asked, and nothing twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.online.addresses import Addresses
from retrieval.online.online import Online
from tests.retrieval.adding.conftest import OwnCollection, Written
from tests.retrieval.adding.pdfs import made_pdf
from tests.retrieval.online.paper_servers import PaperServers, Reply, serving, shape

ARXIV, CROSSREF = "/arxiv/api/query", "/crossref"
SPARSE = "Sparse Probes & their $k$-nearest Neighbours"
BARE = "@article{probes,\n  title = {Linear probes in vivo \\& in silico},\n  doi = {10.1000/probes.2021}\n}\n"


@pytest.fixture
def servers() -> Iterator[PaperServers]:
    with serving() as started:
        started.at(ARXIV, Reply(200, shape("arxiv.xml")))
        started.at(CROSSREF, Reply(200, shape("crossref.json")))
        yield started


@pytest.fixture
def online(own: OwnCollection, servers: PaperServers, tmp_path: Path) -> OwnCollection:
    own.lookups = Online(tmp_path / "cache", None, servers.addresses, pause=lambda seconds: None)
    return own


def test_papers_by_their_ids(online: OwnCollection, servers: PaperServers) -> None:
    report = online.add("2401.01234", "hep-ex/0307015", "https://doi.org/10.1000/probes.2021")
    assert [one.outcome for one in report.became] == ["added"] * 3
    assert online.ids == ["arxiv:2401.01234", "arxiv:hep-ex/0307015", "doi:10.1000/probes.2021"]
    retracted = [paper.id for paper in online.papers if paper.retracted]
    assert retracted == ["doi:10.1000/probes.2021"]
    asked = len(servers.asked)
    again = online.add("2401.01234v2", "hep-ex/0307015", "10.1000/probes.2021")
    assert [one.outcome for one in again.became] == ["same"] * 3 and len(servers.asked) == asked


def test_a_withdrawn_paper_says_so(online: OwnCollection) -> None:
    [one] = online.add("2608.07531").became
    assert "withdrawn" in one.reason


def test_what_a_reference_lacks(online: OwnCollection, servers: PaperServers, written: Written) -> None:
    file = written("a.bib", BARE)
    report = online.add(file)
    assert [one.outcome for one in report.became] == ["added"]
    [paper] = online.papers
    assert paper.abstract.startswith("Probes are linear.") and paper.authors and paper.retracted
    asked = len(servers.asked)
    assert [one.outcome for one in online.add(file).became] == ["same"] and len(servers.asked) == asked


def test_nothing_is_asked_unasked(own: OwnCollection, servers: PaperServers, written: Written) -> None:
    report = own.add(written("a.bib", BARE), "2401.01234")
    assert [one.outcome for one in report.became] == ["no_abstract", "broken"]
    assert "--online" in report.became[1].reason and servers.asked == []


def test_servers_that_are_not_there_cost_little(own: OwnCollection, written: Written, tmp_path: Path) -> None:
    gone = "http://127.0.0.1:9"
    addresses = Addresses(f"{gone}/a", f"{gone}/p", f"{gone}/c", f"{gone}/d", f"{gone}/o", onward=())
    own.lookups = Online(tmp_path / "cache", None, addresses, pause=lambda seconds: None)
    bib = written("a.bib", *(BARE.replace("probes", f"probes{n}") for n in range(200)))
    dois = [f"10.1000/other{n}" for n in range(200)]
    began = time.monotonic()
    report = own.add(bib, *dois, "2401.01234")
    assert time.monotonic() - began < 20
    assert report.counts["no_abstract"] == 200 and report.counts["broken"] == 201
    assert all(one.reason for one in report.became)


def test_pdfs_are_fetched_where_asked(online: OwnCollection, servers: PaperServers, tmp_path: Path) -> None:
    made = made_pdf(tmp_path / "served.pdf", title=SPARSE, body="We probe each layer of the network by itself.")
    servers.at("/arxiv/pdf", Reply(200, made.read_bytes(), {"Content-Type": "application/pdf"}))
    online.add("2401.01234")
    assert servers.paths("/arxiv/pdf") == []
    report = online.add("2401.01234", pdfs=True)
    assert [(one.outcome, one.reason) for one in report.became] == [("updated", "new: full text")]
    [paper] = online.papers
    assert "We probe each layer" in paper.part("text")


def test_a_pdf_is_known_by_the_id_on_its_first_page(online: OwnCollection, tmp_path: Path) -> None:
    online.add(made_pdf(tmp_path / "a.pdf", title=SPARSE, authors="", below="doi:10.48550/arXiv.2401.01234"))
    [paper] = online.papers
    assert (paper.id, paper.authors) == ("arxiv:2401.01234", ("Ada Lovelace", "Zoë Ångström"))
    assert paper.text and str(paper.published) == "2024-01-02"


def test_an_id_of_another_work_on_it_is_not_believed(online: OwnCollection, tmp_path: Path) -> None:
    online.add(made_pdf(tmp_path / "a.pdf", title="Owls hunting at night", below="doi:10.1000/probes.2021"))
    [paper] = online.papers
    assert paper.name == "Owls hunting at night" and not paper.retracted
