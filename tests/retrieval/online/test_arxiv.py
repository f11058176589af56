"""Papers of arXiv by their ids: in batches, in order, seldom; and its PDFs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.errors import OnlineError
from retrieval.online.online import Online
from retrieval.types import Paper
from tests.retrieval.online.conftest import Pauses
from tests.retrieval.online.paper_servers import Asked, PaperServers, Reply, shape
from tests.retrieval.online.test_feed import entry, feed_of

QUERY = "/arxiv/api/query"
PDF = b"%PDF-1.7\n%\xe2\xe3\nnothing more"


def known(*ids: str) -> Callable[[Asked], Reply]:
    """arXiv as it answers where it knows these ids, newest first, and one that it was not asked for."""

    def answer(asked: Asked) -> Reply:
        wanted = asked.query["id_list"].split(",")
        return Reply(200, feed_of(*(entry(each, f"The paper {each}") for each in reversed(ids) if each in wanted)))

    return answer


def test_entries_in_the_order_of_the_ids(servers: PaperServers, online: Online) -> None:
    servers.at(QUERY, Reply(200, shape("arxiv.xml")))
    ids = ["2401.01234v2", "https://arxiv.org/abs/hep-ex/0307015", "2608.07531", "nonsense", "2401.01234", "1706.03762"]
    entries = list(online.arxiv(ids))
    assert [each.paper.arxiv_id if each.paper else None for each in entries] == [
        *("2401.01234", "hep-ex/0307015", "2608.07531"),
        *(None, "2401.01234", None),
    ]
    assert [each.problem for each in entries] == [
        *("", "", "withdrawn by its authors: This paper has been withdrawn by the authors due to errors in Section 4"),
        *("not an arXiv id", "", "arXiv has no paper of this id"),
    ]
    assert entries[0].place == "arXiv 2401.01234v2"
    assert [asked.query for asked in servers.asked] == [
        {"id_list": "2401.01234,hep-ex/0307015,2608.07531,1706.03762", "max_results": "4"}
    ]


def test_a_hundred_ids_are_two_requests_three_seconds_apart(
    servers: PaperServers, online: Online, pauses: Pauses
) -> None:
    ids = [f"2401.{number:05}" for number in range(1, 101)]
    servers.at(QUERY, known(*ids))
    assert [each.paper and each.paper.arxiv_id for each in online.arxiv(ids)] == ids
    assert [len(asked.query["id_list"].split(",")) for asked in servers.asked] == [50, 50]
    assert len(pauses) == 1 and 2.5 < pauses[0] <= 3


def test_nobody_is_asked_twice(servers: PaperServers, anew: Callable[[], Online]) -> None:
    servers.at(QUERY, known("2401.00001", "2401.00002"))
    ids = ["2401.00001", "2401.00002", "2401.00009"]
    first = list(anew().arxiv(ids))
    assert list(anew().arxiv(ids)) == first and list(anew().arxiv(ids[1:])) == first[1:]
    assert len(servers.asked) == 1


def test_only_those_that_are_not_kept_are_asked_for(servers: PaperServers, anew: Callable[[], Online]) -> None:
    servers.at(QUERY, known("2401.00001", "2401.00002"))
    list(anew().arxiv(["2401.00001"]))
    list(anew().arxiv(["2401.00001", "2401.00002"]))
    assert [asked.query["id_list"] for asked in servers.asked] == ["2401.00001", "2401.00002"]


def test_an_id_that_arxiv_refuses_does_not_cost_the_others(servers: PaperServers, online: Online) -> None:
    right = known("2401.01234", "2401.00002")

    def answer(asked: Asked) -> Reply:
        return Reply(400, shape("arxiv_refused.xml")) if "2012.99999" in asked.query["id_list"] else right(asked)

    servers.at(QUERY, answer)
    entries = list(online.arxiv(["2401.01234", "2012.99999", "2401.00002"]))
    assert [bool(each.paper) for each in entries] == [True, False, True]
    assert entries[1].problem == "arXiv has no paper of this id"
    assert len(servers.asked) == 2


def test_a_refusal_without_a_reason_is_narrowed_down(servers: PaperServers, online: Online) -> None:
    ids = [f"2401.{number:05}" for number in range(1, 9)]
    right = known(*ids)
    servers.at(QUERY, lambda asked: Reply(400, b"Bad") if ids[5] in asked.query["id_list"] else right(asked))
    assert [bool(each.paper) for each in online.arxiv(ids)] == [True] * 5 + [False] + [True] * 2
    assert len(servers.asked) == 7


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(403, b"no"), "arXiv does not answer as it should (status 403): try again later."),
        (Reply(200, b"Rate exceeded."), "arXiv sent something that is no list of papers (not XML"),
        (Reply(503, b""), "127.0.0.1 is too busy (status 503): try again later."),
    ],
)
def test_a_failure_is_told_of_each_and_forgotten(
    servers: PaperServers, anew: Callable[[], Online], reply: Reply, problem: str
) -> None:
    servers.at(QUERY, reply)
    assert all(each.problem.startswith(problem) for each in anew().arxiv(["2401.01234", "2401.00002"]))
    servers.at(QUERY, known("2401.01234", "2401.00002"))
    assert all(each.paper for each in anew().arxiv(["2401.01234", "2401.00002"]))


def test_a_pdf_is_fetched_once(servers: PaperServers, anew: Callable[[], Online], pauses: Pauses) -> None:
    servers.at("/arxiv/pdf/2401.01234", Reply(301, b"", {"Location": "/arxiv/pdf/2401.01234v2"}))
    servers.at("/arxiv/pdf/2401.01234v2", Reply(200, PDF, {"Content-Type": "application/pdf"}))
    paper = Paper("a", "A title", "", "en", arxiv_id="2401.01234v1")
    path = anew().pdf(paper)
    assert path is not None and path.read_bytes() == PDF and path.suffix == ".pdf"
    assert anew().pdf(paper) == path and len(servers.asked) == 2
    assert anew().pdf(Paper("b", "A title", "", "en", doi="10.1000/a")) is None


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(404, b"%PDF-"), "arXiv has no PDF of this paper."),
        (Reply(200, b"<html>%PDF</html>"), "arXiv sent something else in place of a PDF"),
        (Reply(403, b"%PDF-1.7"), "arXiv does not give the PDF (status 403)"),
        (
            Reply(302, b"", {"Location": "https://evil.example/a.pdf"}),
            "evil.example is no server that papers are taken",
        ),
    ],
)
def test_what_is_no_pdf_is_not_kept(
    servers: PaperServers, online: Online, tmp_path: Path, reply: Reply, problem: str
) -> None:
    servers.at("/arxiv/pdf", reply)
    with pytest.raises(OnlineError) as caught:
        online.pdf(Paper("a", "A title", "", "en", arxiv_id="2401.01234"))
    assert str(caught.value).startswith(problem)
    assert not list(tmp_path.rglob("*.pdf")) and not list(tmp_path.rglob("*.new"))
