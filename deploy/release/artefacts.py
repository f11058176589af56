"""What a release consists of, in one folder, with the SHA-256 of each file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from retrieval.files import replacing, sha256_of

SUMS = "SHA256SUMS"
LICENCES = "licences.tsv"
SBOM = "sbom.json"


def write_licences(sbom: Path, out: Path) -> int:
    """Write name, version and licence of each package that the list of packages has; gives how many there are.

    Raises `ValueError` where the list is none, `KeyError` where a package has no licence.
    """
    components = json.loads(sbom.read_text(encoding="utf-8"))["components"]
    rows = [f"{one['name']}\t{one['version']}\t{_licence(one['licenses'])}" for one in components]
    with replacing(out) as draft:
        draft.write_text("\n".join(["package\tversion\tlicence", *sorted(rows)]) + "\n", encoding="utf-8")
    return len(rows)


def _licence(stated: list[dict[str, object]]) -> str:
    [one] = stated
    named = one.get("license")
    return str(named["name"] if isinstance(named, dict) else one["expression"])


def write_sums(files: Iterable[Path], folder: Path) -> Path:
    """Write SHA256SUMS of these files, which lie in `folder`, as `sha256sum --check` reads it."""
    lines = sorted((file.name, sha256_of(file)) for file in files)
    out = folder / SUMS
    with replacing(out) as draft:
        draft.write_text("".join(f"{digest}  {name}\n" for name, digest in lines), encoding="utf-8")
    return out
