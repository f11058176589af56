"""What the Space's entry file sets and does before the server starts."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from app.settings import PREFIX, read_settings
from deploy.space.files import space
from retrieval.errors import InputError

ROOT = Path(__file__).parents[2]
SPACE = {"SPACE_ID": "someone/paperbacked", "SPACE_HOST": "someone-paperbacked.hf.space", "CPU_CORES": "2"}


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port that another program listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener


def test_what_it_sets_are_settings_and_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAPERBACKED_HOME")
    for name, value in space.defaults(SPACE, ["10.20.30.40", "fd00::7"]).items():
        if name.startswith(PREFIX):
            monkeypatch.setenv(name, value)
    settings = read_settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 7860)
    assert settings.llm == space.MODEL
    assert settings.frame_ancestors == ("https://huggingface.co",)
    assert settings.widget_origins == ("https://someone-paperbacked.hf.space",)
    assert settings.hosts == ("someone-paperbacked.hf.space", "10.20.30.40", "fd00::7")
    assert settings.home.is_absolute() and not settings.is_local
    assert 0 < settings.client_limit < settings.server_limit


def test_the_hub_is_never_asked_and_the_cores_are_those_of_the_space() -> None:
    assert space.defaults({})["HF_HUB_OFFLINE"] == "1"
    assert space.defaults(SPACE)["OMP_NUM_THREADS"] == "2"
    assert "OMP_NUM_THREADS" not in space.defaults({})
    assert not {"PAPERBACKED_WIDGET_ORIGINS", "PAPERBACKED_HOSTS"} & set(space.defaults({}, ["10.20.30.40"]))


def test_a_space_with_a_name_of_its_owner_is_called_by_both() -> None:
    set_ = space.defaults({"SPACE_HOST": "someone-paperbacked.hf.space,papers.example.org"})
    assert set_["PAPERBACKED_HOSTS"] == "someone-paperbacked.hf.space,papers.example.org"
    assert set_["PAPERBACKED_WIDGET_ORIGINS"] == "https://someone-paperbacked.hf.space"


def test_its_own_addresses_are_those_of_its_name() -> None:
    told = """
import socket
socket.gethostname = lambda: "localhost"
from deploy.space.files.space import own_addresses
print(*own_addresses())
"""
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "127.0.0.1" in done.stdout.split()
    assert all(ip_address(address).is_loopback for address in done.stdout.split())
    # In here no name is looked up, as where a machine's name leads nowhere.
    assert space.own_addresses() == []


@pytest.mark.parametrize(
    ("environment", "port"),
    [
        ({}, "7860"),
        ({"PORT": "8080"}, "8080"),
        ({"GRADIO_SERVER_PORT": "7861", "PORT": "8080"}, "7861"),
        ({"GRADIO_SERVER_PORT": "", "PORT": "8080"}, "8080"),
    ],
)
def test_the_port_is_the_one_that_the_space_names(environment: dict[str, str], port: str) -> None:
    assert space.defaults(environment)["PAPERBACKED_PORT"] == port


def test_trusted_proxies_are_private_networks_that_uvicorn_understands() -> None:
    from uvicorn.middleware.proxy_headers import _TrustedHosts

    trusted = _TrustedHosts(space.PROXIES)
    assert not trusted.trusted_literals, "uvicorn would compare these letter by letter"
    assert "10.20.30.40" in trusted and "203.0.113.9" not in trusted
    # What a visitor claims to be stands before what the proxy saw.
    assert trusted.get_trusted_client_address("1.2.3.4, 203.0.113.9, 10.0.0.1") == ("203.0.113.9", 0)


def test_the_index_is_copied_to_where_it_can_be_written(tmp_path: Path) -> None:
    prebuilt, home = tmp_path / "index", tmp_path / "home"
    files = {"chroma/chroma.sqlite3": "rows", "chroma/segment/data": "vectors", "collections/default/papers": "papers"}
    for name, text in files.items():
        (prebuilt / name).parent.mkdir(parents=True, exist_ok=True)
        (prebuilt / name).write_text(text)
    for path in (*prebuilt.rglob("*"), prebuilt):
        path.chmod(path.stat().st_mode & ~0o222)

    space.place_index(prebuilt, home)

    assert {name: (home / name).read_text() for name in files} == files
    assert all(path.stat().st_mode & stat.S_IWUSR for path in home.rglob("*"))
    assert sorted(path.name for path in home.iterdir()) == ["chroma", "collections"]


@pytest.mark.parametrize("part", ["chroma", "collections"])
def test_an_index_that_is_there_is_left_alone(tmp_path: Path, part: str) -> None:
    home = tmp_path / "home"
    for folder, text in ((tmp_path / "index", "shipped"), (home, "own")):
        (folder / part).mkdir(parents=True)
        (folder / part / "file").write_text(text)
    space.place_index(tmp_path / "index", home)
    assert (home / part / "file").read_text() == "own"
    assert [path.name for path in home.iterdir()] == [part]


def test_without_a_prebuilt_index_it_is_built_at_the_start(tmp_path: Path) -> None:
    space.place_index(tmp_path / "none", tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_port_that_is_taken_is_waited_for(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    threading.Timer(0.2, taken.close).start()
    with space.listening("127.0.0.1", port, patience=30) as listener:
        assert listener.getsockname()[1] == port


def test_a_port_that_stays_taken_is_said_so(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with (
        pytest.raises(InputError, match=f"Port {port} on 127.0.0.1 cannot be used"),
        space.listening("127.0.0.1", port, patience=0),
    ):
        pass


def test_importing_it_does_nothing() -> None:
    told = """
import os, sys
before = dict(os.environ), list(sys.path)
from deploy.space.files import space
assert (dict(os.environ), list(sys.path)) == before, "it has changed where it runs"
assert not [name for name in sys.modules if name.split(".")[0] in ("app", "retrieval", "gradio", "torch")]
"""
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
