"""`python -m deploy.supply.audit`, which is `make audit`: are there known vulnerabilities in what the locks name?

Needs pip-audit beside this Python. Exits with 1 for a known vulnerability. Where no
source of advisories can be reached nothing is known either way: that is said, and it is
a failure only with --must-look.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.supply.locks import BUILD, RUNTIME, TORCH_CUDA

Json = dict[str, Any]
LOCKS = (RUNTIME, TORCH_CUDA, BUILD)
"""torch comes from the lock of PyPI's builds: no advisory knows the name of the build for processors."""
SOURCES = {"PyPI": ("--vulnerability-service", "pypi"), "OSV": ("--vulnerability-service", "osv")}
"""Asked in turn until one answers; both give the advisories of the Python Packaging Advisory Database."""
_CHROMA_SERVER = (
    "in Chroma's server in Python, with no fixed release; this program starts none, and compose.yaml Rust's"
)
ACCEPTED = dict.fromkeys(("CVE-2026-45829", "CVE-2026-45830", "CVE-2026-45831", "CVE-2026-45833"), _CHROMA_SERVER)
"""Advisories that do not make the audit fail, each with the reason why this program is not touched by it."""
PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Vulnerability:
    """What is known of one package at the version that is locked; an advisory has several names."""

    package: str
    version: str
    advisory: str
    aliases: tuple[str, ...]
    fixed_in: tuple[str, ...]

    @property
    def accepted(self) -> str | None:
        """The reason why it is, or None."""
        return next((ACCEPTED[name] for name in (self.advisory, *self.aliases) if name in ACCEPTED), None)

    def __str__(self) -> str:
        mended = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "not fixed yet"
        return f"{self.package} {self.version}: {self.advisory}, {mended}"


@dataclass(frozen=True)
class Report:
    """What a source said: how many packages it knows, which it does not, and what is wrong with those it knows."""

    known: int
    unknown: tuple[str, ...]
    vulnerabilities: tuple[Vulnerability, ...]


class UnansweredError(Exception):
    """A source that cannot be asked; the message is its reason."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask the sources and say what they know."""
    parser = argparse.ArgumentParser(prog="python -m deploy.supply.audit", description=main.__doc__)
    parser.add_argument("--must-look", action="store_true", help="fail where no source can be reached")
    parser.add_argument("--osv-url", help="ask this server of the OSV protocol, and no other")
    given = parser.parse_args(arguments)
    sources = {given.osv_url: (*SOURCES["OSV"], "--osv-url", given.osv_url)} if given.osv_url else SOURCES
    pip_audit = Path(sys.executable).with_name("pip-audit")
    try:
        _entries(pip_audit, ["--dry-run"], LOCKS)  # Asks nobody: what fails here is not the network.
    except UnansweredError as error:
        sys.exit(f"The locks cannot be audited: {error}")
    for source, options in sources.items():
        try:
            report = asked(pip_audit, options)
        except UnansweredError as error:
            print(f"{source} gives no advisories here: {error}")
            continue
        sentences, passed = verdict(source, report)
        print(sentences)
        sys.exit(0 if passed else 1)
    print(
        "NOT AUDITED: no source of advisories can be reached from here, so nothing is known of the packages' "
        "vulnerabilities. Run `make audit` where pypi.org/pypi or api.osv.dev answers."
    )
    sys.exit(1 if given.must_look else 0)


def asked(pip_audit: Path, options: Sequence[str], locks: Sequence[Path] = LOCKS) -> Report:
    """What the source behind these options says.

    Raises `UnansweredError` where it says nothing, or knows no package at all. The second is what
    a mirror does that has files but no advisories, and pip-audit calls it clean.
    """
    entries = _entries(pip_audit, options, locks)
    known = [entry for entry in entries if "vulns" in entry]
    found = [
        Vulnerability(
            entry["name"], entry["version"], told["id"], tuple(sorted(told["aliases"])), tuple(told["fix_versions"])
        )
        for entry in known
        for told in entry["vulns"]
    ]
    unknown = tuple(entry["name"] for entry in entries if "vulns" not in entry)
    if not known:
        raise UnansweredError(f"it knows none of {len(entries)} packages")
    return Report(len(known), unknown, tuple(dict.fromkeys(found)))


def _entries(pip_audit: Path, options: Sequence[str], locks: Sequence[Path]) -> list[Json]:
    command: list[str | Path] = [pip_audit, "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    command += ["--format", "json", "--desc", "off", "--aliases", "on", *options]
    for lock in locks:
        command += ["--requirement", lock]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise UnansweredError(f"no answer within {PATIENCE_SECONDS} s") from error
    if not done.stdout.strip():
        raise UnansweredError((done.stderr.strip().splitlines() or ["no reason given"])[-1][:200])
    return json.loads(done.stdout)["dependencies"]


def verdict(source: str, report: Report) -> tuple[str, bool]:
    """The sentences for the reader, and whether the audit is passed."""
    lines = [f"{source} knows {report.known} of {report.known + len(report.unknown)} locked packages."]
    if report.unknown:
        lines.append(f"It knows nothing of {', '.join(report.unknown)}: were they withdrawn?")
    open_ = [found for found in report.vulnerabilities if not found.accepted]
    lines += [str(found) for found in open_] or ["No vulnerability is known in them that is not accepted."]
    lines += [f"Accepted: {found}: {found.accepted}" for found in report.vulnerabilities if found.accepted]
    return "\n".join(lines), not (report.unknown or open_)


if __name__ == "__main__":
    main()
