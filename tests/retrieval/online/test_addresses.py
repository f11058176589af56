"""Who may be spoken to, and at which IP addresses."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from retrieval.errors import OnlineError
from retrieval.online.addresses import (
    CONNECT_SECONDS,
    PUBLIC,
    Addresses,
    UnreachableError,
    checked,
    may_connect,
    origin_of,
    resolved,
    within,
)


@pytest.mark.parametrize(
    "address",
    [
        "https://export.arxiv.org/api/query?id_list=2401.01234",
        "https://api.crossref.org/v1/works/10.1000%2Fa/transform",
        "https://data.crosscite.org/10.1000/a",
        "http://127.0.0.1:23119/api/users/0/items",
    ],
)
def test_servers_of_papers_may_be_asked(address: str) -> None:
    assert checked(address, PUBLIC) == origin_of(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/",
        "http://export.arxiv.org/api/query",
        "https://export.arxiv.org:8443/api/query",
        "https://export.arxiv.org@evil.example/",
        "https://user:secret@export.arxiv.org/",
        "https://export.arxiv.org.evil.example/",
        "http://127.0.0.1/",
        "http://127.0.0.1:23120/",
        "https://127.0.0.1:23119/api",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "ftp://export.arxiv.org/",
        "//export.arxiv.org/",
        "https://[::1",
        "https://export.arxiv.org:99999/",
        "",
    ],
)
def test_no_other_server_is(address: str) -> None:
    with pytest.raises(OnlineError, match="it was not asked"):
        checked(address, PUBLIC)


def test_a_server_elsewhere_must_be_https() -> None:
    with pytest.raises(OnlineError, match="without encryption"):
        checked("http://mirror.example/api", Addresses(arxiv="http://mirror.example/api"))


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "2001:db8::1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "fec0::1",
        "5f00::1",
        "nonsense",
    ],
)
def test_a_public_name_leads_to_no_private_address(number: str) -> None:
    assert not may_connect(number, "export.arxiv.org")


def test_public_addresses_may_be_connected_and_this_machine_only_by_its_own_names() -> None:
    assert may_connect("151.101.3.42", "export.arxiv.org")
    assert may_connect("2a04:4e42::426", "export.arxiv.org")
    assert may_connect("64:ff9b::9765:32a", "export.arxiv.org")  # the first of these where there is IPv6 alone
    assert may_connect("127.0.0.1", "127.0.0.1") and may_connect("::1", "localhost")
    assert not may_connect("151.101.3.42", "localhost")


def leading_to(*numbers: str) -> Any:
    return lambda host, port, **more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in numbers]


def test_a_name_of_which_one_address_is_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("151.101.3.42", "10.0.0.7"))
    with pytest.raises(OnlineError, match="private network"):
        resolved("export.arxiv.org", 443)
    monkeypatch.setattr(socket, "getaddrinfo", leading_to("151.101.3.42", "151.101.3.42", "151.101.67.42"))
    assert resolved("export.arxiv.org", 443) == ("151.101.3.42", "151.101.67.42")


def test_without_a_network_it_is_said_at_once() -> None:
    with pytest.raises(UnreachableError, match=r"^export.arxiv.org cannot be reached: check the network"):
        resolved("export.arxiv.org", 443)


def test_a_name_that_is_looked_up_for_ever_is_decided_within_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(30))
    began = time.monotonic()
    with pytest.raises(UnreachableError):
        resolved("export.arxiv.org", 443)
    assert time.monotonic() - began < CONNECT_SECONDS + 0.5


def test_within_gives_raises_and_stops() -> None:
    assert within(1, lambda: 7) == 7
    with pytest.raises(KeyError):
        within(1, lambda: {}["missing"])
    stopped = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.05, lambda: stopped.wait(10), stopped.set)
    assert stopped.is_set()
