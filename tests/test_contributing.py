"""What leads newcomers leads somewhere: the table of changes, the index of the pages, the files that are named."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CODE = ("app", "benchmarks", "deploy", "examples", "paperbacked", "prompts", "retrieval", "tests")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:py|css|json|md|toml|txt))`")
LEAST_CHANGES = 25


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the table that begins with this line, as cells."""
    rows = text[text.index(heading) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]


CHANGES = table(CONTRIBUTING, "| to change | open |")


@pytest.mark.parametrize(("what", "where"), CHANGES, ids=[row[0] for row in CHANGES])
def test_what_is_to_be_opened_is_there(what: str, where: str) -> None:
    named = PATH.findall(where)
    assert named, "no file is named"
    for path in named:
        assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file(), path
    for name, path in re.findall(r"`(\w+)` in `([\w/.]+)`", where):
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text(encoding="utf-8")), (name, path)


def test_the_table_is_whole() -> None:
    assert len(CHANGES) >= LEAST_CHANGES
    assert max(Counter(what for what, _ in CHANGES).values()) == 1


def test_the_targets_and_marks_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in re.findall(r"(?:^    |`)make ([a-z ]+?)(?: {2}|`|$)", CONTRIBUTING, re.MULTILINE):
        for target in line.split():
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    known = set(re.findall(r'^    "(\w+): ', project, re.MULTILINE))
    marks = {
        mark for cell, _ in table(CONTRIBUTING, "| mark | what it needs |") for mark in re.findall(r"`(\w+)`", cell)
    }
    assert marks == known


def test_the_index_leads_to_every_page_once() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = Counter(re.findall(r"\]\(((?!\.\.)[^)#:]+\.md)\)", index))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} - {"README.md"}
    assert set(linked) == pages
    assert set(linked.values()) == {1}


def test_every_example_is_in_the_index_and_in_the_readme() -> None:
    for page in (ROOT / "README.md", DOCS / "README.md"):
        text = page.read_text(encoding="utf-8")
        for example in (ROOT / "examples").glob("*.py"):
            assert f"examples/{example.name})" in text, (page.name, example.name)


PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "data" / "README.md", *sorted(ROOT.glob("*.md"))]
KNOWN = [f"/{path.relative_to(ROOT).as_posix()}" for room in CODE for path in (ROOT / room).rglob("*")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_files_of_the_program_that_a_page_names_are_there(page: Path) -> None:
    """By their whole path, or by so much of its end as fits one file alone."""
    for path in filter(is_code, PATH.findall(page.read_text(encoding="utf-8"))):
        if not (ROOT / path).exists():
            assert len([one for one in KNOWN if one.endswith(f"/{path.rstrip('/')}")]) == 1, path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_modules_that_a_page_runs_are_there(page: Path) -> None:
    for module in re.findall(r"python -m ((?:benchmarks|deploy)\b[\w.]*)", page.read_text(encoding="utf-8")):
        path = ROOT.joinpath(*module.rstrip(".").split("."))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_pages_name_files_and_modules_at_all() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert len([*filter(is_code, PATH.findall(text))]) > 100 and "python -m benchmarks." in text


def is_code(path: str) -> bool:
    return path.endswith((".py", ".css")) or path.split("/")[0] in CODE
