"""Encrypted servers: the IP address that was checked is asked, and must prove to be the server of that name."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from retrieval.errors import OnlineError
from retrieval.online.addresses import Addresses
from retrieval.online.fetch import Fetch
from retrieval.online.request import Wanted
from tests.retrieval.online.conftest import Pauses
from tests.retrieval.online.paper_servers import PaperServers, Reply, serving


def write_certificate(folder: Path, name: str) -> Path:
    """A certificate for a name, signed by itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{name}.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def certificate(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    return write_certificate(tmp_path, getattr(request, "param", "localhost"))


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[PaperServers]:
    def wrap(server: ThreadingHTTPServer) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    with serving(wrap) as servers:
        servers.url = servers.url.replace("http://127.0.0.1", "https://localhost")
        servers.at("/doi", Reply(200, b"proved"))
        yield servers


def asking(servers: PaperServers, pauses: Pauses, believed: Path | None) -> bytes:
    trust = ssl.create_default_context(cafile=believed) if believed else None
    fetch = Fetch(Addresses(doi=f"{servers.url}/doi"), pause=pauses, trust=trust)
    return fetch.get(Wanted(f"{servers.url}/doi", "text/plain")).body


def test_a_server_that_proves_its_name(encrypted: PaperServers, pauses: Pauses, certificate: Path) -> None:
    assert asking(encrypted, pauses, certificate) == b"proved"
    assert encrypted.asked[0].headers["host"] == encrypted.url.removeprefix("https://")


def test_a_name_is_looked_up_once_and_asked_at_the_number_that_was_checked(
    encrypted: PaperServers, pauses: Pauses, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere when it is looked up again leads nobody there."""
    looked_up: list[str] = []
    look_up = socket.getaddrinfo

    def changing(host: str | bytes | None, *arguments: Any, **more: Any) -> Any:
        if host not in ("localhost", b"localhost"):
            return look_up(host, *arguments, **more)
        looked_up.append("localhost")
        return look_up("127.0.0.1" if len(looked_up) == 1 else "127.0.0.99", *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert asking(encrypted, pauses, certificate) == b"proved"
    assert looked_up == ["localhost"]


@pytest.mark.parametrize("certificate", ["doi.example"], indirect=True)
def test_a_server_with_the_certificate_of_another_name(
    encrypted: PaperServers, pauses: Pauses, certificate: Path
) -> None:
    with pytest.raises(OnlineError, match="localhost does not prove that it is localhost"):
        asking(encrypted, pauses, certificate)
    assert encrypted.asked == []


def test_a_certificate_that_nobody_believes(encrypted: PaperServers, pauses: Pauses) -> None:
    with pytest.raises(OnlineError, match="does not prove"):
        asking(encrypted, pauses, None)
    assert encrypted.asked == []
