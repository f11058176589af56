"""What is counted is what the records have: read from a question's words, and told by counts that hold."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.collection.question import MAX_CHARS, folded, going_on
from app.answering.collection.records import Records, records_of
from app.answering.collection.tallies import VALUES, tally_answer
from app.answering.collection.tally_question import Tally, tallies_asked
from app.answering.reply import Reply
from app.languages import ENGLISH, language_of
from retrieval.questions.labelled import read_labelled_questions
from retrieval.shipped import default_questions_file
from retrieval.types import Filters, Paper


@pytest.fixture(scope="module")
def records(all_papers: tuple[Paper, ...]) -> Records:
    return records_of(all_papers)


def asked(records: Records, text: str) -> Tally | None:
    return next(iter(tallies_asked(folded(text), records)), None)


def told(text: str, papers: Sequence[Paper], chosen: Filters = Filters()) -> Reply:
    records = records_of(papers)
    tallies = tallies_asked(folded(text), records)
    assert tallies, text
    return tally_answer(tallies, records, chosen, language_of(text))


ORGANISATIONS = ("Google", "Google DeepMind", "OpenAI", "Lab [1] of “X”", None)


def paper(
    number: int,
    organisation: str | None,
    published: date | None = None,
    category: str | None = None,
    abstract: str = "Owls fly.",
    url: str = "",
) -> Paper:
    return Paper(
        f"p{number}",
        f"Paper {number}",
        abstract,
        "en",
        organisation=organisation,
        published=published,
        category=category,
        url=url,
    )


@st.composite
def collections(draw: st.DrawFn) -> tuple[Paper, ...]:
    count = draw(st.integers(1, 12))
    return tuple(
        paper(
            number,
            draw(st.sampled_from(ORGANISATIONS)),
            draw(st.none() | st.dates(date(1999, 1, 1), date(2024, 12, 31))),
            draw(st.sampled_from(["Robustness", "Unlearning", None])),
            abstract=draw(st.sampled_from(["", "Owls fly."])),
            url=draw(st.sampled_from(["", "https://example.org", "javascript:alert(1)"])),
        )
        for number in range(count)
    )


def by(papers: Sequence[Paper], *names: str | None) -> int:
    return sum(one.organisation in names for one in papers)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("how many of the papers are from OpenAI, and how many from Google", "groups"),
        ("how many are from OpenAI and how many from the others?", "groups"),
        ("how many papers are not by google", "groups"),
        ("OpenAI vs Anthropic: how many papers each", "groups"),
        ("who has more papers, google or openai", "groups"),
        ("what percentage is from anthropic", "groups"),
        ("how many from 2022 and how many from 2023", "groups"),
        ("how many in chinese and how many in english?", "groups"),
        ("how many papers on unlearning and how many on robustness", "groups"),
        ("OpenAI有多少篇，其他的有多少篇？", "groups"),
        ("谷歌和OpenAI各有几篇论文", "groups"),
        ("count per lab", "values"),
        ("papers by year", "values"),
        ("how many labs are in here", "values"),
        ("which labs are there", "values"),
        ("How is the collection split between the companies?", "values"),
        ("breakdown by catgeory please", "values"),
        ("每个机构各有多少篇", "values"),
        ("有哪些机构？", "values"),
        ("Which lab is best represented?", "most"),
        ("who has most papers here", "most"),
        ("which lab publishes the most", "most"),
        ("which category is the biggest", "most"),
        ("which year has most", "most"),
        ("most productive author?", "most"),
        ("哪家公司论文最多？", "most"),
        ("which lab has the fewest papers", "least"),
        ("哪个类别最小", "least"),
        ("how recent is your material", "span"),
        ("up to which year does it go", "span"),
        ("newest year?", "span"),
        ("how old is the oldest", "span"),
        ("is your data out of date", "span"),
        ("最新的论文是哪一年的", "span"),
        ("论文截止到哪一年？", "span"),
        ("which have no abstract", "lacking"),
        ("papers without a date", "lacking"),
        ("which papers are undated?", "lacking"),
        ("how many papers don't have authors", "lacking"),
        ("哪些论文没有摘要", "lacking"),
        ("没有日期的论文有哪些", "lacking"),
        ("how many have a link?", "having"),
        ("多少篇有链接", "having"),
        ("do you read whole papers or only abstracts", "whole"),
        ("where do I find the PDFs", "whole"),
        ("where can i get the papers", "whole"),
        ("你读全文还是只读摘要", "whole"),
        ("are there papers of Chinese companies?", "country"),
        ("anything from american universities", "country"),
        ("有没有中国公司的论文", "country"),
        ("are your sources peer reviewed", "review"),
        ("这些论文经过同行评审吗", "review"),
    ],
)
def test_what_is_counted(records: Records, text: str, wanted: str) -> None:
    tally = asked(records, text)
    assert tally is not None and tally.wanted == wanted
    found = going_on(text, None, records)
    assert found is not None and [one.wanted for one in found.tallies] == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "how many papers show that RLHF fails",
        "how many papers say that debate works",
        "how many papers are about unlearning",
        "which lab has the best model",
        "which lab is the biggest",
        "which category of attack is the most successful",
        "how many people work at openai",
        "how many labs does openai have",
        "how many parameters does the biggest anthropic model have",
        "what year is it",
        "which languages do you speak",
        "how old are you",
        "how recent are you",
        "which year will agi arrive",
        "are you made by one of these companies",
        "compare openai and anthropic",
        "which toxic papers are there",
        "who wrote Sleeper Agents",
        "the newest paper",
        "link to the paper",
        "where can i read this paper",
        "这篇论文的链接",
        "list all papers",
        "how many papers are there",
        "are chinese models safe",
        "哪个模型最安全",
        "中国有多少人工智能公司",
        "有多少论文说越狱有用",
        "最新的论文是什么",
        "",
        "?",
    ],
)
def test_what_papers_say_is_never_counted(records: Records, text: str) -> None:
    assert asked(records, text) is None


@pytest.mark.parametrize("file", ["train.jsonl", "dev.jsonl"])
def test_no_written_question_is_counted(records: Records, file: str) -> None:
    questions = read_labelled_questions(default_questions_file(file))
    assert [question.text for question in questions if asked(records, question.text)] == []


@pytest.mark.parametrize(
    ("text", "filters", "groups"),
    [
        ("openai vs anthropic, how many papers each in 2023", Filters(since=date(2023, 1, 1), until=date(2023, 12, 31)),
         (Filters(("OpenAI",)), Filters(("Anthropic",)))),
        ("how many papers by openai in 2022 and how many in 2023", Filters(("OpenAI",)),
         (Filters(since=date(2022, 1, 1), until=date(2022, 12, 31)),
          Filters(since=date(2023, 1, 1), until=date(2023, 12, 31)))),
        ("how many are by openai and how many are from 2023", Filters(),
         (Filters(("OpenAI",)), Filters(since=date(2023, 1, 1), until=date(2023, 12, 31)))),
        ("OpenAI有多少篇，Anthropic有多少篇", Filters(), (Filters(("OpenAI",)), Filters(("Anthropic",)))),
    ],
)  # fmt: skip
def test_groups_are_told_apart_by_what_differs(
    records: Records, text: str, filters: Filters, groups: tuple[Filters, ...]
) -> None:
    tally = asked(records, text)
    assert tally is not None and (tally.filters, tally.groups) == (filters, groups)


@given(collections())
def test_two_groups_and_the_rest_are_all_papers(papers: tuple[Paper, ...]) -> None:
    papers += (paper(90, "OpenAI"), paper(91, "Google DeepMind"))
    text = told("how many from google, how many from openai and how many from the rest?", papers).text
    counts = [int(found) for found in re.findall(r"(?:: |; )(\d+) by", text)]
    google, openai = by(papers, "Google", "Google DeepMind"), by(papers, "OpenAI")
    assert counts == [google, openai, len(papers) - google - openai], text
    both = by(papers, "Google") > 0
    assert (f"Google {by(papers, 'Google')}" in text) == both and "by Google" in text


@given(collections(), st.sampled_from(["organisation", "category", "year"]))
def test_the_values_of_a_field_come_to_all_papers(papers: tuple[Paper, ...], field: str) -> None:
    own = [
        (str(one.published.year) if one.published else None) if field == "year" else getattr(one, field)
        for one in papers
    ]
    reply = told(f"papers per {field}", papers)
    known = Counter(value for value in own if value)
    if not known:
        assert "No record" in reply.text
        return
    counts = reply.text[reply.text.index(" recorded): ") :]
    assert f"({len(known)} recorded)" in reply.text
    assert sum(int(count) for count in re.findall(r" (\d+)(?=[,.])", counts)) == len(papers), reply.text
    assert not set("[]“”") & set(counts)


@given(collections())
def test_the_most_is_the_most_and_ties_are_told(papers: tuple[Paper, ...]) -> None:
    known = Counter(one.organisation for one in papers if one.organisation)
    text = told("which lab has the most papers", papers).text
    if not known:
        assert text.startswith("No record of the ")
        return
    best = max(known.values())
    tied = [name for name, count in known.items() if count == best]
    assert f": {best}{' each' if len(tied) > 1 else ''}." in text
    head = text.partition(" By organisation")[0]
    assert all((name in head) for name in tied if name and "[" not in name)


@given(collections())
def test_what_records_lack_or_have(papers: tuple[Paper, ...]) -> None:
    bare = sum(not one.abstract for one in papers)
    reply = told("which papers have no abstract", papers)
    assert reply.text.startswith("All of the") == (bare == 0)
    assert bare < 2 or reply.text.startswith(f"The records of {bare} papers have no abstract")
    links = sum(one.url == "https://example.org" for one in papers)
    text = told("how many papers have a link", papers).text
    assert (f", {links} have this" in text and f" {len(papers) - links} have none" in text) or links == len(papers)
    text = told("where do i find the pdfs", papers).text
    assert f"{len(papers) - bare} have one" in text and f"{links} have one" in text


@given(collections())
def test_the_ends_of_the_dates(papers: tuple[Paper, ...]) -> None:
    dates = sorted(one.published for one in papers if one.published)
    text = told("how recent are the papers", papers).text
    if not dates:
        assert text.startswith("No record of the ") and text.endswith("date.")
        return
    months = [ENGLISH.phrases.month(day) for day in (dates[0], dates[-1])]
    assert (f"from {months[0]} to {months[1]}." if months[0] != months[1] else f"month: {months[0]}.") in text
    undated = len(papers) - len(dates)
    assert (f"Without a date: {undated} of" in text) == (undated > 0)


def test_one_paper_is_told_as_one() -> None:
    alone = (paper(1, None, date(2020, 5, 1), None),)
    assert told("how recent are the papers", alone).text == (
        "The dates of the papers are of one month: May 2020. The newest is Paper 1 (May 2020)."
    )
    assert told("which lab has most papers", alone).text == "No record of the 1 paper has this: organisation."
    assert told("papers per year", alone).text.endswith("The 1 paper by year (1 recorded): 2020: 1.")


def test_of_many_values_those_that_are_left_out_are_told_together() -> None:
    many = tuple(paper(number, f"Lab{number % 20}x", date(1990 + number, 1, 1), None) for number in range(30))
    text = told("papers per lab", many).text
    assert text.count("x ") == VALUES and "8 others together 8." in text
    text = told("papers per year", many).text
    assert "until 2007: 18, 2008: 1" in text and text.endswith("2019: 1.")


def test_the_readers_filters_count_too() -> None:
    papers = (paper(1, "OpenAI", date(2020, 1, 1), None), paper(2, "Google", date(2021, 1, 1), None))
    text = told("papers per lab", papers, Filters(since=date(2021, 1, 1))).text
    assert text == "The 1 paper since 2021 by organisation (1 recorded): Google 1."
    reply = told("how many by openai and how many by google", papers, Filters(since=date(2022, 1, 1)))
    assert not reply.answered and reply.text == "The collection has no paper since 2022."


def test_no_record_says_whose_country_a_lab_is_of() -> None:
    papers = (paper(1, "OpenAI"), paper(2, "Chinese Academy of Owls"))
    reply = told("any papers of chinese companies?", papers)
    assert not reply.surely and "No record says which country" in reply.text
    assert "OpenAI 1" in reply.text and reply.text.endswith("has that word: Chinese Academy of Owls 1.")
    assert "has that word" not in told("any papers of german companies?", papers).text


@pytest.mark.parametrize(
    "text",
    [
        "up to which year does it go, and are there papers of Chinese companies?",
        "how recent are the papers and is there anything from american labs",
        "论文到哪一年为止，有没有中国公司的论文",
    ],
)
def test_two_things_in_one_question_are_both_told(records: Records, text: str) -> None:
    assert [tally.wanted for tally in tallies_asked(folded(text), records)] == ["span", "country"]
    reply = told(text, records.papers)
    dates, labs = reply.text.split("\n\n")
    assert "2024" in dates and "Google DeepMind 42" in labs and not reply.surely


def test_a_name_that_no_record_has_counts_none() -> None:
    papers = (paper(1, "OpenAI"),)
    text = told("how many are from openai and how many from zorg", papers).text
    assert text == "Of the 1 paper: 1 by OpenAI; 0 by “zorg”, which no record names."


def test_a_misspelt_word_is_read_unless_papers_use_it() -> None:
    assert asked(records_of((paper(1, "OpenAI"),)), "how many papres per lab")
    toxic = Paper("t", "Toxic", "Toxic topics.", "en", organisation="OpenAI")
    assert asked(records_of((toxic,)), "toxic papers per lab") is None


PIECES = ("how many", "openai", "google", "2023", "per", "lab", "the rest", "and", "no", "abstract", "most", "论文",
          "最多", "哪个", "机构", "2022年", "each", "from", "last year", "chinese", "‹1›", "‹", "newest")  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40), collections())
def test_any_text_can_be_asked(words: list[str], papers: tuple[Paper, ...]) -> None:
    text = " ".join(words)
    if asked(records_of(papers), text):
        told(text, papers)


@pytest.mark.parametrize("piece", ["how many ", "openai and ", "论文最多", "xpapres ", "2023 ", "no abstract "])
def test_no_text_is_slow_to_read(records: Records, piece: str) -> None:
    text = (piece * MAX_CHARS)[:MAX_CHARS]
    began = time.perf_counter()
    asked(records, text)
    assert time.perf_counter() - began < 1
