"""Other papers like the one spoken of are asked for, by whom and from when it was said."""

from __future__ import annotations

from datetime import date

import pytest

from app.answering.collection.answerer import CollectionAnswerer
from app.answering.collection.question import CollectionQuestion, going_on
from app.answering.collection.records import Records, records_of
from app.answering.query.conversation import read_conversation
from app.answering.question import Turn
from app.build import LocalAnswerer
from app.languages import ENGLISH
from retrieval.types import Filters, Paper

MAPPING = "Mapping the Mind of a Large Language Model"
GPT_4 = "Extracting Concepts from GPT-4"
OPENAI = {"organisations": ("OpenAI",)}


@pytest.fixture(scope="module")
def records(all_papers: tuple[Paper, ...]) -> Records:
    return records_of(all_papers)


def others(records: Records, text: str, paper: str = "mapping-the-mind") -> CollectionQuestion | None:
    named = tuple(one for one in records.papers if one.id == paper)
    return going_on(text, None, records, named)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("did openai do something like it", OPENAI),
        ("and has OpenAI done this too?", OPENAI),
        ("OpenAI's version?", OPENAI),
        ("what about openai", OPENAI),
        ("OpenAI呢？", OPENAI),
        ("其他机构也做过类似的研究吗", {}),
        ("who else does this kind of work", {}),
        ("did anyone else try that?", {}),
        ("anything similar?", {}),
        ("more like this", {}),
        ("还有谁做类似的研究", {}),
        ("anything newer in that direction", {"since": date(2024, 5, 22)}),
        ("ok, is there any more recent work on this?", {"since": date(2024, 5, 22)}),
        ("有没有更新的研究", {"since": date(2024, 5, 22)}),
        ("anything older?", {"until": date(2024, 5, 20)}),
    ],
)
def test_others_are_asked_for(records: Records, text: str, filters: dict[str, object]) -> None:
    asked = others(records, text)
    assert asked is not None and asked.paper is not None
    assert (asked.intent, asked.paper.id) == ("similar", "mapping-the-mind")
    assert asked.filters == Filters(**filters)  # type: ignore[arg-type]
    assert asked.said == text


def test_what_is_said_of_them_is_kept(records: Records) -> None:
    asked = others(records, "GPT-4上也做过？")
    assert asked is not None and (asked.intent, asked.topic) == ("similar", "GPT-4")


@pytest.mark.parametrize(
    "text",
    [
        "what else did they find",
        "is that google as well",
        "did openai pay the labelers",
        "does it work on newer models",
        # Nobody else is named than who wrote it.
        "and from anthropic?",
        "did anthropic do that",
        "他们还做过什么",
    ],
)
def test_what_is_asked_of_the_paper_itself_is_none_of_it(records: Records, text: str) -> None:
    asked = others(records, text)
    assert asked is None or asked.intent != "similar"


def test_nothing_is_like_what_was_not_spoken_of(records: Records) -> None:
    assert going_on("did openai do something like it", None, records) is None


def test_who_asks_on_asks_for_those_like_the_same_paper(records: Records) -> None:
    before = others(records, "anything newer in that direction")
    asked = going_on("and from openai?", before, records)
    assert before is not None and asked is not None and asked.paper is before.paper
    assert asked.intent == "similar"
    assert asked.filters == Filters(organisations=("OpenAI",), since=date(2024, 5, 22))


def test_what_follows_is_asked_of_those_that_were_found(records: Records) -> None:
    history = (
        Turn("user", "is there a map of a model's mind?"),
        Turn("assistant", f"{MAPPING} says …"),
        Turn("user", "did openai do something like it"),
        Turn("assistant", f"Nearest to “{MAPPING}” by content: {GPT_4}: “…”"),
    )
    assert [paper.name for paper in read_conversation(history, records).topic.named] == [GPT_4, MAPPING]


def test_those_nearest_in_all_that_they_say_are_listed(answerer: LocalAnswerer) -> None:
    collection: CollectionAnswerer = answerer.collection.chain._of_collection
    paper = next(one for one in collection.records.papers if one.id == "mapping-the-mind")
    asked = CollectionQuestion("similar", Filters(organisations=("OpenAI",)), paper=paper)
    reply = collection.answer(asked, Filters(), ENGLISH)
    assert reply.answered and {quote.paper.organisation for quote in reply.citations} == {"OpenAI"}
