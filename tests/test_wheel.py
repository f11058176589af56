"""The wheel, installed into an empty environment elsewhere, answers questions."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import paperbacked
from deploy.release.installing import try_core
from deploy.space.requirements import CPU_TORCH_INDEX
from deploy.supply.locks import RUNTIME, TORCH_CPU, read_pins, written

ROOT = Path(__file__).parent.parent
BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
pytestmark = [pytest.mark.wheel, pytest.mark.timeout(1500)]


def run(*arguments: str | Path, cwd: Path, **variables: str) -> str:
    """The command's stdout; in an environment that knows nothing of this checkout."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PAPERBACKED_", "PYTHON"))}
    done = subprocess.run(
        [str(argument) for argument in arguments], cwd=cwd, env=inherited | variables, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that holds the wheel and what the locks name, no more: as in the image."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    scripts = folder / "venv" / "bin"
    pip = (scripts / "python", "-m", "pip", "--disable-pip-version-check")
    locked = (*pip, "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:")
    run(*locked, "-r", RUNTIME, cwd=folder)
    # An index that cannot be reached is asked once, and not five times.
    run(*locked, "--extra-index-url", CPU_TORCH_INDEX, "-r", TORCH_CPU, cwd=folder, PIP_RETRIES="0")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    run(*pip, "check", cwd=folder)
    return scripts


def test_it_holds_all_that_is_needed_in_one_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        papers = archive.read("paperbacked/data/papers.jsonl")
        sources = {name: archive.read(name).decode("utf-8") for name in names if name.endswith(".py")}
    assert papers == (ROOT / "data" / "papers.jsonl").read_bytes()
    for package, place in (("paperbacked", ""), ("app", "app/"), ("retrieval", "retrieval/"), ("prompts", "prompts/")):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"paperbacked/{place}{path.relative_to(ROOT / package).as_posix()}" in names
    assert any(name.startswith("paperbacked/prompts/") and name.endswith(".md") for name in names)
    assert any(name.startswith("paperbacked/app/surfaces/page/") and name.endswith(".css") for name in names)
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"paperbacked"}
    for name, source in sources.items():
        for statement in ast.walk(ast.parse(source)):
            asked = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
            asked += [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else []
            assert not {module.split(".")[0] for module in asked} & {"app", "retrieval", "prompts"}, name


def test_it_answers_elsewhere(installed: Path, tmp_path: Path) -> None:
    settings = {"PAPERBACKED_HOME": str(tmp_path / "h"), "HF_HUB_OFFLINE": "1"}
    answer = json.loads(run(installed / "paperbacked", "ask", "--json", BACKDOOR, cwd=tmp_path, **settings))
    assert answer["status"] == "answered"
    assert answer["citations"][0]["paper"]["id"] == "sleeper-agents"
    assert answer["models"]["embedding"].startswith("minilm-papers")
    assert [path.name for path in tmp_path.iterdir()] == ["h"]


def test_a_file_that_is_not_the_locked_one_is_not_installed(installed: Path, tmp_path: Path) -> None:
    pin = next(pin for pin in read_pins(RUNTIME.read_text(encoding="utf-8")) if pin.name == "h11")
    lock, target = tmp_path / "lock.txt", tmp_path / "target"
    command = [installed / "python", "-m", "pip", "install", "--require-hashes", "--no-deps", "--target", target]
    for hashes, status in ((pin.hashes, 0), ((hashlib.sha256(b"another file").hexdigest(),), 1)):
        lock.write_text(written((replace(pin, hashes=hashes),), "One package."), encoding="utf-8")
        done = subprocess.run([*map(str, command), "-r", str(lock)], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == status, done.stderr
        assert target.exists() == (status == 0)
        shutil.rmtree(target, ignore_errors=True)
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_python_dash_m_is_the_command_too(installed: Path, tmp_path: Path) -> None:
    settings = {"PAPERBACKED_HOME": str(tmp_path)}
    listed = run(installed / "python", "-m", "paperbacked", "papers", "--json", cwd=tmp_path, **settings)
    assert listed.count("\n") == 94
    assert run(installed / "paperbacked", "--version", cwd=tmp_path) == f"{paperbacked.__version__}\n"


def test_a_program_with_an_app_of_its_own_can_use_it(installed: Path, tmp_path: Path) -> None:
    """Many programs have a package `app`; ours must not be taken for it, nor it for ours."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("WHOSE = 'theirs'\n")
    (tmp_path / "retrieval.py").write_text("raise AssertionError('not ours')\n")
    (tmp_path / "main.py").write_text(
        "import app, paperbacked\n"
        "print(app.WHOSE, paperbacked.__version__, *paperbacked.__all__)\n"
        f"answerer = paperbacked.open_answerer(home={str(tmp_path / 'home')!r}, llm='none')\n"
        f"print(answerer.ask({BACKDOOR!r}).citations[0].paper.id)\n"
    )
    told, cited = run(installed / "python", "main.py", cwd=tmp_path, HF_HUB_OFFLINE="1").splitlines()
    assert told.split() == ["theirs", paperbacked.__version__, *paperbacked.__all__]
    assert cited == "sleeper-agents"


def test_without_torch_it_answers_and_says_what_is_missing(wheel: Path, tmp_path: Path) -> None:
    """What core.txt names alone: the command and the page; what needs more says so in one line."""
    tried = try_core(sys.executable, wheel, tmp_path / "core")
    assert tried.size < 1_100_000_000, "torch and its like would be above that"
    command = [tmp_path / "core" / "bin" / "paperbacked", "finetune", "--out", tmp_path / "tuned"]
    settings = {"PAPERBACKED_HOME": str(tmp_path / "core" / "home"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [str(part) for part in command], cwd=tmp_path, env=os.environ | settings, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("This needs the package torch, which is not installed: ")
    assert "Traceback" not in done.stderr
