"""What the pages say is what the program does."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from app.cli.commands import app
from app.settings import PREFIX, Settings
from benchmarks import preferences
from benchmarks.docs import command_helps, pages
from benchmarks.readme import real_answer, shown_answer, untimed
from retrieval.errors import CorpusError
from retrieval.readers.registry import read_papers

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    *("README.md", "CONTRIBUTING.md", "SECURITY.md"),
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))),
]


def commands_of(command: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Each command by all its words, in order; a group before what is in it."""
    for name, inner in getattr(command, "commands", {}).items():
        yield f"{before}{name}", inner
        yield from commands_of(inner, f"{before}{name} ")


COMMANDS = dict(commands_of(typer.main.get_command(app)))


@pytest.mark.parametrize("name", ["cli.md", "settings.md"])
def test_the_generated_page_is_up_to_date(name: str) -> None:
    on_disk = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert on_disk == pages()[name], "run: python -m benchmarks.docs"


def test_the_page_of_preferences_is_what_the_judgements_say() -> None:
    page = preferences.page(preferences.read_answers())
    assert preferences.PAGE.read_text(encoding="utf-8") == page, "run: python -m benchmarks.preferences"
    assert page.count("\n### ") == preferences.SHOWN


def test_the_readme_says_what_readers_preferred() -> None:
    readme = " ".join(README.split())
    for reader in range(2):
        read = preferences.prose_preferred(reader)
        assert f"in {read['quotes']} of {read.total()} answers" in readme
    answers = [answer for answer in preferences.read_answers() if answer.status == "answered"]
    last = [answer for answer in answers if answer.round == answers[-1].round]
    assert f"in {sum(answer.better == 'line' for answer in last)} of {len(last)}" in readme


def test_the_readme_says_how_often_it_is_wrong() -> None:
    results = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    [row] = re.findall(r"^\| all but the project's \|(.+)\|$", results.split("\n**test**\n")[1], re.MULTILINE)
    shares = [round(float(cell.strip(" %"))) for cell in row.split("|")[2:6]]
    refused, answered, partly = shares[0], shares[2], shares[3]
    told = f"it answers {answered} in 100 and {partly} in part; of those that they do answer it refuses {refused} "
    assert told in " ".join(README.split())


def test_the_pages_are_the_same_whatever_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = pages()
    for name, value in {"COLUMNS": "40", "TERMINAL_WIDTH": "40", "FORCE_COLOR": "1", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert pages() == before
    assert not re.search(r"[\x1b\u2500-\u257f]", "".join(before.values()))


def test_every_command_has_its_help_on_the_page() -> None:
    helps = dict(command_helps())
    assert list(helps) == ["paperbacked", *(f"paperbacked {name}" for name in COMMANDS)]
    for name, command in COMMANDS.items():
        assert helps[f"paperbacked {name}"].startswith(f"Usage: paperbacked {name} ")
        for parameter in command.params:
            assert parameter.opts[0] in helps[f"paperbacked {name}"] or parameter.param_type_name == "argument"
            assert parameter.help, f"{name} {parameter.name} says nothing of itself"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    [row] = re.findall(rf"^\| `{PREFIX}{name.upper()}` \| .+ \| .* \| (.+) \|$", page, re.MULTILINE)
    assert row == Settings.model_fields[name].description


def test_no_other_page_names_a_setting_that_does_not_exist() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in PAGES:
        page = ROOT / name
        named = set(re.findall(rf"\b{PREFIX}[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
        assert named <= known, page.name


def test_the_tree_of_the_readme_exists() -> None:
    tree = re.findall(r"^    ( *)([a-z_]+/) {2,}\S", README, re.MULTILINE)
    assert len(tree) >= 8
    above: list[str] = []
    for indent, name in tree:
        above = [*above[: len(indent) // 2], name]
        assert ROOT.joinpath(*above).is_dir(), above
    shown = {name.rstrip("/") for indent, name in tree if not indent}
    assert {"app", "retrieval", "prompts", "data", "tests", "benchmarks", "docs"} <= shown


def commands_of_the_readme() -> Iterator[list[str]]:
    for line in re.findall(r"^(?:    |\$ )paperbacked (.+)$", README, re.MULTILINE):
        yield shlex.split(line, comments=True)


def test_the_commands_of_the_readme_exist() -> None:
    commands = list(commands_of_the_readme())
    assert {words[0] for words in commands} >= {"ask", "search", "papers", "add", "doctor"}
    for name, *words in commands:
        assert name in COMMANDS, name
        # Parsed as the program would; a wrong option or a missing argument raises.
        COMMANDS[name].make_context(name, words)


def test_the_options_of_the_readme_exist() -> None:
    text = re.sub(r"`pip install [^`]+`", "", README)
    options = {option for command in COMMANDS.values() for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= options


def test_the_least_record_of_the_readme_is_a_paper(tmp_path: Path) -> None:
    [record] = re.findall(r'^    (\{"id".+\})$', README, re.MULTILINE)
    file = tmp_path / "mine.jsonl"
    file.write_text(record, encoding="utf-8")
    [paper] = read_papers(file)
    assert paper.id == "owls" and paper.abstract
    for field in ("id", "title"):
        file.write_text(json.dumps({name: said for name, said in json.loads(record).items() if name != field}))
        with pytest.raises(CorpusError):
            list(read_papers(file))


def test_the_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^    |`[^`\n]*\b)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test"} <= named <= targets


@pytest.mark.parametrize("page", PAGES)
def test_links_within_the_project_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text):
        assert ((ROOT / page).parent / link).exists(), link


def test_the_readme_is_not_empty_where_it_shows_an_answer() -> None:
    shown = re.search(
        r"<!-- answer: begin -->\n```\n\$ paperbacked ask .+\n([\s\S]+?)```\n<!-- answer: end -->", README
    )
    assert shown and "[1]" in shown[1]


@pytest.mark.model
def test_the_answer_of_the_readme_is_the_one_the_program_gives() -> None:
    assert untimed(shown_answer()) == untimed(real_answer()), "run: python -m benchmarks.readme"


def named_tests(text: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", text))


LEAST_HELD = {"security.md": 61, "advisories.md": 50, "owasp.md": 25}
SECURITY = {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in LEAST_HELD}
TABLES = {
    name: [table.splitlines() for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)]
    for name, page in SECURITY.items()
}


@pytest.mark.parametrize("page", LEAST_HELD)
def test_every_row_of_the_page_on_security_has_a_head(page: str) -> None:
    """A blank line within a table cuts the rows below it off."""
    for table in TABLES[page]:
        assert re.fullmatch(r"\|[-|]+\|", table[1]), table[0]
        assert table[0].endswith("| held by |") or not any(map(named_tests, table)), table[0]


@pytest.mark.parametrize("page", LEAST_HELD)
def test_the_page_on_security_says_nothing_that_no_test_holds(page: str) -> None:
    held = [row for head, _, *rows in TABLES[page] if head.endswith("| held by |") for row in rows]
    assert len(held) >= LEAST_HELD[page]
    known = {
        name for file in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    for row in held:
        assert named_tests(row.rstrip("| ").rpartition("|")[2]), f"no test is named for: {row}"
    named = named_tests(SECURITY[page])
    assert named <= known, f"there is no test {named - known}"
