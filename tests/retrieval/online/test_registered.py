"""Works by their DOI, as Crossref, DataCite by way of doi.org, and OpenAlex describe them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from retrieval.online.online import Online
from retrieval.online.registered import is_retracted
from tests.retrieval.online.conftest import Pauses
from tests.retrieval.online.paper_servers import PaperServers, Reply, as_json, shape
from tests.retrieval.online.test_arxiv import QUERY, known

DOI = "10.1000/probes.2021"


def test_a_work_of_crossref_that_was_retracted(servers: PaperServers, online: Online) -> None:
    servers.at("/crossref", Reply(200, shape("crossref.json")))
    paper = online.doi(f"https://doi.org/{DOI.upper()}").paper
    assert paper is not None and paper.retracted
    assert paper.title == "Linear probes in vivo & in silico" and paper.id == f"doi:{DOI}"
    assert paper.abstract == "Probes are linear. They cost2 little."
    assert paper.authors == ("Ada Lovelace", "The Probing Collaboration")
    assert (paper.published, paper.doi, paper.source) == (date(2021, 3, 1), DOI, "crossref")
    assert paper.url == f"https://doi.org/{DOI}"
    assert servers.paths() == [f"/crossref/works/{DOI}"]


def test_nobody_is_asked_twice(servers: PaperServers, anew: Callable[[], Online]) -> None:
    servers.at("/crossref", Reply(200, shape("crossref.json")))
    assert anew().doi(DOI) == anew().doi(DOI)
    assert len(servers.asked) == 1


def test_a_work_that_crossref_does_not_have_is_asked_for_at_doi_org(servers: PaperServers, online: Online) -> None:
    servers.at("/doi/10.5281", Reply(302, b"", {"Location": "/crossref/works/datacite"}))
    servers.at("/crossref/works/datacite", Reply(200, shape("datacite.json")))
    entry = online.doi("10.5281/zenodo.5021")
    assert entry.paper is not None and entry.problem == "" and entry.place == "DOI 10.5281/zenodo.5021"
    assert (entry.paper.title, entry.paper.abstract) == ("Probes, collected", "A data set of probes.")
    assert entry.paper.authors == ("Zoë Ångström", "Probe Team") and entry.paper.source == "doi.org"
    assert not entry.paper.retracted
    assert servers.asked[1].headers["accept"] == "application/vnd.citationstyles.csl+json"


def test_arxivs_own_doi_is_its_id(servers: PaperServers, online: Online) -> None:
    servers.at(QUERY, known("2401.01234"))
    entry = online.doi("10.48550/arXiv.2401.01234")
    assert entry.paper is not None and entry.paper.arxiv_id == "2401.01234"
    assert entry.place == "DOI 10.48550/arXiv.2401.01234" and servers.paths("/crossref") == []


def test_signs_in_a_doi_stay_in_its_address(servers: PaperServers, online: Online) -> None:
    online.doi("10.1000/a?b=c#d&e=f")
    assert [(asked.path, asked.query) for asked in servers.asked] == [
        ("/crossref/works/10.1000/a?b=c#d&e=f", {}),
        ("/doi/10.1000/a?b=c#d&e=f", {}),
    ]


@pytest.mark.parametrize("doi", ["", "doi", "11.1000/a"])
def test_what_is_no_doi(servers: PaperServers, online: Online, doi: str) -> None:
    assert online.doi(doi).problem == "not a DOI" and servers.asked == []


def test_a_doi_that_nobody_registered(servers: PaperServers, anew: Callable[[], Online]) -> None:
    assert anew().doi(DOI).problem == anew().doi(DOI).problem == "no work is registered under this DOI"
    assert len(servers.asked) == 2


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html>A landing page</html>", "doi.org sent something that is no record of a work: try again later."),
        (b"[" * 100_000, "doi.org sent something that is no record of a work: try again later."),
        (b"[]", "doi.org sent something that is no record of a work: try again later."),
        (b'{"DOI": "10.1000/a"}', "neither a title nor a label"),
        (json.dumps({"title": "x" * 3_000}).encode(), "title is longer than 2,000 characters"),
    ],
)
def test_what_is_no_record(servers: PaperServers, online: Online, body: bytes, problem: str) -> None:
    servers.at("/doi", Reply(200, body))
    assert online.doi(DOI).problem == problem


def test_what_is_no_record_is_not_kept(servers: PaperServers, anew: Callable[[], Online]) -> None:
    servers.at("/crossref", Reply(200, b"<html>"))
    assert anew().doi(DOI).paper is None
    servers.at("/crossref", Reply(200, shape("crossref.json")))
    assert anew().doi(DOI).paper


def test_where_crossref_fails_doi_org_is_asked(servers: PaperServers, online: Online, pauses: Pauses) -> None:
    servers.at("/crossref", Reply(500))
    servers.at("/doi", Reply(200, shape("datacite.json")))
    entry = online.doi("10.5281/zenodo.5021")
    assert entry.paper and entry.problem.startswith("whether it was retracted is not known: 127.0.0.1 is too busy")


def test_a_hostile_doi_is_told_without_its_signs(online: Online) -> None:
    assert online.doi("\x1b[2J\u202e" + "x" * 500).place == "DOI [2J" + "x" * 195


@pytest.mark.parametrize(
    ("updates", "retracted"),
    [
        ([{"type": "retraction"}], True),
        ([{"type": "correction"}, {"type": "Retraction"}], True),
        ([{"type": "withdrawal"}], True),
        ([{"type": "removal"}], True),
        ([{"type": "correction"}, {"type": "expression_of_concern"}, {"type": "partial_retraction"}], False),
        ([{"type": None}, "retraction", 7], False),
        ({"type": "retraction"}, False),
        (None, False),
    ],
)
def test_which_updates_take_a_work_back(updates: Any, retracted: bool) -> None:
    assert is_retracted({"updated-by": updates}) == retracted


def test_a_notice_of_retraction_is_not_itself_retracted(servers: PaperServers, online: Online) -> None:
    notice = {"title": ["Retraction: Linear probes"], "update-to": [{"type": "retraction", "DOI": DOI}]}
    servers.at("/crossref", as_json({"message": notice}))
    paper = online.doi("10.1000/probes.2021.notice").paper
    assert paper and not paper.retracted
