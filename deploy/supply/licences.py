"""The licences that installed packages state, and which of them must not be among what the program needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution

_CLASSIFIER = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
_FORBIDDEN = re.compile(
    r"(?<![A-Z])A?GPL|(?<!Lesser )General Public|Affero|non-?commercial|-NC\b|SSPL|Server Side Public"
    r"|BUSL|Business Source|Commons Clause|proprietary",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\bLGPL|Lesser General Public|\bMPL|Mozilla Public|\bEPL|Eclipse Public|\bCDDL|\bEUPL", re.IGNORECASE
)


@dataclass(frozen=True)
class Licence:
    """As the package's metadata states it: an SPDX expression, or words."""

    text: str
    is_expression: bool

    @property
    def is_forbidden(self) -> bool:
        """GPL, AGPL, for non-commercial use only, or of that kind: not among what the program needs."""
        return bool(_FORBIDDEN.search(self.text))

    @property
    def is_weak_copyleft(self) -> bool:
        """LGPL, MPL or of that kind: used as they are, but to be named."""
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
