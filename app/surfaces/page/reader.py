"""What happens on the page, without its widgets: each method gives the `PageUpdate` that is drawn next."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from app.answering.answerer import Answerer
from app.answering.models.language_model import LanguageModel
from app.answering.models.language_models import LanguageModels
from app.notices.notice import said
from app.surfaces.markup import text_html
from app.surfaces.page import render
from app.surfaces.page.asking import Asked, asked
from app.surfaces.page.chosen_filters import Chosen, chosen_filters
from app.surfaces.page.drawing import PageUpdate, answer_frames, drawn, latest
from app.surfaces.page.exchange import Exchange
from app.surfaces.page.intro import intro_html
from app.surfaces.page.kept_conversation import cut_off, exchanges_from_kept
from app.surfaces.page.model_picker import model_picker_html
from app.surfaces.page.shown import Shown
from app.surfaces.ui_strings import UiStrings
from retrieval.errors import InputError, PaperbackedError


class Place(Protocol):
    """A place among the answers that are made at once for one address."""

    @property
    def ready(self) -> bool:
        """Whether the answer may be made now."""
        ...

    def leave(self) -> None:
        """Give the place up; needed in every case."""
        ...


class QuestionDoor(Protocol):
    """Who may ask now, such as the gate's `Limits`."""

    def enter(self, client: str) -> Place:
        """A place for one question. Raises `PaperbackedError` where it is one too many."""
        ...


_LOOK_SECONDS = 0.1
"""How often a question in the line looks whether it is its turn: only between two looks can it be stopped."""


class ConversationPage:
    """The page over one answerer, that of the collection `shown`; it holds no conversation, each method is given the
    reader's."""

    def __init__(
        self,
        answerer: Answerer,
        language_models: LanguageModels | None = None,
        limits: QuestionDoor | None = None,
        shown: Shown | None = None,
    ) -> None:
        self.answerer = answerer
        self.language_models = language_models
        self._limits = limits
        self._shown = shown or Shown(answerer)

    def intro(self, words: UiStrings) -> str:
        return intro_html(self.answerer.papers, self.answerer.facets, words, self._shown)

    def mode_line(self, words: UiStrings, model: str = "") -> str:
        """How answers are written, by the `model` that the reader has chosen, "" for the one at work."""
        at_work = self.answerer.models
        if llm := self._llm(model):
            at_work = replace(at_work, llm=llm.name if llm.chat else None, note=llm.note)
        papers = self.answerer.papers
        return render.mode_line(at_work, len(papers), words, papers.with_texts)

    def model_picker(self, words: UiStrings, model: str = "") -> str:
        """The models that can be fetched, nothing where none is offered."""
        models = self.language_models
        return model_picker_html(models.offers(model), models.underway, models.failure, words) if models else ""

    def _llm(self, model: str) -> LanguageModel | None:
        return self.language_models.chosen(model) if model and self.language_models else None

    @property
    def model_underway(self) -> bool:
        """Whether a language model is being fetched or loaded."""
        return self.language_models is not None and self.language_models.underway is not None

    def ask(
        self,
        typed: str,
        clicked: Mapping[str, Any],
        earlier: Sequence[Exchange],
        editing: int,
        now: Chosen,
        client: str,
        words: UiStrings,
        model: str = "",
    ) -> Generator[PageUpdate]:
        """Answers what was typed or clicked, drawing each step; a sentence in its place where that cannot be.

        `model` is the language model that the reader has chosen, "" for the one at work.
        """
        if "again" in clicked:
            yield from self._ask_again(clicked["again"], client, words, model)
            return
        try:
            # The filters' widgets are cleared at the same time, and may not be yet.
            filters = chosen_filters(Chosen() if "unfiltered" in clicked else now)
            wanted = asked(typed, clicked, tuple(earlier), editing, filters, self.answerer.facets)
            place = self._limits.enter(client) if self._limits else None
        except PaperbackedError as error:
            yield PageUpdate(notice=notice(error.message, words) + (_replacing(words) if editing else ""))
            return
        yield from self._answered(wanted, place, "", words, model)

    def _ask_again(self, record: Any, client: str, words: UiStrings, model: str) -> Generator[PageUpdate]:
        """Opens the conversation that the browser has kept and asks the question that a reload cut off.

        Where it cannot be asked it stands in the box again.
        """
        cut, shown = None, PageUpdate()
        try:
            cut = cut_off(record, self.answerer.paper)
            earlier = tuple(map(self._placed, cut.earlier))
            shown = drawn(earlier, words) if earlier else shown
            wanted = asked("", {"question": cut.question}, earlier, 0, cut.filters, self.answerer.facets)
            place = self._limits.enter(client) if self._limits else None
        except PaperbackedError as error:
            yield replace(shown, notice=notice(error.message, words), box=cut.question if cut else None, editing=0)
            return
        yield from self._answered(wanted, place, _part_restored(cut.lost, words), words, model)

    def _answered(
        self, wanted: Asked, place: Place | None, told: str, words: UiStrings, model: str
    ) -> Generator[PageUpdate]:
        """The answer as it is made, below the notice `told`; it waits for its place and gives it up."""
        try:
            wanted = replace(wanted, exchange=self._placed(wanted.exchange))
            first = drawn((*wanted.earlier, wanted.exchange), words)
            yield replace(first, notice=told, box="" if wanted.clears_box else None, editing=0)
            while place is not None and not place.ready:
                time.sleep(_LOOK_SECONDS)
                yield PageUpdate()
            question = replace(wanted.question, llm=self._llm(model))
            yield from answer_frames(self.answerer, question, wanted.earlier, wanted.exchange, words)
        finally:
            if place is not None:
                place.leave()

    def _placed(self, exchange: Exchange) -> Exchange:
        """The exchange with the papers that its filters name, and the collection that it is asked of."""
        return replace(exchange.of_papers(self.answerer.paper), collection=self._shown.name)

    def start_over(self, words: UiStrings) -> PageUpdate:
        """The empty page."""
        return PageUpdate((), self.intro(words), "", "", "", "", "", 0, "", "")

    def redrawn(self, exchanges: Sequence[Exchange], words: UiStrings) -> PageUpdate:
        """The same page in the language of `words`; what is being typed stays."""
        if not exchanges:
            return PageUpdate(conversation=self.intro(words))
        return drawn(exchanges, words)

    def reopen(self, turns: Any, words: UiStrings, left: Any = 0) -> PageUpdate:
        """The conversation that the browser has kept, without asking again; `left` of its turns were not sent."""
        try:
            exchanges, lost = exchanges_from_kept(turns, self.answerer.paper)
        except InputError:
            exchanges, lost = (), 1
        if not exchanges:
            return PageUpdate(notice=f"<p>{text_html(words('restore_failed'))}</p>")
        placed = tuple(map(self._placed, exchanges))
        return replace(drawn(placed, words), notice=_part_restored(lost or left, words), editing=0)


def stopped(exchanges: Sequence[Exchange], words: UiStrings) -> PageUpdate:
    """The page after the reader has stopped the answer; what was written stays."""
    if not exchanges or not exchanges[-1].running:
        return PageUpdate()
    return replace(latest((*exchanges[:-1], replace(exchanges[-1], stopped=True)), words), notice="")


def edited(exchanges: Sequence[Exchange], number: Any, words: UiStrings) -> PageUpdate:
    """Question `number` in the box; asked again, it takes the place of that turn and of what follows."""
    if type(number) is not int or not 0 < number <= len(exchanges):
        return PageUpdate()
    return PageUpdate(notice=_replacing(words), box=exchanges[number - 1].question, editing=number)


def _part_restored(lost: Any, words: UiStrings) -> str:
    return f"<p>{text_html(words('restore_part'))}</p>" if lost else ""


def _replacing(words: UiStrings) -> str:
    """What the next question will do, and the way out of it."""
    leave = f'<button type="button" data-leave-edit>{text_html(words("edit_cancel"))}</button>'
    return f"<p>{text_html(words('edit_notice'))} {leave}</p>"


def notice(sentence: str, words: UiStrings) -> str:
    """One sentence above the box."""
    return f"<p>{text_html(said(sentence, words.language))}</p>"
