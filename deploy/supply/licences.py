"""The licences that installed packages state, and which may be among what the program needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution

ALLOWED = frozenset(
    (
        *("MIT", "MIT-0", "MIT-CMU", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "ISC", "Zlib", "BSL-1.0", "CC0-1.0"),
        *("Apache-2.0", "Apache-2.0 WITH LLVM-exception", "PSF-2.0", "CNRI-Python", "MPL-2.0"),
        # What older packages say in words, each of which was looked at.
        *("MIT License", "BSD License", "3-Clause BSD License", "ISC License (ISCL)", "Apache Software License"),
        *("Apache 2.0 License", "Apache License, Version 2.0", "Python Software Foundation License"),
        *("Mozilla Public License 2.0 (MPL 2.0)", "BSD-3-Clause, Apache-2.0, dependency licenses"),
    )
)
"""Whatever is not here is a surprise: somebody reads its terms, and adds it or does without the package."""
_JOINED = re.compile(r"\s+(?:AND|OR)\s+|[()]")
_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
_WEAK = re.compile(r"\bMPL|Mozilla Public", re.IGNORECASE)


@dataclass(frozen=True)
class Licence:
    """As the package's metadata states it: an SPDX expression, or words."""

    text: str
    is_expression: bool

    @property
    def is_allowed(self) -> bool:
        """Whether all of it is in `ALLOWED`, also of what is to be chosen between."""
        parts = [self.text] if self.text in ALLOWED else _JOINED.split(self.text)
        named = [part.strip() for part in parts if part.strip()]
        return bool(named) and ALLOWED.issuperset(named)

    @property
    def is_weak_copyleft(self) -> bool:
        """The Mozilla Public License: used as it is, but to be named."""
        return bool(_WEAK.search(self.text))


def licence(package: Distribution) -> Licence | None:
    """What the package states of its licence: an expression, else classifiers, else the first line of its text."""
    if expressions := _fields(package, "License-Expression"):
        return Licence(expressions[0], is_expression=True)
    found = [_CLASSIFIER.fullmatch(line) for line in _fields(package, "Classifier")]
    if names := [name[1] for name in found if name]:
        return Licence(" AND ".join(names), is_expression=False)
    lines = [line.strip() for text in _fields(package, "License") for line in text.splitlines() if line.strip()]
    return Licence(lines[0], is_expression=False) if lines else None


def _fields(package: Distribution, name: str) -> list[str]:
    return package.metadata.get_all(name) or []
