"""What a paper lacks: from whom it comes, in which order, and what is never replaced."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from retrieval.online.completing import filled, same_work
from retrieval.online.online import Online
from retrieval.types import Paper
from tests.retrieval.online.paper_servers import PaperServers, Reply, as_json, shape
from tests.retrieval.online.test_arxiv import QUERY, known
from tests.retrieval.online.test_registered import DOI

TITLE = "Linear probes in vivo & in silico"
BARE = Paper("mine", None, "", "en", label="probes.pdf", doi=DOI)
WHOLE = Paper("mine", TITLE, "My abstract.", "en", authors=("A. Lovelace",), published=date(2020, 1, 1), doi=DOI)


def crossref_without(*names: str) -> Reply:
    message = json.loads(shape("crossref.json"))["message"]
    return as_json({"message": {name: value for name, value in message.items() if name not in names}})


def test_a_bare_paper_is_filled_by_one_request(servers: PaperServers, online: Online) -> None:
    servers.at("/crossref", Reply(200, shape("crossref.json")))
    completion = online.completion(BARE)
    paper = completion.paper
    assert paper.id == "mine" and paper.label == "probes.pdf" and paper.title == TITLE
    assert paper.abstract and paper.authors and paper.published and paper.retracted
    assert completion.asked == ("Crossref",) and completion.problems == ()
    assert completion.filled == ("title", "abstract", "authors", "published", "retracted")
    assert len(servers.asked) == 1


def test_what_is_there_stays_and_only_the_retraction_is_looked_up(servers: PaperServers, online: Online) -> None:
    servers.at("/crossref", Reply(200, shape("crossref.json")))
    assert online.completed(WHOLE) == replace(WHOLE, retracted=True, url=f"https://doi.org/{DOI}")
    assert servers.paths() == [f"/crossref/works/{DOI}"]


def test_what_crossref_lacks_comes_from_openalex(servers: PaperServers, online: Online) -> None:
    servers.at("/crossref", crossref_without("abstract", "updated-by"))
    servers.at("/openalex", Reply(200, shape("openalex.json")))
    completion = online.completion(BARE)
    assert completion.paper.abstract == "Probes are linear and are cheap."
    assert completion.asked == ("Crossref", "OpenAlex") and not completion.paper.retracted
    assert servers.paths("/openalex") == [f"/openalex/works/doi:{DOI}"]


def test_a_work_that_is_named_by_its_doi_is_completed_too(servers: PaperServers, online: Online) -> None:
    servers.at("/crossref", crossref_without("abstract"))
    servers.at("/openalex", Reply(200, shape("openalex.json")))
    paper = online.doi(DOI).paper
    assert paper and paper.abstract == "Probes are linear and are cheap." and paper.retracted
    assert paper.source == "crossref" and len(servers.asked) == 2


def test_openalex_may_say_that_a_work_is_retracted(servers: PaperServers, online: Online) -> None:
    servers.at("/openalex", as_json(json.loads(shape("openalex.json")) | {"is_retracted": True}))
    assert online.completed(BARE).retracted


def test_a_preprint_gets_its_publication_and_then_its_retraction(servers: PaperServers, online: Online) -> None:
    servers.at(QUERY, Reply(200, shape("arxiv.xml")))
    servers.at(
        "/crossref", as_json({"message": {"title": [], "DOI": "10.1140/x", "updated-by": [{"type": "retraction"}]}})
    )
    paper = Paper("mine", "Multi-Electron Production at High Transverse Momenta", "", "en", arxiv_id="hep-ex/0307015")
    servers.at(
        "/crossref",
        as_json({"message": {"title": ["Multi-Electron Production"], "updated-by": [{"type": "retraction"}]}}),
    )
    completion = online.completion(paper)
    assert completion.asked == ("arXiv", "Crossref")
    assert completion.paper.doi == "10.1140/epjc/s2003-01326-x" and completion.paper.retracted
    assert completion.paper.title == paper.title and completion.paper.authors == ("H1 Collaboration",)


def test_arxivs_own_doi_gives_way_to_a_publications(servers: PaperServers, online: Online) -> None:
    servers.at(QUERY, Reply(200, shape("arxiv.xml")))
    paper = replace(WHOLE, title=None, doi="10.48550/arXiv.hep-ex/0307015", arxiv_id="hep-ex/0307015", label="x")
    assert online.completed(paper).doi == "10.1140/epjc/s2003-01326-x"


def test_a_preprint_that_is_whole_is_asked_for_its_publication_alone(servers: PaperServers, online: Online) -> None:
    servers.at(QUERY, known("2401.01234"))
    paper = Paper("mine", "The paper 2401.01234", "Text.", "en", authors=("A",), published=date(2024, 1, 1))
    assert online.completion(replace(paper, arxiv_id="2401.01234")).asked == ("arXiv",)
    assert online.completion(paper).asked == () and len(servers.asked) == 1


def test_another_work_is_not_used(servers: PaperServers, online: Online) -> None:
    servers.at("/crossref", Reply(200, shape("crossref.json")))
    paper = replace(BARE, title="Deep reinforcement learning from human preferences")
    completion = online.completion(paper)
    assert completion.paper == paper
    assert completion.problems[0] == (
        "Crossref has another work under this id, 'Linear probes in vivo & in silico': it was not used."
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (TITLE, "RETRACTED: Linear Probes in Vivo and in silico", True),
        ("Linear probes in vivo", TITLE, True),
        ("A", TITLE, True),
        (None, TITLE, True),
        ("Attention is all you need", "Language models are few-shot learners", False),
    ],
)
def test_titles_of_one_work(one: str | None, other: str, same: bool) -> None:
    assert same_work(replace(WHOLE, title=one), replace(WHOLE, title=other)) == same


def test_addresses_of_both_are_kept() -> None:
    one = replace(WHOLE, url="https://arxiv.org/abs/2401.01234", other_urls=("https://a.example/",))
    other = replace(WHOLE, url=f"https://doi.org/{DOI}")
    assert filled(one, other).other_urls == ("https://a.example/", f"https://doi.org/{DOI}")
    assert filled(filled(one, other), other) == filled(one, other) and filled(one, one) == one


def test_an_abstract_comes_with_its_language() -> None:
    other = replace(WHOLE, abstract="Ein Text.", language="de")
    assert filled(replace(WHOLE, abstract=""), other).language == "de" and filled(WHOLE, other).language == "en"


def test_one_server_that_fails_does_not_keep_the_next_from_helping(servers: PaperServers, online: Online) -> None:
    servers.at("/crossref", Reply(503))
    servers.at("/doi", Reply(200, b"<html>"))
    servers.at("/openalex", Reply(200, shape("openalex.json")))
    completion = online.completion(BARE)
    assert completion.paper.abstract == "Probes are linear and are cheap."
    assert completion.asked == ("Crossref", "doi.org", "OpenAlex") and len(completion.problems) == 2


@pytest.mark.parametrize("reply", [Reply(401), Reply(403), Reply(429)])
def test_openalex_may_refuse_once(servers: PaperServers, online: Online, reply: Reply) -> None:
    servers.at("/crossref", crossref_without("abstract"))
    servers.at("/openalex", reply)
    first = online.completion(BARE)
    assert len(first.problems) == 1 and first.paper.title == TITLE
    asked = servers.paths("/openalex")
    assert online.completion(replace(BARE, doi="10.1000/another")).problems == ()
    assert servers.paths("/openalex") == asked


def test_many_papers_ask_arxiv_once(servers: PaperServers, online: Online) -> None:
    ids = [f"2401.{number:05}" for number in range(1, 41)]
    servers.at(QUERY, known(*ids))
    papers = [Paper(each, None, "", "en", label=each, arxiv_id=each) for each in ids]
    completions = list(online.all_completed(iter([*papers, BARE])))
    assert [each.paper.title for each in completions[:-1]] == [f"The paper {each}" for each in ids]
    assert completions[-1].paper == BARE and len(servers.paths(QUERY)) == 1


def test_where_arxiv_is_not_there_it_is_not_asked_for_each(servers: PaperServers, online: Online) -> None:
    servers.at(QUERY, Reply(403))
    papers = [Paper(each, None, "", "en", label=each, arxiv_id=each) for each in ("2401.00001", "2401.00002")]
    completions = list(online.all_completed([*papers, BARE]))
    assert len(servers.paths(QUERY)) == 1
    told = "arXiv does not answer as it should (status 403): try again later."
    assert [each.problems[:1] for each in completions] == [(told,), (told,), ()]


def test_nothing_is_asked_before_a_question(servers: PaperServers, anew: Callable[[], Online]) -> None:
    anew()
    assert servers.asked == []
