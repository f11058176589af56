"""The tutorials run as they are printed, over two papers; with the real model they answer what is printed."""

from __future__ import annotations

import ast
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

import paperbacked
from tests.support.printed import Printed, blocks_of, printed_page
from tests.support.two_papers import write_two_papers

TUTORIALS = Path(__file__).parent.parent / "docs" / "tutorials"
NOT_RUN = {"console"}
RUN = {"sh", "python", "html"}


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Printed]:
    """Over two papers, without a model."""
    papers = write_two_papers(tmp_path / "papers.jsonl")
    settings = {"PAPERBACKED_PAPERS": str(papers), "PAPERBACKED_EMBEDDING": "hash", "PAPERBACKED_LLM": "none"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with printed_page(tmp_path, **settings) as page:
        yield page


def test_every_block_is_run_or_said_not_to_be() -> None:
    pages = sorted(TUTORIALS.glob("*.md"))
    assert [page.name for page in pages] == ["ask.md", "embed.md", "python.md"]
    for page in pages:
        blocks = blocks_of(page)
        languages = {block.language for block in blocks}
        assert languages <= RUN | NOT_RUN and languages & RUN, page.name
        # A fence without a language, or within a list, would be no block.
        fences = sum(1 if block.output is None else 2 for block in blocks)
        assert page.read_text(encoding="utf-8").count("```") == 2 * fences, page.name


def test_what_is_not_run_are_targets_that_exist() -> None:
    makefile = (TUTORIALS.parents[1] / "Makefile").read_text(encoding="utf-8")
    [installing] = [block for block in blocks_of(TUTORIALS / "ask.md") if block.language in NOT_RUN]
    for target in re.findall(r"make (\w+)", installing.text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_ask_runs(quick: Printed) -> None:
    outputs = [quick.run(block) for block in blocks_of(TUTORIALS / "ask.md") if block.language in RUN]
    told = [output for output in outputs if output]
    assert "Sleeper Agents" in told[0] and "[1]" in told[0]
    assert "Rule-Based Rewards (OpenAI" in told[2] and "Sleeper" not in told[2]
    assert told[-1].startswith("How Barn Owls Hunt says")
    with urllib.request.urlopen(quick.address("7860"), timeout=20) as page:
        assert page.status == 200
    assert {"answer", "second"} <= set(quick.names)


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.timeout(900)
def test_the_answers_of_ask_are_those_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with printed_page(tmp_path, PAPERBACKED_LLM="none") as page:
        for block in blocks_of(TUTORIALS / "ask.md"):
            if block.language in RUN:
                output = page.run(block)
                assert block.output is None or comparable(output) == comparable(block.output), block.text


def comparable(output: str) -> str:
    """Without spaces at the end of lines, milliseconds and the processor's arithmetic."""
    lines = "\n".join(line.rstrip() for line in output.strip().splitlines())
    return re.sub(r" \((bf16|fp32|int8)\)|\d+ ms", "", lines)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_page_of_embed_may_ask_and_no_other(quick: Printed) -> None:
    for block in blocks_of(TUTORIALS / "embed.md"):
        quick.run(block)
    own, server = f"http://localhost:{quick.ports['8000']}", quick.address("7860")
    for name in ("index", "text", "strict"):
        with urllib.request.urlopen(f"{quick.address('8000')}/{name}.html", timeout=20) as page:
            html = page.read().decode()
        [script] = re.findall(r'<script async src="(\S+)"', html)
        with urllib.request.urlopen(script, timeout=20) as sent:
            assert sent.headers["Content-Type"].startswith("text/javascript")
    policy = re.search(r'content="(default-src[^"]+)"', html)
    assert policy and policy[1] == f"default-src 'none'; script-src {server}; connect-src {server}"
    assert asked_from(own, server) == 200
    assert asked_from(f"http://127.0.0.1:{quick.ports['8000']}", server) == 403


def asked_from(origin: str, server: str) -> int:
    """The status of a question from a page of that origin."""
    headers = {"Origin": origin, "Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}
    request = urllib.request.Request(f"{server}/api/v1/ask", b'{"question": "Why?"}', headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


@pytest.mark.slow
def test_python_runs(quick: Printed, capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for block in blocks_of(TUTORIALS / "python.md"):
        assert block.language == "python"
        quick.run(block)
        outputs.append(capsys.readouterr().out)
    first, quotes, shown, followed, facets, refused, missing, found, chained = outputs
    assert first.startswith("Sleeper Agents") and quotes.startswith("[1] Sleeper Agents")
    assert shown.startswith("Quotes found: 1\nSleeper Agents")
    assert followed.splitlines()[-1].startswith("Understood as: Do safety techniques")
    assert set(facets.splitlines()) == {"Anthropic 1", "OpenAI 1"}
    assert refused.startswith("There is no organisation 'Initech'") and "not-here.jsonl" in missing
    assert len(found.splitlines()) == 2 and chained == "A model's answer would stand here.\n"


def test_the_program_of_python_comes_in_by_the_front_door() -> None:
    for block in blocks_of(TUTORIALS / "python.md"):
        for statement in ast.walk(ast.parse(block.text)):
            modules = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else []
            modules += [name.name for name in statement.names] if isinstance(statement, ast.Import) else []
            ours = [module for module in modules if module.split(".")[0] in {"paperbacked", "app", "retrieval"}]
            assert ours in ([], ["paperbacked"])
            if isinstance(statement, ast.ImportFrom) and ours:
                assert {name.name for name in statement.names} <= set(paperbacked.__all__)
