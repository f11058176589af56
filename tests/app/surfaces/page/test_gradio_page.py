"""The page's handlers without a browser: what is drawn when, and that the chain is closed whatever happens."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from app.answering.answer import Answer
from app.answering.answerer import Models
from app.answering.events import Done, Event, Failed, Status, Token
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.answering.models.model_choice import Choice
from app.answering.question import Question
from app.answering.side_by_side.request import CompareRequest
from app.answering.side_by_side.table import PaperTable
from app.notices.notice import Notice
from app.surfaces.gate.request_limits import limits_for
from app.surfaces.page import chosen_filters as chosen_filters_module
from app.surfaces.page.chosen_filters import Chosen, chosen_filters
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.gradio_page import ChatPage, build_page, page_options
from retrieval.errors import InputError, ModelError
from retrieval.papers.papers import Papers, papers_of
from retrieval.types import Facets, Filters, Paper, Passage


class Scripted:
    """An answerer that plays a script; an exception in it is raised."""

    papers: Papers = papers_of(())
    facets = Facets({"OpenAI": 2}, {"Robustness": 1}, {"en": 2}, earliest=date(2022, 1, 1), latest=date(2024, 7, 1))
    models = Models("hash", None)

    def __init__(self, *script: Event | Exception) -> None:
        self.script = script
        self.asked: list[Question] = []
        self.closed = 0

    def stream(self, question: Question) -> Generator[Event, None, None]:
        self.asked.append(question)
        try:
            for step in self.script:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self.closed += 1

    def ask(self, question: Question) -> Answer:
        raise AssertionError("the page streams, it does not ask")

    def search(self, query: str, filters: Filters = Filters(), top: int = 10) -> tuple[Passage, ...]:
        return ()

    def paper(self, paper_id: str) -> Paper | None:
        return None

    def similar(self, paper_id: str, top: int = 5) -> tuple[Passage, ...]:
        return ()

    def compare(self, asked: CompareRequest) -> PaperTable:
        raise AssertionError("the page compares no papers")


def done(text: str) -> Done:
    return Done(Answer("1", "Q?", "Q?", "answered", "quotes", text, 0.9))


def asking(
    answerer: Scripted, typed: str, earlier: tuple[Exchange, ...] = (), editing: int = 0, **clicked: Any
) -> Iterator[Any]:
    event: Any = SimpleNamespace(_data=clicked or None)
    return ChatPage(answerer).ask(event, None, typed, earlier, [], [], [], [], 0, 0, "en", editing)


def sending(**sent: Any) -> Any:
    return SimpleNamespace(_data=sent)


def test_an_answer_is_drawn_from_the_first_words_to_the_last() -> None:
    answerer = Scripted(Status("Searching"), *(Token(letter) for letter in "abcdef"), done("abcdef!"))
    drawn = list(asking(answerer, " Why?\n"))
    assert "Why?" in drawn[0][1] and drawn[0][4] == ""  # the question stands and the box is free at once
    assert "abcdef!" in drawn[-1][1] and "aria-busy" not in drawn[-1][1]
    assert len(drawn) < 8  # tokens that come together are drawn together
    assert answerer.asked == [Question("Why?")] and answerer.closed == 1


def test_a_reader_who_leaves_ends_the_work() -> None:
    answerer = Scripted(Status("Searching"), Token("a"), done("a"))
    drawing: Any = asking(answerer, "Why?")
    next(drawing)
    next(drawing)
    drawing.close()
    assert answerer.closed == 1


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ((Failed("The index is locked."),), "The index is locked."),
        ((ModelError("No weights are here."),), "No weights are here."),
        ((Token("half"), RuntimeError("secret /home/path")), Notice("broken")),
        ((Status("x"),), Notice("broken")),
    ],
)
def test_a_failure_is_one_sentence_on_the_page(script: tuple[Any, ...], sentence: str) -> None:
    html = list(asking(Scripted(*script), "Why?"))[-1][1].replace("&#x27;", "'")
    assert f'<p class="failure">{sentence}</p>' in html
    assert "secret" not in html and "data-retry" in html


@pytest.mark.parametrize("typed", ["", " ?! ", "x" * 2001])
def test_a_question_that_cannot_be_asked_gets_a_notice_and_no_turn(typed: str) -> None:
    answerer = Scripted()
    (update,) = asking(answerer, typed)
    assert update[3].startswith("<p>The question ") and answerer.asked == []


def test_clicked_questions_and_retry_leave_the_box_alone() -> None:
    answerer = Scripted(done("Yes."))
    first = list(asking(answerer, "half typed", question="Clicked?"))
    assert isinstance(first[0][4], dict)  # gr.skip()
    again = list(asking(answerer, "half typed", first[-1][0], retry=True))
    assert [question.text for question in answerer.asked] == ["Clicked?", "Clicked?"]
    assert len(again[-1][0]) == 1


def test_asked_without_the_filter_the_question_is_asked_of_all_papers_in_its_place() -> None:
    answerer = Scripted(done("No."))
    page = ChatPage(answerer)
    first = list(page.ask(sending(question="Clicked?"), None, "", (), ["OpenAI"], [], [], [], 2023, 0, "en", 0))
    again = sending(retry=True, unfiltered=True)
    # The years run backwards by now: nothing of the filters counts.
    last = list(page.ask(again, None, "half typed", first[-1][0], ["OpenAI"], [], [], [], 2023, 2022, "en", 0))[-1]
    filters = Filters(organisations=("OpenAI",), since=date(2023, 1, 1))
    assert answerer.asked == [Question("Clicked?", filters=filters), Question("Clicked?")]
    assert len(last[0]) == 1 and last[0][0].filters.is_empty


def test_a_follow_up_brings_the_conversation_along() -> None:
    answerer = Scripted(done("Yes."))
    first = list(asking(answerer, "One?"))[-1][0]
    list(asking(answerer, "Two?", first))
    assert [(turn.role, turn.content) for turn in answerer.asked[1].history] == [
        ("user", "One?"),
        ("assistant", "Yes."),
    ]


def test_an_edited_question_takes_the_place_of_its_turn_and_of_what_follows() -> None:
    answerer = Scripted(done("Yes."))
    earlier: tuple[Exchange, ...] = ()
    for question in ("One?", "Two?", "Three?"):
        earlier = list(asking(answerer, question, earlier))[-1][0]
    page = ChatPage(answerer)
    edit = page.edit(earlier, "en", sending(turn=2))
    assert (edit[4], edit[7]) == ("Two?", 2) and "data-leave-edit" in edit[3]
    last = list(asking(answerer, "Two, but better?", earlier, editing=2))
    assert last[0][7] == 0 and [exchange.question for exchange in last[-1][0]] == ["One?", "Two, but better?"]
    assert len(answerer.asked[-1].history) == 2
    # Another question, clicked meanwhile, follows the last one as ever.
    clicked = list(asking(answerer, "Two, but", earlier, editing=2, question="Four?"))
    assert [exchange.question for exchange in clicked[-1][0]] == ["One?", "Two?", "Three?", "Four?"]
    assert page.leave_edit()[4:8:3] == ("", 0)
    for turn in (0, 9, "2", None, True):
        assert all(isinstance(value, dict) for value in page.edit(earlier, "en", sending(turn=turn)))


def test_a_question_too_many_is_told_and_stays_in_the_box() -> None:
    answerer = Scripted(done("Yes."))
    page = ChatPage(answerer, None, limits_for(1, 0))
    request: Any = SimpleNamespace(client=SimpleNamespace(host="192.0.2.1"), headers={}, query_params={})
    other: Any = SimpleNamespace(client=SimpleNamespace(host="192.0.2.2"), headers={}, query_params={})
    first, again, elsewhere = (
        list(page.ask(sending(), who, "Why?", (), [], [], [], [], 0, 0, "zh", 0)) for who in (request, request, other)
    )
    assert len(first) > 1 and len(elsewhere) > 1 and len(answerer.asked) == 2
    (refused,) = again
    assert "一个地址在一分钟内不能提问这么多" in refused[3] and isinstance(refused[4], dict)


def test_a_fourth_question_of_one_address_waits_for_its_turn_and_can_be_left() -> None:
    rules = limits_for(10, 0)
    page = ChatPage(Scripted(done("Yes.")), None, rules)
    request: Any = SimpleNamespace(client=SimpleNamespace(host="192.0.2.1"), headers={}, query_params={})
    elsewhere = [rules.enter("192.0.2.1") for _ in range(3)]
    fourth = page.ask(sending(), request, "Why?", (), [], [], [], [], 0, 0, "en", 0)
    begun = [next(fourth) for _ in range(3)]
    assert not any("Yes." in str(update) for update in begun)
    elsewhere[0].leave()
    assert "Yes." in str(list(fourth))
    fifth = page.ask(sending(), request, "Why?", (), [], [], [], [], 0, 0, "en", 0)
    next(fifth)
    assert isinstance(fifth, Generator)
    fifth.close()  # the reader has gone
    for place in elsewhere[1:]:
        place.leave()
    assert rules.places.clients == 0


def test_the_browser_is_given_what_it_keeps_once_the_answer_is_there_and_can_bring_it_back() -> None:
    answerer = Scripted(Status("Searching"), done("Yes."))
    drawn = list(asking(answerer, "Q?"))
    assert all("data-turns" not in str(update[6]) for update in drawn[:-1])
    (record,) = re.findall(r'data-turns="([^"]*)"', drawn[-1][6])
    page = ChatPage(answerer)
    again = page.reopen("en", sending(turns=json.loads(unescape(record))))
    assert again[1] == drawn[-1][1] and len(answerer.asked) == 1
    for turns in (None, [], "x", [{}] * 51, [{"answer": {"id": 1}}]):
        refused = page.reopen("zh", sending(turns=turns))
        assert "无法重新打开" in refused[3] and isinstance(refused[1], dict)


def test_the_page_is_laid_out_without_asking_for_models() -> None:
    """To name them torch is loaded, and the server would be there seconds later."""

    class Unasked(Scripted):
        @property
        def models(self) -> Models:  # type: ignore[override]
            raise AssertionError("asked which models are at work")

    assert build_page(Unasked())


def test_only_who_sits_at_the_machine_sees_and_chooses_models() -> None:
    models = LanguageModels(lambda: Choice(None, "quotes"), lambda name, report: LanguageModel(), may_fetch=True)
    page = ChatPage(Scripted(), models)
    asked: list[str] = []
    models.fetch = lambda name: bool(asked.append(name))  # type: ignore[method-assign]
    for host, client in (("papers.example", "127.0.0.1"), ("localhost:7860", "192.0.2.1")):
        behind: Any = SimpleNamespace(client=SimpleNamespace(host=client), headers={"host": host}, query_params={})
        assert page.fetch_model("en", sending(get="none"), behind)[1] == "" and not asked
    here: Any = SimpleNamespace(
        client=SimpleNamespace(host="127.0.0.1"), headers={"host": "localhost:7860"}, query_params={}
    )
    assert 'data-get="smollm2"' in page.fetch_model("en", sending(get="none"), here)[1] and asked == ["none"]


def test_the_interface_speaks_the_language_chosen_before_else_the_browsers() -> None:
    page = ChatPage(Scripted())
    chinese: Any = SimpleNamespace(client=None, headers={"accept-language": "zh-CN,en;q=0.5"}, query_params={})
    opened = page.opened("", chinese)
    assert opened[0] == "zh" and 'data-language="zh"' in opened[1] and ">提问</button>" in opened[3]
    assert page.opened("en", chinese)[0] == "en"
    assert page.opened("xx", chinese)[0] == "zh"
    switched = page.speak(
        sending(language="zh"), chinese, (Exchange("Q?", text="half", stopped=True),), ["OpenAI"], [], [], [], 0, 0
    )
    assert switched[0] == "zh" and any("已在完成前停止" in str(update) for update in switched)
    assert any("移除筛选：OpenAI" in str(update) for update in switched)


def test_the_page_is_drawn_anew_once_the_collection_has_other_papers(papers: tuple[Paper, ...]) -> None:
    """What is sent first was laid out when the server started."""
    answerer = Scripted()
    page = ChatPage(answerer)
    english: Any = SimpleNamespace(client=None, headers={}, query_params={})
    assert not any("library-heading" in str(update) for update in page.opened("en", english))
    answerer.papers = papers_of(papers)
    opened = page.opened("en", english)
    assert any("library-heading" in str(update) and papers[0].name in str(update) for update in opened)
    assert any("intro" in str(update) for update in opened)
    answerer.facets = Facets()
    hidden = [update for update in page.opened("en", english) if isinstance(update, dict) and "choices" in update]
    assert [update["visible"] for update in hidden] == [False] * 5


def test_other_parts_of_the_page_choose_filters_that_the_collection_has() -> None:
    page = ChatPage(Scripted())
    asked_for = sending(organisations=["OpenAI", "Nobody"], categories=["Robustness"], since=1900, until=2023)
    *filters, chips = page.choose(asked_for)
    assert filters == [["OpenAI"], ["Robustness"], [], [], 2022, 2023]
    assert re.findall('data-unfilter="(.*?)"', str(chips)) == ["organisations", "categories", "since", "until"]
    assert page.choose(sending(organisations="OpenAI", since="2023", until=None)) == ([], [], [], [], 0, 0, "")
    pressed = sending(name="organisations", value="OpenAI")
    *unpressed, chips = page.unchoose(pressed, None, "zh", ["OpenAI"], [], ["en"], [], 2022, 0)
    assert unpressed == [[], [], ["en"], [], 2022, 0]
    assert re.findall('data-unfilter="(.*?)"', str(chips)) == ["languages", "since"] and "仅限" in str(chips)
    assert page.unchoose(sending(name="since", value=""), None, "en", ["OpenAI"], [], [], [], 2022, 0)[4] == 0


def test_of_very_many_values_the_most_frequent_are_offered_and_what_is_chosen_joins_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chosen_filters_module, "MOST_CHOICES", 2)
    answerer = Scripted()
    answerer.facets = Facets({"Most": 9, "Many": 5, "Few": 2, "One": 1}, {"Robustness": 1}, {"en": 17})
    page = ChatPage(answerer)
    laid_out = build_page(answerer)
    offered = next(block for block in laid_out.blocks.values() if isinstance(block, gr.CheckboxGroup))
    assert offered.choices == [("Most 9", "Most"), ("Many 5", "Many")]
    organisations, *_, chips = page.choose(sending(organisations=["One", "Most", "Nobody"]))
    assert organisations["value"] == ["Most", "One"] and 'data-value="One"' in chips
    assert organisations["choices"] == [*offered.choices, ("One 1", "One")]
    assert page.choose(sending(organisations=["Most"]))[0] == ["Most"]
    # In another language it is still among them, as what is ticked has to be.
    chinese: Any = SimpleNamespace(client=None, headers={}, query_params={})
    spoken = page.speak(sending(language="zh"), chinese, (), ["One", "Nobody"], [], [], [], 0, 0)
    told = next(update for update in spoken if isinstance(update, dict) and "choices" in update)
    assert [value for _, value in told["choices"]] == ["Most", "Many", "One"]


def test_stop_keeps_what_was_written() -> None:
    page = ChatPage(Scripted())
    update = page.stop((Exchange("Q?", text="half"),))
    assert "half" in update[1] and "Stopped" in update[1] and "data-retry" in update[1]
    assert all(isinstance(value, dict) for value in page.stop(()))


def test_years_become_whole_years() -> None:
    assert chosen_filters(Chosen(("OpenAI",), since=2022, until=2023)) == Filters(
        ("OpenAI",), since=date(2022, 1, 1), until=date(2023, 12, 31)
    )
    assert chosen_filters(Chosen()).is_empty
    with pytest.raises(InputError, match="2024"):
        chosen_filters(Chosen(since=2024, until=2022))


def test_no_handler_is_an_open_endpoint_and_nothing_is_loaded_from_elsewhere() -> None:
    blocks = build_page(Scripted())
    assert blocks.fns and all(fn.api_visibility == "private" for fn in blocks.fns.values())
    options = page_options()
    assert "http" not in options["head"].replace("http://www.w3.org", "")
    assert options["footer_links"] == [] and options["run_history"] is False
    assert not options["theme"]._stylesheets
