"""How the Dockerfile is read where no container engine does it; `make image-steps` runs what is read here."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.without_engine.__main__ import faults_of, released
from deploy.without_engine.dockerfile import DockerfileError, Surroundings, read_stages

DOCKERFILE = Path(__file__).parents[2] / "deploy" / "Dockerfile"


def test_every_step_of_ours_is_understood() -> None:
    built, last = read_stages(DOCKERFILE)
    assert (built.name, last.name) == ("built", "")
    assert built.image == last.image and released(last.image).isalpha()
    around = Surroundings()
    left = [step.word for step in last.instructions if not around.take(step, {})]
    assert set(left) == {"RUN", "COPY", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert around.user == "paperbacked" and around.folder == "/var/lib/paperbacked"
    assert around.env["PATH"].startswith("/opt/paperbacked/bin:/usr/local/bin")
    assert around.env["PAPERBACKED_HOME"] == around.folder


def test_an_argument_is_its_default_or_what_was_chosen() -> None:
    [torch] = [step for step in read_stages(DOCKERFILE)[0].instructions if step.rest.startswith("TORCH=")]
    for chosen, lock in (({}, "torch-cpu"), ({"TORCH": "cuda"}, "torch-cuda")):
        around = Surroundings()
        assert around.take(torch, chosen)
        assert around.filled("torch-${TORCH}") == lock


def test_a_word_that_is_not_understood_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a:b-trixie\nONBUILD RUN true\n")
    with pytest.raises(DockerfileError, match="ONBUILD"):
        read_stages(tmp_path / "Dockerfile")
    with pytest.raises(DockerfileError, match="which Debian"):
        released("python:3")


def test_what_is_not_as_documented_is_a_fault() -> None:
    good = {
        "papers": ["sleeper-agents"],
        "user": 10001,
        "rights": "0" * 16,
        "no_new_rights": "1",
        "writable": ["/tmp", "/var/lib/paperbacked"],
        "ended": "0",
        "command_said": True,
    }
    assert not faults_of(good)
    assert faults_of(good | {"user": 0, "writable": ["/"]}) == [
        "user is 0, and not 10001.",
        "writable is ['/'], and not ['/tmp', '/var/lib/paperbacked'].",
    ]
