"""Publishing, against a server on loopback that speaks as much of the hub's protocol as an upload needs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

PUBLISH = "import sys; from pathlib import Path; from retrieval.finetune.publish import check_login, publish; "
ERRORS = "from retrieval.errors import ModelError\ntry:\n    {}\nexcept ModelError as error:\n    print(error)"


class Hub(BaseHTTPRequestHandler):
    """Knows one user, and keeps what is committed."""

    token = "right"
    uploaded: ClassVar[dict[str, str]] = {}
    created: ClassVar[list[dict[str, object]]] = []

    def do_HEAD(self) -> None:
        self._say({})

    def do_GET(self) -> None:
        if self.headers.get("authorization") != f"Bearer {self.token}":
            self._say({"error": "Invalid credentials"}, 401)
        else:
            self._say({"name": "someone", "type": "user"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        if self.headers.get("authorization") != f"Bearer {self.token}":
            self._say({"error": "Invalid credentials"}, 401)
        elif self.path.endswith("/repos/create"):
            self.created.append(json.loads(body))
            self._say({"url": f"http://{self.headers['host']}/someone/model", "name": "someone/model"})
        elif "/preupload/" in self.path:
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": None}
                for file in json.loads(body)["files"]
            ]
            self._say({"files": files})
        elif "/commit/" in self.path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.uploaded[line["value"]["path"]] = base64.b64decode(line["value"]["content"]).decode()
            address = f"http://{self.headers['host']}/someone/model/commit/{'1' * 40}"
            self._say({"success": True, "commitUrl": address, "commitOid": "1" * 40})
        else:
            self._say({"errors": [], "warnings": []})

    def _say(self, value: object, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[str]:
    Hub.uploaded.clear()
    Hub.created.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def run(code: str, home: Path, **environment: str) -> str:
    # The library reads its address when it is imported, so each case is a process of its own.
    known = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    given = {**known, "HF_HOME": str(home), **environment}
    done = subprocess.run([sys.executable, "-c", code], env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_model_is_published_privately_and_without_what_is_not_part_of_it(hub: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("README.md", "config.json", "history.json", "state.pt", ".secret"):
        (folder / name).write_text(f"of {name}", encoding="utf-8")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# model\n", encoding="utf-8")
    code = f"{PUBLISH}print(check_login()); print(publish(Path({str(folder)!r}), 'someone/model'))"
    said = run(code, tmp_path, HF_ENDPOINT=hub, HF_TOKEN="right").splitlines()
    assert said == ["someone", f"{hub}/someone/model"]
    assert Hub.created[0]["visibility"] == "private"
    assert set(Hub.uploaded) == {"README.md", "config.json", "history.json"}
    assert Hub.uploaded["config.json"] == "of config.json"


def test_somebody_the_hub_does_not_know_is_told_before_anything_is_trained(hub: str, tmp_path: Path) -> None:
    code = PUBLISH + "\n" + ERRORS.format("check_login()")
    for token in ({"HF_TOKEN": "wrong"}, {}):
        said = run(code, tmp_path, HF_ENDPOINT=hub, **token)
        assert said == "The hub does not know you: run `hf auth login` first, or set HF_TOKEN."


def test_a_hub_that_refuses_leaves_the_model_where_it_is(hub: str, tmp_path: Path) -> None:
    code = PUBLISH + "\n" + ERRORS.format(f"publish(Path({str(tmp_path)!r}), 'someone/model')")
    said = run(code, tmp_path, HF_ENDPOINT=hub, HF_TOKEN="wrong")
    assert said.startswith("The hub did not take someone/model (")
    assert said.endswith(f"); the model is in {tmp_path}.")
    assert "\n" not in said


def test_without_a_hub_it_says_so_within_three_seconds(tmp_path: Path) -> None:
    code = "import time; began = time.perf_counter()\n" + PUBLISH + "\n" + ERRORS.format("check_login()")
    said = run(code + "\nprint(time.perf_counter() - began < 3)", tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    reason, in_time = said.splitlines()
    assert reason == "The model hub cannot be reached: train without --push-to-hub, or connect to the network."
    assert in_time == "True"
