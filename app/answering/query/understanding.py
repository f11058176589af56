"""What a question asks, read once together with the conversation before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.answering.collection.grammar import wants_whole
from app.answering.collection.question import CollectionQuestion, folded, going_on, paper_meant, topic_meant
from app.answering.collection.records import Records
from app.answering.evidence.definition import term_asked, terms_wanted
from app.answering.query.comparison import Comparison, comparison_in
from app.answering.query.conversation import Again, Doubt, read_conversation, wants_again
from app.answering.query.courtesy import Courtesy, about_program, courtesy_of
from app.answering.query.parts import Parts, parts_of
from app.answering.query.ways import PAPER, TOPIC, Named
from app.answering.question import Question
from app.languages import language_of
from retrieval.facets import Filters
from retrieval.lexical.tokens import content_words
from retrieval.types import Paper


@dataclass(frozen=True, slots=True)
class Understanding:
    """`standalone` is the question as it reads without the conversation, by rules alone where there is a `doubt`.

    Where it is a courtesy, or asks which papers there are, it needs no search for evidence; `plainly` is how one about
    this program reads. `about` are papers that were spoken of before and that it is about in the first place, by
    rules alone where there is a `doubt`. Where it is `several`
    questions, or a comparison, each part may be answered by itself.
    """

    standalone: str
    doubt: Doubt | None = None
    again: Again | None = None
    courtesy: Courtesy | None = None
    plainly: str = ""
    of_records: CollectionQuestion | None = None
    several: Parts | Comparison | None = None
    about: tuple[Paper, ...] = ()


def understood(question: Question, records: Records) -> Understanding:
    """What the question asks, by rules alone; `records` are those of the collection that is asked."""
    # Who asks one paper alone means it by "this".
    alone = records.alone(question.filters)
    if alone and wants_whole(folded(question.text)):
        return Understanding(question.text, of_records=CollectionQuestion("summary", paper=alone, said=question.text))
    if courtesy := courtesy_of(question):
        plainly = about_program(question.text) if courtesy == "program" else ""
        return Understanding(question.text, courtesy=courtesy, plainly=plainly)
    conversation = read_conversation(question.history, records)
    wanted = _wanted(question.text, records)
    text = wanted or question.text
    again = wants_again(text) if conversation.topic.is_set else None
    said = conversation.topic.asked if again else text
    several = comparison_in(said) or parts_of(said)
    named = (alone,) if alone else conversation.topic.named
    asked = going_on(text, conversation.of_records, records, named)
    if asked and not _of_others(asked, question.filters):
        # "Papers about A vs B" asks for papers.
        listed = isinstance(several, Comparison) and asked.intent in ("list", "count", "newest", "oldest")
        # "How many by A, and how many by B" is counted as one.
        listed |= any(tally.wanted == "groups" for tally in asked.tallies)
        # So are several facts of one paper.
        listed |= bool(asked.also)
        return Understanding(asked.said, of_records=asked, several=None if listed else several)
    if wanted:
        return Understanding(wanted)
    standalone = conversation.standalone(text, records)
    doubt = conversation.doubt(text, records)
    about = conversation.about(text, records)
    return Understanding(standalone, doubt, again, several=several, about=about)


def _of_others(asked: CollectionQuestion, filters: Filters) -> bool:
    """Whether it asks for the record of a paper that is none of those that the question is asked of."""
    paper = asked.paper if asked.intent != "similar" else None
    return paper is not None and bool(filters.papers) and paper.id not in filters.papers


def names_in(records: Records) -> Mapping[str, Named]:
    """What a piece of a question names among the records, for the ways of asking."""

    def paper(said: str) -> str:
        found = paper_meant(said, records)
        # A thing of which papers say what it is, is no paper, though a title has it; a name like no other is one.
        thing = len(content_words(said)) > 1 and records.called(said) is None and records.says_what(said)
        return f"“{found.name}”" if found and not thing else ""

    return {PAPER: paper, TOPIC: lambda said: topic_meant(said, records)}


def _wanted(text: str, records: Records) -> str | None:
    """What is left of a question that wants a thing explained in more words than that takes, where papers do."""
    asking = language_of(text).evidence.asking_what
    if term_asked(text) or not asking:
        return None
    term = next((term for term in terms_wanted(text) if records.explained(term)), None)
    return asking.format(term=term) if term else None
