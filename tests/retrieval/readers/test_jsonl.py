"""Papers files: what is read, what is refused and in which words."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import corpus_hash
from retrieval.errors import CorpusError, InputError, PaperbackedError
from retrieval.json_lines import MAX_LINE_BYTES
from retrieval.readers.jsonl import MAX_SHORT_CHARS, MAX_TEXT_CHARS, as_line, parse_paper
from retrieval.readers.registry import read_entries, read_papers
from retrieval.shipped import default_papers_file
from retrieval.types import Paper


def parsed(line: str) -> Paper:
    return parse_paper(json.loads(line))


GOOD = {"id": "good", "title": "A good paper", "abstract": "It is good.", "language": "en"}


def record(**fields: Any) -> bytes:
    return json.dumps(GOOD | {"id": "next"} | fields).encode()


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: bytes) -> Path:
        path = tmp_path / "papers.jsonl"
        path.write_bytes(b"\n".join(lines) + b"\n")
        return path

    return write


def test_a_good_file_in_its_order(file: Callable[..., Path]) -> None:
    full = {
        "id": "arXiv:2401.05566v3/a_b",
        "title": None,
        "label": "Paper on x",
        "abstract": "一。",
        "language": "zh",
        "authors": ["A. One", "B. Two"],
        "organisation": "OpenAI",
        "published": "2024-02-29",
        "category": "Robustness",
        "url": "https://arxiv.org/abs/2401.05566",
        "other_urls": ["http://example.org/a?b=c#d"],
        "arxiv_id": "2401.05566",
        "doi": "10.1/x",
        "summary": "One.",
        "translations": {"en": "One."},
        "kind": "report",
        "source": "sheet",
    }
    first, second = read_papers(file(json.dumps(full, ensure_ascii=False).encode(), record()))
    assert first == Paper(
        id="arXiv:2401.05566v3/a_b",
        title=None,
        abstract="一。",
        language="zh",
        label="Paper on x",
        authors=("A. One", "B. Two"),
        organisation="OpenAI",
        published=date(2024, 2, 29),
        category="Robustness",
        url="https://arxiv.org/abs/2401.05566",
        other_urls=("http://example.org/a?b=c#d",),
        arxiv_id="2401.05566",
        doi="10.1/x",
        summary="One.",
        translations={"en": "One."},
        kind="report",
        source="sheet",
    )
    assert second.id == "next"


def test_least_that_a_paper_needs_and_its_defaults() -> None:
    assert parsed('{"id": "x", "title": "T"}') == Paper("x", "T", "", "en")


BAD_LINES: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{'id': 1}", "not JSON ("),
    "cut short": (b'{"id": "x", "title": "T', "not JSON ("),
    "two objects": (record() + b" " + record(id="third"), "not JSON ("),
    "a list": (b"[]", "not a JSON object"),
    "a string": (b'"x"', "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "deeply nested": (b"[" * 200_000, "not JSON ("),
    "deeply nested in a key": (b'{"id": "x", "title": "T", "x": ' + b"[" * 200_000, "not JSON ("),
    "a number of 5,000 digits": (b'{"title": "T", "id": ' + b"1" * 5000 + b"}", ""),
    "no id": (b'{"title": "T"}', "id must be 1 to 200 letters, digits or . _ : / -"),
    "id null": (record(id=None), "id must be 1 to 200"),
    "id a number": (record(id=7), "id must be 1 to 200"),
    "id empty": (record(id=""), "id must be 1 to 200"),
    "id with a space": (record(id="a b"), "id must be 1 to 200"),
    "id with a line break": (record(id="a\n"), "id must be 1 to 200"),
    "id with markup": (record(id="<b>"), "id must be 1 to 200"),
    "id beginning with a dot": (record(id="../etc"), "id must be 1 to 200"),
    "id of 201 letters": (record(id="a" * 201), "id must be 1 to 200"),
    "id with a surrogate": (b'{"title": "T", "id": "a\\ud800"}', "id must be 1 to 200"),
    "duplicate id": (record(id="good"), "the id 'good' stands on an earlier line too"),
    "neither title nor label": (record(title=None), "neither a title nor a label"),
    "blank title": (record(title=" \t"), "neither a title nor a label"),
    "title a list": (record(title=["T"]), "title must be a string or null"),
    "abstract a number": (record(abstract=1), "abstract must be a string or null"),
    "summary false": (record(summary=False), "summary must be a string or null"),
    "title too long": (record(title="x" * (MAX_SHORT_CHARS + 1)), "title is longer than 2,000 characters"),
    "abstract too long": (record(abstract="x" * (MAX_TEXT_CHARS + 1)), "abstract is longer than 100,000 characters"),
    "language too long": (record(language="x" * 21), "language is longer than 20 characters"),
    "date of another form": (record(published="17/06/2024"), "published must be YYYY-MM-DD or null"),
    "month only": (record(published="2024-06"), "published must be YYYY-MM-DD or null"),
    "date a number": (record(published=2024), "published must be YYYY-MM-DD or null"),
    "no such day": (record(published="2023-02-29"), "published: 2023-02-29 is no date"),
    "script for a link": (record(url="javascript:alert(1)"), "url must start with http:// or https://"),
    "file for a link": (record(url="file:///etc/passwd"), "url must start with http:// or https://"),
    "script behind a link": (record(url="https://x' onclick='alert(1)"), "url must start with http:// or https://"),
    "link with a quote": (record(url='https://x"onclick="alert(1)'), "url must start with http:// or https://"),
    "script in the second place": (record(other_urls=["javascript:1"]), "other_urls must start with http:// or"),
    "links a string": (record(other_urls="https://x.org"), "other_urls must be a list of strings"),
    "authors a string": (record(authors="Ann, Bob"), "authors must be a list of strings"),
    "authors of numbers": (record(authors=[1]), "authors must be a list of strings"),
    "translations a list": (record(translations=["x"]), "translations must be an object of language to text"),
    "translation null": (record(translations={"en": None}), "translations must be an object of language to text"),
    "translation too long": (record(translations={"en": "x" * (MAX_TEXT_CHARS + 1)}), "translations must be an"),
    "retracted a string": (record(retracted="yes"), "retracted must be true or false"),
    "text a list": (record(text=["x"]), "text must be a string or null"),
    "unknown kind": (record(kind="book"), "kind 'book' is neither paper nor report"),
    "not UTF-8": (b'{"id": "x", "title": "caf\xe9"}', "not UTF-8; save the file as UTF-8"),
    "UTF-16": (record().decode().encode("utf-16"), "not UTF-8; save the file as UTF-8"),
    "an overlong line": (record(x="y" * MAX_LINE_BYTES), "longer than 1,000,000 bytes"),
}


@pytest.mark.parametrize("what", BAD_LINES)
def test_a_bad_line_is_named_with_file_number_and_reason(file: Callable[..., Path], what: str) -> None:
    line, reason = BAD_LINES[what]
    path = file(json.dumps(GOOD).encode(), b"", line, record(id="after"))
    with pytest.raises(CorpusError) as caught:
        read_papers(path)
    message = str(caught.value)
    assert message.startswith(f"{path}, line 3: {reason}")
    assert message.endswith("try again.")
    assert len(message) < 600 and "\n" not in message


@pytest.mark.parametrize("value", ["", 0, False, {}])
def test_authors_of_a_wrong_empty_type_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="authors must be a list of strings"):
        parsed(record(authors=value).decode())


@pytest.mark.parametrize("limit", [MAX_SHORT_CHARS])
def test_the_longest_that_is_allowed_is_allowed(limit: int) -> None:
    assert len(parsed(record(title="x" * limit).decode()).title or "") == limit
    assert len(parsed(record(abstract="x" * MAX_TEXT_CHARS).decode()).abstract) == MAX_TEXT_CHARS
    assert parsed(record(id="a" * 200).decode()).id == "a" * 200


def test_a_line_of_exactly_the_limit_is_read(file: Callable[..., Path]) -> None:
    line = record(x="")
    line = line.replace(b'"x": ""', b'"x": "' + b"y" * (MAX_LINE_BYTES - len(line) - 1) + b'"')
    assert len(line) + 1 == MAX_LINE_BYTES
    assert read_papers(file(line))[0].id == "next"


def test_a_full_text_is_read_with_its_lines_and_may_be_long(file: Callable[..., Path]) -> None:
    long = "word\u202e \x1b and more\r\n\n" * 100_000
    plain, of_text, twice = read_papers(
        file(record(id="a"), record(id="b", text=long, retracted=True), record(id="c", text=" \n"))
    )
    assert plain.text is None and not plain.retracted and twice.text is None
    assert of_text.retracted and of_text.text
    assert of_text.part("text").startswith("word   and more\n\nword   and more\n\n")
    assert of_text.as_json().get("full_text") == {
        "characters": of_text.text.characters,
        "pages": 0,
        "file": False,
    }
    assert "retracted" not in plain.as_json() and plain.readable


def test_a_full_text_has_a_longest_length() -> None:
    with pytest.raises(ValueError, match="text is longer than 5,000,000 characters"):
        parse_paper(GOOD | {"text": "x" * 5_000_001})


def test_entries_go_on_after_a_bad_line(file: Callable[..., Path]) -> None:
    found = list(read_entries(file(b"{", record(id="a"), record(id="a"), b"\xff", record(id="b"), b"y" * 30_000_000)))
    assert [entry.paper.id if entry.paper else entry.problem.split(" (")[0] for entry in found] == [
        "not JSON",
        "a",
        "the id 'a' stands on an earlier line too",
        "not UTF-8",
        "b",
        "longer than 20,000,000 bytes",
    ]
    assert [entry.place for entry in found] == [f"line {number}" for number in range(1, 7)]


def test_a_list_in_json_is_read_like_lines(tmp_path: Path) -> None:
    path = tmp_path / "papers.json"
    path.write_bytes(b"[" + b",\n".join([record(id="a"), b"5", record(id="b")]) + b"]")
    assert [(entry.place, entry.paper.id if entry.paper else entry.problem) for entry in read_entries(path)] == [
        ("record 1", "a"),
        ("record 2", "not a JSON object"),
        ("record 3", "b"),
    ]


def test_empty_lines_and_crlf_and_no_last_line_break(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(b"\r\n" + record(id="a") + b"\r\n\r\n   \r\n" + record(id="b"))
    assert [paper.id for paper in read_papers(path)] == ["a", "b"]


def test_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + record())
    assert read_papers(path)[0].id == "next"


def test_unknown_keys_are_left_out() -> None:
    paper = parsed(record(venue="ICML", embedding=[0.1], Title="other").decode())
    assert paper == parsed(record().decode())
    assert "venue" not in paper.as_json()


def test_control_characters_become_spaces() -> None:
    paper = parsed(
        record(
            title="\x1b[31mRed\x00 title\n",
            abstract="One.\r\nTwo.\u2028Three.\u0085Four.\x7f",
            authors=["A\tB", "\x00"],
            translations={"zh": "甲\x07乙"},
        ).decode()
    )
    assert paper.title == "[31mRed  title"
    assert paper.abstract == "One.  Two. Three. Four."
    assert paper.authors == ("A B",)
    assert paper.translations == {"zh": "甲 乙"}


def test_lone_surrogates_become_spaces_and_pairs_stay() -> None:
    paper = parsed(r'{"id": "x", "title": "a\ud800b \ud83d\ude00", "abstract": "\udfff", "authors": ["\ud83d"]}')
    assert paper.title == "a b 😀"
    assert paper.abstract == ""
    assert paper.authors == ()
    as_line(paper).encode()


def test_a_surrogate_in_a_translations_language_does_no_harm() -> None:
    """A key that cannot be written as UTF-8 would stop every build of the index."""
    try:
        paper = parsed(r'{"id": "x", "title": "T", "translations": {"\ud800": "甲"}}')
    except ValueError:
        return
    corpus_hash([paper])


@pytest.mark.parametrize("make", ["missing", "directory", "under a file"])
def test_a_file_that_is_none(tmp_path: Path, make: str) -> None:
    path = {"missing": tmp_path / "nothing.jsonl", "directory": tmp_path, "under a file": tmp_path / "f" / "g"}[make]
    (tmp_path / "f").touch()
    with pytest.raises(CorpusError) as caught:
        read_papers(path)
    assert str(caught.value).startswith(f"The papers file {path} cannot be read (")
    assert str(caught.value).endswith("give the path of a JSON-lines file.")


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_without_papers(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match="holds no papers: give a file with one JSON object a line"):
        read_papers(path)


def test_errors_are_for_users() -> None:
    assert issubclass(CorpusError, PaperbackedError) and issubclass(InputError, PaperbackedError)


def test_default_file_is_there() -> None:
    assert default_papers_file().is_file()


clean = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=40).map(str.strip)
clean_or_none = clean.map(lambda text: text or None)
links = st.from_regex(r"https?://[a-z]{1,8}\.org/[A-Za-z0-9?&=#%._~-]{0,12}", fullmatch=True)
any_paper = st.builds(
    Paper,
    id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,20}", fullmatch=True),
    title=clean.filter(bool),
    abstract=clean,
    language=st.sampled_from(["en", "zh", "de-CH"]),
    label=clean_or_none,
    authors=st.lists(clean.filter(bool), max_size=3).map(tuple),
    organisation=clean_or_none,
    published=st.none() | st.dates(min_value=date(1000, 1, 1)),
    category=clean_or_none,
    url=st.none() | links,
    other_urls=st.lists(links, max_size=2).map(tuple),
    arxiv_id=clean_or_none,
    doi=clean_or_none,
    summary=clean,
    translations=st.dictionaries(st.sampled_from(["en", "zh", "fr"]), clean),
    kind=st.sampled_from(["paper", "report"]),
    source=clean,
)


@given(any_paper)
def test_round_trip(paper: Paper) -> None:
    assert parsed(as_line(paper)) == paper


@given(st.fixed_dictionaries({"title": st.text(), "abstract": st.text(), "authors": st.lists(st.text(), max_size=3)}))
def test_any_text_is_made_storable_once_and_for_all(fields: dict[str, Any]) -> None:
    fields |= {"id": "x", "label": "L"}
    paper = parsed(json.dumps(fields))
    line = as_line(paper)
    assert len(line.encode("utf-8").decode().splitlines()) == 1
    assert parsed(line) == paper
    kept = [character for character in fields["abstract"] if character.isprintable() and not character.isspace()]
    assert [character for character in paper.abstract if character.isprintable() and not character.isspace()] == kept


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "title", "abstract", "authors", "published", "url", "other_urls", "kind", "translations"]
        ),
        json_values,
    )
)
def test_any_object_is_a_paper_or_a_value_error(fields: dict[str, Any]) -> None:
    for given_fields in (fields, {"id": "x", "title": "T"} | fields):
        try:
            paper = parsed(json.dumps(given_fields))
        except ValueError:
            continue
        assert paper.name


def test_hash_depends_on_every_field_and_the_order() -> None:
    one, two = Paper("a", "T", "A.", "en"), Paper("b", "T", "A.", "en")
    variants = [
        (one, two),
        (one,),
        (replace(one, organisation="X"), two),
        (replace(one, translations={"zh": "甲"}), two),
        (replace(one, summary="S"), two),
        (replace(one, published=date(2024, 1, 1)), two),
    ]
    assert len({corpus_hash(papers) for papers in variants}) == len(variants)
    assert corpus_hash((one, two)) == corpus_hash([two, one])
