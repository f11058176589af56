"""The table of a comparison wherever it goes: nothing in it comes alive, and what is missing is said."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from app.answering.answer import Answer, AnswerPart, AnswerSentence, TableRow
from app.answering.citation import Citation
from app.answering.events import Done
from app.surfaces.exports.files import as_csv, conversation_markdown
from app.surfaces.exports.kept_answer import MAX_PARTS, answer_from_kept, kept
from app.surfaces.page.comparison_table import comparison_table
from app.surfaces.page.exchange import Exchange
from app.surfaces.ui_strings import ui_strings
from retrieval.errors import InputError
from retrieval.types import Paper

LIVE = '<img src=x> | "a" [b](c)'
PAPER = Paper("p", f"Probes {LIVE}", f"Probes say: {LIVE}.", "en", organisation="=Lab")
CITED = Citation(1, PAPER, 0, len(PAPER.abstract), 0.5)
ANSWER = Answer(
    id="a1",
    question="=probes vs patching",
    standalone_question="=probes vs patching",
    status="partly",
    mode="quotes",
    answer="Probes [1]",
    confidence=0.5,
    sentences=(AnswerSentence("Probes [1]", (1,), "supported", 1.0),),
    citations=(CITED,),
    parts=(AnswerPart("=probes", "answered", (1,)), AnswerPart("patching", "abstained")),
    table=(TableRow("=probes", CITED), TableRow("patching", None)),
)
WORDS = ui_strings()


def test_the_page_has_a_table_with_headings_whose_text_is_escaped() -> None:
    html = comparison_table(Exchange("q").after(Done(ANSWER)), 3, WORDS)
    assert "<img" not in html and "&lt;img" in html
    assert html.count('scope="col"') == 3 and html.count('scope="row"') == 2
    assert 'tabindex="0"' in html and f'aria-label="{WORDS("table_label")}"' in html
    assert 'href="#t3-q1"' in html and WORDS("table_unsaid") in html
    assert comparison_table(Exchange("q").after(Done(replace(ANSWER, table=()))), 3, WORDS) == ""
    assert comparison_table(Exchange("q"), 3, WORDS) == ""


def test_sides_that_one_quote_tells_of_share_its_row() -> None:
    table = (TableRow("a", CITED), TableRow("b", CITED), TableRow("c", None), TableRow("d", CITED))
    html = comparison_table(Exchange("q").after(Done(replace(ANSWER, table=table))), 3, WORDS)
    assert html.count("<q ") == 2 and html.count('scope="row"') == 3
    assert '<th scope="row">a<br>b</th>' in html


def test_markdown_keeps_its_columns_whatever_stands_in_them() -> None:
    lines = [line for line in conversation_markdown([ANSWER]).splitlines() if line.startswith("| ")]
    assert len(lines) == 4
    for line in lines:
        assert line.replace("\\|", "").count("|") == 4
    assert "<img" not in "".join(lines) and lines[3].endswith(f"{WORDS('table_unsaid')} |")


def test_csv_has_a_line_a_side_and_no_cell_that_a_spreadsheet_computes() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([ANSWER, replace(ANSWER, table=())]))))
    assert [row["name"] for row in rows] == ["'=probes", "patching"]
    assert rows[0]["quote"] == PAPER.abstract and rows[0]["citation"] == "1" and rows[1]["quote"] == ""
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_the_contract_has_the_parts_and_the_table() -> None:
    record = json.loads(json.dumps(ANSWER.as_json()))
    assert record["parts"][0] == {"question": "=probes", "status": "answered", "citations": [1]}
    assert record["table"]["columns"] == ["name", "paper", "quote"]
    assert record["table"]["rows"][0] == {
        "name": "=probes",
        "paper": PAPER.title,
        "quote": PAPER.abstract,
        "citation": 1,
    }
    assert record["table"]["rows"][1] == {"name": "patching", "paper": None, "quote": None, "citation": None}
    assert replace(ANSWER, table=()).as_json()["table"] is None


def test_a_kept_answer_keeps_them_and_loses_what_its_paper_lost() -> None:
    record = json.loads(json.dumps(kept(ANSWER)))
    again = answer_from_kept(record, {"p": PAPER}.get)
    assert (again.parts, again.table) == (ANSWER.parts, ANSWER.table)
    gone = answer_from_kept(record, lambda name: None)
    assert gone.parts[0] == AnswerPart("=probes", "abstained") and gone.table[0].citation is None
    old = {key: value for key, value in record.items() if key not in ("parts", "table")}
    assert answer_from_kept(old, {"p": PAPER}.get).parts == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": [{"question": "q", "status": "answered", "citations": [7]}]},
        {"parts": [{"question": "q", "status": "sure", "citations": []}]},
        {"parts": [{"question": "q", "status": "answered", "citations": []}] * (MAX_PARTS + 1)},
        {"table": [{"name": "n", "citation": 7}]},
        {"table": [{"name": 3, "citation": None}]},
        {"table": ["n"]},
    ],
)
def test_a_forged_one_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        answer_from_kept(json.loads(json.dumps(kept(ANSWER))) | changes, {"p": PAPER}.get)
