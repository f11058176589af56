"""`python -m deploy.supply.sbom TOOLS OUT`, which is `make sbom`: a CycloneDX list of all that an image runs.

cyclonedx-py, in the folder TOOLS, lists the locks with their hashes; here come licences and
who needs whom, as this environment has them, which holds what the locks name. The same
locks give the same file: it has no time and no serial number.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from deploy.space.requirements import CPU_TORCH_INDEX
from deploy.supply.closure import ROOT as PROGRAM
from deploy.supply.closure import Graph, closure
from deploy.supply.licences import Licence, licence
from deploy.supply.locks import ROOT, RUNTIME, TORCH_CPU, TORCH_CUDA, Pin, read_pins
from retrieval.files import replacing

Json = dict[str, Any]
PYPROJECT = ROOT / "pyproject.toml"
IMAGE_LOCKS = (RUNTIME, TORCH_CPU)


def main() -> None:
    """Write the list and say what licences are in it; exit with 1 where one is unknown or not among those allowed."""
    tools, out = map(Path, sys.argv[1:])
    graph = needed()
    licences = {name: licence(metadata.distribution(name)) for name in graph if name != PROGRAM}
    made = described(listed(tools), graph, licences)
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as draft:
        draft.write_text(json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
        subprocess.run([tools / "python", Path(__file__).with_name("valid_sbom.py"), draft], check=True)
    print(f"{out}: {len(made['components'])} packages")
    print("\n".join(summary(licences)))
    if wrong := [name for name, stated in licences.items() if stated is None or not stated.is_allowed]:
        sys.exit(
            f"Of {', '.join(wrong)} the licence is unknown or not in ALLOWED of deploy/supply/licences.py: "
            "read its terms, then add it there or do without the package."
        )


def needed() -> Graph:
    """Who needs whom of what an image holds. Exits where this environment holds other packages or versions."""
    pins = _pins(*IMAGE_LOCKS)
    for_a_gpu = {pin.name for pin in _pins(TORCH_CUDA)} - {pin.name for pin in pins}  # Here where torch is PyPI's.
    found = closure(tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"])
    graph = {name: tuple(sorted(set(found[name]) - for_a_gpu)) for name in found if name not in for_a_gpu}
    here = {(name, Version(metadata.version(name)).public) for name in graph if name != PROGRAM}
    if odd := here ^ {(pin.name, pin.release) for pin in pins}:
        names = ", ".join(sorted({name for name, _ in odd}))
        sys.exit(f"This environment is not what the locks name ({names}): run `make lock`, on Linux with Python 3.11.")
    return graph


def _pins(*locks: Path) -> tuple[Pin, ...]:
    return tuple(pin for lock in locks for pin in read_pins(lock.read_text(encoding="utf-8")))


def listed(tools: Path) -> Json:
    """What the locks of an image name, with hashes, as cyclonedx-py writes it down."""
    locks = "".join(lock.read_text(encoding="utf-8") for lock in IMAGE_LOCKS)
    command = [tools / "cyclonedx-py", "requirements", "--output-reproducible", "--pyproject", PYPROJECT, "-"]
    quietly = os.environ | {"PYTHONWARNINGS": "ignore"}  # It misses who needs whom, which is added here.
    done = subprocess.run(command, input=locks, stdout=subprocess.PIPE, text=True, check=True, env=quietly)
    return json.loads(done.stdout)


def described(bom: Json, graph: Graph, licences: dict[str, Licence | None]) -> Json:
    """The list with licences and with who needs whom, each package known by its package URL."""
    known = {canonicalize_name(component["name"]): component["purl"] for component in bom["components"]}
    root = bom["metadata"]["component"]["bom-ref"]
    refs = {PROGRAM: root, **known}
    for component in bom["components"]:
        name = canonicalize_name(component["name"])
        component["bom-ref"] = component["purl"]
        del component["description"]  # The lock's own line.
        if stated := licences.get(name):
            component["licenses"] = [
                {"expression": stated.text} if stated.is_expression else {"license": {"name": stated.text}}
            ]
        if name == "torch":
            component["externalReferences"][0]["url"] = f"{CPU_TORCH_INDEX}/torch/"
    needs = [
        {"ref": refs[name], "dependsOn": sorted(refs[other] for other in others)} for name, others in graph.items()
    ]
    bom["components"].sort(key=lambda component: component["purl"])
    return {**bom, "dependencies": sorted(needs, key=lambda entry: entry["ref"])}


def summary(licences: dict[str, Licence | None]) -> list[str]:
    """How many packages are under which licence, most first; then those under a weak copyleft."""
    counted = Counter(stated.text if stated else "unknown" for stated in licences.values())
    weak = [f"{name} ({stated.text})" for name, stated in licences.items() if stated and stated.is_weak_copyleft]
    return [*(f"{count:4} {text}" for text, count in counted.most_common()), f"Weak copyleft: {', '.join(weak)}."]


if __name__ == "__main__":
    main()
