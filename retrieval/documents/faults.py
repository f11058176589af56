"""Why a document cannot be read, each in one sentence."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from retrieval.documents.document import DocumentLimits
from retrieval.sanitize import sanitize

_MOST_NAME_CHARS = 120


class Fault(StrEnum):
    """Why a document cannot be read or shown."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    EMPTY = "empty"
    SCANNED = "scanned"
    NO_PAGE = "no page"
    TOO_LARGE = "too large"
    SLOW = "slow"
    MEMORY = "memory"
    CRASHED = "crashed"
    MISSING = "missing"
    BINARY = "binary"
    UNKNOWN = "unknown"


def sentence(fault: Fault, path: Path, limits: DocumentLimits) -> str:
    """What happened to the document, and what to do."""
    name = sanitize(path.name)[:_MOST_NAME_CHARS]
    memory = f"{limits.memory / 1e9:.3g} GB"
    return {
        Fault.ENCRYPTED: f"{name} is encrypted: save a copy without a password and add that.",
        Fault.BROKEN: f"{name} cannot be read as a PDF: it is broken, so get or save it anew.",
        Fault.EMPTY: f"{name} is empty: there is nothing in it to read.",
        Fault.SCANNED: f"{name} holds pictures of pages without text: run ocrmypdf on it and add what that writes.",
        Fault.NO_PAGE: f"{name} has no such page: ask for one that it has.",
        Fault.TOO_LARGE: f"{name} is larger than the {limits.bytes / 1e6:,.0f} MB that are read: split it.",
        Fault.SLOW: f"{name} took longer than {limits.seconds:g} seconds: split it, or save it anew.",
        Fault.MEMORY: f"{name} needs more than {memory} of memory: split it, or save it anew.",
        Fault.CRASHED: f"{name} is broken, or needs more than {memory} of memory: get or save it anew.",
        Fault.MISSING: f"{name} cannot be opened: see that it is there, is a file, and may be read.",
        Fault.BINARY: f"{name} is no text: add a PDF, Markdown or plain text.",
        Fault.UNKNOWN: f"{name} is no document that is read here: add a PDF, Markdown (.md) or plain text (.txt).",
    }[fault]
