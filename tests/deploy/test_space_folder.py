"""The folder that is pushed to a Space: what a Space demands of it, and what must not be in it."""

from __future__ import annotations

import fnmatch
import hashlib
import re
import shutil
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import PREFIX, Settings
from deploy.space.assembly import ROOT, assemble
from deploy.space.files.space import MODEL
from deploy.space.requirements import CARRIED, CPU_TORCH_INDEX, requirements

LFS_BYTES = 10_000_000
HARDWARE = {"cpu-basic", "cpu-upgrade", "t4-small", "t4-medium", "l4x1", "l4x4", "a10g-small", "a10g-large"}
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
INDEX_FILES = (
    *("chroma/chroma.sqlite3", "chroma/segment/data_level0.bin", "collections/default/papers.sqlite"),
    *("collections/default/questions.npz", "collections/default/words/0a1b.store"),
)
SECRETS = [
    rb"hf_[A-Za-z0-9]{30,}",
    rb"\bsk-[A-Za-z0-9_-]{20,}",
    rb"-----BEGIN [A-Z ]*PRIVATE KEY",
    rb"AKIA[0-9A-Z]{16}",
    rb"gh[pousr]_[A-Za-z0-9]{36}",
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stands in for the prebuilt index, which takes long to make."""
    folder = tmp_path_factory.mktemp("index")
    for name in INDEX_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"\x00index\xff")
    return folder


@pytest.fixture(scope="module")
def space(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("assembled") / "space"
    assemble(folder, index)
    return folder


@pytest.fixture(scope="module")
def card(space: Path) -> dict[str, Any]:
    """The front matter of the README, by which a Space is built."""
    opening, front, _ = (space / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert opening == ""
    return yaml.safe_load(front)


def files_of(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def tree(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files_of(folder)
    }


def is_text(file: Path) -> bool:
    try:
        return "\x00" not in file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False


def test_the_front_matter_is_what_a_space_takes(card: dict[str, Any], space: Path) -> None:
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    assert (card["sdk"], card["sdk_version"]) == ("gradio", pinned["gradio"])
    assert card["python_version"] == "3.11"
    assert card["app_file"] != "app.py", "it would stand before the package of that name"
    assert (space / card["app_file"]).is_file()
    assert card["title"].isascii()
    assert 0 < len(card["short_description"]) <= 60
    assert card["license"] == "apache-2.0"
    assert card["suggested_hardware"] in HARDWARE
    assert {card["colorFrom"], card["colorTo"]} <= COLOURS
    assert card["pinned"] is False
    assert card["header"] in {"mini", "default"}
    assert all(isinstance(tag, str) for tag in card["tags"])


def test_the_model_that_is_asked_for_is_the_one_that_is_fetched(card: dict[str, Any]) -> None:
    assert card["preload_from_hub"] == [MODEL]
    assert MODEL in card["models"]


def test_the_readme_has_no_blanks_left(space: Path) -> None:
    text = (space / "README.md").read_text(encoding="utf-8")
    assert "94 AI-safety abstracts" in text
    assert not re.search(r"\{[a-z_]+\}", text)
    told = {name.removeprefix(PREFIX).lower() for name in re.findall(rf"{PREFIX}[A-Z_]+", text)}
    assert told and told <= set(Settings.model_fields)


def test_all_that_the_wheel_ships_is_there(space: Path) -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    here = tree(space)
    shipped = wheel["hooks"]["custom"]
    for name in ("paperbacked", *shipped["packages"], *shipped["data"]):
        source = ROOT / name
        files = [source] if source.is_file() else [f for f in files_of(source) if "__pycache__" not in f.parts]
        assert files
        for file in files:
            assert file.relative_to(ROOT).as_posix() in here
    assert {"requirements.txt", ".gitattributes", "LICENSE", "data/README.md"} <= set(here)
    assert {f"index/{name}" for name in INDEX_FILES} <= set(here)


def test_nothing_is_there_that_should_not_leave_this_machine(space: Path) -> None:
    for file in files_of(space):
        assert not {"__pycache__", ".git", ".env", "tests", ".venv"} & set(file.relative_to(space).parts)
        content = file.read_bytes()
        assert str(ROOT).encode() not in content, file
        if len(str(Path.home())) > len("/root"):
            assert str(Path.home()).encode() not in content, file
        for secret in SECRETS:
            assert not re.search(secret, content), (file, secret)


def test_what_git_alone_would_not_take_is_marked_for_lfs(space: Path) -> None:
    lines = (space / ".gitattributes").read_text().splitlines()
    patterns = [line.split()[0] for line in lines if "filter=lfs" in line]
    sizes = {file: file.stat().st_size for file in files_of(space)}
    print(f"{len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB without the index")
    for file, size in sizes.items():
        marked = any(fnmatch.fnmatch(file.name, pattern) for pattern in patterns)
        assert marked or (size <= LFS_BYTES and is_text(file)), file
    assert max(size for file, size in sizes.items() if file.suffix == ".safetensors") > LFS_BYTES


def test_the_same_folder_comes_out_twice(space: Path, index: Path, tmp_path: Path) -> None:
    again = tmp_path / "space"
    again.mkdir()
    (again / "left-from-before").touch()
    assemble(again, index)
    assert tree(again) == tree(space)
    assert [file.name for file in tmp_path.iterdir()] == ["space"]


def test_a_folder_that_is_there_stays_where_the_new_one_fails(space: Path, tmp_path: Path) -> None:
    kept = tmp_path / "space"
    shutil.copytree(space / "prompts", kept)
    with pytest.raises(FileNotFoundError):
        assemble(kept, tmp_path / "no-index")
    assert tree(kept) == tree(space / "prompts")
    assert [file.name for file in tmp_path.iterdir()] == ["space"]


def test_direct_dependencies_are_pinned_and_what_a_space_forbids_is_carried(space: Path) -> None:
    index_line, *lines = (space / "requirements.txt").read_text().splitlines()
    assert index_line == f"--extra-index-url {CPU_TORCH_INDEX}"
    asked = dict(line.split("==") for line in lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = {re.split(r"[^A-Za-z0-9-]", line)[0] for line in project["dependencies"]}
    assert direct - set(asked) == {"gradio", "mcp"}
    pinned = dict(line.lower().split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    assert all(pinned[name] == version for name, version in asked.items() if name in pinned)
    assert not {*CARRIED, "gradio", "pydantic"} & set(asked)
    assert f"--extra-index-url {CPU_TORCH_INDEX}" not in requirements(ROOT, gpu=True)


def test_what_is_carried_can_be_imported_and_tells_its_version(space: Path) -> None:
    carried = {found.name: found for found in metadata.distributions(path=[str(space / "carried")])}
    assert set(carried) == {*CARRIED, "paperbacked"}
    assert all(carried[name].version == metadata.version(name) for name in (*CARRIED, "paperbacked"))
    for name in CARRIED:
        assert (space / "carried" / name.replace("-", "_") / "__init__.py").is_file()
        assert list((space / "carried").glob(f"{name.replace('-', '_')}-*.dist-info/licenses/LICENSE"))
