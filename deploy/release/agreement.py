"""Whether program, changelog, tag and the committed files speak of one version."""

from __future__ import annotations

import ast
import re
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PROGRAM_FILE = "paperbacked/__init__.py"
CHANGELOG_FILE = "CHANGELOG.md"
_VERSION = re.compile(r"\d+\.\d+\.\d+")


class ReleaseError(Exception):
    """No release can be made; the message says why, and what to do."""


@dataclass(frozen=True)
class State:
    """What a checkout says of itself.

    `entries` are the headings of the changelog below *Unreleased*, newest first, each a version and its day;
    `unreleased` whether anything stands under that one; `tagged` the commit that the version's tag names, if
    there is such a tag; `commit` the one that is checked out, `seconds` when that was made, in seconds of Unix time;
    `changed` the files that differ from it.
    """

    version: str
    entries: tuple[tuple[str, str], ...]
    unreleased: bool
    tagged: str | None
    commit: str
    seconds: int
    changed: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The name of the version's tag, whether or not it is there."""
        return f"v{self.version}"


def git(root: Path, *arguments: str) -> str:
    """What git prints in the checkout `root`. Raises `ReleaseError` with git's reason where it fails."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True)
    except FileNotFoundError as error:
        raise ReleaseError("git is needed for a release: install it.") from error
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ReleaseError(f"git {arguments[0]} failed: {reason}. A release is made from a checkout with its history.")
    return done.stdout.rstrip("\n")


def read_state(root: Path) -> State:
    """The state of the checkout `root`. Raises `ReleaseError` where there is no commit or no version in it."""
    version = program_version((root / PROGRAM_FILE).read_text(encoding="utf-8"))
    entries, unreleased = changelog_entries((root / CHANGELOG_FILE).read_text(encoding="utf-8"))
    tagged = git(root, "for-each-ref", "--format=%(objectname) %(*objectname)", f"refs/tags/v{version}").split()
    return State(
        version=version,
        entries=entries,
        unreleased=unreleased,
        tagged=tagged[-1] if tagged else None,  # Of a tag with a message the second names the commit.
        commit=git(root, "rev-parse", "HEAD"),
        seconds=int(git(root, "log", "-1", "--format=%ct")),
        changed=tuple(line[3:] for line in git(root, "status", "--porcelain").splitlines()),
    )


def program_version(source: str) -> str:
    """`__version__` in the text of paperbacked/__init__.py. Raises `ReleaseError` where it is not three numbers."""
    for statement in ast.parse(source).body:
        if (
            isinstance(statement, ast.Assign)
            and [ast.unparse(target) for target in statement.targets] == ["__version__"]
            and isinstance(statement.value, ast.Constant)
            and _VERSION.fullmatch(str(statement.value.value))
        ):
            return str(statement.value.value)
    raise ReleaseError(f'{PROGRAM_FILE} has no line such as __version__ = "0.2.0".')


def changelog_entries(text: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """The versions of the changelog with their days, newest first, and whether anything is unreleased."""
    _, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    unreleased = any(part.startswith("[Unreleased]") and re.search(r"^- ", part, re.MULTILINE) for part in parts)
    entries = [re.match(r"\[(\d+\.\d+\.\d+)\] - (\S+)\n", part) for part in parts]
    return tuple((entry[1], entry[2]) for entry in entries if entry), unreleased


def missing(state: State, today: date, *, tag_wanted: bool) -> tuple[str, ...]:
    """What is to be done before this is a release, a sentence each; none where all agrees.

    `tag_wanted`: whether a tag that is not there yet is missing too.
    """
    said: list[str] = []
    newest, day = state.entries[0] if state.entries else ("none", "")
    if newest != state.version:
        said.append(
            f"The program is {state.version} and the newest version of {CHANGELOG_FILE} is {newest}: "
            f"set __version__ in {PROGRAM_FILE}, and give that version a heading with its day."
        )
    elif not _is_day(day) or date.fromisoformat(day) > today:
        said.append(f"{CHANGELOG_FILE} gives {newest} the day {day}, which is none or has not come: write the day.")
    if state.unreleased:
        said.append(f"In {CHANGELOG_FILE} changes stand under Unreleased: move them under the version that has them.")
    if state.changed:
        more = f" and {len(state.changed) - 3} more" if len(state.changed) > 3 else ""
        said.append(f"Not committed: {', '.join(state.changed[:3])}{more}. Commit, as only what is committed is built.")
    if state.tagged is None:
        if tag_wanted:
            said.append(f"There is no tag {state.tag}: `make release TAG=1` makes it when all else is right.")
    elif state.tagged != state.commit:
        said.append(
            f"The tag {state.tag} is on {state.tagged[:7]} and not on this commit, {state.commit[:7]}: "
            "build from the tag, or give this a new version."
        )
    return tuple(said)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
