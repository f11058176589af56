"""What somebody asks to be added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from retrieval.errors import PaperbackedError


@dataclass(frozen=True, slots=True)
class AddRequest:
    """Sources of papers, and how they are added.

    `sources` are what was named: paths of files and folders, arXiv ids, DOIs, addresses, "zotero:". `text` was pasted:
    ids, DOIs, addresses, BibTeX or RIS entries; no path in it is followed. `names` says what a source is called where
    its path is not what its owner calls it, as of an upload.

    With `online`, what papers lack is looked up, and with `pdfs` arXiv's PDFs are fetched too. `strict` refuses all
    where one thing cannot be read; `dry_run` changes nothing. `local_files` says that who asks may have any file of
    this machine read: without it no file is but the sources themselves and what lies in their folders.
    """

    sources: tuple[str, ...] = ()
    text: str = ""
    online: bool = False
    pdfs: bool = False
    strict: bool = False
    dry_run: bool = False
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    local_files: bool = False


class AddingStoppedError(PaperbackedError):
    """Adding was stopped by whoever began it, and nothing was changed."""
