"""Where models are looked for, and the sentences that say why they are not there; fetching is in test_hub_fetching."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from retrieval.errors import ModelError
from retrieval.models.hub import HUB_DECISION_SECONDS, cached_model, hub_is_reachable, model_folder


def test_model_folder_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "model.safetensors").touch()
    assert model_folder(str(tmp_path)) == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    assert model_folder("~/sub") == tmp_path / "sub"
    monkeypatch.chdir(tmp_path)
    assert model_folder("./sub").samefile(tmp_path / "sub")


def test_model_folder_without_safetensors(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(ModelError) as caught:
        model_folder(str(tmp_path))
    assert str(caught.value) == (
        f"The folder {tmp_path} holds no .safetensors file: give a folder saved with save_pretrained()."
    )


@pytest.mark.parametrize(
    "name",
    [
        *("../../not-here", "../x", "./x", "~/x-not-here", "/not/here", "/x", "a/b/c", "single", "a/../b", "a//b"),
        *("a/..", "../not-here/", "owner/../../x", "a b/c d", "a\0/b", "a/\nb", "-/-", "C:\\x/y", "ü/ü", "http://x"),
        *("x" * 5000, f"a/{'x' * 5000}", "~no-such-user/x", "{}/{}", "owner/name@main"),
    ],
    ids=lambda name: repr(name)[:24],
)
def test_model_folder_of_no_model(name: str) -> None:
    """Whatever is given, a sentence comes back, and nothing outside the given name is looked at."""
    with pytest.raises(ModelError) as caught:
        model_folder(name)
    assert str(caught.value).endswith((".", "()."))
    assert not str(caught.value).startswith("The folder")


def test_an_empty_name_is_not_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.safetensors").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError):
        model_folder("")


def test_cached_model_without_one() -> None:
    assert cached_model("paperbacked-tests/not-a-model") is None
    assert cached_model("not a model id") is None


def test_offline_needs_no_knock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    started = time.monotonic()
    assert not hub_is_reachable()
    assert time.monotonic() - started < 0.1


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "nonsense", "http://", "http://[::1"])
def test_a_hub_that_refuses_is_known_at_once(monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    """A refusal is an answer; nobody waits out the time that a silent hub is given."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    started = time.monotonic()
    assert not hub_is_reachable()
    assert time.monotonic() - started < HUB_DECISION_SECONDS / 2


@pytest.mark.parametrize(("status", "reachable"), [(200, True), (302, True), (502, False), (403, False)])
def test_a_hub_that_answers(monkeypatch: pytest.MonkeyPatch, status: int, reachable: bool) -> None:
    """An error may come from a proxy in between."""

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        assert hub_is_reachable() is reachable
