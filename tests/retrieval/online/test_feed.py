"""arXiv's feeds, as its manual describes them, and as nobody should send them."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.online.feed import ArxivRecord, as_text, from_text, ids_refused, read_feed
from tests.retrieval.online.paper_servers import shape

BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&lol3;</title></entry></feed>"""
READS_A_FILE = """<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&b;</title></entry></feed>"""


def test_records_of_a_feed() -> None:
    records = read_feed(shape("arxiv.xml"))
    assert list(records) == ["hep-ex/0307015", "2401.01234", "2608.07531"]
    old = records["hep-ex/0307015"].paper
    assert old.id == "arxiv:hep-ex/0307015" and old.arxiv_id == "hep-ex/0307015"
    assert old.title == "Multi-Electron Production at High Transverse Momenta in ep Collisions at HERA"
    assert old.abstract.startswith(
        "Multi-electron production is studied at high electron transverse momentum in positron-"
    )
    assert old.authors == ("H1 Collaboration",) and old.category == "hep-ex" and old.source == "arxiv"
    assert old.doi == "10.1140/epjc/s2003-01326-x" and old.published == date(2003, 7, 7)
    assert old.url == "https://arxiv.org/abs/hep-ex/0307015"
    assert old.other_urls == ("https://doi.org/10.1140/epjc/s2003-01326-x",)
    new = records["2401.01234"]
    assert new.paper.title == "Sparse Probes & their $k$-nearest Neighbours"
    assert new.paper.abstract == "We train probes with x < y. An earlier version was withdrawn from a workshop."
    assert new.paper.authors == ("Ada Lovelace", "Zoë Ångström") and new.paper.published == date(2024, 1, 2)
    assert new.withdrawn == "" and new.paper.doi is None and new.paper.other_urls == ()
    assert records["2608.07531"].withdrawn == "This paper has been withdrawn by the authors due to errors in Section 4"


@pytest.mark.parametrize(
    ("comment", "abstract", "withdrawn"),
    [
        ("Withdrawn due to an error", "We show it.", True),
        ("This submission is now withdrawn", "We show it.", True),
        ("", "This paper has been withdrawn by arXiv admins.", True),
        ("This article was temporarily withdrawn", "", True),
        ("12 pages; replaces a withdrawn note", "We show it.", False),
        ("", "Funds were withdrawn. The paper is about banks.", False),
        ("", "x" * 400 + " This paper has been withdrawn.", False),
    ],
)
def test_who_took_a_paper_back(comment: str, abstract: str, withdrawn: bool) -> None:
    record = read_feed(feed_of(entry("2401.01234", "A title", abstract, comment)))["2401.01234"]
    assert bool(record.withdrawn) == withdrawn


def entry(arxiv_id: str, title: str, abstract: str = "", comment: str = "") -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{escape(arxiv_id)}v1</id><title>{escape(title)}</title>"
        f"<summary>{escape(abstract)}</summary><arxiv:comment>{escape(comment)}</arxiv:comment></entry>"
    )


def feed_of(*entries: str) -> bytes:
    opened = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    return f"{opened}{''.join(entries)}</feed>".encode()


def test_an_error_is_no_paper() -> None:
    assert read_feed(shape("arxiv_refused.xml")) == {}
    assert ids_refused(shape("arxiv_refused.xml")) == "incorrect id format for 2012.99999"
    assert ids_refused(b"<html>Rate exceeded.</html>") == ids_refused(b"Rate exceeded.") == ids_refused(b"\xff") == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"Rate exceeded.",
        b"<html><body>503</body></html>",
        b"\xff\xfe<\x00f\x00",
        BOMB.encode(),
        BOMB.encode("utf-16"),
        READS_A_FILE.encode(),
        b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>",
        b"<feed/>",
    ],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_feed(body)
    assert ids_refused(body) == ""


def test_deep_feeds_end() -> None:
    deep = b"<entry>" * 100_000
    with pytest.raises(ValueError):
        read_feed(b'<feed xmlns="http://www.w3.org/2005/Atom">' + deep)
    assert read_feed(b'<feed xmlns="http://www.w3.org/2005/Atom">' + deep + b"</entry>" * 100_000 + b"</feed>") == {}


def test_signs_that_move_a_terminal_are_gone() -> None:
    record = read_feed(feed_of(entry("2401.01234", "A\u202ebackward\u0085title", "", "Withdrawn \u009b31m")))[
        "2401.01234"
    ]
    assert record.title == "Abackward title" and record.withdrawn == "Withdrawn 31m"


def test_an_impossible_date_is_none() -> None:
    wrong = entry("2401.01234", "A title").replace("<summary>", "<published>2024-13-45T00:00:00Z</published><summary>")
    record = read_feed(feed_of(wrong))["2401.01234"]
    assert record.paper.published in (None, date(2024, 1, 1))


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60), st.lists(st.text(max_size=9))
)
def test_records_are_kept_as_they_are(text: str, authors: list[str]) -> None:
    record = ArxivRecord("2401.01234", text, text, tuple(authors), None, None, text or None, text)
    assert from_text(as_text(record)) == record


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner), max_leaves=5))
def test_what_was_kept_by_another_program_is_no_record(value: object) -> None:
    import json

    assert from_text(json.dumps(value)) is None
    assert (
        from_text(json.dumps({"id": value, "title": value, "abstract": "", "withdrawn": "", "authors": value})) is None
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_a_feed_or_a_reason(body: bytes) -> None:
    try:
        read_feed(body)
    except ValueError:
        return
