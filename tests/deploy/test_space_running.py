"""The Space's folder, copied elsewhere, in an environment made as a Space makes it, answers in a browser."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import sync_playwright

from deploy.space.assembly import assemble
from deploy.space.files.space import MODEL
from deploy.space.prebuilt_index import prebuilt_index
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file
from tests.support.started import wait_until_answered
from tests.support.tiny_models import save_qwen

pytestmark = [pytest.mark.space, pytest.mark.timeout(2700)]
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
QUOTE = "We find that such backdoor behavior can be made persistent"
HOST = "someone-paperbacked.hf.space"
READY_SECONDS = 240
MEMORY_BYTES = 16 * 1024**3
VISITORS = 100
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Space's folder where a Space would have it: away from the checkout, and only to be read."""
    made = tmp_path_factory.mktemp("made")
    assemble(made / "space", prebuilt_index(made / "index"))
    copy = tmp_path_factory.mktemp("elsewhere") / "app"
    shutil.copytree(made / "space", copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    return copy


@pytest.fixture(scope="module")
def python(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment made by the one command that a Space runs for a Gradio app."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=True)
    card = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    sdk = [f"gradio[oauth,mcp]=={card['sdk_version']}", "uvicorn>=0.14.0", "websockets>=10.4", "spaces"]
    # An index that cannot be reached is asked once for each package, and not five times.
    subprocess.run(
        [place / "bin" / "python", "-m", "pip", "install", "-q", "-r", folder / "requirements.txt", *sdk],
        env=os.environ | {"PIP_RETRIES": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        check=True,
        capture_output=True,
    )
    return place / "bin" / "python"


@dataclass(frozen=True)
class Started:
    """A running Space: its address, what it has printed and the number of its process."""

    address: str
    log: Path
    pid: int


Start = Callable[..., Started]


def as_small_as_a_space() -> None:
    """Two of the cores, and 16 GB of memory; called in the process that is to be it."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


@contextmanager
def running(folder: Path, python: Path, home: Path, **variables: str) -> Iterator[Started]:
    """The entry file, started as a Space starts it: in its folder, with the hub's variables and no others."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/paperbacked",
        "SPACE_HOST": HOST,
        "CPU_CORES": "2",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_NUM_PORTS": "1",
        "GRADIO_SSR_MODE": "true",
    }
    log = home / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [python, "space.py"],
            cwd=folder,
            env=environment | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=as_small_as_a_space,
        )
        try:
            started = Started(f"http://127.0.0.1:{port}", log, process.pid)
            # The first page is made once the index is open and the embedding model loaded.
            wait_until_answered(process, started.address, log, READY_SECONDS, one_answer_seconds=READY_SECONDS)
            yield started
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def space(folder: Path, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with running(folder, python, tmp_path_factory.mktemp("home")) as started:
        first, *later = (seconds_of_an_answer(started) for _ in range(6))
        # The page is shown only when the index is open and the embedding model loaded: then the first answer takes no
        # longer than those after it, however busy the machine is.
        assert first < 3 * max(later), f"the first answer took {first:.2f} s, and then {later}"
        yield started


def seconds_of_an_answer(started: Started) -> float:
    begun = time.monotonic()
    answer = asked(started)
    assert answer["citations"][0]["paper"]["id"] == "sleeper-agents"
    return time.monotonic() - begun


def request(started: Started, path: str, body: object = None, **headers: str) -> urllib.request.Request:
    data = json.dumps(body).encode() if body is not None else None
    sent = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return urllib.request.Request(started.address + path, data, sent)


def asked(started: Started) -> dict:
    with urllib.request.urlopen(request(started, "/api/v1/ask", {"question": QUESTION}), timeout=120) as answer:
        return json.load(answer)


def health(started: Started) -> dict:
    with urllib.request.urlopen(request(started, "/api/v1/health"), timeout=60) as told:
        return json.load(told)


def test_a_visitor_gets_the_quote_and_a_plain_note_where_the_model_is_not_here(space: Started) -> None:
    answer = asked(space)
    assert (answer["status"], answer["mode"]) == ("answered", "quotes")
    assert QUOTE in answer["citations"][0]["quote"]
    assert answer["models"]["llm"] is None
    note = health(space)["note"]
    assert f"The model {MODEL} is not on this machine and the model hub cannot be reached" in note
    assert "These are the quotes." in note
    said = space.log.read_text()
    assert "Traceback" not in said and "Indexing" not in said


def test_the_page_answers_in_a_browser_and_calls_no_other_host(space: Started) -> None:
    # On a thread of its own: where other tests' browser runs, this one's loop is taken.
    with ThreadPoolExecutor(1) as thread:
        outside, errors = thread.submit(visit, space.address).result()
    assert not outside and not errors


def visit(address: str) -> tuple[list[str], list[str]]:
    """Asks in a browser and finds the quote; the other hosts that were called, and the console's errors."""
    outside: list[str] = []
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.on(
            "request",
            lambda sent: None if sent.url.startswith((address, "data:", "blob:")) else outside.append(sent.url),
        )
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        page.goto(address)
        page.fill("#question textarea", QUESTION)
        page.keyboard.press("Enter")
        page.wait_for_function("quote => document.body.innerText.includes(quote)", arg=QUOTE)
        assert "Sleeper Agents" in page.locator("body").inner_text()
        browser.close()
    return outside, errors


def test_it_may_be_framed_by_the_hub_and_is_its_own_origin_behind_the_proxy(space: Started) -> None:
    behind = {"Host": HOST, "X_Forwarded_Proto": "https", "X_Forwarded_For": "203.0.113.9"}
    with urllib.request.urlopen(request(space, "/", Accept="text/html", **behind), timeout=60) as page:
        assert "frame-ancestors 'self' https://huggingface.co" in page.headers["Content-Security-Policy"]
    search = "/api/v1/search?q=backdoor"
    with urllib.request.urlopen(request(space, search, Origin=f"https://{HOST}", **behind), timeout=60) as found:
        assert json.load(found)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request(space, search, Origin="https://elsewhere.example", **behind), timeout=60)


def test_a_hundred_visitors_at_once(space: Started, capsys: pytest.CaptureFixture[str]) -> None:
    """Each opens the page and asks; what is measured is printed, and bounded by what one answer takes alone."""
    alone = max(seconds_of_an_answer(space) for _ in range(3))
    begun = time.monotonic()
    with ThreadPoolExecutor(VISITORS) as visitors:
        visits = list(visitors.map(lambda at: visit_of(space, at), range(VISITORS)))
    in_all = time.monotonic() - begun
    quotes, done = (sorted(seconds) for seconds in zip(*visits, strict=True))
    status = dict(line.split(":", 1) for line in Path(f"/proc/{space.pid}/status").read_text().splitlines())
    peak_mb = int(status["VmHWM"].split()[0]) // 1024
    with capsys.disabled():
        print(
            f"\n{VISITORS} visitors at once: quotes after {quotes[VISITORS // 2]:.1f} s, p95 {quotes[-6]:.1f} s; "
            f"whole after {done[VISITORS // 2]:.1f} s, p95 {done[-6]:.1f} s; one alone {alone:.2f} s; "
            f"all {in_all:.1f} s; memory {peak_mb} MB"
        )
    assert in_all < 2 * VISITORS * alone + 10, "side by side they take no longer than one after the other"
    assert peak_mb < 2500, "a Space has room for a language model besides"
    assert asked(space)["citations"][0]["paper"]["id"] == "sleeper-agents"
    assert "Traceback" not in space.log.read_text()


def visit_of(started: Started, at: int) -> tuple[float, float]:
    """One visitor with an address of their own: seconds from asking to the quotes, and to the whole answer."""
    behind = {"Host": HOST, "X_Forwarded_Proto": "https", "X_Forwarded_For": f"203.0.113.{at + 1}"}
    with urllib.request.urlopen(request(started, "/", Accept="text/html", **behind), timeout=300) as page:
        assert page.status == 200
    sent = request(started, "/api/v1/ask", {"question": QUESTION}, Accept="text/event-stream", **behind)
    begun, quotes = time.monotonic(), 0.0
    with urllib.request.urlopen(sent, timeout=300) as events:
        for line in events:
            if line.strip() == b"event: quotes":
                quotes = time.monotonic() - begun
            elif line.strip() == b"event: done":
                break
        else:
            pytest.fail("an answer broke off")
    assert quotes
    return quotes, time.monotonic() - begun


def test_the_mcp_that_it_carries_answers(space: Started) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
    }
    sent = request(space, "/mcp", hello, Accept="application/json, text/event-stream")
    with urllib.request.urlopen(sent, timeout=60) as reply:
        assert b'"name":"paperbacked"' in reply.read()


def test_a_model_in_the_cache_of_the_hub_is_put_to_work_without_a_network(
    folder: Path, python: Path, tmp_path: Path
) -> None:
    """A stand-in of the model's kind, random and tiny, where `preload_from_hub` leaves the real one."""
    repository = tmp_path / "home" / ".cache" / "huggingface" / "hub" / f"models--{MODEL.replace('/', '--')}"
    revision = "0" * 40
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(revision)
    texts = (paper.abstract for paper in read_papers(default_papers_file()))
    save_qwen(repository / "snapshots" / revision, texts)
    with running(folder, python, tmp_path / "home", HF_ENDPOINT="http://127.0.0.1:9") as started:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if health(started)["llm"] == MODEL:
                break
            time.sleep(0.5)
        else:
            pytest.fail(started.log.read_text()[-3000:])
        # What it writes is noise, and noise is backed by no quote.
        assert asked(started)["citations"][0]["paper"]["id"] == "sleeper-agents"
