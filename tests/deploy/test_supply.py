"""What the program needs from elsewhere: its licences, its list, and whether an audit that saw nothing says so."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.utils import canonicalize_name

from deploy.supply.audit import ACCEPTED, LOCKS, Report, UnansweredError, Vulnerability, asked, verdict
from deploy.supply.licences import Licence, licence
from deploy.supply.locks import ROOT, RUNTIME, TORCH_CPU, read_pins

ACCEPTED_ONE = next(iter(ACCEPTED))
TOOLS = ROOT / ".venv-tools" / "bin"
LOCKED = [pin for lock in (RUNTIME, TORCH_CPU) for pin in read_pins(lock.read_text(encoding="utf-8"))]
HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["0.17"], "aliases": ["CVE-2026-1"]}


class Stated(metadata.Distribution):
    """A package that says this of its licence."""

    def __init__(self, **fields: str) -> None:
        self._fields = fields

    @property
    def metadata(self) -> Any:
        message = Message()
        for name, value in self._fields.items():
            message[name.replace("_", "-")] = value
        return message

    def read_text(self, filename: str) -> None:
        return None

    def locate_file(self, path: Any) -> Path:
        return Path(path)


def test_every_licence_is_known_and_one_that_may_be_there() -> None:
    stated = {pin.name: licence(metadata.distribution(pin.name)) for pin in LOCKED}
    assert len(stated) > 100
    assert not {name: told for name, told in stated.items() if told is None or not told.is_allowed}


def test_weak_copyleft_is_named_in_the_docs() -> None:
    stated = {pin.name: licence(metadata.distribution(pin.name)) for pin in LOCKED}
    weak = {name for name, told in stated.items() if told and told.is_weak_copyleft}
    assert weak == {"certifi", "orjson", "tqdm"}
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in page for name in weak)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"License_Expression": "MIT OR Apache-2.0", "License": "x"}, "MIT OR Apache-2.0"),
        ({"License": "see LICENSE", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT License"),
        ({"License": "Apache 2.0 License\n\nlong text", "Classifier": "Topic :: Text"}, "Apache 2.0 License"),
    ],
)
def test_a_licence_is_read_from_where_it_is_stated_best(fields: dict[str, str], text: str) -> None:
    stated = licence(Stated(**fields))
    assert stated == Licence(text, is_expression="License_Expression" in fields)


def test_a_package_may_state_no_licence() -> None:
    assert licence(Stated(License=" ")) is None


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Apache-2.0 WITH LLVM-exception", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("MIT License AND BSD License", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND AGPL-3.0-only", False),
        ("MIT OR GPL-2.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("CC-BY-NC-4.0", False),
        ("Free for non-commercial use", False),
        ("Other/Proprietary License", False),
        ("Apache-2.0 WITH Commons-Clause", False),
        ("A licence that nobody has read", False),
        ("", False),
    ],
)
def test_only_what_was_looked_at_is_allowed(text: str, allowed: bool) -> None:
    assert Licence(text, is_expression=True).is_allowed == allowed


def test_weak_copyleft_is_told_apart() -> None:
    assert Licence("MPL-2.0 AND MIT", is_expression=True).is_weak_copyleft
    assert not Licence("Apache-2.0 AND BSL-1.0", is_expression=True).is_weak_copyleft


@pytest.fixture
def pip_audit(tmp_path: Path) -> Callable[[str], Path]:
    """A program that stands in for pip-audit: it prints this and ends as pip-audit does."""

    def standing_in(printed: str) -> Path:
        program = tmp_path / "pip-audit"
        program.write_text(f"#!{sys.executable}\nimport sys\nprint({printed!r}, end='')\nsys.exit('the last word')\n")
        program.chmod(0o755)
        return program

    return standing_in


def test_a_source_that_knows_nothing_has_not_answered(pip_audit: Callable[[str], Path]) -> None:
    # What it prints behind a mirror without advisories; it ends with 0 and "No known vulnerabilities found".
    skipped = {"dependencies": [{"name": "h11", "skip_reason": "Dependency not found on PyPI"}], "fixes": []}
    with pytest.raises(UnansweredError, match="knows none of 1 packages"):
        asked(pip_audit(json.dumps(skipped)), [])
    with pytest.raises(UnansweredError, match="the last word"):
        asked(pip_audit(""), [])


def test_what_a_source_knows_is_told(pip_audit: Callable[[str], Path]) -> None:
    told = [
        {"name": "h11", "version": "0.16.0", "vulns": [HOLE, HOLE]},
        {"name": "idna", "version": "3.20", "vulns": []},
        {"name": "gone", "skip_reason": "Dependency not found on PyPI"},
    ]
    report = asked(pip_audit(json.dumps({"dependencies": told, "fixes": []})), [])
    assert report == Report(2, ("gone",), (Vulnerability("h11", "0.16.0", "PYSEC-2026-1", ("CVE-2026-1",), ("0.17",)),))
    sentences, passed = verdict("OSV", report)
    assert not passed
    assert "knows 2 of 3 locked packages" in sentences and "nothing of gone" in sentences
    assert "h11 0.16.0: PYSEC-2026-1, fixed in 0.17" in sentences


@pytest.mark.parametrize(
    ("report", "passed"),
    [
        (Report(2, (), ()), True),
        (Report(2, ("gone",), ()), False),
        (Report(2, (), (Vulnerability("a", "1", "X", (), ()),)), False),
        (Report(2, (), (Vulnerability("a", "1", "X", (ACCEPTED_ONE,), ()),)), True),
        (Report(2, (), (Vulnerability("a", "1", ACCEPTED_ONE, (), ()), Vulnerability("a", "1", "X", (), ()))), False),
    ],
)
def test_only_an_audit_that_saw_all_and_found_nothing_is_passed(report: Report, passed: bool) -> None:
    sentences, said = verdict("OSV", report)
    assert said == passed
    for found in report.vulnerabilities:
        assert found.advisory in sentences, "what is accepted is told too"
    assert ("that is not accepted" in sentences) == (not any(not found.accepted for found in report.vulnerabilities))


def test_what_is_accepted_has_its_reason_and_is_told_in_the_docs() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
    for advisory, reason in ACCEPTED.items():
        assert len(reason.split()) > 8 and advisory in page


@pytest.fixture(scope="module")
def tools() -> Path:
    subprocess.run(["make", "--silent", "tools"], cwd=ROOT, check=True, timeout=600)
    return TOOLS


@pytest.mark.supply
def test_the_list_names_every_locked_package_and_is_the_same_twice(tools: Path, tmp_path: Path) -> None:
    made = []
    for name in ("first.json", "second.json"):
        command = [sys.executable, "-m", "deploy.supply.sbom", tools, tmp_path / name]
        subprocess.run([str(part) for part in command], cwd=ROOT, check=True, timeout=300, capture_output=True)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    bom = json.loads(made[0])
    assert (bom["bomFormat"], bom["metadata"]["component"]["name"]) == ("CycloneDX", "paperbacked")
    assert not {"serialNumber"} & set(bom) and "timestamp" not in bom["metadata"]
    listed: dict[str, Any] = {canonicalize_name(component["name"]): component for component in bom["components"]}
    assert set(listed) == {pin.name for pin in LOCKED}
    needs = {entry["ref"]: entry["dependsOn"] for entry in bom["dependencies"]}
    for pin in LOCKED:
        component = listed[pin.name]
        assert component["version"] == pin.version
        [source] = component["externalReferences"]
        assert {told["content"] for told in source["hashes"]} == set(pin.hashes)
        assert {told["alg"] for told in source["hashes"]} == {"SHA-256"}
        assert component["licenses"]
        assert component["bom-ref"] in needs
    assert listed["starlette"]["purl"] in needs[listed["fastapi"]["purl"]]
    assert listed["gradio"]["purl"] in needs["root-component"]
    for path in (str(ROOT), str(Path.home())):
        assert path == "/root" or path.encode() not in made[0]


@contextmanager
def advisories(holes: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """The address of a server of the OSV protocol that knows these, by package."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked_for = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = holes.get(asked_for["package"]["name"])
            body = json.dumps({"vulns": found} if found else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


def audit(tools: Path, url: str, *options: str) -> tuple[int, str]:
    command = [tools / "python", "-m", "deploy.supply.audit", "--osv-url", url, *options]
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.supply
def test_a_known_vulnerability_fails_the_audit(tools: Path) -> None:
    version = next(pin.version for pin in LOCKED if pin.name == "h11")
    hole = {
        "id": "PYSEC-2026-1",
        "summary": "A hole.",
        "affected": [{"package": {"name": "h11", "ecosystem": "PyPI"}, "ranges": [], "versions": [version]}],
    }
    with advisories({"h11": [hole]}) as url:
        status, said = audit(tools, url)
    assert status == 1, said
    assert f"h11 {version}: PYSEC-2026-1, not fixed yet" in said


@pytest.mark.supply
def test_where_nothing_is_known_the_audit_is_passed_and_says_how_much_it_saw(tools: Path) -> None:
    with advisories({}) as url:
        status, said = audit(tools, url, "--must-look")
    assert status == 0, said
    names = {pin.name for lock in LOCKS for pin in read_pins(lock.read_text(encoding="utf-8"))}
    assert f"knows {len(names)} of {len(names)} locked packages" in said


@pytest.mark.supply
@pytest.mark.parametrize(("options", "expected"), [((), 0), (("--must-look",), 1)])
def test_an_audit_that_reaches_nobody_says_so(tools: Path, options: tuple[str, ...], expected: int) -> None:
    with advisories({}) as url:
        pass  # Nobody listens there any more.
    status, said = audit(tools, url, *options)
    assert status == expected, said
    assert "NOT AUDITED" in said and "No vulnerability" not in said
