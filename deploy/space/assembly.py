"""Puts the Space's folder together from the checkout; the same checkout and index give the same folder."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from deploy.space.files.space import MODEL
from deploy.space.requirements import CARRIED, SDK, Pins, requirements
from paperbacked import __version__

ROOT = Path(__file__).parents[2]
FILES = Path(__file__).parent / "files"
IGNORED = {"__pycache__", ".DS_Store"}


def assemble(out: Path, index: Path, *, gpu: bool = False) -> None:
    """Make the folder `out` with the prebuilt `index` in it; what was at `out` is replaced when all is there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as beside:
        draft = Path(beside) / out.name
        draft.mkdir()
        for source, name in _sources():
            _copy(source, draft / name)
        _copy(index, draft / "index")
        _carry(draft / "carried")
        (draft / "README.md").write_text(_readme(), encoding="utf-8")
        (draft / "requirements.txt").write_text(requirements(ROOT, gpu=gpu), encoding="utf-8")
        if out.exists():
            out.rename(Path(beside) / "before")
        draft.rename(out)


def _sources() -> Iterator[tuple[Path, str]]:
    """Files and folders of the checkout and their names in the Space: what the wheel ships, and the Space's own."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]
    shipped = wheel["hooks"]["custom"]
    for name in ("paperbacked", *shipped["packages"], *shipped["data"], "data/README.md", "LICENSE"):
        yield ROOT / name, name
    for name in ("space.py", "zero_gpu.py"):
        yield FILES / name, name
    yield FILES / "gitattributes", ".gitattributes"


def _copy(source: Path, target: Path) -> None:
    if source.name in IGNORED:
        return
    if source.is_dir():
        target.mkdir(parents=True)
        for inner in sorted(source.iterdir()):
            _copy(inner, target / inner.name)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _carry(folder: Path) -> None:
    """Copy the packages that a Space would not install, as they are installed here; and the project's own version."""
    record = folder / f"paperbacked-{__version__}.dist-info" / "METADATA"
    record.parent.mkdir(parents=True)
    record.write_text(f"Metadata-Version: 2.1\nName: paperbacked\nVersion: {__version__}\n", encoding="utf-8")
    for name in CARRIED:
        for file in metadata.files(name) or ():
            described = file.parts[0].endswith(".dist-info")
            if ".." in file.parts or file.suffix == ".pyc" or (described and file.name not in {"METADATA", "LICENSE"}):
                continue
            _copy(Path(str(file.locate())), folder / file)


def _readme() -> str:
    with (ROOT / "data" / "papers.jsonl").open(encoding="utf-8") as papers:
        count = sum(1 for line in papers if line.strip())
    text = (FILES / "README.md").read_text(encoding="utf-8")
    version = Pins(ROOT / "constraints.txt").version(SDK)
    for name, value in {"sdk_version": version, "model": MODEL, "papers": str(count)}.items():
        text = text.replace(f"{{{name}}}", value)
    return text
