"""Talk as people talk: `python -m benchmarks.conversations [--write docs/results.md] [--show]`.

The conversations of data/people/ were written by four askers who knew the titles alone; what
each turn is about was labelled by others who had read the abstracts (data/README.md). With --fit
the weights are printed that tell whether a question goes on from the topic before it: they are
fitted to conversations of their own and to those of dev, and held out by their authors.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# scikit-learn has no whole types.

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.answering.answer import Answer
from app.answering.logistic import Logistic
from app.answering.query.topic import features, stands_alone
from app.answering.query.understanding import understood
from app.answering.question import Turn, checked_question
from app.build import build_answerer
from app.local_answerer import LocalAnswerer
from app.quiet import silence_libraries
from app.settings import read_settings
from benchmarks.figures import share, split_table, write_between_marks
from retrieval.errors import InputError
from retrieval.json_lines import read_records
from retrieval.retriever import unheard
from retrieval.shipped import shipped_file
from retrieval.types import Filters

MARKS = "<!-- conversations: begin -->", "<!-- conversations: end -->"
COMMAND = "python -m benchmarks.conversations"
SPLITS = ("dev", "test")
FREEDOM = 10.0
"""How freely weights are fitted: scikit-learn's C. Scores lie within a few tenths, so their weights must be large."""
COLLECTION = "*"
"""Stands for the collection as a whole."""
SPOKEN_OF = 3
"""Of an answer that quotes nothing, the papers that it names as closest."""


@dataclass(frozen=True, slots=True)
class PeoplesTurn:
    """`about` has the ids of the papers that a turn is about, none where it is about no paper; in the conversations
    that weights are fitted to it is not told.

    `leans` where it can only be understood with the turns before it.
    """

    text: str
    about: tuple[str, ...]
    leans: bool


@dataclass(frozen=True, slots=True)
class PeoplesConversation:
    """A conversation of one asker."""

    id: str
    author: str
    turns: tuple[PeoplesTurn, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A turn with its answer; `place` is its place in the conversation, from 0."""

    turn: PeoplesTurn
    place: int
    changes: bool
    """Whether it is about something else than the turn before."""
    answer: Answer


def read_conversations(file: Path) -> list[PeoplesConversation]:
    """The conversations of a file of data/people/. Raises `InputError`."""
    return [one for _, one in read_records(file, _parsed, what="conversations", kind=InputError)]


def _parsed(record: dict[str, Any]) -> PeoplesConversation:
    turns = tuple(
        PeoplesTurn(str(turn["question"]), tuple(map(str, turn.get("about", ()))), bool(turn["leans"]))
        for turn in record["turns"]
    )
    return PeoplesConversation(str(record["id"]), str(record["author"]), turns)


def asked_in_turn(answerer: LocalAnswerer, conversation: PeoplesConversation) -> Iterator[Asked]:
    """Each turn with its answer, given after the answers before it."""
    history: list[Turn] = []
    before: PeoplesTurn | None = None
    for place, turn in enumerate(conversation.turns):
        answer = answerer.ask(checked_question(turn.text, tuple(history)))
        changes = before is not None and before.about != turn.about
        yield Asked(turn, place, changes, answer)
        history += [Turn("user", turn.text), Turn("assistant", answer.answer)]
        before = turn


def on_topic(asked: Asked) -> bool:
    """Whether the answer is about what the turn is about.

    It is where its first quote is of such a paper, or, quoting nothing, it names one as close. Of no
    paper nothing may be said to be answered; of the collection anything but a refusal is right.
    """
    about, answer = asked.turn.about, asked.answer
    if not about:
        return answer.status != "answered" or not answer.citations
    if COLLECTION in about:
        return answer.status == "answered"
    if answer.citations:
        return answer.citations[0].paper.id in about
    return any(passage.paper.id in about for passage in answer.sources[:SPOKEN_OF])


@dataclass(frozen=True, slots=True)
class Doubted:
    """A later turn whose words do not say whether it goes on from the topic before it: the `features` of its words."""

    author: str
    leans: bool
    given: Mapping[str, float]


def doubted(answerer: LocalAnswerer, talks: Sequence[PeoplesConversation]) -> Iterator[Doubted]:
    """The turns of the conversations that could be read either way, each after the answers before it."""
    chain = answerer.collection.chain
    records, search = chain.records, chain.search
    for talk in talks:
        history: list[Turn] = []
        for asked in asked_in_turn(answerer, talk):
            text = asked.turn.text
            if doubt := understood(checked_question(text, tuple(history)), records).doubt:
                found = search.passages(text, Filters(), unheard)
                yield Doubted(talk.author, asked.turn.leans, features(found, search.nearness(text), doubt))
            history += [Turn("user", text), Turn("assistant", asked.answer.answer)]


def fitted(turns: Sequence[Doubted]) -> Logistic:
    """The regression that tells which of the turns lean on those before them."""
    from sklearn.linear_model import LogisticRegression

    rows = [list(one.given.values()) for one in turns]
    model = LogisticRegression(C=FREEDOM, max_iter=5_000).fit(rows, [one.leans for one in turns])
    weights = {name: round(float(weight), 2) for name, weight in zip(turns[0].given, model.coef_[0], strict=True)}
    return Logistic(weights, round(float(model.intercept_[0]), 2))


def held_out(turns: Sequence[Doubted]) -> float:
    """The share of the turns told right, each author's by weights fitted to the others."""
    right = 0
    for author in {one.author for one in turns}:
        model = fitted([one for one in turns if one.author != author])
        right += sum(stands_alone(one.given, model) != one.leans for one in turns if one.author == author)
    return right / len(turns)


def rows_of(asked: Sequence[Asked]) -> list[tuple[str, str]]:
    """The figures of a split, each with its name."""
    of_papers = [one for one in asked if one.turn.about and COLLECTION not in one.turn.about]
    later = [one for one in of_papers if one.place]
    return [
        ("right topic, all turns", share([on_topic(one) for one in asked])),
        ("first turns", share([on_topic(one) for one in of_papers if not one.place])),
        ("later turns that lean on those before", share([on_topic(one) for one in later if one.turn.leans])),
        ("later turns that change the topic", share([on_topic(one) for one in later if one.changes])),
        ("about the collection", share([on_topic(one) for one in asked if COLLECTION in one.turn.about])),
        ("about no paper", share([on_topic(one) for one in asked if not one.turn.about])),
    ]


def main() -> None:
    """Print the table, and with --write put it into the page; --show prints what went wrong on dev."""
    silence_libraries()
    arguments = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    arguments.add_argument("--write", type=Path, help="the page to put the table into")
    arguments.add_argument("--show", action="store_true", help="print the turns of dev that went wrong")
    arguments.add_argument("--fit", action="store_true", help="print weights that tell what goes on")
    given = arguments.parse_args()
    if given.fit:
        _fit()
        return
    columns: list[list[tuple[str, str]]] = []
    with tempfile.TemporaryDirectory() as home:
        answerer = build_answerer(read_settings(home=Path(home), llm="none"))
        for split in SPLITS:
            talks = read_conversations(shipped_file(f"people/conversations.{split}.jsonl"))
            asked = {talk.id: list(asked_in_turn(answerer, talk)) for talk in talks}
            columns.append(rows_of([one for own in asked.values() for one in own]))
            if given.show and split == "dev":
                print("\n".join(_shown(name, one) for name, own in asked.items() for one in own if not on_topic(one)))
    table = split_table(COMMAND, SPLITS, columns)
    print(table)
    if given.write:
        write_between_marks(given.write, table, MARKS)


def _fit() -> None:
    with tempfile.TemporaryDirectory() as home:
        answerer = build_answerer(read_settings(home=Path(home), llm="none"))
        files = [shipped_file(f"people/conversations.{split}.jsonl") for split in ("train", "dev")]
        turns = [turn for file in files for turn in doubted(answerer, read_conversations(file))]
    print(f"{len(turns)} turns, told right by weights of other authors: {held_out(turns):.1%}\n{fitted(turns)}")


def _shown(name: str, one: Asked) -> str:
    got = [citation.paper.id for citation in one.answer.citations] or [
        passage.paper.id for passage in one.answer.sources[:SPOKEN_OF]
    ]
    return (
        f"{name}.{one.place} {one.turn.text!r} leans={one.turn.leans} about={one.turn.about[:3]} "
        f"-> {one.answer.status} {list(dict.fromkeys(got))[:3]} as {one.answer.standalone_question[:120]!r}"
    )


if __name__ == "__main__":
    main()
