"""Greetings, thanks, "what can you do?" and tasks: recognised by their form, and answered without a search."""

from __future__ import annotations

import re
from typing import get_args

from app.answering.collection.records import Records
from app.answering.question import Question
from app.answering.reply import Reply
from app.languages import LANGUAGES, any_of, either
from app.languages.patterns import Courtesy
from app.languages.phrases import AnswerPhrases

MAX_COURTESY_CHARS = 120

_KINDS: tuple[Courtesy, ...] = get_args(Courtesy)
"""The first that a text has is answered."""
_SAID: dict[Courtesy, re.Pattern[str]] = {
    kind: re.compile(either(pattern for language in LANGUAGES for pattern in language.courtesies.said.get(kind, ())))
    for kind in _KINDS
}
_PROGRAM = tuple(
    (plainly, re.compile(pattern)) for language in LANGUAGES for plainly, pattern in language.courtesies.program
)
_OF_WHAT_WAS_SAID = any_of(lambda language: language.courtesies.of_what_was_said, re.IGNORECASE)
_TASKS = any_of(lambda language: language.courtesies.tasks)
_TAKES_OVER = any_of(lambda language: language.courtesies.takes_over)
_BETWEEN = re.compile(
    rf"[,.;:!?~…，。；：！？、～]+|\s(?:{either(language.courtesies.joined_by for language in LANGUAGES)})\s"
)
_NOT_SAID = re.compile(r"[^\w\s',.;:!?~…，。；：！？、～-]")
NAMED_ORGANISATIONS = 3
NAMED_CATEGORIES = 4
LOOKED_AT = 50
"""Of so many papers, the newest, the first with a title and an abstract is the example."""


def courtesy_of(question: Question) -> Courtesy | None:
    """What kind of courtesy the question is, or None.

    After an answer "how does it work?" asks of what was said, and where papers are asked alone "who wrote this?" asks
    of them.
    """
    if is_task(question.text):
        return "task"
    if (question.history or question.filters.papers) and _OF_WHAT_WAS_SAID.search(question.text):
        return None
    return courtesy_in(question.text)


def is_task(text: str) -> bool:
    """Whether the text wants something done (a poem, a translation) or the program turned to something else."""
    said = " ".join(text.casefold().replace("’", "'").split())
    return bool(_TASKS.match(said) or _TAKES_OVER.search(said))


def courtesy_in(text: str) -> Courtesy | None:
    """What kind of courtesy the whole text is, or None where it asks or says anything else."""
    if about_program(text):
        return "program"
    kinds = [_kind(part) for part in _parts(text)]
    if not kinds or None in kinds:
        return None
    return next(kind for kind in _KINDS if kind in kinds)


def about_program(text: str) -> str:
    """How a question about this program reads plainly, in English; empty where the text says anything else."""
    parts = _parts(text)
    if whole := _plainly(" ".join(parts)):
        return whole
    asked = [_plainly(part) for part in parts]
    others = [_kind(part) for part, plainly in zip(parts, asked, strict=True) if not plainly]
    return "" if None in others else next(filter(None, asked), "")


def _parts(text: str) -> list[str]:
    """What a short text says, folded, between its marks; nothing of a longer one."""
    if len(text) > MAX_COURTESY_CHARS:
        return []
    folded = _NOT_SAID.sub(" ", text.casefold().replace("’", "'"))
    return [said for part in _BETWEEN.split(folded) if (said := " ".join(part.split()))]


def _kind(part: str) -> Courtesy | None:
    return next((kind for kind, pattern in _SAID.items() if pattern.fullmatch(part)), None)


def _plainly(said: str) -> str:
    return next((plainly for plainly, pattern in _PROGRAM if pattern.fullmatch(said)), "")


def courtesy_reply(kind: Courtesy, records: Records, words: AnswerPhrases) -> Reply:
    """A short reply; a greeting and a call for help are told what can be asked."""
    if kind not in ("program", "help", "greeting", "task"):
        return Reply(words.courtesies[kind])
    scope = words.scope.format(scope=scope_of(records, words)) if records.papers else ""
    examples = example_questions(records, words)
    asked = words.for_example.format(questions=" ".join(examples)) if examples else ""
    return Reply(f"{words.courtesies[kind]}{scope}{asked}", followups=examples, answered=kind != "task")


def scope_of(records: Records, words: AnswerPhrases) -> str:
    """How many papers there are, from when, and by whom most of them."""
    facets, count = records.facets, len(records.papers)
    said = [words.papers.format(count=f"{count:,}") if count != 1 else words.one_paper]
    if facets.earliest and facets.latest:
        said.append(words.dated.format(first=words.month(facets.earliest), last=words.month(facets.latest)))
    if organisations := list(facets.organisations)[:NAMED_ORGANISATIONS]:
        said.append(words.mostly_by.format(names=words.between_names.join(organisations)))
    return words.between_facts.join(said)


def subjects_of(records: Records, words: AnswerPhrases) -> str:
    """One sentence of what the papers are about, by their largest categories; empty where they have none."""
    largest = list(records.facets.categories)[:NAMED_CATEGORIES]
    named = words.between_names.join(name[0].lower() + name[1:] for name in largest)
    return words.subjects.format(categories=named) if named else ""


def example_questions(records: Records, words: AnswerPhrases) -> tuple[str, ...]:
    """Up to three questions that the collection answers: of a paper, of a category, of an organisation."""
    newest = records.select()[:LOOKED_AT]
    titled = next((paper.title for paper in newest if paper.title and paper.readable), None)
    category = next(iter(records.facets.categories), None)
    organisation = next(iter(records.facets.organisations), None)
    examples = (
        words.follow_up.format(title=titled) if titled else None,
        words.ask_category.format(category=category[0].lower() + category[1:]) if category else None,
        words.ask_newest.format(organisation=organisation) if organisation else None,
    )
    return tuple(filter(None, examples))
