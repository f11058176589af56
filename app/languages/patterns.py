"""What a language's questions and sentences are read by: words, and patterns in the syntax of `re`.

What is left empty is not recognised in that language. Questions are read by the
patterns of all languages together, as people mix them. Where a pattern has a group
that is not said to have a name, it is the only one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Courtesy = Literal["program", "help", "greeting", "thanks", "farewell", "agreement", "task"]
"""What is no question for papers; "program" asks what this program is, a "task" is something to be done, or an attempt
to take over."""
Fact = Literal["who", "when", "where", "summary", "bibtex", "section"]
"""By whom a paper is, when it came out, where it can be read, what it says in short, its reference, a part of it."""
TopicIntent = Literal["whether", "tried", "who works", "reading", "strands", "list"]
"""Whether anybody works on a topic, or tried a thing, and who works on it, what to read of it first, which strands
of work it has, and its papers."""
Intent = Literal["list", "count", "newest", "oldest", "similar", "overview", "tally"] | TopicIntent | Fact
DateForm = Literal[
    "range", "pair", "onwards", "since", "after", "before", "until", "in", "year", "years", "last year", "this year"
]
"""In the order in which they are tried: what says more goes first."""
OWN = "‹o›"
"""Stands in a question where an organisation was named."""
FIRST, SECOND, COUNT = "‹first›", "‹second›", "‹count›"
"""Stand in the patterns of dates for a year or month, for a second one, and for a small number."""
NAME = "‹name›"
"""Stands in a pattern for a paper's name."""


@dataclass(frozen=True, slots=True)
class WholeForms:
    """Questions about a collection as patterns of the whole text, each with what it asks for, the first that fits.

    Groups are `topic`, `described` (a topic before the word "papers"), `author`, `n1` and
    `n2` (how many), `works` (which `several` fits where many are asked for) and `order`,
    which says what is asked for where that is None: the oldest where it fits `oldest`,
    else the newest. `asks` begins a question that wants all.
    """

    patterns: tuple[tuple[Intent | None, str], ...] = ()
    oldest: str = ""
    several: str = ""
    asks: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class LooseForms:
    """Questions about a collection as a topic and words in any order, for a language that has no spaces.

    The first `topic` (in the group `about` or `field`, without the particles `stripped`)
    is taken out; all else must be `words`, among them one of `asks` or `papers`.
    """

    topic: str
    stripped: str
    words: str
    asks: str
    papers: str
    newest: str
    oldest: str
    count: str
    several: str


@dataclass(frozen=True, slots=True)
class CollectionGrammar:
    """Questions about the collection; the text is folded, its filters are taken out and `OWN` names organisations.

    Loops are possessive, so that no text makes them slow. `similar` has the group
    `title`; `others` are whole questions for papers like the one spoken of, by others or, with the groups `newer` or
    `older`, of other times, and the group `topic` has what is said of them besides; `refined` (a fragment such as "and
    on debate?") the group `topic`; `how_many` says that it counts, and a topic with a `clause` in it is none.
    `fact_nouns` name facts where several are listed `beside_facts` and a paper. `facts` ask for a fact of
    one paper, called by what it treats, in the group `title`, or of a work that has a name
    ("who invented …"), in the group `work`, an empty `title` is the paper spoken of; `among` asks
    which of the papers spoken of is the newest, or in the group `oldest` the oldest; `said_before`
    fits what points back, and `around_title` what stands before or after a title and is no part of
    it ("the … paper"). `this_paper` and `this_topic` stand where the name of one was taken out. What begins with
    `of_content` asks what papers say, and not which there are. Asked of one paper alone, what fits `of_whole` wants
    to know what it says in all.
    """

    forms: WholeForms | LooseForms = field(default_factory=WholeForms)
    overview: str = ""
    similar: str = ""
    others: tuple[str, ...] = ()
    refined: str = ""
    how_many: str = ""
    clause: str = ""
    facts: tuple[tuple[Fact, str], ...] = ()
    fact_nouns: tuple[tuple[Fact, str], ...] = ()
    beside_facts: str = ""
    among: str = ""
    said_before: str = ""
    around_title: str = ""
    this_paper: str = ""
    this_topic: str = ""
    of_content: str = ""
    of_whole: str = ""


@dataclass(frozen=True, slots=True)
class TopicForms:
    """Questions about the papers of a topic; the text is folded, its filters are taken out, `OWN` names organisations.

    `asked` are patterns of what asks, each with its intent; one that ends with "$" is of the whole text, any other
    may stand anywhere. Their group `topic` is what follows, if anything; where there is none, `elsewhere` finds it,
    in its group of that name. `titles_only` says that nothing but titles is wanted. `alternative` begins what asks
    again for the opposite ("or not"). `no_topic` fits what stands for a
    topic and is none ("this", "here").
    """

    asked: tuple[tuple[TopicIntent, str], ...] = ()
    elsewhere: str = ""
    titles_only: str = ""
    alternative: str = ""
    no_topic: str = ""


@dataclass(frozen=True, slots=True)
class FilterWords:
    """Organisations, languages and dates as a folded question names them.

    `organisations` has other names by the folded official one, or by the part of it that they stand for. `language`
    finds where a language is asked for, in its group one of `languages`. `months` are January to
    December as they stand before a year, with `after_month` between; `year_sign` may
    follow a year, `to` stand between two, `after_range` follow those; `before_year` and
    `after_year` go with a year that stands alone. `dates` use `FIRST`, `SECOND` and `COUNT`.
    """

    organisations: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    languages: Mapping[str, str] = field(default_factory=dict[str, str])
    language: str = ""
    months: tuple[str, ...] = ()
    after_month: str = ""
    year_sign: str = ""
    to: str = ""
    after_range: str = ""
    before_year: str = ""
    after_year: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])
    dates: Mapping[DateForm, str] = field(default_factory=dict[DateForm, str])


@dataclass(frozen=True, slots=True)
class CourtesyPatterns:
    """Whole parts of a text that are courtesies. `joined_by` stands between two parts.

    `program` are questions about this program as patterns of the whole text, each with how it reads plainly, in
    English; a text with `addresses` in it speaks to this program.

    A text that begins with one of `tasks`, or has `takes_over` in it, wants something done that is no
    answer. After an answer, what has `of_what_was_said` in it asks about that answer.
    """

    said: Mapping[Courtesy, tuple[str, ...]] = field(default_factory=dict[Courtesy, tuple[str, ...]])
    program: tuple[tuple[str, str], ...] = ()
    addresses: str = ""
    tasks: str = ""
    takes_over: str = ""
    joined_by: str = ""
    of_what_was_said: str = ""


@dataclass(frozen=True, slots=True)
class ConversationWords:
    """How a question leans on what was said before it; one that begins with a `new_topic` does not.

    `goes_on` begins it, `refers_back` stands anywhere in it, `ends_back` at its end. As a whole it `turns_to` what its
    one group has: "what about jailbreaks".
    `again` as the whole text wants what was said before told once more, `shorter` in fewer words.
    `contracted` is no word of its own. `called` calls a paper by a few words, in its one group that is filled: "the
    skin one". `ordinal` points at a paper of a list, in its
    group one of `ordinals`, which have its place; `several` means many of them.
    """

    new_topic: str = ""
    goes_on: str = ""
    turns_to: str = ""
    refers_back: str = ""
    ends_back: str = ""
    again: str = ""
    shorter: str = ""
    contracted: str = ""
    called: str = ""
    ordinal: str = ""
    ordinals: Mapping[str, int] = field(default_factory=dict[str, int])
    several: str = ""


AskedFor = Literal["papers", "why", "count", "when", "who", "how", "whether", "what"]
"""What kind of thing a question wants to be told."""


@dataclass(frozen=True, slots=True)
class EvidenceWords:
    """A sentence that begins with `leans` needs the one before it, unless it begins with `about_itself`.

    One that `announces` as a whole says that others say something.

    `asks_for_several` is what a question has that compares or lists; `asking` are words of
    which a question is made, whatever it is about. `manner` is how an answer is wanted, and
    no part of what is asked, and one with `brief` wants few words. A sentence with `says_aim` or
    `says_finding` says what a work set out to do, or what it found; one with `says_question` what it wants to know,
    with `says_doing` what was done, with `says_result` too what came of it, with `says_limit` where what was done or
    found ends, with `says_advice` what should be done now, and with `of_others` speaks of other work. What fits
    `asks_definition` wants to know what the thing in the one group that it fills is; a sentence in which
    `wants_explained` is found may want that of its `term`, or of something in quotation marks, which `asking_what`
    asks. A question with `asks_figure` wants a figure, and a sentence with `figure` or a digit has one. One with
    `asks_openly` and without `asks_whether` wants no yes or no, so that a text loses the `verdict`
    that it opens with; nor does one with `denies` ask the same as one without, or one with a `strict`
    word the same as one without it. A `degree` opens a text that says how much. One with
    `asks_citation` wants something to cite, one with `asks_source` to know where a thing is said. What
    is asked for is told by the first pattern of `asks_for` that is found.
    """

    leans: str = ""
    about_itself: str = ""
    announces: str = ""
    asks_for_several: str = ""
    asking: str = ""
    says_aim: str = ""
    says_finding: str = ""
    says_question: str = ""
    says_doing: str = ""
    says_limit: str = ""
    of_others: str = ""
    says_result: str = ""
    says_advice: str = ""
    manner: str = ""
    brief: str = ""
    asks_definition: str = ""
    wants_explained: tuple[str, ...] = ()
    asking_what: str = ""
    asks_figure: str = ""
    figure: str = ""
    asks_openly: str = ""
    asks_whether: str = ""
    denies: str = ""
    strict: str = ""
    degree: str = ""
    asks_citation: str = ""
    asks_source: str = ""
    asks_for: Mapping[AskedFor, str] = field(default_factory=dict[AskedFor, str])
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class PartWords:
    """How several questions are put into one text.

    The first begins as `begins` does, after the words of `opens`. A further one stands after a `joint` and begins as
    `asks` says, or as `incomplete` where it needs the one before it; after a `comma` it begins as `asks_on` says, or
    as those where others of them stand after a `joint`, but not after a `condition`. What is `unfinished` shares its
    verb with what follows. One with a number may begin as `item` too. `announces` says
    that several come. A question of the form `says_what` asks what the thing in the group `term` is. `pronoun` and
    `plural` take up a thing named before, one or many, `possessive` what is the thing's, as `of_term` writes it.
    `least` is the length of a further question in words, or in characters where there are no spaces.
    """

    opens: str = ""
    begins: str = ""
    asks: str = ""
    asks_on: str = ""
    item: str = ""
    condition: str = ""
    unfinished: str = ""
    joint: str = ""
    comma: str = ""
    incomplete: str = ""
    announces: str = ""
    says_what: str = ""
    pronoun: str = ""
    plural: str = ""
    possessive: str = ""
    of_term: str = "{term}"
    least: int = 3


@dataclass(frozen=True, slots=True)
class ComparisonWords:
    """Whole questions that compare, with the groups `a` and `b`, and `on` for what they are compared in.

    Those of `plain` want to know what each is, those of `judging` which is better, or whether they agree. `around`
    may stand before or after a side and is no part of it, `no_side` cannot be one.
    """

    plain: tuple[str, ...] = ()
    judging: tuple[str, ...] = ()
    around: str = ""
    no_side: str = ""


@dataclass(frozen=True, slots=True)
class MarkerWords:
    """What may stand in the brackets of a citation marker: `sources` make one of it, `joints` connect, `to` is a range.

    Before a number in round brackets `naming` says that it is said again or names a thing, and cites nothing.
    """

    sources: frozenset[str] = frozenset()
    joints: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    naming: str = ""


@dataclass(frozen=True, slots=True)
class AttributionWords:
    """What a model writes before or into a sentence that is to be told as a paper's word.

    `verdict` is a "yes" or "no" in front, in the group `word`, and `comma` then follows it.
    `own_frame` is "according to" with a paper, by its `NAME` or not; `papers_do` are the
    verbs with a paper for a subject. `openers` begin a sentence and are no names, beside
    the function words, of which those in `names_too` may be some.
    """

    verdict: str = ""
    comma: str = ", "
    own_frame: str = ""
    papers_do: str = ""
    openers: frozenset[str] = frozenset()
    names_too: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """What turns a statement round or counts in it, in small letters.

    `denying` words deny what follows, as do words with one of the `denying_endings`;
    words of `more` and `less`, those of `opposites`, and one with one of the
    `denying_prefixes` and one without it say the opposite. `frame` says whose claim it
    is; `answer`, at the beginning, answers a question and denies nothing. `joint` stands between
    clauses. `numbers` are words for figures, `percent` is written after one, and
    `between_figures` between two of which the second alone has it.
    """

    denying: frozenset[str] = frozenset()
    denying_endings: tuple[str, ...] = ()
    more: frozenset[str] = frozenset()
    less: frozenset[str] = frozenset()
    opposites: frozenset[tuple[str, str]] = frozenset()
    denying_prefixes: tuple[str, ...] = ()
    frame: frozenset[str] = frozenset()
    answer: str = ""
    joint: str = ""
    numbers: Mapping[str, str] = field(default_factory=dict[str, str])
    percent: str = ""
    between_figures: str = ""


def word_set(text: str) -> frozenset[str]:
    """The words of a list with spaces between them."""
    return frozenset(text.split())
