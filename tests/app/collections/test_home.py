"""Collections of a server's readers: made, filled, asked, renamed, removed, had back, and swept."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.answering.question import checked_question
from app.collections.answerers import MOST_OPEN
from app.collections.names import belongs_to, new_name, owner_of
from app.collections.trash import UNDO_SECONDS
from app.settings import COLLECTION_NAME
from app.surfaces.collections import BusyError, Collections, NoCollectionError, ReadOnlyError
from retrieval.adding.request import AddRequest
from retrieval.errors import InputError
from retrieval.stores.opening import open_store
from tests.support.own_collections import SLEEP, WALKS, Server, add, new_collection, record, serve

SLEEPING = "Does sleep help memory to last?"


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return serve(tmp_path)


def titles(server: Server) -> list[str]:
    return [info.title for info in server.collections.listed()]


def segments(server: Server, name: str) -> tuple[str, ...]:
    return open_store(server.settings.chroma).segments(name)


def test_it_is_what_surfaces_take(server: Server) -> None:
    assert isinstance(server.collections, Collections)


def test_the_own_one_is_there_and_stays_as_it_is(server: Server) -> None:
    [own] = server.collections.listed()
    assert (own.name, own.papers, own.may_change, own.default) == ("default", 1, False, True)
    for change in (
        lambda: server.collections.rename("default", "Other"),
        lambda: server.collections.delete("default"),
        lambda: server.collections.room("default"),
        lambda: server.collections.add("default", AddRequest(text="x")),
        lambda: server.collections.remove("default", ["whales"]),
    ):
        with pytest.raises(ReadOnlyError, match="can be asked and not changed"):
            change()
    assert server.collections.answerer(None).paper("whales") is not None


def served_by_name(tmp_path: Path, **wishes: Any) -> Server:
    """A server of which a reader's own collection is the one that is asked."""
    first = serve(tmp_path)
    name = new_collection(first.client())
    add(first.client(), name, json={"papers": [record(SLEEP)]})
    return serve(tmp_path, collection=name, **wishes)


def test_an_own_one_that_is_served_is_added_to_and_answers_from_what_is_new(tmp_path: Path) -> None:
    server = served_by_name(tmp_path)
    name, client = server.settings.collection, server.client()
    own, shipped = server.collections.listed()
    assert (own.name, own.title, own.may_change, own.default) == (name, "Mine", True, True)
    assert (shipped.name, shipped.may_change, shipped.default) == ("default", False, False)
    assert add(client, name, json={"papers": [record(WALKS)]})["report"]["counts"]["added"] == 1
    assert [info.papers for info in server.collections.listed()] == [2, 1]
    answer = server.collections.answerer(None).ask(checked_question("Does walking help people to think?"))
    assert answer.citations and answer.citations[0].paper.id == "walks"
    assert client.delete(f"/api/v1/collections/{name}/papers/sleep").status_code == 204
    assert len(server.answerer.papers) == 1
    assert server.collections.rename(name, "Dreams").title == "Dreams"
    assert server.collections.listed()[0].title == "Dreams"


def test_the_one_that_is_served_is_not_removed(tmp_path: Path) -> None:
    server = served_by_name(tmp_path)
    name = server.settings.collection
    refused = server.client().delete(f"/api/v1/collections/{name}")
    assert (refused.status_code, refused.json()["code"]) == (403, "collection_served")
    assert server.collections.answerer(None).paper("sleep") is not None
    # Another server may have done it: it is not this one's to bring back.
    with pytest.raises(NoCollectionError):
        server.collections.restore(name)


@pytest.mark.parametrize("wishes", [{"adding": "visitors"}, {"adding": "off"}, {"adding": "auto", "host": "0.0.0.0"}])
def test_where_others_read_it_stays_as_it_is(tmp_path: Path, wishes: dict[str, str]) -> None:
    server = served_by_name(tmp_path, **wishes)
    [own, *_] = server.collections.listed("a" * 16)
    assert not own.may_change and not server.collections.default_grows
    with pytest.raises(ReadOnlyError):
        server.collections.room(server.settings.collection, "a" * 16)


def test_a_new_one_is_empty_and_answers_that_it_says_nothing(server: Server) -> None:
    made = server.collections.create("  Sleep\n& memory ")
    assert made.title == "Sleep & memory" and made.papers == 0 and made.may_change
    assert made.name.startswith("sleep-memory-") and COLLECTION_NAME.fullmatch(made.name)
    answer = server.collections.answerer(made.name).ask(checked_question(SLEEPING))
    assert answer.status == "abstained" and not answer.sources
    assert titles(server) == ["default", "Sleep & memory"]


def test_what_is_added_is_found_in_its_collection_and_in_no_other(server: Server) -> None:
    client = server.client()
    sleep, walks = new_collection(client, "Sleep"), new_collection(client, "Walks")
    before = server.collections.answerer(sleep)
    assert add(client, sleep, json={"papers": [record(SLEEP)]})["report"]["counts"]["added"] == 1
    assert add(client, walks, json={"papers": [record(WALKS)]})["report"]["counts"]["added"] == 1
    assert before.paper("sleep") is None  # the empty one; whoever asks anew has the papers
    answer = server.collections.answerer(sleep).ask(checked_question(SLEEPING))
    assert {source.paper.id for source in answer.sources} == {"sleep"} and answer.citations
    assert server.collections.answerer(walks).paper("sleep") is None
    assert server.collections.answerer(None).paper("sleep") is None
    assert [info.papers for info in server.collections.listed()] == [1, 1, 1]


def test_an_open_collection_has_what_is_added_later(server: Server) -> None:
    client = server.client()
    name = new_collection(client)
    add(client, name, json={"papers": [record(SLEEP)]})
    opened = server.collections.answerer(name)
    assert opened.paper("walks") is None
    add(client, name, json={"papers": [record(WALKS)]})
    assert server.collections.answerer(name) is opened
    assert opened.paper("walks") is not None and len(opened.papers) == 2


def test_collections_share_their_models(server: Server) -> None:
    client = server.client()
    name = new_collection(client)
    add(client, name, json={"papers": [record(SLEEP)]})
    own: Any = server.collections.answerer(None)
    other: Any = server.collections.answerer(name)
    assert other.retriever.embedder is own.retriever.embedder and other.retriever.store is own.retriever.store
    assert other.language_models is own.language_models


def test_the_longest_unused_one_is_closed_and_opened_again(server: Server) -> None:
    client = server.client()
    names = [new_collection(client, f"C{number}") for number in range(MOST_OPEN + 1)]
    for name in names:
        add(client, name, json={"papers": [record(SLEEP)]})
    opened = [server.collections.answerer(name) for name in names]
    assert len(server.collections._answerers) == MOST_OPEN
    assert server.collections.answerer(names[-1]) is opened[-1]
    again = server.collections.answerer(names[0])
    assert again is not opened[0] and again.paper("sleep") is not None
    # Whoever still holds the one that was closed can read on.
    assert opened[0].ask(checked_question(SLEEPING)).citations


def test_another_title_leaves_the_name(server: Server) -> None:
    made = server.collections.create("Sleep")
    assert server.collections.rename(made.name, "Dreams").title == "Dreams"
    assert [info.name for info in server.collections.listed()] == ["default", made.name]


@pytest.mark.parametrize("title", ["", " \n ", "\u202e\u200b"])
def test_a_title_has_something_to_read(server: Server, title: str) -> None:
    with pytest.raises(InputError, match="needs a title"):
        server.collections.create(title)


def test_what_was_removed_can_be_had_back(server: Server) -> None:
    client = server.client()
    name = new_collection(client)
    add(client, name, json={"papers": [record(SLEEP)]})
    until = server.collections.delete(name)
    assert timedelta(seconds=UNDO_SECONDS - 5) < until - datetime.now(UTC) <= timedelta(seconds=UNDO_SECONDS)
    with pytest.raises(NoCollectionError):
        server.collections.answerer(name)
    server.collections.sweep()
    assert server.collections.restore(name).papers == 1
    assert server.collections.answerer(name).ask(checked_question(SLEEPING)).citations
    with pytest.raises(NoCollectionError):
        server.collections.restore(name)


def test_after_a_minute_it_is_gone_with_its_vectors_and_its_files(server: Server) -> None:
    client = server.client()
    name, kept = new_collection(client), new_collection(client)
    for each in (name, kept):
        add(client, each, json={"papers": [record(SLEEP)]})
    pictures = server.settings.home / "cache" / "pages"
    pictures.mkdir(parents=True)
    for digest in ("a" * 64, "b" * 64):
        (pictures / f"{digest}-1-500.png").write_bytes(b"x")
    (server.folder / name / "files").mkdir()
    (server.folder / name / "files" / f"{'a' * 64}.pdf").write_bytes(b"x")
    server.collections.delete(name)
    assert segments(server, name)
    server.collections.trash._now = lambda: time.time() + UNDO_SECONDS + 1
    with pytest.raises(NoCollectionError):
        server.collections.restore(name)
    server.collections.sweep()
    assert not segments(server, name) and segments(server, kept)
    assert list((server.settings.home / "trash").iterdir()) == []
    assert [picture.name[0] for picture in pictures.iterdir()] == ["b"]
    assert server.collections.answerer(kept).ask(checked_question(SLEEPING)).citations


def test_a_restart_sweeps_what_is_over(tmp_path: Path) -> None:
    first = serve(tmp_path)
    name = new_collection(first.client())
    add(first.client(), name, json={"papers": [record(SLEEP)]})
    first.collections.delete(name)
    [thrown] = (first.settings.home / "trash").iterdir()
    thrown.rename(thrown.with_name(f"{name}-{round((time.time() - 100) * 1000):013d}"))
    second = serve(tmp_path)
    second.collections.sweep()
    assert not segments(second, name) and not list((second.settings.home / "trash").iterdir())


def test_one_that_bears_the_name_of_a_removed_one_keeps_its_vectors(server: Server) -> None:
    client = server.client()
    name = new_collection(client)
    add(client, name, json={"papers": [record(SLEEP)]})
    server.collections.delete(name)
    # As somebody at the machine would make one anew, by the command line.
    from app.adding import add_papers

    file = server.settings.home / "walks.jsonl"
    file.write_text('{"id": "walks", "title": "Walking", "abstract": "Walking helps to think.", "language": "en"}')
    settings = server.settings.model_copy(update={"collection": name})
    add_papers(settings, AddRequest((str(file),), local_files=True), note=lambda sentence: None)
    server.collections.trash._now = lambda: time.time() + UNDO_SECONDS + 1
    server.collections.sweep()
    assert segments(server, name) and not list((server.settings.home / "trash").iterdir())
    answer = server.collections.answerer(name).ask(checked_question("Does walking help to think?"))
    assert [source.paper.id for source in answer.sources] == ["walks"] and answer.citations


def test_nothing_is_removed_while_papers_are_added_to_it(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    name = server.collections.create("Sleep").name
    monkeypatch.setattr(server.collections._jobs, "pending", lambda collection: collection == name)
    with pytest.raises(BusyError):
        server.collections.delete(name)


def test_removed_papers_are_gone_and_a_collection_may_be_empty_again(server: Server) -> None:
    client = server.client()
    name = new_collection(client)
    add(client, name, json={"papers": [record(SLEEP)]})
    assert server.collections.remove(name, ["nothing-like-it"]) == 0
    assert server.collections.remove(name, ["sleep"]) == 1
    assert server.collections.answerer(name).paper("sleep") is None
    assert server.collections.answerer(name).ask(checked_question(SLEEPING)).status == "abstained"
    assert server.collections.remove(server.collections.create("Empty").name, ["sleep"]) == 0


def test_nobody_may_make_any_where_adding_is_off(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="off")
    with pytest.raises(ReadOnlyError, match="takes no papers"):
        server.collections.create("Sleep")
    assert not server.collections.adding and not server.collections.online


def test_further_ones_are_served_where_they_are_named(tmp_path: Path) -> None:
    name = new_collection(serve(tmp_path).client())
    assert [info.name for info in serve(tmp_path, adding="off").collections.listed()] == ["default"]
    for named in ((name,), ("*",)):
        server = serve(tmp_path, adding="off", collections=named)
        [_, other] = server.collections.listed()
        assert other.name == name and not other.may_change
        with pytest.raises(ReadOnlyError):
            server.collections.delete(name)


def test_a_visitors_collection_is_removed_when_nobody_came_for_days(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors", visitor_days=7)
    mine, other = "a" * 16, "b" * 16
    old, new = server.collections.create("Old", mine), server.collections.create("New", other)
    assert old.expires and old.expires - datetime.now(UTC) > timedelta(days=6.9)
    long_ago = time.time() - 8 * 86_400
    os.utime(server.folder / old.name / "about.json", (long_ago, long_ago))
    server.collections.sweep()
    assert not (server.folder / old.name).exists() and (server.folder / new.name).exists()
    assert [info.name for info in server.collections.listed(mine)] == ["default"]


def test_a_use_puts_that_off(tmp_path: Path) -> None:
    server = serve(tmp_path, adding="visitors", visitor_days=7)
    mine = server.collections.create("Old", "a" * 16)
    almost = time.time() - 6 * 86_400
    os.utime(server.folder / mine.name / "about.json", (almost, almost))
    server.collections.answerer(mine.name, "a" * 16)
    [_, info] = server.collections.listed("a" * 16)
    assert info.expires and info.expires - datetime.now(UTC) > timedelta(days=6.9)


@pytest.mark.parametrize("visitor", [None, "0123456789abcdef"])
@pytest.mark.parametrize("title", ["Sleep", "睡眠", "a" * 300, "../../etc", "V 0123456789abcdef x", "-", "default"])
def test_names_are_names_whatever_the_title(title: str, visitor: str | None) -> None:
    name = new_name(title, (), visitor)
    assert COLLECTION_NAME.fullmatch(name) and name != "default"
    assert owner_of(name) == visitor and belongs_to(name, visitor) == (visitor is not None)
    assert not belongs_to(name, "f" * 16)
