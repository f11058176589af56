"""Questions about the collection itself: "what did OpenAI publish on interpretability in 2023?"

Recognised by whole-question patterns, so that a question about what papers say is
never taken for one about which papers there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from app.answering.collection.filter_words import OWN, read_filters
from app.answering.collection.grammar import Intent, QuestionForm, asks_for_overview, form_of, refinement_of, similar_to
from app.answering.collection.records import Records
from retrieval.lexical.tokens import content_words
from retrieval.types import Filters, Paper

MAX_CHARS = 300
MAX_TOPIC_WORDS = 7
"""Content words of a topic; what is longer asks what papers say."""

_CLAUSE = re.compile(
    r"\b(?:how|why|does|do|did|can|could|would|should|compar\w*|explain\w*|summar\w*|differ\w*|between|than|when|who|"
    r"whose|what|which|whether|if|is|are|was|were|has|have|had|not|no)\b|为什么|怎么|怎样|如何|是否|会不会|能不能"
)
_QUOTED = re.compile(r"[“\"「《]([^”\"」》]{3,})[”\"」》]")


@dataclass(frozen=True, slots=True)
class CollectionQuestion:
    """What is asked of the records, as far as the words say.

    `paper` is the one that others shall be like, `limit` how many papers are wanted;
    `relative` marks dates counted from the newest paper. `said` is the question so that
    it stands alone.
    """

    intent: Intent
    filters: Filters = field(default_factory=Filters)
    topic: str = ""
    author: str = ""
    paper: Paper | None = None
    limit: int | None = None
    relative: bool = False
    said: str = ""


def going_on(text: str, before: CollectionQuestion | None, records: Records) -> CollectionQuestion | None:
    """What the question asks of the records, or None where it asks what papers say.

    `before` is what the one before it asked of them: "and in 2022?" goes on from a question about the collection.
    """
    if asked := _parsed(text, records):
        return replace(asked, said=text)
    return _refined(text, before, records) if before else None


def folded(text: str) -> str:
    """Small letters, straight quotes, single spaces, no mark at the end."""
    straight = text.casefold().translate(str.maketrans("’‘“”", "''\"\""))
    return " ".join(straight.split()).rstrip(" ?!.。？！")


def _parsed(text: str, records: Records) -> CollectionQuestion | None:
    if len(text) > MAX_CHARS or not records.papers:
        return None
    whole = folded(text)
    title = similar_to(whole)
    if title and (paper := _titled(text, title, records)):
        return CollectionQuestion("similar", paper=paper)
    if asks_for_overview(whole):
        return CollectionQuestion("overview")
    read = read_filters(whole, records.facets)
    frame = form_of(" ".join(read.rest.split()).rstrip(" ,?!."))
    if frame is None or not _plausible(frame, records):
        return None
    topic, author = _as_written(frame.topic or frame.described, text), _as_written(frame.author, text)
    if read.filters.is_empty and not topic and not frame.author and frame.intent in ("list", "count"):
        return CollectionQuestion("overview") if frame.all or frame.intent == "count" else None
    return CollectionQuestion(frame.intent, read.filters, topic, author, None, frame.limit, read.relative)


def _plausible(frame: QuestionForm, records: Records) -> bool:
    """Whether what stands for the topic can be one, and not a clause."""
    said = f"{frame.topic} {frame.described}"
    if OWN in said or (frame.topic and frame.described) or _CLAUSE.search(said):
        return False
    if len(content_words(frame.topic)) > MAX_TOPIC_WORDS and not re.search(r"[\u3400-\u9fff]", said):
        return False
    return not frame.described or bool(records.select(topic=frame.described))


def _titled(text: str, title: str, records: Records) -> Paper | None:
    """The paper whose title the question names, in quotes or without."""
    quoted = _QUOTED.search(text)
    # As it was written, for a name of one word counts only in its own letters.
    named = (records.named_in(quoted[1]) if quoted else ()) or records.named_in(_as_written(title, text))
    return named[0] if named else None


def _as_written(said: str, text: str) -> str:
    """A piece of the folded text as the text has it, where it stands there in one piece."""
    at = folded(text).find(said)
    written = text[at : at + len(said)]
    return written if at >= 0 and folded(written) == folded(said) else said


def _refined(text: str, before: CollectionQuestion, records: Records) -> CollectionQuestion | None:
    """The question before with what this one says otherwise; None where it says anything else."""
    if len(text) > MAX_CHARS:
        return None
    read = read_filters(folded(text), records.facets)
    frame = refinement_of(" ".join(read.rest.split()).rstrip(" ,?!."))
    if frame is None or not _plausible(frame, records) or (read.filters.is_empty and not frame.topic):
        return None
    new, old = read.filters, before.filters
    dated = new.since or new.until
    filters = Filters(
        organisations=new.organisations or old.organisations,
        languages=new.languages or old.languages,
        since=new.since if dated else old.since,
        until=new.until if dated else old.until,
    )
    intent = before.intent if frame.intent == "list" and before.intent not in ("similar", "overview") else frame.intent
    relative = read.relative if dated else before.relative
    return replace(
        before,
        intent=intent,
        filters=filters,
        topic=_as_written(frame.topic, text) if frame.topic else before.topic,
        relative=relative,
        paper=None,
        said=f"{before.said[-MAX_CHARS:]} {text}",
    )
