"""What the reader asks: typed, clicked, asked again, put in another question's place, or brought by a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.answering.question import Question, checked_question
from app.surfaces.page.bounds import MAX_TURNS
from app.surfaces.page.exchange import Exchange, history_of
from app.surfaces.page.permalink import question_of_link
from retrieval.types import Facets, Filters


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be answered, after the exchanges `earlier`; `clears_box` where it was typed."""

    question: Question
    exchange: Exchange
    earlier: tuple[Exchange, ...]
    clears_box: bool


def asked(
    typed: str,
    clicked: Mapping[str, Any],
    earlier: tuple[Exchange, ...],
    editing: int,
    filters: Filters,
    facets: Facets,
) -> Asked:
    """The question of a keystroke or a click. Raises `InputError` where there is none to be asked.

    `editing` is the number of the question that the typed one replaces with all that follows it, 0 for none.
    """
    if "link" in clicked:
        # A link stands alone: it begins a conversation, and asks one question.
        question, version = question_of_link(clicked["link"], facets)
        return Asked(question, Exchange(question.text, question.filters, linked=version), (), False)
    text, linked, clears_box = typed, "", True
    if paper := text_of(clicked.get("paper")):
        # Asked of one paper alone, in a conversation with it.
        text, filters = text_of(clicked.get("question")), Filters(papers=(paper,))
        earlier = earlier if earlier and earlier[-1].filters == filters else ()
    elif "question" in clicked:
        text, clears_box = text_of(clicked["question"]), False
    elif "retry" in clicked and earlier:
        text, linked, clears_box, earlier = earlier[-1].question, earlier[-1].linked, False, earlier[:-1]
    elif 0 < editing <= len(earlier):
        earlier = earlier[: editing - 1]
    question = checked_question(text, history_of(earlier), filters, facets)
    # What follows is the conversation that is drawn and kept, which does not grow for ever.
    earlier = earlier[-(MAX_TURNS - 1) :]
    return Asked(question, Exchange(question.text, question.filters, linked=linked), earlier, clears_box)


def text_of(sent: Any) -> str:
    """What a page sent where it sends text; anything else is none."""
    return sent if isinstance(sent, str) else ""
