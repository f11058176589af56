"""BEIR folders: read as papers, ids kept both ways, and one sentence for whatever is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import InputError
from retrieval.readers.beir import document_id, paper_id, read_beir
from retrieval.readers.jsonl import ID_PATTERN, as_line, parse_paper

DOCUMENTS = [
    {"_id": "1", "title": "On owls", "text": "Owls hunt at night.", "metadata": {}},
    {
        "_id": "<bats (film)>",
        "title": "",
        "text": "  Bats hang   upside down, all of them and always in the dark of caves.",
    },
    {"_id": "3", "title": None, "text": ""},
]
QUERIES = [{"_id": "a", "text": "night birds"}, {"_id": "b", "text": "caves"}, {"_id": "unjudged", "text": "x"}]
QRELS = "query-id\tcorpus-id\tscore\na\t1\t2\na\t3\t0\nb\t<bats (film)>\t1\n"
Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """`folder(documents, queries, qrels)`: a BEIR folder; None leaves a part out, bytes go in as they are."""

    def made(documents: Any = DOCUMENTS, queries: Any = QUERIES, qrels: str | bytes | None = QRELS) -> Path:
        for name, records in (("corpus.jsonl", documents), ("queries.jsonl", queries)):
            if records is not None:
                lines = (record if isinstance(record, str) else json.dumps(record) for record in records)
                raw = records if isinstance(records, bytes) else "".join(f"{line}\n" for line in lines).encode()
                (tmp_path / name).write_bytes(raw)
        if qrels is not None:
            (tmp_path / "qrels").mkdir()
            raw = qrels if isinstance(qrels, bytes) else qrels.encode()
            (tmp_path / "qrels" / "test.tsv").write_bytes(raw)
        return tmp_path

    return made


def refusal(folder: Path, split: str = "test") -> str:
    with pytest.raises(InputError) as caught:
        read_beir(folder, split)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message and str(folder) in message
    return message.replace(str(folder), "")


def test_a_good_folder(folder: Folder) -> None:
    beir = read_beir(folder(), "test")
    owls, bats, empty = beir.papers
    assert (owls.id, owls.title, owls.abstract, owls.label) == ("1", "On owls", "Owls hunt at night.", None)
    assert bats.title is None and bats.label and bats.abstract.startswith(bats.label[:4])
    assert len(bats.label) <= 60
    assert (empty.name, empty.abstract) == ("3", "")
    assert beir.queries == {"a": "night birds", "b": "caves"}
    assert beir.qrels == {"a": {"1": 2, "3": 0}, "b": {bats.id: 1}}
    assert document_id(bats.id) == "<bats (film)>"
    assert [parse_paper(json.loads(as_line(paper))) for paper in beir.papers] == list(beir.papers)


def test_other_spellings_of_judgements(folder: Folder) -> None:
    beir = read_beir(folder(qrels=b"\xef\xbb\xbfa\t1\t1\r\n\r\nb\t3\t-1\r\n"), "test")
    assert beir.qrels == {"a": {"1": 1}, "b": {"3": -1}}


@given(st.text(st.characters(codec="utf-8"), max_size=80) | st.from_regex(ID_PATTERN, fullmatch=True))
def test_ids_are_kept_both_ways(document: str) -> None:
    paper = paper_id(document)
    assert document_id(paper) == document
    assert ID_PATTERN.fullmatch(paper) or len(paper) > 200


def test_ids_that_look_coded_do_not_collide() -> None:
    assert paper_id("MED-10") == "MED-10"
    assert len({paper_id(name) for name in ("é", paper_id("é"), paper_id(paper_id("é")))}) == 3


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"documents": None}, " has no corpus.jsonl: give a BEIR folder"),
        ({"queries": None}, " has no queries.jsonl: give a BEIR folder"),
        ({"qrels": None}, " has no judgements: put them into qrels/SPLIT.tsv."),
        ({"documents": b"\n"}, "/corpus.jsonl holds no documents: "),
        ({"queries": b""}, "/queries.jsonl holds no queries: "),
        ({"qrels": ""}, "/qrels/test.tsv holds no judgements: "),
        ({"qrels": "query-id\tcorpus-id\tscore\n"}, "/qrels/test.tsv holds no judgements: "),
        ({"documents": b"\xff\n"}, "/corpus.jsonl, line 1: not UTF-8"),
        ({"documents": [*DOCUMENTS, "{"]}, "/corpus.jsonl, line 4: not JSON (Expecting property name"),
        ({"documents": [*DOCUMENTS, "[]"]}, "/corpus.jsonl, line 4: not a JSON object; mend"),
        ({"documents": [*DOCUMENTS, "[" * 100_000]}, "/corpus.jsonl, line 4: not JSON (maximum recursion"),
        ({"documents": [*DOCUMENTS, {"text": "x"}]}, "/corpus.jsonl, line 4: _id must be a string that is not empty;"),
        ({"documents": [*DOCUMENTS, {"_id": "4", "text": 3}]}, "/corpus.jsonl, line 4: text must be a string;"),
        ({"documents": [*DOCUMENTS, DOCUMENTS[0]]}, "/corpus.jsonl, line 4: the document '1' stands on an earlier"),
        ({"documents": [{"_id": "é" * 200, "text": "x"}]}, "/corpus.jsonl, line 1: id must be 1 to 200"),
        ({"documents": [{"_id": "4", "text": "x" * 100_001}]}, "/corpus.jsonl, line 1: abstract is longer than"),
        ({"queries": [*QUERIES, QUERIES[0]]}, "/queries.jsonl, line 4: the query 'a' stands on an earlier line too;"),
        ({"queries": [{"_id": "a", "text": " "}]}, "/queries.jsonl, line 1: text must be a string that is not empty;"),
        ({"queries": [{"_id": "a", "text": "\ud800"}]}, "/queries.jsonl, line 1: 'utf-8' codec can't encode"),
        ({"qrels": "a\t1\n"}, "/qrels/test.tsv, line 1: 2 columns instead of query-id, corpus-id, score"),
        ({"qrels": QRELS + "a\t1\thigh\n"}, "/qrels/test.tsv, line 5: the score 'high' is no whole number;"),
        ({"qrels": QRELS + "z\t1\t1\n"}, "/qrels/test.tsv, line 5: there is no query 'z' in queries.jsonl;"),
        ({"qrels": QRELS + "a\t9\t1\n"}, "/qrels/test.tsv, line 5: there is no document '9' in corpus.jsonl;"),
    ],
)
def test_what_is_wrong_is_one_sentence(folder: Folder, parts: dict[str, Any], reason: str) -> None:
    assert refusal(folder(**parts)).startswith(reason)


def test_a_split_that_is_not_there(folder: Folder) -> None:
    assert refusal(folder(), "dev") == " has no split 'dev': choose from test."


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"is no folder: give one with corpus\.jsonl, queries\.jsonl and qrels/\."):
        read_beir(tmp_path / "file", "test")
