"""The processes of compose.yaml, started by hand and asked through nginx as docs/deploy.md sets it up, over TLS."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect, sync_playwright

from deploy.without_engine.dockerfile import Surroundings, read_stages
from tests.support.chroma_server import chroma_server
from tests.support.nginx import NAME, SITE, Proxy, proxied
from tests.support.paced_model import PacedModel, paced_model
from tests.support.ports import free_port
from tests.support.started import wait_until_answered

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DEPLOY = Path(__file__).parents[2] / "deploy"
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
QUOTE = "We find that such backdoor behavior can be made persistent"
CLIENT_LIMIT = 6
READY_SECONDS = 480
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True, slots=True)
class Whole:
    """The proxy, the model that writes behind the application, and what that has printed."""

    proxy: Proxy
    model: PacedModel
    log: Path


def image_start() -> tuple[list[str], dict[str, str]]:
    """The command of the image and the variables that it sets, without its folders."""
    around, command = Surroundings(), list[str]()
    for step in read_stages(DEPLOY / "Dockerfile")[-1].instructions:
        if not around.take(step, {}) and step.word in ("ENTRYPOINT", "CMD"):
            command += json.loads(step.rest)
    return command, {name: value for name, value in around.env.items() if "/" not in value}


def compose_settings(**said: str) -> dict[str, str]:
    """What compose.yaml hands to the application with full.env and what else its owner says."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    lines = (DEPLOY / "full.env").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and line[0] != "#") | said
    settings = {}
    for name, value in services["app"]["environment"].items():
        asked, default = re.fullmatch(r"\$\{(\w+)-(.*)\}", value).groups()  # type: ignore[union-attr]
        settings[name] = given.get(asked, default)
    assert settings["PAPERBACKED_TRUSTED_PROXIES"] == "127.0.0.1"
    return settings


def at_this_machine(address: str, service: str, port: int) -> str:
    """The address of a service of compose.yaml where it runs here."""
    assert urlsplit(address).hostname == service
    return address.replace(urlsplit(address).netloc, f"127.0.0.1:{port}")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder, port = tmp_path_factory.mktemp("compose"), free_port()
    command, variables = image_start()
    settings = compose_settings(
        PAPERBACKED_HOSTS=NAME,
        PAPERBACKED_WIDGET_ORIGINS=f"https://{SITE}",
        PAPERBACKED_CLIENT_LIMIT=str(CLIENT_LIMIT),
    )
    with chroma_server(folder / "chroma") as chroma, paced_model() as model:
        chroma_port = urlsplit(chroma.address).port
        assert chroma_port
        settings["PAPERBACKED_CHROMA_URL"] = at_this_machine(settings["PAPERBACKED_CHROMA_URL"], "chroma", chroma_port)
        settings["PAPERBACKED_LLM_URL"] = at_this_machine(settings["PAPERBACKED_LLM_URL"], "model", model.port)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBACKED_")}
        here = {"PAPERBACKED_HOME": str(folder / "home"), "PAPERBACKED_PORT": str(port)}
        log = folder / "log"
        with log.open("w") as output:
            program = Path(sys.executable).with_name(command[0])
            process = subprocess.Popen(
                [program, *command[1:]], env=kept | variables | settings | here, stdout=output, stderr=output
            )
            try:
                wait_until_answered(process, f"http://127.0.0.1:{port}/health/ready", log, READY_SECONDS)
                (folder / "nginx").mkdir()
                with proxied(port, folder / "nginx") as proxy:
                    yield Whole(proxy, model, log)
            finally:
                process.terminate()
                process.wait(30)


def ask(visitor: HTTPConnection, question: str = QUESTION, **headers: str) -> HTTPResponse:
    sent = {"Content-Type": "application/json", "Accept": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    visitor.request("POST", "/api/v1/ask", json.dumps({"question": question}), sent)
    return visitor.getresponse()


def test_an_answer_comes_while_the_model_still_writes(whole: Whole) -> None:
    whole.model.go_on.clear()
    with whole.proxy.visitor("127.0.0.21") as visitor:
        answer = ask(visitor, Accept="text/event-stream")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        names = []
        for line in answer:
            if not line.startswith(b"event: "):
                continue
            names.append(line.split()[1].decode())
            if names[-1] == "token" and not whole.model.go_on.is_set():
                # All this has passed the proxy, and the model waits for this line.
                assert {"sources", "quotes"} <= set(names) and "done" not in names
                whole.model.go_on.set()
            if names[-1] == "done":
                break
    assert whole.model.go_on.is_set() and names[-1] == "done"


def test_each_visitor_has_a_limit_of_their_own_and_cannot_borrow_another(whole: Whole) -> None:
    whole.model.go_on.set()
    for turn in range(CLIENT_LIMIT + 1):
        with whole.proxy.visitor("127.0.0.31") as visitor:
            answer = ask(visitor, X_Forwarded_For=f"203.0.113.{turn}", X_Real_IP=f"203.0.113.{turn}")
            told = json.load(answer)
            assert answer.status == (429 if turn == CLIENT_LIMIT else 200)
            if turn == CLIENT_LIMIT:
                assert int(answer.headers["Retry-After"]) > 0 and told["detail"]
    with whole.proxy.visitor("127.0.0.32") as visitor:
        assert ask(visitor).status == 200


def test_what_is_too_large_is_refused(whole: Whole) -> None:
    for length in (300_000, 3_000_000):  # the application's own limit, and nginx's
        with whole.proxy.visitor("127.0.0.41") as visitor:
            assert ask(visitor, "?" * length).status == 413


def test_papers_that_readers_add_pass_the_proxy(whole: Whole) -> None:
    """More than a question may be long: what refuses them is the server, which takes no papers here."""
    with whole.proxy.visitor("127.0.0.42") as visitor:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-' + b"0" * 3_000_000
        visitor.request("POST", "/api/v1/collections/mine/papers", body + b"\r\n--b--\r\n", headers)
        answer = visitor.getresponse()
        assert answer.status in (403, 404) and "nginx" not in answer.read().decode()


def test_another_name_and_another_site_are_refused(whole: Whole) -> None:
    with whole.proxy.visitor() as visitor:
        visitor.request("GET", "/api/v1/search?q=backdoor", headers={"Host": "elsewhere.example"})
        assert visitor.getresponse().status in (403, 421)
    for origin, status in (("https://elsewhere.example", 403), (f"https://{SITE}", 200), (f"https://{NAME}", 200)):
        with whole.proxy.visitor() as visitor:
            visitor.request("GET", "/api/v1/search?q=backdoor", headers={"Origin": origin})
            assert visitor.getresponse().status == status


def test_the_metrics_are_kept_from_the_outside(whole: Whole) -> None:
    with whole.proxy.visitor() as visitor:
        visitor.request("GET", "/metrics")
        assert visitor.getresponse().status == 403


def test_page_and_widget_work_in_a_browser(whole: Whole) -> None:
    whole.model.go_on.set()
    # On a thread of its own: where other tests' browser runs, this one's loop is taken.
    with ThreadPoolExecutor(1) as thread:
        errors = thread.submit(visit, whole.proxy).result()
    assert not errors
    assert "Traceback" not in whole.log.read_text()


def visit(proxy: Proxy) -> list[str]:
    """Asks on the page and in the widget of another site; what the console said was wrong."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"),
                f"--host-resolver-rules=MAP * 127.0.0.1:{proxy.port}",
                f"--ignore-certificate-errors-spki-list={proxy.fingerprint}",
            ],
        )
        page = opened(browser, f"https://{NAME}/", errors)
        page.fill("#question textarea", QUESTION)
        page.keyboard.press("Enter")
        page.wait_for_function("quote => document.body.innerText.includes(quote)", arg=QUOTE)
        script = f'<script async src="https://{NAME}/widget.js" data-title="Ask the papers"></script>'
        page = opened(browser, proxy.show(f"<!doctype html><html lang=en><title>S</title><body>{script}"), errors)
        page.locator(".launch").click()
        page.locator("textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".turn .actions")).to_be_visible()
        expect(page.locator(".card").first).to_contain_text("Sleeper Agents")
        browser.close()
    return errors


def opened(browser: Browser, address: str, errors: list[str]) -> Page:
    page = browser.new_page()
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    return page
