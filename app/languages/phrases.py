"""What a language says in answers around the papers' own words. What stands in braces is filled in by named values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.languages.tally_words import TallyPhrases
from retrieval.types import knows_month


@dataclass(frozen=True, slots=True)
class AnswerPhrases:
    """Connecting text of answers from what papers say.

    `lead_in` introduces the first paper of an answer, `further` the others in turn.
    `nearest` comes before it where the papers come near and may not answer, `no_figure`
    where one was asked for that they do not give, and `otherwise` where they deny what the
    question takes for granted. `in_plain` has a line of this project's that says what the
    quotes say, and `in_short` one of a language model's, which the word of `verdicts` for its verdict stands
    before, unless it begins as `says_verdict` has it.
    `goes_on` stands between two quotes of one paper, `according`
    before prose that rests on one paper, and `also` before what follows of the same paper.
    `translated` has a quote of an abstract in another language, and its English; `summed_up` is a paragraph
    before the quotes of such a paper, this project's words of it.
    `refusal` follows the refusal constant, which is the same in every language, and `abstracts_only` the papers that
    are `closest`; `one_unsaid` follows it where the question was asked of one paper alone,
    and `one_text_unsaid` where that has a full text.
    `subjects` says what the papers are about, where none is near.
    From `courtesies` on it is what greetings, thanks and calls for help are answered with.
    `part_unsaid` stands where the papers do not answer one of several questions, `part_mark` ends one and
    `side_mark` a side of a comparison, `said_above` stands where its
    quote was given before, `same_paper` introduces one of the paper quoted just before, and `more_parts` says that
    there were more than are answered. `what_is` asks what a side of a comparison is, `compare_both` how they compare;
    `none_of_both` says that nothing compares them, `side_unsaid` that no paper says what one is. `table_columns` head
    a table of them, in which `not_said` stands for what is missing.
    `outside` says that a paper which the filters hide answers, `outside_rest` that it answers the parts that nothing
    answered, `whose` of which organisation it is; `unfiltered` says it of the collection, and `left_out` that the
    filters hide the one paper that is asked about.
    `references`, `unbacked` and `denied` head the ending of an answer that is text alone.
    """

    language: str
    months: tuple[str, ...]
    month_year: str
    lead_in: str
    nearest: str
    no_figure: str
    in_plain: str
    in_short: str
    verdicts: Mapping[str, str]
    says_verdict: Mapping[str, str]
    otherwise: str
    goes_on: str
    further: tuple[str, ...]
    according: str
    that_is_in: str
    also: str
    translated: str
    summed_up: str
    refusal: str
    closest: str
    abstracts_only: str
    one_unsaid: str
    one_text_unsaid: str
    read_on: str
    follow_up: str
    between_papers: str
    bracketed: str
    between_facts: str
    between_names: str
    references: str
    unbacked: str
    denied: str
    part_unsaid: str
    part_mark: str
    side_mark: str
    said_above: str
    same_paper: str
    more_parts: str
    what_is: str
    compare_both: str
    none_of_both: str
    side_unsaid: str
    table_columns: tuple[str, str, str]
    not_said: str
    outside: str
    outside_rest: str
    whose: str
    unfiltered: str
    left_out: str
    courtesies: Mapping[str, str]
    scope: str
    papers: str
    one_paper: str
    dated: str
    mostly_by: str
    for_example: str
    subjects: str
    ask_category: str
    ask_newest: str

    def month(self, day: date) -> str:
        """The day's month and year, whatever the locale; the year alone where no more is known."""
        month = self.months[day.month - 1] if knows_month(day) else ""
        return self.month_year.format(month=month, year=day.year).strip()


@dataclass(frozen=True, slots=True)
class TopicPhrases:
    """Sentences of answers about the papers of a topic: `{scope}` says which, `{topic}` is in the asker's words.

    Pairs are for one paper and for several. `near` heads a list by content. `yes` answers whether anybody works on
    it, where there are such papers; `works` says so without a question of yes and no, and `tried` heads those
    nearest to what may not have been done. `reading` heads a reading list; the reasons from `nearest` to `shelf` say
    why a paper stands in its place. `strands` heads an overview, and `read_first` ends it. `ours` marks a line as
    this project's. `nothing_later` says which paper is the newest, where a later one was asked for, and
    `without_date` how many have none.
    """

    near: tuple[str, str]
    yes: tuple[str, str]
    tried: str
    works: tuple[str, str]
    by: str
    reading: str
    reading_all: str
    nearest: str
    earlier: str
    later: str
    newest: str
    shelf: str
    ours: str
    strands: str
    read_first: str
    nothing_later: str
    without_date: str
    no_date: str
    reference: str


@dataclass(frozen=True, slots=True)
class CollectionPhrases:
    """Sentences of answers about the collection; `{scope}` says which papers, such as " by OpenAI from 2023".

    `in_order` puts the parts of a scope together, each of them from `by` to `between` or
    empty. `languages` names languages by their codes, those of papers too. `colon` ends a
    heading, `before_quote` stands between a paper's name and its words, `summed_up` where those are in
    another language. `topics` are for questions about a topic, `tallies` for those that count.
    """

    languages: Mapping[str, str]
    found: tuple[str, str]
    newest: tuple[str, str]
    oldest: tuple[str, str]
    similar: str
    by_whom: str
    other_authors: str
    in_short: str
    in_its_words: str
    aspects: Mapping[str, str]
    by_nobody: str
    dated: str
    undated: str
    at_address: str
    abstract_only: str
    read_at: str
    stop: str
    between_facts: str
    no_address: str
    by_content: str
    nothing: str
    none_chosen: str
    they_reach: str
    reach: str
    organisations: str
    unlisted: str
    no_abstract: str
    listed_newest: str
    overview: str
    by_year: str
    most_by: str
    in_order: str
    by: str
    author: str
    about: str
    language: str
    category: str
    year: str
    since: str
    until: str
    within: str
    between: str
    counted_from: str
    either: str
    colon: str
    before_quote: str
    summed_up: str
    topics: TopicPhrases
    tallies: TallyPhrases
