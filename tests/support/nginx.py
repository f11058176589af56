"""nginx as Debian has it, with the lines of docs/deploy.md and certificates of an authority that nobody keeps."""

from __future__ import annotations

import getpass
import re
import shutil
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.ports import free_port

NAME = "papers.example.org"
SITE = "site.example"
DOCS = Path(__file__).parents[2] / "docs" / "deploy.md"
_WORKERS = """daemon off;
pid {home}/pid;
{user}
error_log {home}/errors;
events {{}}
http {{
    access_log off;
    types {{ text/html html; }}
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    ssl_certificate {home}/certificate.pem;
    ssl_certificate_key {home}/key.pem;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {name};
{lines}
    }}
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name {site};
        root {home}/site;
        location = /favicon.ico {{ return 204; }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """nginx in front of a server; `fingerprint` is how Chromium is told which key to believe."""

    port: int
    home: Path
    fingerprint: str

    @contextmanager
    def visitor(self, address: str = "127.0.0.1", timeout: float = 60) -> Iterator[HTTPConnection]:
        """A connection of TLS from that address of this machine, which checks the certificate."""
        trust = ssl.create_default_context(cafile=str(self.home / "authority.pem"))
        plain = socket.create_connection(("127.0.0.1", self.port), timeout, (address, 0))
        connection = HTTPConnection(NAME, timeout=timeout)
        connection.sock = trust.wrap_socket(plain, server_hostname=NAME)
        try:
            yield connection
        finally:
            connection.close()

    def show(self, page: str) -> str:
        """The address of a page of another site, which the same nginx serves."""
        (self.home / "site" / "index.html").write_text(page, encoding="utf-8")
        return f"https://{SITE}/"


def documented_lines() -> str:
    """What docs/deploy.md has people write."""
    [lines] = re.findall(r"```nginx\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    return lines


@contextmanager
def proxied(upstream_port: int, home: Path) -> Iterator[Proxy]:
    """nginx before the server at that port, with its files in the empty folder `home`."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    assert program, "nginx is needed: apt-get install nginx-light"
    (home / "site").mkdir()
    proxy = Proxy(free_port(), home, certify(home))
    lines = documented_lines()
    assert "http://127.0.0.1:7860" in lines
    text = _WORKERS.format(
        home=home,
        user=f"user {getpass.getuser()};" if getpass.getuser() == "root" else "",
        port=proxy.port,
        name=NAME,
        site=SITE,
        # The port alone is another than in the documentation.
        lines=lines.replace("127.0.0.1:7860", f"127.0.0.1:{upstream_port}"),
    )
    (home / "nginx.conf").write_text(text, encoding="utf-8")
    process = subprocess.Popen([program, "-p", home, "-c", home / "nginx.conf", "-e", home / "errors"])
    try:
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", proxy.port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise AssertionError(f"nginx did not start:\n{(home / 'errors').read_text()}")
        yield proxy
    finally:
        process.terminate()
        process.wait(20)


def certify(home: Path) -> str:
    """An authority and a certificate of it for both names; the SHA-256 of the certificate's public key, in base64."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "For one run")])
    own = x509.BasicConstraints(ca=True, path_length=None)
    root = _draft(authority, authority, authority_key).add_extension(own, critical=True)
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.DNSName(SITE)])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    leaf = _draft(subject, authority, key).add_extension(names, critical=False)
    pem = serialization.Encoding.PEM
    (home / "authority.pem").write_bytes(root.sign(authority_key, hashes.SHA256()).public_bytes(pem))
    (home / "certificate.pem").write_bytes(leaf.sign(authority_key, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (home / "key.pem").write_bytes(private)
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return b64encode(sha256(public).digest()).decode()


def _draft(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
