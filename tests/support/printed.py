"""A page of the documentation run as it is printed: its blocks in their order, in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.ports import free_port
from tests.support.started import wait_until_answered

ROOT = Path(__file__).parents[2]
PRINTED_PORTS = ("7860", "8000")
"""What the pages print; a free port stands in its place, as either may be taken."""
READY_SECONDS = 120
COMMAND_SECONDS = 400
"""A first command builds the index, which takes long beside other work."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w/-]+\.\w+)`")
_COMMAND = '#!/bin/sh\nPYTHONPATH="{root}" exec "{python}" -m paperbacked "$@"\n'


@dataclass(frozen=True)
class Block:
    """`file` is the last file that the text before an html block names; `output` what is printed below a command."""

    language: str
    text: str
    file: str | None
    output: str | None


def blocks_of(page: Path) -> list[Block]:
    """All fenced blocks of a page but for what commands answer, which is the `output` of the command."""
    text = page.read_text(encoding="utf-8")
    found: list[Block] = []
    end = 0
    for match in _BLOCK.finditer(text):
        between, end = text[end : match.start()], match.end()
        language, inner = match[1], match[2]
        if language == "text":
            found[-1] = Block(found[-1].language, found[-1].text, found[-1].file, inner)
        else:
            named = _FILE.findall(between)
            found.append(Block(language, inner, named[-1] if language == "html" else None, None))
    return found


@dataclass
class Printed:
    """Runs blocks in `folder`; `ports` maps the ports that pages print to those in use, `names` are Python's."""

    folder: Path
    variables: Mapping[str, str]
    ports: dict[str, int] = field(default_factory=lambda: {port: free_port() for port in PRINTED_PORTS})
    names: dict[str, Any] = field(default_factory=dict)
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def with_ports(self, text: str) -> str:
        for printed, port in self.ports.items():
            text = re.sub(rf"(?<=[: ]){printed}\b", str(port), text)
        return text

    def address(self, printed: str) -> str:
        return f"http://127.0.0.1:{self.ports[printed]}"

    def run(self, block: Block) -> str:
        """What the block prints on stdout; nothing for a server, which goes on until the page is done."""
        text = self.with_ports(block.text)
        match block.language:
            case "sh" if "paperbacked serve" in text:
                self._serve(text, f"{self.address('7860')}/health/ready")
            case "sh" if "http.server" in text:
                self._serve(text, self.address("8000"))
            case "sh":
                done = self._started(text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                out, err = done.communicate(timeout=COMMAND_SECONDS)
                assert done.returncode == 0, f"{text}\n{err.decode()}"
                return out.decode()
            case "python":
                exec(text, self.names)
            case "html":
                assert block.file
                file = self.folder / block.file
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        return ""

    def _started(self, script: str, **options: Any) -> subprocess.Popen[bytes]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PAPERBACKED_")}
        path = f"{self.folder / 'bin'}{os.pathsep}{inherited.get('PATH', '')}"
        environment = inherited | {"PATH": path, "COLUMNS": "88", "PAPERBACKED_PORT": str(self.ports["7860"])}
        return subprocess.Popen[bytes](
            ["bash", "-euc", script], cwd=self.folder, env=environment | dict(self.variables), **options
        )

    def _serve(self, script: str, address: str) -> None:
        path = self.folder / "server.log"
        with path.open("ab") as log:
            # What the shell runs last takes its place, so that it can be stopped.
            server = self._started(re.sub(r"^((?:\w+=\S+ )*)(?=\S+.*\Z)", r"\1exec ", script), stdout=log, stderr=log)
        self._servers.append(server)
        wait_until_answered(server, address, path, READY_SECONDS)

    def stop(self) -> None:
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


@contextmanager
def printed_page(folder: Path, **variables: str) -> Iterator[Printed]:
    """Where a page's blocks run: `paperbacked` is this checkout's, with a home of its own and these settings."""
    command = folder / "bin" / "paperbacked"
    command.parent.mkdir(parents=True)
    command.write_text(_COMMAND.format(root=ROOT, python=sys.executable), encoding="utf-8")
    command.chmod(0o755)
    page = Printed(folder, {"PAPERBACKED_HOME": str(folder / "home")} | variables)
    try:
        yield page
    finally:
        page.stop()
