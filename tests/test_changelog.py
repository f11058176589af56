"""The changelog keeps to its form, and its newest version is the program's."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from paperbacked import __version__

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
HEADINGS = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
VERSIONS = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})", heading) for heading in HEADINGS[1:]]


def test_the_newest_version_is_the_programs() -> None:
    assert VERSIONS[0] and VERSIONS[0][1] == __version__


def test_what_is_not_released_comes_first_and_then_each_version_with_its_day_newest_first() -> None:
    assert HEADINGS[0] == "[Unreleased]"
    assert all(VERSIONS), HEADINGS
    days = [date.fromisoformat(version[2]) for version in VERSIONS if version]
    numbers = [[int(part) for part in version[1].split(".")] for version in VERSIONS if version]
    assert days == sorted(days, reverse=True)
    assert numbers == sorted(numbers, reverse=True)


def test_changes_stand_under_the_kinds_of_the_form_each_once_a_version() -> None:
    for part in re.split(r"^## .+$", TEXT, flags=re.MULTILINE)[1:]:
        kinds = re.findall(r"^### (.+)$", part, re.MULTILINE)
        assert set(kinds) <= KINDS and len(set(kinds)) == len(kinds)
