"""`paperbacked models`: what can be fetched, what it needs, and names that are none."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from app.answering.models.catalogue import CATALOGUE
from app.cli.commands import app
from retrieval.errors import InputError

runner = CliRunner()


def test_the_list_says_what_each_model_needs_and_how_to_get_it() -> None:
    shown = runner.invoke(app, ["models", "list"])
    assert shown.exit_code == 0
    for model in CATALOGUE:
        assert f"{model.name}\n  {model.remark}; {model.licence}\n  {model.needs}\n" in shown.stdout
        assert f"paperbacked models get {model.name}" in shown.stdout


def test_the_list_as_json() -> None:
    shown = runner.invoke(app, ["models", "list", "--json"])
    records = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [record["name"] for record in records] == [model.name for model in CATALOGUE]
    assert {record["here"] for record in records} == {False}


def test_a_name_that_is_not_on_the_list() -> None:
    shown = runner.invoke(app, ["models", "get", "nosuch"])
    assert shown.exit_code == 1 and isinstance(shown.exception, InputError)
    assert "choose from smollm2, Qwen/Qwen3-0.6B" in str(shown.exception)


def test_what_ships_need_not_be_fetched() -> None:
    shown = runner.invoke(app, ["models", "get", "smollm2"])
    assert shown.exit_code == 0 and "--llm smollm2 uses it" in shown.stderr
