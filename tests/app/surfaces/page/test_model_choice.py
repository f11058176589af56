"""Which language model writes is each reader's own choice: it changes nobody else's answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from app.answering.models.catalogue import catalogue_model
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.models.model_choice import Choice
from app.answering.models.scripted import ScriptedLLM
from app.local_answerer import LocalAnswerer
from app.surfaces.page.gradio_page import ChatPage
from tests.app.surfaces.page.test_gradio_page import sending

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
PROSE = "Backdoor behavior can be made persistent, so that standard safety training techniques do not remove it [1]."


def reader(host: str = "localhost:7860", **cookies: str) -> Any:
    cookie = "; ".join(f"paperbacked-{name}={value}" for name, value in cookies.items())
    return SimpleNamespace(
        client=SimpleNamespace(host="127.0.0.1"), headers={"host": host, "cookie": cookie}, query_params={}
    )


def opened() -> LanguageModels:
    models = LanguageModels(
        lambda: Choice(None, "quotes"),
        lambda name, report: LanguageModel(ScriptedLLM(replies=[PROSE] * 9), name),
        may_fetch=True,
    )
    models._fetch_and_open(catalogue_model("smollm2"))
    return models


def written_for(page: ChatPage, request: Any) -> bool:
    """Whether a language model has written the answer."""
    (*_, last) = page.ask(sending(), request, BACKDOOR, (), [], [], [], [], 0, 0, "en", 0)
    return last[0][-1].answer.mode == "generated"


def test_a_model_writes_for_the_browser_in_which_it_was_chosen_and_for_no_other(built_full: Any) -> None:
    models = opened()
    answerer = LocalAnswerer(built_full.retriever, models.current, models)
    page = ChatPage(answerer, models)
    assert written_for(page, reader(model="smollm2"))
    for other in (reader(), reader(model="none"), reader(model="%3Cb%3E"), reader("papers.example", model="smollm2")):
        assert not written_for(page, other)
    assert answerer.ask(BACKDOOR).mode == "quotes"  # nor for programs


def test_back_to_quotes_is_back_for_one(built_full: Any) -> None:
    models = opened()
    models._current = models.chosen("smollm2")
    page = ChatPage(LocalAnswerer(built_full.retriever, models.current, models), models)
    line, picker, _ = page.fetch_model("en", sending(get="none"), reader())
    assert "own words" in line and 'data-get="none"' not in picker
    assert not written_for(page, reader(model="none")) and written_for(page, reader())
    line, picker, _ = page.models_at_work("en", reader())
    assert "own words" not in line and 'data-get="none"' in picker
