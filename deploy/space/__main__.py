"""`python -m deploy.space [--out DIR] [--gpu]`, which is `make space`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.quiet import silence_libraries


def main() -> None:
    """Assemble the Space's folder and say how large it is."""
    parser = argparse.ArgumentParser(prog="python -m deploy.space", description=main.__doc__)
    parser.add_argument("--out", type=Path, default=Path("dist/space"), help="the folder to make")
    parser.add_argument("--gpu", action="store_true", help="with the torch that drives a GPU, as a ZeroGPU needs")
    given = parser.parse_args()
    silence_libraries()

    from app.cli.output import note, progress_shown
    from deploy.space.assembly import assemble
    from deploy.space.prebuilt_index import prebuilt_index
    from retrieval.errors import PaperbackedError

    try:
        with progress_shown() as progress:
            index = prebuilt_index(given.out.parent / "space-index", progress, note)
        assemble(given.out, index, gpu=given.gpu)
    except PaperbackedError as error:
        sys.exit(str(error))
    files = [file for file in given.out.rglob("*") if file.is_file()]
    print(f"{given.out}: {len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
