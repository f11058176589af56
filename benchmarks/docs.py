"""Write the pages that the code itself can tell: `python -m benchmarks.docs`.

tests/test_docs.py holds the pages in docs/ against what is made here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.core
import typer.main
from pydantic.fields import FieldInfo

from app.cli.commands import app
from app.settings import PREFIX, Settings

WIDTH = 100
DEFAULTS_FOUND_AT_START = {
    "home": "the user's data folder: `~/.local/share/paperbacked` on Linux",
    "papers": "the papers that ship with the program",
}


def pages() -> dict[str, str]:
    """The generated pages of docs/, by file name."""
    return {"cli.md": cli_page(), "settings.md": settings_page()}


def cli_page() -> str:
    """The help of every command."""
    parts = [
        "# Command line",
        "Results go to stdout, progress and notes to stderr. The exit status is 0, 1 for a failure "
        "with one line of reason, 2 for wrong usage, 130 after Ctrl-C.",
        "This page is made by `python -m benchmarks.docs`.",
    ]
    for name, text in command_helps():
        parts += [f"## {name}", f"```\n{text}\n```"]
    return "\n\n".join(parts) + "\n"


def command_helps() -> Iterator[tuple[str, str]]:
    """The name and the help of the program and of each of its commands, in the program's order."""
    yield from _helps(typer.main.get_command(app), "paperbacked", None)


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    command.rich_markup_mode = None  # Plain text: no frames or colours, whatever the terminal.
    context = command.context_class(
        command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH, color=False
    )
    yield context.command_path, command.get_help(context).strip()
    for inner_name, inner in getattr(command, "commands", {}).items():
        yield from _helps(inner, inner_name, context)


def settings_page() -> str:
    """A table of all settings."""
    options = _options()
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_default(name, field)} | {options.get(name, '')} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    parts = [
        "# Settings",
        "Each is an environment variable; where a command has the option, that goes before it. "
        "An unknown variable that begins with `PAPERBACKED_` is refused, so a misspelt one does not go unnoticed.",
        "\n".join(["| variable | default | option | what it sets |", "|---|---|---|---|", *rows]),
        "This page is made by `python -m benchmarks.docs`.",
    ]
    return "\n\n".join(parts) + "\n"


def _options() -> dict[str, str]:
    found: dict[str, str] = {}
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for command in group.commands.values():
        for parameter in command.params:
            found.setdefault(parameter.name, f"`{parameter.opts[0]}`")
    return found


def _default(name: str, field: FieldInfo) -> str:
    if field.default_factory:
        return DEFAULTS_FOUND_AT_START[name]
    if field.default == ():
        return "none"  # As Python writes it, it is refused where it is given.
    return "unset" if field.default is None else f"`{field.default}`"


def main() -> None:
    """Write the pages into docs/."""
    folder = Path(__file__).parent.parent / "docs"
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(f"wrote docs/{name}")


if __name__ == "__main__":
    main()
