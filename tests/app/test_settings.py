"""Settings come from the environment, are checked once, and never change."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, read_settings
from retrieval.corpus import default_papers_file
from retrieval.errors import InputError


def test_defaults(home: Path) -> None:
    settings = read_settings()
    assert settings.home == home
    assert settings.papers == default_papers_file().absolute()
    assert (settings.collection, settings.embedding, settings.llm) == ("default", "minilm-papers", "auto")
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert settings.chroma == home / "chroma"
    assert settings.own_papers == home / "collections" / "default.jsonl"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    special = {"port": "1234", "collection": "mine", "home": "/x/y", "papers": "/x/y", "llm_prompt": "small"}
    special["unsupported"] = "drop"
    value = special.get(name, "something")
    monkeypatch.setenv(f"PAPERBACKED_{name.upper()}", value)
    read = getattr(read_settings(), name)
    assert (read.get_secret_value() if name == "llm_key" else str(read)) == value


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert (Settings.model_fields[name].description or "").endswith(".")


def test_what_the_command_says_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACKED_PORT", "1234")
    assert read_settings(port=5678, host=None).port == 5678
    assert read_settings(port=None).port == 1234


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize("name", ["PAPERBACKED_LLMM", "PAPERBACKED_", "PAPERBACKED_own_papers"])
def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(InputError, match=rf"^There is no setting {name}: choose from PAPERBACKED_CHROMA_URL, "):
        read_settings()


def test_other_programs_variables_are_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACK_PORT", "1")
    monkeypatch.setenv("PORT", "1")
    assert read_settings().port == 7860


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(InputError, match="The setting prot is wrong"):
        read_settings(prot=1)


@pytest.mark.parametrize("port", ["99999", "-1", "http", "", "7860.5"])
def test_a_wrong_port(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PAPERBACKED_PORT", port)
    with pytest.raises(InputError, match=r"^The setting port is wrong \(.+\)\.$"):
        read_settings()


@pytest.mark.parametrize("name", ["Mine", "my papers", "../mine", "", "-a", "a-", "a.b", "x" * 41, "论文", "a\n"])
def test_a_wrong_collection(name: str) -> None:
    with pytest.raises(
        InputError, match=r"The setting collection is wrong .a collection's name is 1 to 40 small letters"
    ):
        read_settings(collection=name)


@pytest.mark.parametrize("name", ["a", "7", "my-papers", "x" * 40])
def test_a_collection(name: str) -> None:
    assert read_settings(collection=name).collection == name


def test_folders_are_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert read_settings(home="~/a").home == tmp_path / "a"
    assert read_settings(home="b", papers="c.jsonl").papers == tmp_path / "c.jsonl"


def test_a_home_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACKED_HOME", "~nobody-of-that-name/papers")
    with pytest.raises(InputError, match="The setting home is wrong"):
        read_settings()


def test_a_chroma_server_takes_the_place_of_the_folder() -> None:
    assert read_settings(chroma_url="http://127.0.0.1:8000").chroma == "http://127.0.0.1:8000"


def test_the_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERBACKED_LLM_KEY", "sk-very-secret")
    assert "very-secret" not in repr(read_settings()) + str(read_settings())


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("box", False)],
)
def test_a_server_is_local_where_only_this_machine_reaches_it(host: str, local: bool) -> None:
    assert read_settings(host=host).is_local is local
