"""What a question asks, read once together with the conversation before it."""

from __future__ import annotations

from dataclasses import dataclass

from app.answering.collection.question import CollectionQuestion, going_on
from app.answering.collection.records import Records
from app.answering.query.comparison import Comparison, comparison_in
from app.answering.query.conversation import Again, Doubt, read_conversation, wants_again
from app.answering.query.courtesy import Courtesy, courtesy_of
from app.answering.query.parts import Parts, parts_of
from app.answering.question import Question


@dataclass(frozen=True, slots=True)
class Understanding:
    """`standalone` is the question as it reads without the conversation, by rules alone where there is a `doubt`.

    Where it is a courtesy, or asks which papers there are, it needs no search for evidence. Where it is `several`
    questions, or a comparison, each part may be answered by itself.
    """

    standalone: str
    doubt: Doubt | None = None
    again: Again | None = None
    courtesy: Courtesy | None = None
    of_records: CollectionQuestion | None = None
    several: Parts | Comparison | None = None


def understood(question: Question, records: Records) -> Understanding:
    """What the question asks, by rules alone; `records` are those of the collection that is asked."""
    if courtesy := courtesy_of(question):
        return Understanding(question.text, courtesy=courtesy)
    conversation = read_conversation(question.history, records)
    again = wants_again(question.text) if conversation.topic.is_set else None
    said = conversation.topic.asked if again else question.text
    several = comparison_in(said) or parts_of(said)
    if asked := going_on(question.text, conversation.of_records, records, conversation.topic.named):
        return Understanding(asked.said, of_records=asked, several=several)
    standalone = conversation.standalone(question.text, records)
    return Understanding(standalone, conversation.doubt(question.text, records), again, several=several)
