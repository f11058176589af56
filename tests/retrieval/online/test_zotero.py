"""A library of Zotero, of the program on this machine and of its web interface."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from retrieval.errors import InputError, OnlineError
from retrieval.online.addresses import Addresses
from retrieval.online.zotero import Zotero, ZoteroLibrary, local_file
from tests.retrieval.online.conftest import Pauses
from tests.retrieval.online.paper_servers import Asked, PaperServers, Reply, as_json, shape

HERE = "/here/api/users/0"
WEB = "/zotero/users/475425"
LIBRARY = ZoteroLibrary("users", 475425, "abcd1234efgh5678")


@pytest.fixture
def here(servers: PaperServers, pauses: Pauses) -> Zotero:
    return Zotero(ZoteroLibrary(), None, servers.addresses, pause=pauses)


@pytest.fixture
def web(servers: PaperServers, pauses: Pauses) -> Zotero:
    return Zotero(LIBRARY, "ada@example.org", servers.addresses, pause=pauses)


def attachment(key: str, parent: str | None, **more: Any) -> dict[str, Any]:
    """An attachment as both interfaces tell of it."""
    data = {"key": key, "version": 3, "itemType": "attachment", "linkMode": "imported_file"}
    data |= {"contentType": "application/pdf", "filename": f"{key}.pdf"} | ({"parentItem": parent} if parent else {})
    return {"key": key, "version": 3, "data": data | more, "links": {}}


def listed(works: list[Any], attachments: list[Any], version: str = "15") -> Callable[[Asked], Reply]:
    """A library as the interface lists it: by kind, a page at a time, or only what is newer."""

    def answer(asked: Asked) -> Reply:
        items = attachments if asked.query.get("itemType") == "attachment" else works
        since, start = int(asked.query.get("since", 0)), int(asked.query.get("start", 0))
        newer = [each for each in items if each.get("version", 0) > since]
        page = newer[start : start + int(asked.query["limit"])]
        if asked.query["format"] == "keys":
            body = "\n".join(each["key"] for each in page).encode()
            return Reply(200, body, {"Last-Modified-Version": version})
        return as_json(page, Last_Modified_Version=version, Total_Results=str(len(newer)))

    return answer


def works() -> list[Any]:
    return json.loads(shape("zotero_items.json"))


def test_works_of_the_web_interface(servers: PaperServers, web: Zotero) -> None:
    servers.at(f"{WEB}/items", listed(works(), []))
    entries = list(web.entries())
    assert [each.place for each in entries] == [f"Zotero item {key}" for key in ("AAAA1111", "BBBB2222", "DDDD4444")]
    paper = entries[0].paper
    assert paper is not None and paper.title == "Linear probes in vivo" and paper.kind == "paper"
    assert paper.authors == ("Ada Lovelace", "The Probing Collaboration") and paper.published == date(2021, 3, 4)
    assert (paper.doi, paper.arxiv_id, paper.id) == ("10.1000/probes.2021", "2401.01234", "arxiv:2401.01234")
    assert paper.abstract == "Probes are linear. They cost little." and paper.url == "https://example.org/probes"
    assert paper.source == "zotero" and paper.language.startswith("en")
    report = entries[1].paper
    assert report is not None and (report.kind, report.organisation) == ("report", "The Institute")
    assert (report.authors, report.published, report.language) == (("Doe",), date(2019, 1, 1), "de")
    assert report.url is None and report.abstract == ""
    assert entries[2].paper is None and entries[2].problem
    headers = servers.asked[0].headers
    assert headers["zotero-api-key"] == LIBRARY.key and headers["zotero-api-version"] == "3"
    assert "abcd1234efgh5678" not in str([(asked.path, asked.query) for asked in servers.asked])
    assert web.version == 15


def test_a_library_is_read_page_by_page(servers: PaperServers, web: Zotero) -> None:
    many = [works()[0] | {"key": f"K{number:07}"} for number in range(250)]
    servers.at(f"{WEB}/items", listed(many, []))
    assert [each.place for each in web.entries()] == [f"Zotero item K{number:07}" for number in range(250)]
    assert [asked.query["start"] for asked in servers.asked] == ["0", "100", "200"]
    assert {(asked.query["sort"], asked.query["direction"]) for asked in servers.asked} == {("dateAdded", "asc")}


def test_only_what_changed_and_what_was_deleted(servers: PaperServers, web: Zotero) -> None:
    servers.at(f"{WEB}/items", listed(works(), []))
    assert [each.place for each in web.entries(since=12)] == ["Zotero item BBBB2222", "Zotero item DDDD4444"]
    servers.at(f"{WEB}/deleted", as_json({"items": ["EEEE5555", "../etc"], "collections": [], "tags": []}))
    assert web.deleted(12) == ("EEEE5555",)
    assert servers.asked[-1].query == {"since": "12"}


def test_a_library_that_changes_meanwhile_is_not_taken_for_whole(servers: PaperServers, web: Zotero) -> None:
    many = [works()[0] | {"key": f"K{number:07}"} for number in range(150)]
    before, after = listed(many, []), listed(many, [], version="16")
    servers.at(f"{WEB}/items", before, after)
    with pytest.raises(OnlineError, match="changed while it was read"):
        list(web.entries())


def test_whether_a_library_changed(servers: PaperServers, web: Zotero, here: Zotero) -> None:
    servers.at(f"{WEB}/items", listed(works(), []))
    assert not web.changed_since(15) and web.changed_since(14) and web.changed_since(0)
    assert here.changed_since(15), "the program on this machine counts only what it has synchronised"


def test_the_program_on_this_machine_tells_where_files_lie(servers: PaperServers, here: Zotero, tmp_path: Path) -> None:
    folder = tmp_path / "My Library ü"
    folder.mkdir()
    paths = {key: folder / f"{key}.pdf" for key in ("PDFA1111", "PDFA2222", "LONE3333")}
    for path in paths.values():
        path.write_bytes(b"%PDF-1.7")
    (folder / "notes.txt").write_text("not a PDF")
    enclosed = attachment("PDFA2222", "AAAA1111", linkMode="linked_file")
    enclosed["links"] = {"enclosure": {"type": "application/pdf", "href": paths["PDFA2222"].as_uri()}}
    attachments = [
        attachment("PDFA1111", "AAAA1111"),
        enclosed,
        attachment("LONE3333", None),
        attachment("HTML4444", "AAAA1111", contentType="text/html"),
        attachment("LINK5555", "AAAA1111", linkMode="linked_url"),
        attachment("GONE6666", "BBBB2222"),
        attachment("TEXT7777", "BBBB2222"),
        attachment("MISS8888", "BBBB2222"),
    ]
    servers.at(f"{HERE}/items", listed(works(), attachments))
    for key in ("PDFA1111", "LONE3333"):
        servers.at(f"{HERE}/items/{key}/file/view/url", Reply(200, f"{paths[key].as_uri()}\n".encode()))
    servers.at(f"{HERE}/items/GONE6666", Reply(200, (folder / "gone.pdf").as_uri().encode()))
    servers.at(f"{HERE}/items/TEXT7777", Reply(200, (folder / "notes.txt").as_uri().encode()))
    servers.at(f"{HERE}/items/MISS8888", Reply(404, b"Not found"))
    entries = list(here.entries(since=12))
    assert [(each.place, each.attached) for each in entries] == [
        ("Zotero item AAAA1111", (paths["PDFA1111"], paths["PDFA2222"])),
        ("Zotero item BBBB2222", ()),
        ("Zotero item DDDD4444", ()),
        ("Zotero file LONE3333.pdf", (paths["LONE3333"],)),
    ]
    assert entries[3].paper is None and entries[3].problem == "a file without a reference"
    assert not [asked for asked in servers.asked if "since" in asked.query or "zotero-api-key" in asked.headers]


def test_the_web_interface_names_no_files_of_this_machine(servers: PaperServers, web: Zotero, tmp_path: Path) -> None:
    mine = tmp_path / "mine.pdf"
    mine.write_bytes(b"%PDF-1.7")
    stolen = attachment("PDFA1111", "AAAA1111")
    stolen["links"] = {"enclosure": {"type": "application/pdf", "href": mine.as_uri()}}
    servers.at(f"{WEB}/items", listed([*works(), stolen], [stolen]))
    assert {each.attached for each in web.entries()} == {()}


@pytest.mark.parametrize(
    "address", ["", "file://host/a.pdf", "https://a.b/c.pdf", "file:a.pdf", "file:///a\0.pdf", "file://["]
)
def test_what_is_no_file_of_this_machine(address: str) -> None:
    assert local_file(address) is None


def test_zotero_that_is_not_running(pauses: Pauses) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    zotero = Zotero(ZoteroLibrary(), None, Addresses(zotero_here=f"http://127.0.0.1:{port}/api"), pause=pauses)
    with pytest.raises(OnlineError, match=r"^Zotero is not running on this machine: start it, or name a library"):
        list(zotero.entries())


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (
            Reply(403, b"Local API is not enabled"),
            "Zotero does not let other programs read its library: in its settings",
        ),
        (Reply(404), "Zotero has no such library"),
        (Reply(501), "Zotero does not answer as it should (status 501)"),
        (Reply(200, b"<html>"), "Zotero does not answer as it should: try again later."),
        (Reply(200, b"{}"), "Zotero does not answer as it should: try again later."),
        (
            Reply(302, b"", {"Location": "https://evil.example/"}),
            "evil.example is no server that papers are taken from",
        ),
    ],
)
def test_what_zotero_may_say_instead(servers: PaperServers, here: Zotero, reply: Reply, sentence: str) -> None:
    servers.at(HERE, reply)
    with pytest.raises(OnlineError) as caught:
        list(here.entries())
    assert str(caught.value).startswith(sentence)


def test_a_key_that_may_not_read(servers: PaperServers, web: Zotero) -> None:
    servers.at(WEB, Reply(403, b"Forbidden"))
    with pytest.raises(OnlineError, match="make a key that may read it"):
        list(web.entries())


def test_items_that_are_none(servers: PaperServers, web: Zotero) -> None:
    broken = [
        7,
        None,
        {"key": "../../x", "data": {}},
        {"key": "AAAA1111"},
        {"key": "BBBB2222", "data": {"title": ["a"]}},
    ]
    servers.at(f"{WEB}/items", as_json(broken, Last_Modified_Version="1", Total_Results="5"))
    entries = list(web.entries())
    assert len(entries) == 3 and all(each.problem and each.paper is None for each in entries)


@pytest.mark.parametrize(
    ("name", "library"),
    [
        ("zotero:", ZoteroLibrary()),
        ("Zotero:475425", ZoteroLibrary("users", 475425)),
        ("zotero:groups/12", ZoteroLibrary("groups", 12)),
    ],
)
def test_names_of_libraries(name: str, library: ZoteroLibrary) -> None:
    assert ZoteroLibrary.named(name) == library
    assert ZoteroLibrary.named(name, "abcd1234").key == "abcd1234"
    assert library.here == (name == "zotero:")


@pytest.mark.parametrize("name", ["", "zotero", "zotero:me", "zotero:groups/", "zotero:../1", "zotero:1/items"])
def test_what_names_no_library(name: str) -> None:
    with pytest.raises(InputError, match="is no library of Zotero"):
        ZoteroLibrary.named(name)


def test_a_key_is_not_printed_and_must_be_one() -> None:
    assert "efgh5678" not in repr(LIBRARY)
    for wrong in ("", "short", "a b c d e f g", "abcd1234\r\nX: y"):
        with pytest.raises(InputError, match="key for Zotero"):
            ZoteroLibrary.named("zotero:1", wrong)
    assert replace(LIBRARY, key=None) != LIBRARY
