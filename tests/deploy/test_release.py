"""A release: version, changelog and tag agree, two builds give the same bytes, and what is handed out is summed."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from deploy.release.__main__ import release
from deploy.release.agreement import ReleaseError, State, changelog_entries, missing, program_version, read_state
from deploy.release.artefacts import LICENCES, SBOM, write_licences, write_sums
from deploy.release.building import differences, only_built, run
from deploy.release.installing import version_of
from deploy.supply.locks import ROOT, RUNTIME, TORCH_CPU, read_pins

DAY = date(2026, 12, 1)
AGREED = State("0.2.0", (("0.2.0", "2026-11-30"), ("0.1.0", "2026-11-22")), False, "c" * 40, "c" * 40, 1, ())
CHANGELOG = "# Changelog\n\n## [Unreleased]\n{}\n## [0.2.0] - 2026-11-30\n\n### Added\n\n- Owls.\n"


def test_where_all_agrees_nothing_is_missing() -> None:
    assert missing(AGREED, DAY, tag_wanted=True) == ()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (replace(AGREED, version="0.3.0"), "The program is 0.3.0 and the newest version of CHANGELOG.md is 0.2.0"),
        (replace(AGREED, entries=()), "the newest version of CHANGELOG.md is none"),
        (replace(AGREED, entries=(("0.2.0", "soon"),)), "gives 0.2.0 the day soon"),
        (replace(AGREED, entries=(("0.2.0", "2026-12-02"),)), "has not come"),
        (replace(AGREED, unreleased=True), "changes stand under Unreleased"),
        (replace(AGREED, changed=("a", "b", "c", "d")), "Not committed: a, b, c and 1 more."),
        (replace(AGREED, tagged=None), "There is no tag v0.2.0"),
        (replace(AGREED, tagged="d" * 40), "The tag v0.2.0 is on ddddddd and not on this commit, ccccccc"),
    ],
)
def test_each_thing_that_is_missing_is_a_sentence(state: State, said: str) -> None:
    [sentence] = missing(state, DAY, tag_wanted=True)
    assert said in sentence and sentence.endswith(".")


def test_a_tag_that_is_to_be_made_is_not_missing_and_one_elsewhere_is() -> None:
    assert missing(replace(AGREED, tagged=None), DAY, tag_wanted=False) == ()
    assert missing(replace(AGREED, tagged="d" * 40), DAY, tag_wanted=False)


def test_what_is_unreleased_is_seen() -> None:
    entries = (("0.2.0", "2026-11-30"),)
    assert changelog_entries(CHANGELOG.format("")) == (entries, False)
    assert changelog_entries(CHANGELOG.format("\n### Fixed\n\n- Bats.\n")) == (entries, True)


def test_the_version_is_read_without_running_the_program() -> None:
    assert program_version('raise SystemExit\n__version__ = "1.2.3"\n') == "1.2.3"
    for source in ("", '__version__ = "1.2"', "__version__ = VERSION"):
        with pytest.raises(ReleaseError, match="has no line such as"):
            program_version(source)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout with a commit."""
    root = tmp_path / "checkout"
    (root / "paperbacked").mkdir(parents=True)
    (root / "paperbacked" / "__init__.py").write_text('__version__ = "0.2.0"\n')
    (root / "CHANGELOG.md").write_text(CHANGELOG.format(""))
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "Owls"]):
        git_in(root, *command)
    return root


def git_in(root: Path, *command: str) -> str:
    who = ["-c", "user.name=Ada Owl", "-c", "user.email=ada@owls.example", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *command], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def test_a_checkout_tells_its_state(checkout: Path) -> None:
    before = read_state(checkout)
    assert (before.version, before.tagged, before.changed) == ("0.2.0", None, ())
    assert before.commit == git_in(checkout, "rev-parse", "HEAD")
    for command in (["tag", "v0.2.0"], ["tag", "--force", "-m", "With a message", "v0.2.0"]):
        git_in(checkout, *command)
        assert read_state(checkout) == replace(before, tagged=before.commit)
    (checkout / "CHANGELOG.md").write_text("")
    (checkout / "new.txt").write_text("")
    assert read_state(checkout).changed == ("CHANGELOG.md", "new.txt")


def test_without_history_there_is_no_release(tmp_path: Path, checkout: Path) -> None:
    (checkout / ".git").rename(tmp_path / "elsewhere")
    with pytest.raises(ReleaseError, match=r"git for-each-ref failed: .+ A release is made from a checkout"):
        read_state(checkout)


def test_archives_that_differ_are_told_by_what_differs(tmp_path: Path) -> None:
    def wheel(name: str, text: str, year: int = 2026) -> Path:
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            packed.writestr(zipfile.ZipInfo("same.py"), "1")
            packed.writestr(zipfile.ZipInfo("other.py", (year, 1, 1, 0, 0, 0)), text)
        return tmp_path / name

    def sdist(name: str, mode: int, written: int) -> Path:
        with (
            gzip.GzipFile(tmp_path / name, "wb", mtime=written) as zipped,
            tarfile.open(fileobj=zipped, mode="w") as packed,
        ):
            entry = tarfile.TarInfo("a.py")
            entry.size, entry.mode = 1, mode
            packed.addfile(entry, io.BytesIO(b"1"))
        return tmp_path / name

    one = wheel("a.whl", "1")
    assert differences(one, wheel("b.whl", "1")) == ()
    assert differences(one, wheel("c.whl", "2")) == ("other.py",)
    assert differences(one, wheel("d.whl", "1", 2025)) == ("other.py",)
    assert differences(sdist("a.tar.gz", 0o644, 1), sdist("b.tar.gz", 0o600, 1)) == ("a.py",)
    assert differences(sdist("a.tar.gz", 0o644, 1), sdist("c.tar.gz", 0o644, 2)) == (
        "the order or the packing of what is within",
    )


def test_a_build_leaves_one_of_each(tmp_path: Path) -> None:
    (tmp_path / "a.whl").touch()
    with pytest.raises(ReleaseError, match="0 sdists and 1 wheels"):
        only_built(tmp_path)


def test_what_a_command_says_last_is_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"failed:\nno owls"):
        run(sys.executable, "-c", "import sys; sys.exit('no owls')", cwd=tmp_path)
    assert run(sys.executable, "-c", "import os; print(os.environ['A'])", cwd=tmp_path, variables={"A": "b"}) == "b\n"


def test_a_python_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert version_of(sys.executable) == ".".join(map(str, sys.version_info[:2]))
    assert version_of("python0.1") is None
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    assert version_of(broken) is None


def test_licences_are_a_table(tmp_path: Path) -> None:
    packages = [
        {"name": "b", "version": "2", "licenses": [{"license": {"name": "MIT License"}}]},
        {"name": "a", "version": "1", "licenses": [{"expression": "MIT OR Apache-2.0"}]},
    ]
    (tmp_path / SBOM).write_text(json.dumps({"components": packages}))
    assert write_licences(tmp_path / SBOM, tmp_path / LICENCES) == 2
    assert (tmp_path / LICENCES).read_text() == (
        "package\tversion\tlicence\na\t1\tMIT OR Apache-2.0\nb\t2\tMIT License\n"
    )


def test_sums_are_read_by_sha256sum(tmp_path: Path) -> None:
    for name in ("b.whl", "a.tar.gz"):
        (tmp_path / name).write_bytes(name.encode())
    sums = write_sums([tmp_path / "b.whl", tmp_path / "a.tar.gz"], tmp_path)
    assert sums.read_text().splitlines()[0] == f"{hashlib.sha256(b'a.tar.gz').hexdigest()}  a.tar.gz"
    assert checked(tmp_path) == 0
    (tmp_path / "b.whl").write_bytes(b"another")
    assert checked(tmp_path) == 1


def checked(folder: Path) -> int:
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, capture_output=True).returncode


def test_where_something_is_missing_nothing_is_built_unless_it_is_a_rehearsal(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"^This is no release yet:\n- There is no tag v0\.2\.0: [^\n]+$"):
        release(
            checkout,
            tmp_path,
            tmp_path / "dist",
            rehearsal=False,
            tag=False,
            must_audit=False,
            pythons=[sys.executable],
        )
    assert not (tmp_path / "dist").exists()


@pytest.mark.supply
@pytest.mark.timeout(1500)
def test_a_release_of_what_is_committed_is_built_twice_alike_and_checked(tmp_path: Path) -> None:
    subprocess.run(["make", "--silent", "tools"], cwd=ROOT, check=True, timeout=600)
    command = [sys.executable, "-m", "deploy.release", ".venv-tools/bin", "--out", tmp_path, "--rehearsal", "--pythons"]
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=1400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("the same bytes twice") == 2 and done.stdout.count("PASSED") == 2
    names = {line.split()[1] for line in (tmp_path / "SHA256SUMS").read_text().splitlines()}
    version = read_state(ROOT).version
    assert {f"paperbacked-{version}.tar.gz", f"paperbacked-{version}-py3-none-any.whl", SBOM, LICENCES} <= names
    assert {"runtime.txt", "torch-cpu.txt", "core.txt"} <= names and checked(tmp_path) == 0
    locked = {pin.name for lock in (RUNTIME, TORCH_CPU) for pin in read_pins(lock.read_text(encoding="utf-8"))}
    assert len((tmp_path / LICENCES).read_text().splitlines()) == len(locked) + 1
    assert git_in(ROOT, "tag", "--list", f"v{version}") == (f"v{version}" if read_state(ROOT).tagged else "")
