"""What other programs of this kind were broken by and this one does without: code from data, open ports, paths of a
request, queries made of texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from tests.support.own_collections import Server, serve

ROOT = Path(__file__).parents[2]
CODE = [path for name in ("app", "retrieval", "prompts", "paperbacked") for path in (ROOT / name).rglob("*.py")]
UNPACKS = {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "zipfile", "tarfile", "langchain_core.load"}
RUNS = {"eval", "exec", "compile", "__import__"}
TRUSTS = ("shell", "trust_remote_code", "allow_pickle")
SAME = {"Sec-Fetch-Site": "same-origin"}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def wrong_calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = {word.arg: word.value for word in node.keywords}
        if isinstance(node.func, ast.Name) and node.func.id in RUNS:
            yield node.func.id
        said = ast.unparse(node.func)
        if said in ("os.system", "os.popen", "yaml.load", "subprocess.getoutput", "shutil.unpack_archive"):
            yield said
        if said == "torch.load" and not is_constant(named.get("weights_only"), True):
            yield said
        if any(word in named and not is_constant(named[word], False) for word in TRUSTS):
            yield said


def is_constant(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def test_nothing_unpickles_or_evaluates() -> None:
    assert len(CODE) > 300
    for path in CODE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not UNPACKS & set(imported(tree)), path
        assert not [*wrong_calls(tree)], path


def test_such_calls_would_be_seen() -> None:
    tree = ast.parse("import pickle\nfrom langchain_core import load")
    assert {"pickle", "langchain_core.load"} == UNPACKS & set(imported(tree))
    wrong = (
        "eval('1')",
        "os.system('a')",
        "run('a', shell=True)",
        "torch.load(f)",
        "torch.load(f, weights_only=False)",
        "open_model(trust_remote_code=x)",
        "numpy.load(f, allow_pickle=True)",
    )
    for source in wrong:
        assert len([*wrong_calls(ast.parse(source))]) == 1, source
    right = "torch.load(f, weights_only=True)\nopen_model(trust_remote_code=False)\nnumpy.load(f, allow_pickle=False)"
    assert not [*wrong_calls(ast.parse(right))]


def test_no_window_of_another_page_is_listened_to() -> None:
    scripts = [path for path in (ROOT / "app" / "surfaces").rglob("*.js") if "node_modules" not in path.parts]
    assert len(scripts) > 5
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""addEventListener\(\s*["'`]message|onmessage|postMessage""", text), path


def test_no_port_is_published_but_the_applications() -> None:
    services: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))[
        "services"
    ]
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert list(published) == ["app"]
    assert all(port.startswith("127.0.0.1:") for port in published["app"])
    assert not any("network_mode" in service or "expose" in service for service in services.values())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    return serve(tmp_path_factory.mktemp("nothing"), adding="on")


@pytest.mark.parametrize("begins", ["/static/", "/assets/", "/page/fonts/", "/theme.css/", "/widget.js/", "/"])
@pytest.mark.parametrize(
    "then",
    [
        # Dots as they are would be taken away by the client already.
        *("..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd"),
        *("/etc/passwd", "%2fetc%2fpasswd", "..%5c..%5cwindows%5cwin.ini", "C:/windows/win.ini", "%00", "..%252fetc"),
        *("file=/etc/passwd", "....//....//etc/passwd", "/proc/self/environ"),
    ],
)
def test_no_address_leads_out_of_its_folder(server: Server, begins: str, then: str) -> None:
    told = server.client().get(f"{begins}{then}", headers=SAME)
    assert told.status_code in (400, 404, 405, 403), told.text[:200]
    assert "root:" not in told.text and str(server.settings.home) not in told.text


SIGNS = (
    *("' OR 1=1 --", "'; DROP TABLE papers; --", '" UNION SELECT * FROM papers --', "%", "_", "\\", "*", '"', "''"),
    *("NEAR(a b, 3)", "abstract: whales", "whales*", "-whales", "^whales", "(whales", "{title} : a", "a AND (b OR"),
    *("\x00", "{{7919*7907}}", "${7919*7907}", "{0.__class__}", "%(a)s", "<%= 1 %>", "{% include '/etc/passwd' %}"),
    *("(a+)+$", "[", "\\1"),
)
COMPUTED = str(7919 * 7907)


@pytest.mark.parametrize("signs", SIGNS)
def test_signs_of_sql_and_of_searches_change_nothing_and_break_nothing(server: Server, signs: str) -> None:
    client: TestClient = server.client()
    before = client.get("/api/v1/papers").json()
    asked = [
        client.get("/api/v1/search", params={"q": signs}),
        client.get("/api/v1/search", params={"q": "whales", "category": signs}),
        client.get("/api/v1/papers", params={"after": signs}),
        client.get("/api/v1/papers", params={"collection": signs}),
        client.post("/api/v1/ask", json={"question": f"Do whales sing {signs}?"}),
        client.post("/api/v1/ask", json={"question": "Do whales sing?", "filters": {"category": [signs]}}),
        client.post("/api/v1/compare", json={"paper_ids": [signs, "whales"]}),
        client.post("/api/v1/collections", json={"title": signs}),
    ]
    assert {told.status_code for told in asked} <= {200, 201, 400, 404}, [told.text[:80] for told in asked]
    assert not any(COMPUTED in told.text for told in asked)
    assert client.get("/api/v1/papers").json() == before
