"""A facet is one entry of the table in retrieval/facets.py, and its words: everything else goes through the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[1] / "support" / "one_more_facet.py"
REPORT = ["third"]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each part of an application says that has the facet `kind` too."""
    folder = tmp_path_factory.mktemp("kind")
    environment = os.environ | {"PAPERBACKED_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1"}
    program = [sys.executable, str(SCRIPT), str(folder)]
    ran = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=100)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("where", ["admitted", "selected", "found", "records", "search", "ask", "sources"])
def test_it_leaves_its_papers_only(told: dict[str, Any], where: str) -> None:
    assert told[where] == REPORT


def test_programs_are_told_of_it(told: dict[str, Any]) -> None:
    names = ["organisation", "category", "language", "paper", "kind", "since", "until"]
    assert told["parameters"] == ["q", "top", "collection", *names] and told["filters"] == names
    assert "organisation, category, language (en, zh), paper (its id), kind and date" in told["tool"]
    assert [option for option in told["options"] if option.removeprefix("--") in names][-3:] == [
        *("--kind", "--since", "--until")
    ]


def test_a_value_that_the_collection_lacks_is_told_with_those_that_there_are(told: dict[str, Any]) -> None:
    assert told["refused"] == "There is no kind 'book': choose from paper, report."


def test_the_page_offers_it_by_its_words(told: dict[str, Any]) -> None:
    assert told["widgets"][3] == ["Kind", [["paper 2", "paper"], ["Report 1", "report"]]]
    assert told["chosen"] == ["report"]
    assert 'data-unfilter="kinds" data-value="report"' in told["chips"] and ">报告</span>" in told["chips"]
    assert "报告" in told["scope"]


def test_links_and_kept_conversations_bear_it(told: dict[str, Any]) -> None:
    assert "&kind=report&" in told["link"]
    assert told["linked"] == told["opened"] == ["report"]


def test_the_list_of_papers_can_be_narrowed_by_it(told: dict[str, Any]) -> None:
    assert '<select data-field="kind" aria-label="Kind"><option value="">All kinds</option>' in told["library"]
    assert told["library"].count('data-kind="=paper"') == 2 and told["library"].count('data-kind="=report"') == 1
    assert '"kind": "kinds"' in told["scripts"]
