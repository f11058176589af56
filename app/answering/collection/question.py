"""Questions about the collection itself: "what did OpenAI publish on interpretability in 2023?"

Recognised by whole-question patterns, so that a question about what papers say is
never taken for one about which papers there are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.answering.collection.called import units_of
from app.answering.collection.filter_words import read_filters
from app.answering.collection.grammar import (
    QuestionForm,
    asks_for_overview,
    fact_of,
    facts_listed,
    form_of,
    order_among,
    points_back,
    refinement_of,
    similar_to,
)
from app.answering.collection.others import others_asked
from app.answering.collection.records import Records
from app.answering.collection.tally_question import Tally, tallies_asked
from app.answering.collection.topic_question import topic_asked, without_titles_only
from app.answering.evidence.definition import term_asked, wants_brief, without_manner
from app.languages import QUOTATION_MARKS, any_of
from app.languages.patterns import OWN, Intent
from retrieval.facets import FACETS, Filters
from retrieval.lexical.han import has_han
from retrieval.lexical.tokens import FUNCTION_WORDS, content_words
from retrieval.types import Paper

MAX_CHARS = 300
MAX_TOPIC_WORDS = 7
"""Content words of a topic; what is longer asks what papers say."""

FEW = 5
"""So many papers on a topic are listed where one of them was asked for."""

_NOT_REFINED = ("similar", "overview", "reading", "strands", "tally")

_WORDS = re.compile(r"[^\W_]+")
_AROUND_TITLE = any_of(lambda language: language.grammar.around_title)
_ALTERNATIVE = any_of(lambda language: language.topic_forms.alternative)
_POINTS_BACK = any_of(lambda language: language.conversation.refers_back, re.IGNORECASE)
_CLAUSE = any_of(lambda language: language.grammar.clause)
_OPENERS, _CLOSERS = (re.escape("".join(marks)) for marks in zip(*QUOTATION_MARKS, strict=True))
_QUOTED = re.compile(f"[{_OPENERS}]([^{_CLOSERS}]{{3,}})[{_CLOSERS}]")


@dataclass(frozen=True, slots=True)
class CollectionQuestion:
    """What is asked of the records, as far as the words say.

    `paper` is the one that others shall be like, or of which a fact is asked, and those facts `also`; `limit` is how
    many papers are wanted; where there are some, only the papers `among` which one is wanted count; `relative` marks
    dates counted from the newest paper. With `titles` nothing but titles is wanted, with `first` also which to read
    first. The `tallies` are what is counted. `said` is the question so that it stands alone.
    """

    intent: Intent
    filters: Filters = field(default_factory=Filters)
    topic: str = ""
    author: str = ""
    paper: Paper | None = None
    also: tuple[Intent, ...] = ()
    among: tuple[Paper, ...] = ()
    limit: int | None = None
    relative: bool = False
    first: bool = False
    titles: bool = False
    tallies: tuple[Tally, ...] = ()
    said: str = ""

    @property
    def paper_in_short(self) -> bool:
        """Whether it wants one paper summed up, and not what a thing is that the paper is named after."""
        return self.intent == "summary" and self.paper is not None and not self.topic


def going_on(
    text: str, before: CollectionQuestion | None, records: Records, named: Sequence[Paper] = ()
) -> CollectionQuestion | None:
    """What the question asks of the records, or None where it asks what papers say.

    `before` is what the one before it asked of them: "and in 2022?" goes on from a question about the collection.
    `named` are the papers that the answer before named, of which the first is meant by "who wrote that?".
    """
    wanted, titles = without_titles_only(text)
    wanted = without_manner(wanted)
    asked = (
        _counting(wanted, records, named)
        or _of_one_paper(wanted, records, named)
        or _of_some(wanted, named)
        or _parsed(wanted, records)
    )
    if asked := asked or _of_topic(wanted, before, records, named):
        return replace(asked, titles=titles, said=text)
    if before and (refined := _refined(text, before, records)):
        return refined
    return _like_those(text, records, named)


def _like_those(text: str, records: Records, named: Sequence[Paper]) -> CollectionQuestion | None:
    """Other papers like the one spoken of."""
    others = others_asked(folded(text), records, named) if len(text) <= MAX_CHARS else None
    if others is None:
        return None
    topic = _as_written(others.topic, text)
    return CollectionQuestion("similar", others.filters, topic, paper=others.paper, said=text)


def paper_meant(said: str, records: Records) -> Paper | None:
    """The one paper that is meant by a piece of a question, such as "the sleeper agents thing"."""
    return records.meant_by(_AROUND_TITLE.sub("", said))


def topic_meant(said: str, records: Records) -> str:
    """The topic that is meant by a piece of a question, where several papers treat it; else empty."""
    topic = _AROUND_TITLE.sub("", said).strip()
    words = content_words(topic)
    if not 0 < len(words) <= MAX_TOPIC_WORDS or FUNCTION_WORDS.intersection(_ends(topic)) or _CLAUSE.search(topic):
        return ""
    return topic if records.treats(topic) else ""


def _ends(text: str) -> tuple[str, ...]:
    """The first and the last word."""
    words = _WORDS.findall(text.casefold())
    return (*words[:1], *words[-1:])


def folded(text: str) -> str:
    """Small letters, straight quotes, single spaces, no mark at the end."""
    straight = text.casefold().translate(str.maketrans("’‘“”", "''\"\""))
    return " ".join(straight.split()).rstrip(" ?!.。？！")


def _counting(text: str, records: Records, named: Sequence[Paper]) -> CollectionQuestion | None:
    """What is counted in the records; what none of them says is asked of the papers `named` where it points at them."""
    tallies = tallies_asked(folded(text), records) if len(text) <= MAX_CHARS else ()
    if named and len(tallies) == 1 and tallies[0].wanted == "review" and _POINTS_BACK.search(text):
        of_named = replace(tallies[0].filters, papers=tuple(paper.id for paper in named))
        tallies = (replace(tallies[0], filters=of_named),)
    return CollectionQuestion("tally", tallies[0].filters, tallies=tallies) if tallies else None


def _of_one_paper(text: str, records: Records, named: Sequence[Paper]) -> CollectionQuestion | None:
    """A fact that is asked of one paper, or of the few that treat a topic."""
    if len(text) > MAX_CHARS:
        return None
    facts, title = facts_listed(folded(text))
    if len(facts) > 1 and (paper := _named_whole(text, title, records) or paper_meant(title, records)):
        return CollectionQuestion(facts[0], paper=paper, also=facts[1:])
    asked = fact_of(folded(without_manner(text)))
    if asked is None:
        term = term_asked(text) or ""
        if paper := _called_alone(text, records) or records.named_after(term):
            return CollectionQuestion("summary", topic=term, paper=paper)
        if facts and (paper := paper_meant(title, records)):
            return CollectionQuestion(facts[0], paper=paper)
        return _of_a_lab(text, records)
    if points_back(asked.title):
        return CollectionQuestion(asked.fact, paper=named[0]) if named else None
    if paper := _titled(text, asked.title, records):
        return CollectionQuestion(asked.fact, paper=paper)
    topic = _AROUND_TITLE.sub("", asked.title).strip(" \"'")
    if not topic or len(content_words(topic)) > MAX_TOPIC_WORDS:
        return None
    treat = records.select(topic=topic)
    called = [paper for paper in records.all_called(topic) if folded(paper.name).partition(":")[0] == topic]
    if len(called) == 1 or (len(treat) == 1 and not asked.named):
        return CollectionQuestion(asked.fact, paper=(called or treat)[0])
    # "Who made GPT-4?" asks for no paper, but "who did the GPT-4 thing" does.
    said_a_paper = not asked.title.rstrip().endswith(topic)
    if (not asked.named or said_a_paper) and (paper := records.meant_by(topic)):
        return CollectionQuestion(asked.fact, paper=paper)
    if asked.fact == "summary" and not wants_brief(text) and topic_meant(topic, records):
        return CollectionQuestion("strands", topic=_as_written(topic, text))
    if asked.named or asked.fact in ("summary", "section") or not 0 < len(treat) <= FEW:
        return None
    return CollectionQuestion("list", topic=_as_written(topic, text))


def _named_whole(text: str, title: str, records: Records) -> Paper | None:
    """The paper that is named by all that is left of the text."""
    paper = _titled(text, title, records)
    own = set(_WORDS.findall(folded(paper.name))) if paper else set[str]()
    return paper if own.issuperset(_WORDS.findall(title)) else None


def _of_a_lab(text: str, records: Records) -> CollectionQuestion | None:
    """What is asked by the name of an organisation alone, or with a few words of a paper's name: "sparrow deepmind"."""
    read = read_filters(folded(text), records.facets)
    if not read.filters.organisations:
        return None
    rest = " ".join(read.rest.replace(OWN, " ").split())
    own = (paper_meant(rest, records),) if rest else records.select(read.filters)
    if len(own) > 1:
        return CollectionQuestion("list", read.filters)
    paper = own[0] if own else None
    return CollectionQuestion("summary", paper=paper) if paper and read.filters.admit(paper) else None


def _called_alone(text: str, records: Records) -> Paper | None:
    """The paper of whose name the whole text is a part: a title alone wants to know what the paper says."""
    named = records.named_in(text)
    words = _WORDS.findall(folded(text))
    own = set(_WORDS.findall(folded(named[0].name))) if len(named) == 1 else set[str]()
    return named[0] if words and own.issuperset(words) else None


def _of_topic(
    text: str, before: CollectionQuestion | None, records: Records, named: Sequence[Paper]
) -> CollectionQuestion | None:
    """What is asked of the papers of a topic."""
    if not records.papers:
        return None
    asked = topic_asked(folded(text), records, before.topic if before else "", named)
    if asked is None:
        return None
    return CollectionQuestion(asked.intent, asked.filters, _as_written(asked.topic, text), first=asked.first)


def _of_some(text: str, named: Sequence[Paper]) -> CollectionQuestion | None:
    """Which of the papers spoken of is the newest or the oldest."""
    order = order_among(folded(text)) if len(named) > 1 and len(text) <= MAX_CHARS else None
    return CollectionQuestion(order, among=tuple(named), limit=1) if order else None


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
    rest = " ".join(read.rest.split()).strip(" ,?!.")
    dated = read.filters.since or read.filters.until
    # "Anything from 2024 on debate" asks as "anything by OpenAI on debate" does.
    frame = form_of(rest) or (form_of(f"{OWN} {rest}") if dated else None)
    if frame is None and dated:
        # "… or is this all ancient history" asks nothing more.
        frame = form_of(f"{OWN} {_ALTERNATIVE.split(rest)[0].strip()}")
    if frame is None or not _plausible(frame, records):
        return None
    topic, author = _as_written(frame.topic or frame.described, text), _as_written(frame.author, text)
    filters = read.filters
    # Part of an organisation's name stands for it.
    if (named := records.called_values.get(units_of(frame.author))) and named.of == "organisation":
        filters, author = replace(filters, organisations=named.filters.organisations), ""
    if filters.is_empty and not topic and not author and frame.intent in ("list", "count"):
        return CollectionQuestion("overview") if frame.all or frame.intent == "count" else None
    return CollectionQuestion(frame.intent, filters, topic, author, limit=frame.limit, relative=read.relative)


def _plausible(frame: QuestionForm, records: Records) -> bool:
    """Whether what stands for the topic can be one, and not a clause."""
    said = f"{frame.topic} {frame.described}"
    if OWN in said or (frame.topic and frame.described) or _CLAUSE.search(said):
        return False
    if len(content_words(frame.topic)) > MAX_TOPIC_WORDS and not has_han(said):
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
        **{facet.plural: new.of(facet) or old.of(facet) for facet in FACETS},
        since=new.since if dated else old.since,
        until=new.until if dated else old.until,
    )
    # "And from Anthropic?" asks for papers like the same one.
    alike = before.intent == "similar" and not frame.topic
    kept = frame.intent == "list" and (alike or before.intent not in _NOT_REFINED)
    intent = before.intent if kept else frame.intent
    relative = read.relative if dated else before.relative
    return replace(
        before,
        intent=intent,
        filters=filters,
        topic=_as_written(frame.topic, text) if frame.topic else before.topic,
        relative=relative,
        paper=before.paper if alike else None,
        tallies=(),
        said=f"{before.said[-MAX_CHARS:]} {text}",
    )
