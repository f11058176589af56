"""Open WebUI from PyPI, in an environment of its own, with two servers of paperbacked as its connections."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.serving import CHROMIUM, running_server
from tests.support.paced_model import PacedModel, paced_model
from tests.support.ports import free_port
from tests.support.started import wait_until_answered

VERSION = "0.12.4"
ENVIRONMENT = Path(__file__).parents[3] / ".venv-clients" / "open-webui"
INSTALL_SECONDS, START_SECONDS = 3_000, 600
SLOW = "slow"
"""What the models of the server whose language model hangs are called before their names."""


@pytest.fixture(scope="session")
def program() -> Path:
    """The command of Open WebUI; it is installed where it is not there yet, which takes some gigabytes and minutes."""
    command = ENVIRONMENT / "bin" / "open-webui"
    if not command.is_file():
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        # The torch that this project has: the newest from PyPI brings gigabytes of libraries for GPUs.
        torch = version("torch").partition("+")[0]
        line = [
            ENVIRONMENT / "bin" / "python",
            "-m",
            "pip",
            "install",
            "-q",
            f"open-webui=={VERSION}",
            f"torch=={torch}",
        ]
        subprocess.run(line, check=True, timeout=INSTALL_SECONDS)
    return command


@pytest.fixture(scope="session")
def hanging() -> Iterator[PacedModel]:
    """A server of language models that begins to write and does not go on."""
    with paced_model() as model:
        yield model


@pytest.fixture(scope="session")
def address(program: Path, hanging: PacedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Open WebUI, as somebody starts it who has no accounts and lets it fetch nothing."""
    home = tmp_path_factory.mktemp("served")
    with (
        running_server(home / "one", llm="none") as (_, quotes),
        running_server(home / "two", llm="openai:hanging", llm_url=f"{hanging.address}/v1") as (_, written),
        _running(program, tmp_path_factory.mktemp("open-webui"), f"{quotes}v1;{written}v1") as address,
    ):
        yield address


@contextmanager
def _running(program: Path, folder: Path, connections: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = {
        "DATA_DIR": str(folder / "data"),
        "OPENAI_API_BASE_URLS": connections,
        "OPENAI_API_KEYS": "none;none",
        "OPENAI_API_CONFIGS": json.dumps({"1": {"prefix_id": SLOW}}),
        "ENABLE_OLLAMA_API": "False",
        "WEBUI_AUTH": "False",
        "WEBUI_SECRET_KEY": "only for a test on this machine alone",
        "OFFLINE_MODE": "True",
        "HF_HUB_OFFLINE": "1",
        # No model for embeddings of its own is loaded.
        "RAG_EMBEDDING_ENGINE": "openai",
        "BYPASS_EMBEDDING_AND_RETRIEVAL": "True",
        "ANONYMIZED_TELEMETRY": "False",
        "DO_NOT_TRACK": "true",
        "SCARF_NO_ANALYTICS": "true",
    }
    log = folder / "log"
    line = [str(program), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(line, cwd=folder, env=os.environ | settings, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_answered(process, f"{address}/health", log, START_SECONDS)
            _read_the_news(address)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)


def _read_the_news(address: str) -> None:
    """What is new in this version has been read by the only user there is, and is not shown above the first chat."""
    token = _post(f"{address}/api/v1/auths/signin", {"email": "", "password": ""}, "")["token"]
    _post(f"{address}/api/v1/users/user/settings/update", {"ui": {"version": VERSION}}, token)


def _post(url: str, body: dict[str, Any], token: str) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=60) as told:
        return json.load(told)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def chat(chromium: Browser, address: str) -> Iterator[Page]:
    """A new chat."""
    with chromium.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light") as context:
        page = context.new_page()
        page.set_default_timeout(120_000)
        expect.set_options(timeout=60_000)
        # Its pages ask others for pictures of the sources' hosts.
        page.route(lambda url: not url.startswith(address), lambda route: route.abort())
        page.goto(address)
        page.wait_for_selector("#chat-input")
        yield page
