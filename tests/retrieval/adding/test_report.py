"""Reports: counted, bounded, as JSON, kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from retrieval.adding.report import MOST_KEPT, Became, Tally, became, keep_report, kept_reports, last_report, report_of


def test_all_is_counted_and_the_notable_kept() -> None:
    tally = Tally(most=3)
    for number in range(5):
        tally.add(Became(f"{number}", "added"))
    tally.add(Became("bad", "broken", reason="why"))
    tally.add(Became("twin", "duplicate", of="0"))
    report = tally.report("mine")
    assert [one.place for one in report.became] == ["0", "bad", "twin"]
    assert report.counts == {
        "added": 5,
        "updated": 0,
        "same": 0,
        "duplicate": 1,
        "no_abstract": 0,
        "broken": 1,
        "passed_over": 0,
    }
    assert report.left_out == 4 and not report.nothing_came


def test_where_nothing_came_of_anything_the_report_says_so() -> None:
    tally = Tally()
    tally.add(Became("f/a.docx", "passed_over"))
    assert tally.nothing_came and tally.report("mine").nothing_came
    tally.add(Became("a", "added"))
    assert not tally.nothing_came and not tally.report("mine").nothing_came


def test_reports_of_before_can_be_read() -> None:
    record = Tally().report("mine").as_json()
    del record["counts"]["passed_over"]
    assert report_of(json.loads(json.dumps(record))).counts["passed_over"] == 0


def test_a_report_reads_back_from_its_json() -> None:
    tally = Tally()
    tally.add(Became("a", "duplicate", "p", "On whales", "twice", "p"))
    report = replace(tally.report("mine"), at=datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC))
    assert report_of(json.loads(json.dumps(report.as_json()))) == report


def test_only_what_can_be_shown_is_told() -> None:
    one = became("\x1b[2Ja.bib", "broken", reason="why" + "\u202e" + "x" * 1000)
    assert one.place == " [2Ja.bib" and "\u202e" not in one.reason and len(one.reason) == 500


def test_the_newest_twenty_are_kept(tmp_path: Path) -> None:
    for second in range(25):
        at = datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)
        keep_report(tmp_path, replace(Tally().report(f"c{second}"), at=at))
    kept = kept_reports(tmp_path)
    assert [report.collection for report in kept] == [f"c{second}" for second in range(24, 24 - MOST_KEPT, -1)]
    assert len(list((tmp_path / "reports").iterdir())) == MOST_KEPT
    newest = last_report(tmp_path)
    assert newest and newest.collection == "c24"


def test_a_damaged_report_is_left_out(tmp_path: Path) -> None:
    file = keep_report(tmp_path, Tally().report("whole"))
    for name, text in {"0": "{}", "1": "no json", "2": '{"counts": []}', "3": "[" * 100_000}.items():
        file.with_name(f"{name}.json").write_text(text, encoding="utf-8")
    assert [report.collection for report in kept_reports(tmp_path)] == ["whole"]
    assert kept_reports(tmp_path / "nowhere") == []
