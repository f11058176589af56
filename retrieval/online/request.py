"""One request to one server: to the IP address that was checked, with a bound on its time and its size."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

import httpx

from retrieval.errors import OnlineError
from retrieval.online.addresses import within

MOST_BYTES = 5_000_000
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `private` headers, such as a key, go to the address itself and to none that it leads to."""

    address: str
    accept: str
    private: Mapping[str, str] = field(default_factory=dict[str, str])
    most_bytes: int = MOST_BYTES
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; names of headers are in small letters, and `host` is who said it, after redirects."""

    status: int
    headers: Mapping[str, str]
    host: str
    body: bytes = b""


def ask(
    wanted: Wanted, number: str, agent: str, trust: ssl.SSLContext | None, connect_seconds: float, sink: BinaryIO
) -> Answer:
    """The answer of the server at the IP address `number`; its body is in `sink`.

    `trust` says whose certificates are believed, for https. Raises `OnlineError` where the answer takes longer or is
    larger than wanted, and what httpx raises where there is none.
    """
    try:
        url = httpx.URL(wanted.address)
    except httpx.InvalidURL as error:
        raise OnlineError("A server leads to an address that is none: try again later.") from error
    headers = {"Host": url.netloc.decode(), "User-Agent": agent, "Accept": wanted.accept, "Connection": "close"}
    # Packed, a thousandfold fits into the same bytes.
    headers["Accept-Encoding"] = "identity"
    client = httpx.Client(
        trust_env=False,
        follow_redirects=False,
        verify=trust if trust and url.scheme == "https" else False,
        timeout=httpx.Timeout(wanted.seconds, connect=connect_seconds),
    )
    request = client.build_request("GET", url.copy_with(host=number), headers=headers | dict(wanted.private))
    # The certificate must be that of the name, not of the number.
    request.extensions["sni_hostname"] = url.host
    sink.seek(0)
    sink.truncate()
    try:
        return within(wanted.seconds, lambda: _read(client, request, wanted, url.host, sink), client.close)
    except TimeoutError as error:
        raise too_slow(url.host, wanted.seconds) from error
    finally:
        client.close()


def _read(client: httpx.Client, request: httpx.Request, wanted: Wanted, host: str, sink: BinaryIO) -> Answer:
    response = client.send(request, stream=True)
    try:
        if response.headers.get("content-encoding", "identity").strip().casefold() != "identity":
            raise OnlineError(f"{host} sent a compressed answer, which was not asked for: try again later.")
        read = 0
        for piece in response.iter_raw():
            read += len(piece)
            if read > wanted.most_bytes:
                most = f"{wanted.most_bytes / 1e6:g} MB"
                raise OnlineError(f"{host} sent more than {most} for one answer: it was not read.")
            sink.write(piece)
        return Answer(response.status_code, dict(response.headers), host)
    finally:
        response.close()


def too_slow(host: str, seconds: float) -> OnlineError:
    """The sentence for a server that takes too long."""
    return OnlineError(f"{host} did not answer within {seconds:g} seconds: try again later.")
