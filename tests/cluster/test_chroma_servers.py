"""A collection over three real Chroma servers, one of which is killed while questions run; and two applications
that share the servers and the papers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from app.answering.answer import Answer
from app.build import LocalAnswerer, build_answerer
from app.settings import Settings
from tests.support.chroma_server import ChromaServer, chroma_server

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]
QUESTION = "Do safety techniques remove a backdoor that was trained in?"
GONE = "Part of the collection did not answer (one of its servers): what it holds is not in this answer."


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[ChromaServer, ...]]:
    with ExitStack() as running:
        yield tuple(running.enter_context(chroma_server(tmp_path / f"chroma-{name}")) for name in "abc")


def answerer(home: Path, servers: tuple[ChromaServer, ...]) -> LocalAnswerer:
    addresses = ",".join(server.address for server in servers)
    settings = Settings(home=home, embedding="hash", reader="none", llm="none", chroma_url=addresses)
    return build_answerer(settings, note=lambda sentence: None)


def sources(answer: Answer) -> list[tuple[str, int, int]]:
    return [(passage.paper.id, passage.start, passage.end) for passage in answer.sources]


def test_a_collection_over_three_servers_answers_as_one_in_a_folder_does(
    tmp_path: Path, servers: tuple[ChromaServer, ...]
) -> None:
    spread = answerer(tmp_path / "spread", servers)
    alone = build_answerer(
        Settings(home=tmp_path / "alone", embedding="hash", reader="none", llm="none"), note=lambda sentence: None
    )
    assert sources(spread.ask(QUESTION)) == sources(alone.ask(QUESTION))
    for server in servers:
        listed = httpx.get(f"{server.address}/api/v2/tenants/default_tenant/databases/default_database/collections")
        [collection] = listed.json()
        counted = httpx.get(f"{listed.url}/{collection['id']}/count").json()
        assert counted > 20


def test_a_server_that_is_killed_is_told_and_skipped(tmp_path: Path, servers: tuple[ChromaServer, ...]) -> None:
    asked = answerer(tmp_path / "home", servers)
    before = asked.ask(QUESTION)
    assert not before.note
    answers: list[Answer] = []
    failures: list[Exception] = []
    under_way = threading.Event()

    def ask() -> None:
        try:
            for number in range(20):
                answers.append(asked.ask(f"{QUESTION} ({number})"))
                under_way.set()
        except Exception as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert under_way.wait(60)
    servers[1].kill()
    asking.join(120)
    assert not failures
    assert len(answers) == 20
    notes = [answer.note for answer in answers]
    assert notes[-1] == GONE
    assert not notes[0]
    assert answers[-1].sources


def test_two_applications_on_the_same_servers_and_papers_answer_the_same(
    tmp_path: Path, servers: tuple[ChromaServer, ...]
) -> None:
    one = answerer(tmp_path / "home", servers)
    other = answerer(tmp_path / "home", servers)
    for question in (QUESTION, "Which papers are by Anthropic?", "What is sycophancy?"):
        first, second = one.ask(question), other.ask(question)
        assert (first.answer, sources(first)) == (second.answer, sources(second))
