"""What a set of requirements needs in turn, by the metadata of what is installed here."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Graph = dict[str, tuple[str, ...]]
"""Package names, each with the names of what it needs itself; names are normalised, `ROOT` is the program."""
ROOT = ""


def closure(requirements: Iterable[str]) -> Graph:
    """All that is needed here, extras included. Raises `PackageNotFoundError` where one of it is not installed."""
    needs: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(ROOT, Requirement(line), "") for line in requirements]
    needs[ROOT] = set()
    while waiting:
        asking, wanted, extra = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(wanted.name)
        needs[asking].add(name)
        needs.setdefault(name, set())
        for inner in {"", *wanted.extras}:
            if (name, inner) not in seen:
                seen.add((name, inner))
                lines = metadata.distribution(name).requires or ()
                waiting += [(name, Requirement(line), inner) for line in lines]
    return {name: tuple(sorted(others)) for name, others in sorted(needs.items())}
