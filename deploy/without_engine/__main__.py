"""`python -m deploy.without_engine`: builds the image in folders, tries it out and says what was found. Needs root."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from pathlib import Path

from deploy.without_engine.build import build
from deploy.without_engine.dockerfile import DockerfileError, read_stages
from deploy.without_engine.root_folder import RootError, make_base
from deploy.without_engine.trial import try_out

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Exit 1 with a sentence where a step or the trial fails."""
    parser = argparse.ArgumentParser(description="Runs the Dockerfile's steps in roots made by debootstrap.")
    parser.add_argument("--torch", default="cpu", choices=("cpu", "cuda"), help="the build argument TORCH")
    chosen = parser.parse_args()
    if os.geteuid():
        sys.exit("Roots can be made and entered by the user root alone.")
    try:
        stages = read_stages(ROOT / "deploy" / "Dockerfile")
        with tempfile.TemporaryDirectory(prefix="paperbacked-image-") as folder:
            base = Path(folder) / "base"
            release = released(stages[-1].image)
            tell(f"Debian {release} by debootstrap, with Python {sys.version.split()[0]}")
            make_base(base, release)
            built = build(stages, ROOT, base, Path(folder), {"TORCH": chosen.torch}, tell)
            found = try_out(built, Path(folder) / "volume")
    except (RootError, DockerfileError) as error:
        sys.exit(str(error))
    print(json.dumps(found, indent=2))
    if faults := faults_of(found):
        sys.exit("\n".join(faults))


def tell(text: str) -> None:
    """What is going on, at once."""
    print(text, flush=True)


def released(image: str) -> str:
    """The release of Debian in an image's tag: "trixie" of "python:3.11-slim-trixie@sha256:…"."""
    found = re.search(r"-([a-z]+)(?:@|$)", image)
    if found is None:
        raise DockerfileError(f"The image {image} does not say in its tag which Debian it is of.")
    return found[1]


def faults_of(found: dict[str, object]) -> list[str]:
    """A sentence for all that is not as docs/deploy.md says."""
    expected: dict[str, object] = {
        "papers": ["sleeper-agents"],
        "user": 10001,
        "rights": "0" * 16,
        "no_new_rights": "1",
        "writable": ["/tmp", "/var/lib/paperbacked"],
        "ended": "0",
        "command_said": True,
    }
    return [f"{name} is {found[name]}, and not {value}." for name, value in expected.items() if found[name] != value]


if __name__ == "__main__":
    main()
