"""A language model that is chosen on the page is at work in that browser, and in no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.models.model_choice import Choice
from app.answering.models.scripted import ScriptedLLM
from app.local_answerer import LocalAnswerer
from app.server import create_app

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
PROSE = "Backdoor behavior can be made persistent, so that standard safety training techniques do not remove it [1]."


@pytest.fixture(scope="module")
def server(served: Any, built_full: Any) -> Iterator[str]:
    models = LanguageModels(
        lambda: Choice(None, "quotes"),
        lambda name, report: LanguageModel(ScriptedLLM(replies=[PROSE] * 9), name),
        may_fetch=True,
    )
    answerer = LocalAnswerer(built_full.retriever, models.current, models)
    with served(create_app(answerer, models)) as address:
        yield address


def test_a_chosen_model_writes_here_and_not_elsewhere(visit) -> None:
    here, elsewhere = visit(), visit()
    here.page.click("#models summary")
    here.page.click('[data-get="smollm2"]')
    line = here.page.locator("#mode-line")
    expect(line).to_contain_text("Answers written by a language model, checked against quotes")
    here.ask(BACKDOOR)
    expect(here.page.locator(".turn .answer")).to_contain_text("do not remove it")
    here.page.reload()
    expect(line).to_contain_text("Answers written by a language model, checked against quotes")
    elsewhere.page.reload()
    expect(elsewhere.page.locator("#mode-line")).to_contain_text("Answers in the papers' own words")
    elsewhere.ask(BACKDOOR)
    expect(elsewhere.page.locator(".turn .answer")).not_to_contain_text("do not remove it")
    here.page.click("#models summary")
    here.page.click('[data-get="none"]')
    expect(line).to_contain_text("Answers in the papers' own words")
