"""What forms of references have no place for, kept beside them: taken where it still fits, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from retrieval.readers.exact import MOST_CHARS, exact_of, with_exact
from retrieval.readers.work import Work
from retrieval.types import Paper

PAPER = Paper("own-id", "A  title", "An abstract.", "zh", summary="Short.", translations={"en": "One."})
READ = Work(title="A title", abstract="An abstract.").as_record()


def test_what_a_form_cannot_say_is_said_and_no_more() -> None:
    said = json.loads(exact_of(PAPER, READ))
    assert said.keys() == {"id", "title", "language", "summary", "translations", "read_as"}
    assert said["read_as"].keys() == {"title"}
    merged = with_exact(READ, json.dumps(said))
    assert {name: merged[name] for name in ("id", "title", "summary", "language")} == {
        "id": "own-id",
        "title": "A  title",
        "summary": "Short.",
        "language": "zh",
    }
    assert json.loads(exact_of(replace(PAPER, title="A title", language="en", summary="", translations={}), READ)) == {
        "id": "own-id"
    }


def test_a_value_is_taken_only_where_the_rest_reads_as_it_did() -> None:
    exact = exact_of(PAPER, READ)
    for changed in ("Another title", None):
        assert with_exact(READ | {"title": changed}, exact)["title"] == changed
    assert with_exact(READ | {"language": "fr"}, exact)["language"] == "fr"


@pytest.mark.parametrize(
    "exact",
    [
        None,
        "",
        "{",
        "[]",
        "5",
        '{"title": "x"}',
        '{"id": 5}',
        "[" * 100_000,
        '{"id": "x", "a": "' + "y" * MOST_CHARS + '"}',
    ],
)
def test_what_is_not_ours_changes_nothing(exact: str | None) -> None:
    assert with_exact(READ, exact) == READ


def test_nothing_comes_in_that_has_no_business_there() -> None:
    merged = with_exact(READ, '{"id": "x", "text": "y", "full_text": {}, "title": "z", "read_as": 5, "unknown": 1}')
    assert merged == READ | {"id": "x"}


def test_a_value_of_a_wrong_type_is_a_problem_of_its_entry() -> None:
    entry = Work(title="A title", exact='{"id": "x", "summary": 5}').entry("here")
    assert entry.problem == "summary must be a string or null"
    assert Work(exact='{"id": "x", "label": ["y"]}').entry("here").problem == "label must be a string or null"
    assert Work(exact='{"id": "x", "arxiv_id": {}, "doi": []}').entry("here").problem == "no title"
