"""Of a folder that is dropped on the page, the same files are sent, and named as unread, as `add` reads and names."""

from __future__ import annotations

import re
from pathlib import Path

import app.surfaces.page
from retrieval.adding.sources import DOCUMENTS
from retrieval.adding.unread import BY_SUFFIX
from retrieval.readers.registry import READERS

SCRIPT = (Path(app.surfaces.page.__path__[0]) / "static" / "files.js").read_text(encoding="utf-8")


def kinds(name: str) -> set[str]:
    """The endings of a list of the script."""
    found = re.search(rf"const {name} = named\((.*?)\);", SCRIPT, re.DOTALL)
    assert found
    return {f".{kind}" for part in re.findall(r'"([^"]*)"', found[1]) for kind in part.split()}


def test_what_is_read_is_sent() -> None:
    read = {*DOCUMENTS, *(suffix for reader in READERS for suffix in reader.suffixes)}
    # Of objects whoever looks into the file tells whether they are papers; sent alone it is looked into.
    assert kinds("READ") == read | {".json"}


def test_what_nothing_reads_and_can_be_had_as_pdf_is_named() -> None:
    assert kinds("UNREAD") == {suffix for suffix, (_, help_) in BY_SUFFIX.items() if re.search("(as|the) PDF", help_)}
