"""`python -m deploy.release TOOLS`, which is `make release`: builds what is committed, checks it, leaves it in dist.

Without --rehearsal it does so only where version, changelog, tag and commit agree; with
--tag it makes the tag, once all the rest has passed. TOOLS is the folder with twine,
pip-audit and cyclonedx-py. docs/releasing.md has the steps around it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.release.agreement import ReleaseError, State, git, missing, read_state
from deploy.release.artefacts import LICENCES, SBOM, write_licences, write_sums
from deploy.release.building import Built, build_elsewhere, build_here, builder, differences, export
from deploy.release.installing import LOCKED_FOR, NAMES, try_core, try_whole, version_of
from deploy.supply.locks import CORE, ROOT, RUNTIME, TORCH_CPU


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the release, and say what is being done; exit with 1 and the reason where it is none."""
    parser = argparse.ArgumentParser(prog="python -m deploy.release", description=main.__doc__)
    parser.add_argument("tools", type=Path, help="folder with twine, pip-audit and cyclonedx-py")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the files are put; dist without it")
    parser.add_argument("--rehearsal", action="store_true", help="build although version, changelog or tag disagree")
    parser.add_argument("--tag", action="store_true", help="make the tag if all else has passed")
    parser.add_argument("--must-audit", action="store_true", help="fail where no source of advisories can be reached")
    parser.add_argument("--pythons", nargs="*", default=NAMES, help="Pythons to install it for")
    given = parser.parse_args(arguments)
    try:
        release(
            ROOT,
            given.tools.absolute(),
            given.out.absolute(),
            rehearsal=given.rehearsal,
            tag=given.tag,
            must_audit=given.must_audit,
            pythons=given.pythons,
        )
    except ReleaseError as error:
        sys.exit(str(error))


def release(
    root: Path, tools: Path, out: Path, *, rehearsal: bool, tag: bool, must_audit: bool, pythons: Sequence[str]
) -> None:
    """All of it, of the checkout `root`. Raises `ReleaseError` where something is missing, differs or fails."""
    state = read_state(root)
    open_ = missing(state, datetime.now(UTC).date(), tag_wanted=not tag)
    if open_ and not rehearsal:
        raise ReleaseError("\n".join(["This is no release yet:", *(f"- {sentence}" for sentence in open_)]))
    tell(f"paperbacked {state.version}, commit {state.commit[:7]}" + (", a rehearsal" if open_ else ""))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="paperbacked-release-") as folder:
        work = Path(folder)
        built = built_twice(root, state, work, out)
        checked(tools, built)
        files = accompanied(tools, built, out, must_audit=must_audit)
        installed(pythons, built.wheel, work)
    sums = write_sums(files, out)
    tell(f"{sums}:", *sums.read_text(encoding="utf-8").splitlines())
    if open_:
        tell("A rehearsal, as this is no release yet:", *(f"- {sentence}" for sentence in open_))
    elif tag and not rehearsal and state.tagged is None:
        git(root, "tag", state.tag, state.commit)
        tell(f"Tagged {state.tag}. Push commit and tag, and hand out what SHA256SUMS names.")


def built_twice(root: Path, state: State, work: Path, out: Path) -> Built:
    """The two files in `out`, once a second build gave the same bytes. Raises `ReleaseError` where it did not."""
    tell("Building twice: in two folders, with other rights, times, zones and seeds, the wheel from the sdist too.")
    python = builder(work / "builder")
    pairs: list[Built] = []
    for build, name in ((build_here, "a"), (build_elsewhere, "another-folder")):
        export(root, state.commit, work / name / "source")
        pairs.append(build(python, work / name / "source", work / name / "dist", state.seconds))
    first, second = pairs
    for one, other in ((first.sdist, second.sdist), (first.wheel, second.wheel)):
        if names := differences(one, other):
            raise ReleaseError(
                f"Two builds of {one.name} differ in {', '.join(names[:5])}: something in it depends on "
                "the time, the folder or the machine."
            )
        tell(f"  {one.name}: {one.stat().st_size / 1e6:.1f} MB, the same bytes twice")
    for old in (*out.glob("paperbacked-*.whl"), *out.glob("paperbacked-*.tar.gz")):
        old.unlink()
    return Built(*(Path(shutil.move(file, out / file.name)) for file in (first.sdist, first.wheel)))


def checked(tools: Path, built: Built) -> None:
    """twine's word on both files. Raises `ReleaseError` where a registry would refuse one."""
    step("twine", [tools / "twine", "--no-color", "check", "--strict", built.sdist, built.wheel])


def accompanied(tools: Path, built: Built, out: Path, *, must_audit: bool) -> tuple[Path, ...]:
    """The files of the release: with the two, what is in an image, its licences, and the locks.

    Raises `ReleaseError` where a vulnerability or a licence stands against it.
    """
    must = ["--must-look"] if must_audit else []
    step("Known vulnerabilities", [tools / "python", "-m", "deploy.supply.audit", *must])
    sbom = out / SBOM
    step("Packages and licences", [sys.executable, "-m", "deploy.supply.sbom", tools, sbom])
    licences = out / LICENCES
    tell(f"  {licences.name}: {write_licences(sbom, licences)} packages")
    locks: list[Path] = []
    for lock in (RUNTIME, TORCH_CPU, CORE):
        locks.append(out / lock.name)
        locks[-1].write_bytes(lock.read_bytes())
    return (built.sdist, built.wheel, sbom, licences, *locks)


def installed(pythons: Sequence[str], wheel: Path, work: Path) -> None:
    """The wheel, tried in empty environments. Raises `ReleaseError` where it does not install or answer."""
    for at, python in enumerate(pythons):
        version = version_of(python)
        if version is None:
            tell(f"Not tried for {python}: there is none here.")
            continue
        tell(f"  {try_core(python, wheel, work / f'core-{at}')}")
        if version == LOCKED_FOR:
            tell(f"  {try_whole(python, wheel, work / f'whole-{at}')}")
        else:
            tell(f"  Python {version}, whole: not tried, as the locks are for {LOCKED_FOR}.")


def step(name: str, command: Sequence[str | Path]) -> None:
    """Run a step and show what it says. Raises `ReleaseError` where it fails."""
    tell(f"{name}:")
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=900)
    tell(*(f"  {line}" for line in (done.stdout + done.stderr).strip().splitlines()))
    if done.returncode:
        raise ReleaseError(f"{name}: this stands against a release.")


def tell(*lines: str) -> None:
    print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
