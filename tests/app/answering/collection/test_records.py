"""The records answer by organisation, date, name and topic as the papers file says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.collection.records import Records, records_of
from retrieval.types import Filters, Paper


@pytest.fixture(scope="module")
def records(all_papers: tuple[Paper, ...]) -> Records:
    return records_of(all_papers)


def ids(papers: Iterable[Paper]) -> list[str]:
    return [paper.id for paper in papers]


DAYS = st.none() | st.dates(date(2021, 1, 1), date(2025, 1, 1))


@given(
    st.sets(st.sampled_from(["OpenAI", "Anthropic", "Google DeepMind", "Nobody"])),
    st.sets(st.sampled_from(["Robustness", "Unlearning", "Nothing"])),
    st.sets(st.sampled_from(["en", "zh", "de"])),
    DAYS,
    DAYS,
)
def test_filters_admit_what_the_papers_own_fields_admit(
    records: Records,
    organisations: set[str],
    categories: set[str],
    languages: set[str],
    since: date | None,
    until: date | None,
) -> None:
    filters = Filters(tuple(organisations), tuple(categories), tuple(languages), since=since, until=until)
    assert set(ids(records.select(filters))) == {paper.id for paper in records.papers if filters.admit(paper)}


def test_papers_come_newest_first_and_undated_last(records: Records) -> None:
    days = [paper.published for paper in records.select()]
    dated = [day for day in days if day]
    assert len(days) == 94 and dated == sorted(dated, reverse=True)
    assert days[: len(dated)] == dated


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        ("unlearning", ["ununlearning", "neurips-unlearning-competition"]),
        ("sparse autoencoders", ["extracting-concepts-from-gpt-4", "mapping-the-mind"]),
        ("jailbreaks", ["many-shot-jailbreaking"]),
        ("medical imaging", ["monai"]),
        ("image generation", ["one-dimensional-adapter"]),  # said only once, but nowhere else
        (
            "debate or unlearning",
            [
                *("weak-llms-judging-strong-llms", "ununlearning", "neurips-unlearning-competition"),
                "doubly-efficient-debate",
            ],
        ),
        ("watermarking", []),
        # Named by one record; another abstract says it again and again, more say it once.
        ("uncertainty", ["uncertain-ground-truth-dermatology", "look-before-you-leap"]),
    ],
)
def test_a_topic_finds_the_papers_about_it(records: Records, topic: str, found: list[str]) -> None:
    assert ids(records.select(topic=topic)) == found


def test_an_abbreviation_is_also_looked_up_written_out(records: Records) -> None:
    assert "rlhf-perverse-incentives" in ids(records.select(topic="RLHF"))
    assert "helpful-and-harmless-assistant" in ids(records.select(topic="RLHF"))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("As “Towards Understanding Sycophancy in Language Models” says", ["understanding-sycophancy"]),
        ("as towards understanding sycophancy shows", ["understanding-sycophancy"]),
        ("Sleeper Agents and then RAFT", ["sleeper-agents", "raft"]),
        ("Tracr compiles programs; AtP* approximates.", ["tracr", "atp-star"]),
        ("a raft on the river", []),
        ("Towards Understanding nothing", []),
        ("Superposition is a word", []),
        ("", []),
    ],
)
def test_papers_are_known_by_their_names(records: Records, text: str, named: list[str]) -> None:
    assert ids(records.named_in(text)) == named


def test_every_paper_is_known_by_its_whole_name(records: Records) -> None:
    for paper in records.papers:
        assert records.named_in(f"See {paper.name} (2023): it says") == (paper,)


def test_authors_are_known_by_family_name() -> None:
    paper = Paper("p", "Owls", "Owls fly.", "en", authors=("Ada M. Owl",))
    records = records_of((paper, Paper("q", "Rats", "Rats run.", "en")))
    assert tuple(records.select(author="owl")) == tuple(records.select(author="Ada M. Owl")) == (paper,)
    assert tuple(records.select(author="Ada")) == ()


def test_no_papers_are_no_error() -> None:
    empty = records_of(())
    assert tuple(empty.select(Filters(since=date(2020, 1, 1)), "owls")) == empty.named_in("owls") == ()


def test_a_paper_is_called_by_its_name_in_another_language() -> None:
    paper = Paper("s", "Sleeper Agents: Training", "It lies.", "en")
    records = records_of([paper], lambda term: {"休眠智能体": "sleeper agents"}.get(term, ""))
    assert records.called("休眠智能体") == paper
    assert records.called("智能体") is None


@pytest.mark.parametrize(
    ("term", "paper"),
    [
        ("sleeper agents", "sleeper-agents"),
        ("many-shot jailbreaking", "many-shot-jailbreaking"),
        ("extreme risks", "extreme-risks-evaluation"),
        ("sparrow", "sparrow"),
        # Words of several papers, of no title, or no name at all.
        ("language models", None),
        ("jailbreaking with many shots works", None),
        ("dialogue", None),
        # What papers work with is no paper.
        ("GPT-4", None),
        ("Claude", None),
        ("why sleeper agents", None),
        ("", None),
    ],
)
def test_a_paper_is_meant_by_its_titles_words_or_a_name_that_it_alone_has(
    records: Records, term: str, paper: str | None
) -> None:
    meant = records.meant_by(term)
    assert (meant.id if meant else None) == paper


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("is anthropic's sleeper agent paper peer reviewed", "sleeper-agents"),
        ("which year was many-shot jailbreaking fixed", "many-shot-jailbreaking"),
        ("what is the superposition of debate", None),
        ("", None),
    ],
)
def test_a_paper_that_is_called_so_is_found_in_a_question(records: Records, text: str, paper: str | None) -> None:
    called = records.called_in(text)
    assert (called.id if called else None) == paper
