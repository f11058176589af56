"""One answer of a server, and every way in which there is none."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from contextlib import closing
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import BinaryIO

import pytest

from retrieval.errors import InputError, OnlineError
from retrieval.online.addresses import CONNECT_SECONDS, Addresses, UnreachableError
from retrieval.online.contact import agent
from retrieval.online.fetch import GAP_SECONDS, Fetch
from retrieval.online.request import Answer, Wanted
from tests.retrieval.online.conftest import Pauses
from tests.retrieval.online.paper_servers import PaperServers, Reply, serving


@pytest.fixture
def wanted(servers: PaperServers) -> Wanted:
    return Wanted(servers.addresses.crossref, "application/json")


def leading(address: str, status: int = 302) -> Reply:
    return Reply(status, b"moved", {"Location": address})


def test_an_answer_with_its_status_and_headers(servers: PaperServers, fetch: Fetch, wanted: Wanted) -> None:
    servers.at("/crossref", Reply(418, b"short", {"X-Kind": "teapot"}))
    answer = fetch.get(wanted)
    assert (answer.status, answer.body, answer.headers["x-kind"], answer.host) == (418, b"short", "teapot", "127.0.0.1")


def test_what_is_sent(servers: PaperServers, wanted: Wanted, pauses: Pauses) -> None:
    servers.at("/crossref", Reply())
    Fetch(servers.addresses, "ada@example.org", pause=pauses).get(wanted)
    headers = servers.asked[0].headers
    assert headers["user-agent"].startswith("paperbacked") and headers["user-agent"].endswith(
        "(mailto:ada@example.org)"
    )
    assert headers["accept"] == "application/json" and headers["accept-encoding"] == "identity"
    assert headers["host"] == servers.url.removeprefix("http://")
    assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize(
    "contact", ["ada", "ada@home", "a@b.c\r\nX-Evil: 1", "<a@b.c>", "a@b@c.d", "ä@b.c", "a@b.c" * 99]
)
def test_a_contact_that_is_no_address(contact: str) -> None:
    with pytest.raises(InputError, match="is no e-mail address"):
        agent(contact)


def test_redirects_between_known_servers_are_followed(servers: PaperServers, fetch: Fetch) -> None:
    servers.at("/doi/10.1000", leading("/crossref/works/10.1000"), Reply())
    servers.at("/crossref/works", leading(f"{servers.url}/openalex/works/1", 303))
    servers.at("/openalex", Reply(200, b"here"))
    assert fetch.get(Wanted(f"{servers.addresses.doi}/10.1000", "text/plain")).body == b"here"
    assert servers.paths() == ["/doi/10.1000", "/crossref/works/10.1000", "/openalex/works/1"]


def test_redirects_lead_to_nobody_else(servers: PaperServers, fetch: Fetch, wanted: Wanted) -> None:
    with serving() as other:
        other.at("/", Reply(200, b"secret"))
        for address in (
            f"{other.url}/",
            other.url.replace("127.0.0.1", "localhost"),
            "http://169.254.169.254/latest/meta-data/",
            "http://export.arxiv.org/",
            "https://publisher.example/landing",
            "file:///etc/passwd",
            "http://[::1",
            "\x7f",
        ):
            servers.at("/crossref", leading(address))
            with pytest.raises(OnlineError):
                fetch.get(wanted)
        assert other.asked == []


def test_redirects_in_a_circle_end(servers: PaperServers, fetch: Fetch, wanted: Wanted) -> None:
    servers.at("/crossref", leading("/crossref/works?again"))
    with pytest.raises(OnlineError, match="leads on from address to address"):
        fetch.get(wanted)
    assert len(servers.asked) == 6


def test_a_key_goes_to_no_other_server(pauses: Pauses) -> None:
    with serving() as zotero, serving() as other:
        zotero.at("/zotero", leading(f"{other.url}/doi"))
        zotero.at("/zotero/same", leading("/zotero/end"))
        zotero.at("/zotero/end", Reply())
        other.at("/doi", Reply())
        fetch = Fetch(Addresses(zotero=f"{zotero.url}/zotero", doi=f"{other.url}/doi"), pause=pauses)
        for path in ("", "/same"):
            fetch.get(Wanted(f"{zotero.url}/zotero{path}", "text/plain", {"Zotero-API-Key": "abcd1234"}))
        assert [asked.headers.get("zotero-api-key") for asked in zotero.asked] == ["abcd1234"] * 3
        assert [asked.headers.get("zotero-api-key") for asked in other.asked] == [None]


def test_a_busy_server_is_asked_three_times(
    servers: PaperServers, fetch: Fetch, wanted: Wanted, pauses: Pauses
) -> None:
    servers.at("/crossref", Reply(503), Reply(500), Reply(200, b"at last"))
    assert fetch.get(wanted).body == b"at last"
    assert pauses == [1.0, 2.0]
    servers.at("/crossref", Reply(502))
    with pytest.raises(OnlineError, match=r"^127.0.0.1 is too busy \(status 502\): try again later.$"):
        fetch.get(wanted)
    assert len(servers.asked) == 6


def test_a_server_that_stays_busy_is_left_alone(servers: PaperServers, fetch: Fetch, wanted: Wanted) -> None:
    servers.at("/crossref", Reply(429))
    for _ in range(9):
        with pytest.raises(OnlineError, match="too busy"):
            fetch.get(wanted)
    assert len(servers.asked) == 9


def test_retry_after_is_kept_to(servers: PaperServers, fetch: Fetch, wanted: Wanted, pauses: Pauses) -> None:
    in_half_a_minute = formatdate(time.time() + 30, usegmt=True)
    servers.at(
        "/crossref", Reply(429, headers={"Retry-After": "7"}), Reply(429, headers={"Retry-After": in_half_a_minute})
    )
    servers.answers["/crossref/later"] = servers.answers["/crossref"]
    with pytest.raises(OnlineError, match="too busy"):
        fetch.get(wanted)
    assert pauses[0] == 7 and 28 < pauses[1] <= 30


def test_a_server_that_wants_hours_is_left_alone(
    servers: PaperServers, fetch: Fetch, wanted: Wanted, pauses: Pauses
) -> None:
    servers.at("/crossref", Reply(429, headers={"Retry-After": "54000"}))
    for _ in range(3):
        with pytest.raises(OnlineError, match=r"wants to be left alone for 15 hours"):
            fetch.get(wanted)
    assert len(servers.asked) == 1 and pauses == []


def test_backoff_is_waited_for_before_the_next_request(
    servers: PaperServers, fetch: Fetch, wanted: Wanted, pauses: Pauses
) -> None:
    servers.at("/crossref", Reply(200, headers={"Backoff": "9"}), Reply())
    fetch.get(wanted)
    assert pauses == []
    fetch.get(wanted)
    assert len(pauses) == 1 and 8 < pauses[0] <= 9


def raw(
    *pieces: bytes, seconds: float = 0.0, times: int = 1
) -> Callable[[object], Callable[[BaseHTTPRequestHandler], None]]:
    """An answer written as it is, its last piece so many times."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        for piece in (*pieces[:-1], *[pieces[-1]] * times):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(seconds)

    return lambda asked: write


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def test_slow_servers_end_with_their_time(servers: PaperServers, fetch: Fetch, wanted: Wanted) -> None:
    quick = Wanted(wanted.address, wanted.accept, seconds=0.6)
    slow = {
        "silent": raw(b"", seconds=3),
        "headers by the byte": raw(HEAD + b"X: ", b"a", seconds=0.1, times=50),
        "body by the byte": raw(HEAD + b"\r\n", b"a", seconds=0.1, times=50),
    }
    for name, answer in slow.items():
        servers.at("/crossref", answer)
        began = time.monotonic()
        with pytest.raises(OnlineError, match=r"did not answer within 0\.6 seconds"):
            fetch.get(quick)
        assert time.monotonic() - began < 2.5, name


def test_large_answers_are_not_read(servers: PaperServers, fetch: Fetch, wanted: Wanted) -> None:
    endless = raw(HEAD + b"\r\n", b"a" * 100_000, times=10**6)
    servers.at("/crossref", endless)
    began = time.monotonic()
    with pytest.raises(OnlineError, match="sent more than 5 MB for one answer"):
        fetch.get(wanted)
    assert time.monotonic() - began < 10
    servers.at("/crossref", Reply(200, b"a" * 1001))
    with pytest.raises(OnlineError, match=r"sent more than 0.001 MB"):
        fetch.get(Wanted(wanted.address, wanted.accept, most_bytes=1000))


def test_packed_answers_are_not_unpacked(servers: PaperServers, fetch: Fetch, wanted: Wanted) -> None:
    servers.at("/crossref", Reply(200, gzip.compress(bytes(10_000_000)), {"Content-Encoding": "gzip"}))
    with pytest.raises(OnlineError, match="compressed answer"):
        fetch.get(wanted)


@pytest.mark.parametrize(
    "broken", [b"", b"HTTP/1.1 2", b"SSH-2.0-OpenSSH\r\n\r\n", HEAD + b"Content-Length: 900\r\n\r\nab"]
)
def test_broken_answers_are_asked_for_again(
    servers: PaperServers, fetch: Fetch, wanted: Wanted, pauses: Pauses, broken: bytes
) -> None:
    servers.at("/crossref", raw(broken), raw(broken), Reply(200, b"whole"))
    assert fetch.get(wanted).body == b"whole"
    assert pauses == [1.0, 2.0]
    servers.at("/crossref", raw(broken))
    with pytest.raises(OnlineError, match="broke off its answer"):
        fetch.get(wanted)


def test_a_server_that_is_not_there(pauses: Pauses) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with pytest.raises(UnreachableError, match=r"^127.0.0.1 cannot be reached: check the network, or go on"):
        Fetch(Addresses(doi=address), pause=pauses).get(Wanted(address, "text/plain"))
    assert pauses == []


def test_a_server_that_never_takes_up(pauses: Pauses) -> None:
    """A full queue of connections: nobody refuses them and nobody takes them up, as on a network without a way out."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as full:
        address = f"http://127.0.0.1:{full.getsockname()[1]}"
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        began = time.monotonic()
        with pytest.raises(UnreachableError):
            Fetch(Addresses(doi=address), pause=pauses).get(Wanted(address, "text/plain"))
        assert time.monotonic() - began < CONNECT_SECONDS + 0.5
        for each in waiting:
            each.close()


def test_offline_two_servers_are_tried_and_no_more(monkeypatch: pytest.MonkeyPatch, pauses: Pauses) -> None:
    looked_up: list[str] = []

    def nowhere(host: str, *_: object, **__: object) -> None:
        looked_up.append(host)
        raise socket.gaierror("no network")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    fetch = Fetch(pause=pauses)
    hosts = [
        "export.arxiv.org",
        "export.arxiv.org",
        "api.crossref.org",
        "doi.org",
        "api.openalex.org",
        "api.zotero.org",
    ]
    for host in hosts:
        with pytest.raises(UnreachableError, match=f"^{host} cannot be reached"):
            fetch.get(Wanted(f"https://{host}/", "text/plain"))
    assert looked_up == ["export.arxiv.org", "api.crossref.org"]


def test_public_servers_get_a_pause_between_requests(monkeypatch: pytest.MonkeyPatch, pauses: Pauses) -> None:
    """The name of a public server leads to this machine: that is refused, but its turn has been taken."""
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    fetch = Fetch(pause=pauses)
    for _ in range(2):
        with pytest.raises(OnlineError, match="private network"):
            fetch.get(Wanted("https://doi.org/10.1000/a", "text/plain"))
    assert len(pauses) == 1 and 0 < pauses[0] <= GAP_SECONDS


class Led(Fetch):
    """Public servers, of which the first leads on to an address."""

    onward = ""
    asked: list[str]

    def _once(self, wanted: Wanted, sink: BinaryIO) -> Answer:
        self.asked.append(wanted.address)
        moved = wanted.address.startswith("https://doi.org")
        return Answer(302 if moved else 200, {"location": self.onward} if moved else {}, "doi.org")


@pytest.mark.parametrize(
    "onward", ["http://127.0.0.1:23119/api/users/0/items", "http://127.0.0.1:23119/connector/x", "http://localhost:1/"]
)
def test_no_server_elsewhere_leads_to_a_program_of_this_machine(onward: str, pauses: Pauses) -> None:
    """Whoever registers a DOI says where it leads."""
    fetch = Led(pause=pauses)
    fetch.asked, fetch.onward = [], onward
    with pytest.raises(OnlineError, match="to a program of this machine"):
        fetch.get(Wanted("https://doi.org/10.1000/x", "text/plain"))
    assert fetch.asked == ["https://doi.org/10.1000/x"]
    fetch.onward = "https://api.crossref.org/works/10.1000/x"
    assert fetch.get(Wanted("https://doi.org/10.1000/x", "text/plain")).status == 200
