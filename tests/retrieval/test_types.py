"""The types import nothing heavy and give the contract's JSON."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from datetime import date

from retrieval.types import Filters, Paper, PaperRecord, Passage


def test_types_import_only_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import retrieval.types\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before} - {'retrieval'}\n"
        "print(sorted(new - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_name_is_the_title_then_the_label_then_the_id() -> None:
    assert Paper("i", "T", "", "en", label="L").name == "T"
    assert Paper("i", None, "", "en", label="L").name == "L"
    assert Paper("i", None, "", "en").name == "i"


def test_the_records_type_has_every_field_of_a_paper() -> None:
    told = ["full_text" if each.name == "text" else each.name for each in fields(Paper)]
    assert list(PaperRecord.__annotations__) == told


def test_json_of_a_paper_has_plain_types() -> None:
    paper = Paper("i", "T", "A.", "en", authors=("N",), published=date(2024, 1, 2), translations={"zh": "甲"})
    record = paper.as_json()
    assert record["published"] == "2024-01-02"
    assert record["authors"] == ["N"]
    assert record["other_urls"] == []
    assert record["translations"] == {"zh": "甲"}


def test_passage_text_is_the_slice() -> None:
    assert Passage(Paper("i", "T", "One. Two.", "en"), 5, 9, 0.5).text == "Two."


def test_filters_know_whether_they_are_empty() -> None:
    assert Filters().is_empty
    assert not Filters(until=date(2024, 1, 1)).is_empty
    assert not Filters(languages=("zh",)).is_empty
