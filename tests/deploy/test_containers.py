"""The image and the compose file, as far as they can be checked without a container engine."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import PREFIX, Settings, read_settings
from deploy.supply.locks import read_pins

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their words, lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def last_stage() -> list[tuple[str, str]]:
    told = instructions()
    starts = [at for at, (word, _) in enumerate(told) if word == "FROM"]
    assert len(starts) == 2
    return told[starts[-1] :]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def settings_named(text: str) -> set[str]:
    return {name.removeprefix(PREFIX).lower() for name in re.findall(rf"\b{PREFIX}[A-Z_]+", text)}


def test_what_is_copied_from_the_checkout_is_there_and_not_ignored() -> None:
    ignore = [line for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert ignore[0] == "*"
    allowed = {line[1:] for line in ignore if line.startswith("!")}
    copied: set[str] = set()
    for word, rest in instructions():
        if word == "COPY" and "--from=" not in rest:
            copied |= set(shlex.split(rest)[:-1])
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert not any(fnmatch("tests", name) for name in allowed)


def test_the_image_holds_what_the_wheel_is_made_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    shipped = wheel["hooks"]["custom"]
    sources = {Path(name).parts[0] for name in ("paperbacked", *shipped["packages"], *shipped["data"])}
    sources |= {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml", "hatch_build.py"}
    assert {"app", "retrieval", "prompts", "data"} <= sources
    copied = {name for word, rest in instructions() if word == "COPY" for name in shlex.split(rest)[:-1]}
    assert sources <= copied


def test_nothing_is_installed_into_the_image_that_no_lock_names() -> None:
    arguments = dict(part.split("=", 1) for word, part in instructions() if word == "ARG")
    installs = [
        step
        for word, rest in instructions()
        if word == "RUN"
        for step in map(shlex.split, rest.split("&&"))
        if {"install", "wheel", "download"} & set(step)
    ]
    locked = [step for step in installs if "--require-hashes" in step]
    for step in locked:
        assert {"--no-deps", "--only-binary"} <= set(step)
        lock = step[step.index("-r") + 1].replace("${TORCH}", arguments["TORCH"])
        assert read_pins((DEPLOY / lock).read_text(encoding="utf-8"))
    assert len(locked) == 3
    for step in installs:
        # What is left is made of the checkout, and asks no index.
        assert step in locked or {"--no-deps", "--no-index"} <= set(step)
    assert (DEPLOY / "locks" / "torch-cuda.txt").is_file(), "docs/deploy.md names it"


def test_every_image_is_named_by_its_digest(compose: dict[str, Any]) -> None:
    arguments = dict(part.split("=", 1) for word, part in instructions() if word == "ARG")
    named = [
        arguments.get(rest.split()[0].strip("${}"), rest.split()[0]) for word, rest in instructions() if word == "FROM"
    ]
    named += [service["image"] for name, service in compose["services"].items() if name != "app"]
    assert len(named) == 4
    for image in named:
        # With a tag too, and one that says which: people read those.
        assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*@sha256:[0-9a-f]{64}", image), image
    assert "syntax=" not in (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), "that is an image too"


def test_it_runs_as_nobody_of_rank_and_asks_no_hub() -> None:
    told = last_stage()
    users = [rest for word, rest in told if word == "USER"]
    assert users and users[-1] not in {"root", "0"}
    assert [word for word, _ in told].index("USER") < [word for word, _ in told].index("ENTRYPOINT")
    variables = dict(part.split("=", 1) for word, rest in told if word == "ENV" for part in shlex.split(rest))
    assert variables["HF_HUB_OFFLINE"] == "1"
    assert (variables["PAPERBACKED_HOST"], variables["PAPERBACKED_HOSTS"]) == ("0.0.0.0", "localhost")
    owned = re.escape(variables["PAPERBACKED_HOME"])
    assert any(re.search(rf"--chown={users[-1]}\S* \S+ {owned}$", rest) for word, rest in told if word == "COPY")
    assert not [rest for word, rest in told if word == "RUN" and "pip" in rest], "what installs stays behind"


def test_its_health_is_asked_where_the_server_answers() -> None:
    told = last_stage()
    [check] = [rest for word, rest in told if word == "HEALTHCHECK"]
    command = json.loads(check[check.index("CMD") + 3 :])
    compile(command[2], "healthcheck", "exec")
    variables = dict(part.split("=", 1) for word, rest in told if word == "ENV" for part in shlex.split(rest))
    [port] = [rest for word, rest in told if word == "EXPOSE"]
    assert variables["PAPERBACKED_PORT"] == port
    assert f":{port}/health/ready" in command[2]


def test_every_setting_that_is_named_exists() -> None:
    for file in ("Dockerfile", "compose.yaml", "full.env"):
        named = settings_named((DEPLOY / file).read_text(encoding="utf-8"))
        assert named and named <= set(Settings.model_fields), file


def test_the_application_runs_alone_and_with_the_others(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [name for name, service in compose["services"].items() if "profiles" not in service] == ["app"]
    for waited in compose["services"]["app"]["depends_on"].values():
        assert waited == {"condition": "service_healthy", "required": False}
    full = dict(
        line.split("=", 1) for line in (DEPLOY / "full.env").read_text().splitlines() if line and line[0] != "#"
    )
    for given in ({}, full):
        for name, value in compose["services"]["app"]["environment"].items():
            default = re.fullmatch(r"\$\{([A-Z_]+)-(.*)\}", value)
            assert default and default[1] == name
            monkeypatch.setenv(name, given.get(name, default[2]))
        settings = read_settings()
        assert bool(settings.chroma_url) == bool(settings.llm_url) == bool(given)
        assert settings.widget_origins == ()
        assert settings.hosts == ("localhost",)
        for address in filter(None, (settings.chroma_url, settings.llm_url)):
            assert re.match(r"http://(\w+):", address)[1] in compose["services"]  # type: ignore[index]
    assert full["COMPOSE_PROFILES"] in compose["services"]["chroma"]["profiles"]


def test_every_service_is_kept_small_and_has_no_rights_to_spare(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert {"mem_limit", "cpus", "pids_limit"} <= set(service), name
        assert name == "app" or "healthcheck" in service, "the image of app brings its own"
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]


def test_the_chroma_server_is_as_old_as_its_client(compose: dict[str, Any]) -> None:
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    assert compose["services"]["chroma"]["image"].partition("@")[0] == f"chromadb/chroma:{pinned['chromadb']}"
