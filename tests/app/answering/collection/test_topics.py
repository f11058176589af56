"""Questions about the papers of a topic: read as such, and answered by the papers that are near it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.collection.answerer import CollectionAnswerer
from app.answering.collection.gist import finding_of, telling
from app.answering.collection.listing import listing, nearest_sentences
from app.answering.collection.question import CollectionQuestion, going_on
from app.answering.collection.records import records_of
from app.answering.collection.topic_papers import papers_near, papers_on
from app.answering.collection.topic_question import without_titles_only
from app.answering.query.understanding import understood
from app.answering.question import checked_question
from app.answering.reply import Reply
from app.languages import ENGLISH, language_of
from retrieval.lexical.words import words_in_memory
from retrieval.papers.papers import papers_of
from retrieval.types import Filters, Paper, Passage, Sentence


def paper(name: str, title: str, abstract: str = "", **fields: Any) -> Paper:
    return Paper(name, title, abstract, "en", **fields)


OWLS = paper("owls", "Owls", "We study owls. We find that owls sleep by day.", organisation="A Lab")
MICE = paper("mice", "Mice", "We study mice. Do mice sleep? We find that mice fear owls.", published=date(2020, 5, 1))
CATS = paper("cats", "Cats", "We study cats.", published=date(2022, 5, 1), authors=("Ann Ash", "Ben Birch"))
BARE = paper("bare", "Debate", published=date(2021, 5, 1))
FOUR = (OWLS, MICE, CATS, BARE)


class Scoring:
    """A retriever of papers with fixed scores; the first sentence of each is the nearest."""

    glossary = None

    def __init__(self, scores: Mapping[str, float], papers: tuple[Paper, ...] = FOUR) -> None:
        self._scores, self._papers = scores, papers
        self.papers = papers_of(papers)
        self.words = words_in_memory(self.papers)

    def passages(self, query: str, filters: Filters = Filters(), papers: int = 10, **_: Any) -> list[Passage]:
        found = [one for one in self._papers if filters.admit(one) and one.id in self._scores]
        found.sort(key=lambda one: -self._scores[one.id])
        return [Passage(one, 0, len(one.abstract), self._scores[one.id]) for one in found[:papers]]

    def sentences(self, query: str, passages: list[Passage], **_: Any) -> list[Sentence]:
        return [
            Sentence(passage.paper, start, end, 0.5)
            for passage in passages
            for start, end in _spans(passage.paper.abstract)
        ]


def _spans(abstract: str) -> list[tuple[int, int]]:
    ends = [place + 1 for place, sign in enumerate(abstract) if sign in ".?"]
    return [(begin + (abstract[begin] == " "), end) for begin, end in zip([0, *ends], ends, strict=False)]


def asked(text: str, *papers: Paper) -> CollectionQuestion | None:
    return going_on(text, None, records_of(papers or FOUR))


def told(text: str, scores: Mapping[str, float], papers: tuple[Paper, ...] = FOUR) -> Reply:
    retriever: Any = Scoring(scores, papers)
    catalogue = CollectionAnswerer(retriever)
    of_records = understood(checked_question(text), catalogue.records).of_records
    assert of_records, text
    return catalogue.answer(of_records, Filters(), language_of(text))


@pytest.mark.parametrize(
    ("text", "intent", "topic"),
    [
        ("who works on debate", "who works", "debate"),
        ("so who here is looking into power seeking?", "who works", "power seeking"),
        ("which labs are working on watermarks", "who works", "watermarks"),
        ("anyone studying morals", "whether", "morals"),
        ("Has anybody ever looked at fairness in hiring?", "whether", "fairness in hiring"),
        ("is there anything on robots here", "whether", "robots"),
        ("did a lab do any interpretability", "whether", "interpretability"),
        ("did a lab publish anything on chain of thought?", "whether", "chain of thought"),
        ("has anyone tried this in a real hospital", "tried", "hospital"),
        ("has any lab let outsiders do the testing", "tried", "outsiders do the testing"),
        ("where do i start", "reading", ""),
        ("what should I read first on RLHF?", "reading", "RLHF"),
        ("what should i read to understand reward models", "reading", "reward models"),
        ("im new to debate, where should i begin?", "reading", "debate"),
        ("recommend me three papers about oversight", "reading", "oversight"),
        ("something easy to start with please, no background", "reading", ""),
        ("Three things I ought to read before I brief the minister", "reading", ""),
        ("what order would you read the unlearning papers in, never trained a thing", "reading", "unlearning"),
        ("I am beginner. Which 3 papers I should read first, and in what order?", "reading", ""),
        ("easiest paper here?", "reading", ""),
        ("what's worth reading on unlearning before thursday", "reading", "unlearning"),
        ("i never did any of this, which of these should i read first", "reading", ""),
        ("Suggest four papers for a minister's adviser who has one hour and no background", "reading", ""),
        ("recommend some papers for my students on debate", "reading", "debate"),
        ("reading list on unlearning please", "reading", "unlearning"),
        ("big picture on red teaming, and hurry", "strands", "red teaming"),
        ("quick overview of deception research pls", "strands", "deception"),
        ("which strands of work are there on honesty?", "strands", "honesty"),
        ("what do these papers say about lying overall", "strands", "lying"),
        ("papers criticising RLHF", "list", "criticising RLHF"),
        ("everything you've got on DPO and its cousins", "list", "DPO and its cousins"),
        ("show me all the stuff you have on superposition", "list", "superposition"),
        ("who tf studies backdoors", "who works", "backdoors"),
        ("anybody done stuff about bias?", "whether", "bias"),
        ("what shd u read first about unlearning", "reading", "unlearning"),
        ("list 30 papers on RLHF", "list", "RLHF"),
        ("哪些论文批评RLHF", "list", "批评RLHF"),
        ("谁在研究辩论？", "who works", "辩论"),
        ("有没有人研究越狱", "whether", "越狱"),
        ("关于谄媚应该先读什么", "reading", "谄媚"),
        ("从哪里开始读", "reading", ""),
        ("遗忘研究的综述", "strands", "遗忘"),
    ],
)
def test_what_is_asked_of_a_topic(text: str, intent: str, topic: str) -> None:
    read = asked(text)
    assert read and (read.intent, read.topic) == (intent, topic)


@pytest.mark.parametrize(
    "text",
    [
        "who wrote it best, or how do they work?",
        "What should I vary, and what do I read off?",
        "where would I read about the worry that a judge has?",
        "does the survey of chatbot dangers only complain?",
        "what do they recommend for training",
        "is there a paper on making it harder to fool a system?",
        "i saw this on my reading list, what is it",
        "那篇综述讨论了多少种风险？",
        "which model is the best one for reasoning",
        "did a lab do better than another lab on tests",
        "who works on owls and who works on mice",
        "what do they start with?",
        "where do they begin?",
        "anyone",
        "who works on",
        "",
    ],
)
def test_what_papers_say_is_not_asked_of_a_topic(text: str) -> None:
    read = asked(text)
    assert read is None or read.intent not in ("whether", "who works", "tried", "reading", "strands")


def test_a_reading_list_goes_on_from_the_topic_before() -> None:
    records = records_of(FOUR)
    before = going_on("papers about mice", None, records)
    after = going_on("and what should I read first?", before, records)
    assert after and (after.intent, after.topic) == ("reading", "mice")


def test_a_reading_list_goes_on_from_the_paper_spoken_of() -> None:
    long = paper("long", "A title of very many words about owls and mice and cats and their long sleep by day")
    read = going_on("where should I start?", None, records_of(FOUR), [long])
    assert read and (read.intent, read.topic) == ("reading", long.name)


def test_where_the_filters_let_nothing_through_there_is_no_reading_list() -> None:
    catalogue = CollectionAnswerer(Scoring({}))  # type: ignore[arg-type]
    reply = catalogue.answer(CollectionQuestion("reading"), Filters(organisations=("Nobody",)), ENGLISH)
    assert not reply.answered and reply.citations == ()


def test_of_a_lab_that_has_none_the_closest_are_named() -> None:
    reply = told("did a lab do any work on mice", {"mice": 0.5, "owls": 0.1})
    assert not reply.answered
    assert reply.text == "The collection has no paper by A Lab about mice.\n\nClosest to it: Owls (A Lab)."


def test_both_the_strands_and_what_to_read_first() -> None:
    read = asked("I need a page on owls for my survey, which strands of work are there and what should I read first")
    assert read and (read.intent, read.topic, read.first) == ("strands", "owls", True)


@given(st.text(max_size=300), st.sampled_from(["who works on ", "where do i start with ", "big picture on ", "谁研究"]))
def test_any_text_can_be_asked(text: str, begins: str) -> None:
    read = asked(begins + text)
    assert read is None or len(read.topic) <= 90


@pytest.mark.parametrize(
    ("text", "left", "only"),
    [
        ("papers on owls, titles only", "papers on owls", True),
        ("papers on owls. titles are enough, no prose", "papers on owls", True),
        ("关于猫头鹰的论文，只要标题", "关于猫头鹰的论文", True),
        ("titles only", "titles only", False),
        ("how are titles made", "how are titles made", False),
    ],
)
def test_titles_alone(text: str, left: str, only: bool) -> None:
    assert without_titles_only(text) == (left, only)


def test_what_is_near_a_topic_is_near_the_best_and_near_at_all() -> None:
    near: Any = Scoring({"owls": 0.4, "mice": 0.25, "cats": 0.23})
    far: Any = Scoring({"owls": 0.19, "mice": 0.18})
    assert [one.id for one in papers_near("owls", near)] == ["owls", "mice"]
    assert papers_near("owls", far) == ()


def test_filters_do_not_bring_near_what_is_far() -> None:
    scores: Any = Scoring({"owls": 0.9, "mice": 0.3})
    assert papers_near("owls", scores, Filters(since=date(2020, 1, 1))) == ()


def test_a_record_that_names_the_topic_counts_unless_it_is_far() -> None:
    records = records_of(FOUR)
    near: Any = Scoring({"owls": 0.4, "bare": 0.21})
    far: Any = Scoring({"owls": 0.4, "bare": 0.1})
    assert [one.id for one in papers_on("debate", records, near)] == ["owls", "bare"]
    assert [one.id for one in papers_on("debate", records, far)] == ["owls"]


def test_of_a_topic_that_many_records_name_those_alone_are_listed() -> None:
    shelf = tuple(paper(f"p{number}", f"Owls {number}", "We study owls.") for number in range(8))
    scores: Any = Scoring({"mice": 0.9, "p3": 0.8}, (*shelf, MICE))
    found = papers_on("owls", records_of((*shelf, MICE)), scores)
    assert found[0].id == "p3" and {one.id for one in found} == {one.id for one in shelf}


def test_a_long_wish_that_papers_only_come_near_to_gets_no_yes() -> None:
    reply = told("Does anyone look at the wellbeing of gardeners who water roses all night?", {"owls": 0.6})
    assert "nearest by content" in reply.text and "Yes" not in reply.text
    assert reply.answered and not reply.surely


def test_who_works_on_it_is_told_with_the_authors_where_they_are_few() -> None:
    reply = told("who works on cats", {"cats": 0.5, "owls": 0.4})
    assert reply.text.startswith("2 papers here are about cats, the closest first:")
    assert "Cats (May 2022); by Ann Ash, Ben Birch: “We study cats.” [1]" in reply.text
    assert told("anyone studying cats", {"cats": 0.5}).text.startswith("Yes, 1 paper about cats:")
    assert told("谁在研究cats", {"cats": 0.5}).text.startswith("库中有1篇关于“cats”的论文")


@pytest.mark.parametrize(
    "text", ["who works on football", "what should I read first on football", "overview of football"]
)
def test_nobody_works_on_what_no_paper_is_near(text: str) -> None:
    reply = told(text, {"owls": 0.1})
    assert (reply.answered, reply.text) == (False, "The collection has no paper about football.")


def test_what_nobody_says_outright_is_no_yes() -> None:
    reply = told("has anyone tried that in a hospital", {"owls": 0.5})
    assert reply.text.startswith("Perhaps no paper says so outright; nearest by content:\n\nOwls (A Lab)")
    assert reply.answered and not reply.surely


def test_a_reading_list_begins_with_the_closest_and_goes_on_by_date() -> None:
    reply = told("what should I read first on mice?", {"mice": 0.5, "cats": 0.4, "owls": 0.35, "bare": 0.34})
    names = [sentence.text.strip().partition(" – ")[0] for sentence in reply.sentences]
    assert [name.partition(" (")[0].split(":\n\n")[-1] for name in names] == ["Mice", "Debate", "Cats", "Owls"]
    assert "Mice (May 2020) – the closest to the topic [1]" in reply.text
    assert "Cats (May 2022) – the newest of these" in reply.text


def test_our_own_line_is_backed_by_no_quote() -> None:
    summed = paper("owls", "Owls", "We study owls.", summary="Owls are studied.")
    reply = told("what should I read first on owls?", {"owls": 0.5}, (summed,))
    of_paper, ours = reply.sentences
    assert of_paper.citations == (1,) and "Owls are studied" not in of_paper.text
    assert (ours.citations, ours.support) == ((), "uncited") and "in this project's words" in ours.text


def test_to_begin_with_there_is_a_paper_of_each_large_category() -> None:
    shelves = ("Birds", "Birds", "Fish", "Frogs")
    papers = tuple(
        paper(f"p{number}", f"Title {number}", "We study it.", category=shelf) for number, shelf in enumerate(shelves)
    )
    reply = told("where do i start", {"p0": 0.1, "p1": 0.2, "p2": 0.1, "p3": 0.1}, papers)
    assert "Title 1 – for Birds, of which there are 2 here" in reply.text and "Title 0" not in reply.text
    assert len(reply.citations) == 3
    assert told("where do i start", {}, (OWLS,)).text.startswith("To read, in this order:\n\nOwls (A Lab)")


def test_an_overview_quotes_what_was_found() -> None:
    reply = told("big picture on mice", {"mice": 0.5, "owls": 0.4})
    assert [citation.quote for citation in reply.citations] == [
        "We find that mice fear owls.",
        "We find that owls sleep by day.",
    ]


def test_papers_without_a_date() -> None:
    assert told("papers without a date", {}).text.startswith("The record of 1 paper has no date:\n\nOwls (A Lab)")
    assert told("没有日期的论文有哪些", {}).text.startswith("有1篇论文的记录没有日期：")


def test_where_later_papers_are_asked_for_the_newest_is_told() -> None:
    reply = told("is there anything from after may 2022 or is this all old stuff", {})
    assert not reply.answered
    assert reply.text.endswith("The newest with a date is Cats (May 2022). Without a date: 1.")


def test_bibtex_of_a_paper() -> None:
    reply = told("bibtex owls", {})
    assert "```bibtex\n@misc{alabowls,\n  author = {{A Lab}},\n  title = {Owls}" in reply.text and reply.text.endswith(
        "```"
    )
    assert (reply.citations, reply.answered) == ((), True)


def test_what_tells_is_chosen_before_what_leads_to_code() -> None:
    assert telling("We find that owls sleep.") > telling("Owls sleep.") > telling("Do owls sleep?")
    assert telling("Code is at https://owls.org.") < telling("However, they sleep.")
    last = paper("owls", "Owls", "Owls are birds. They sleep by day. Code is at https://owls.org.")
    found = finding_of(last)
    assert found and found.text == "They sleep by day."


def test_a_list_of_many_papers_is_cut_and_says_so() -> None:
    many = [paper(f"p{number}", f"Title {number}", "We study it.") for number in range(12)]
    retriever: Any = Scoring({})
    reply = listing("Many", many, nearest_sentences(many, "owls", retriever), ENGLISH, left=30)
    assert "30 more are not listed" in reply.text and "“" not in reply.text and len(reply.citations) == 12


def test_a_section_of_a_paper_is_said_not_to_be_here() -> None:
    for text in (
        "limitations section of Owls",
        "owls related work section",
        "copy the table of sleep from the owls paper",
    ):
        reply = told(text, {})
        assert reply.text.startswith(
            "Only the abstract of “Owls” is here, none of its sections.\n\nQuestion: “We study owls."
        ), text
        assert reply.answered and not reply.surely
    linked = paper("dogs", "Dogs", "We study dogs.", url="https://example.org/dogs")
    assert (
        "sections. It can be read at https://example.org/dogs:"
        in told("methods section of Dogs", {}, (linked, *FOUR)).text
    )


def test_what_papers_say_of_a_thing_is_no_section() -> None:
    for text in ("results of owls", "which methods do owls use", "show me what is in the brain of mice"):
        found = understood(checked_question(text), records_of(FOUR)).of_records
        assert found is None or found.intent != "section", text


def test_the_years_and_those_who_wrote_the_most_are_told() -> None:
    by_ann = paper("dogs", "Dogs", "We study dogs.", published=date(2022, 1, 1), authors=("Ann Ash",))
    text = told("How many papers are there?", {}, (by_ann, *FOUR)).text
    assert text.endswith(" By year: 2020 1, 2021 1, 2022 2, without a date 1. Authors of the most papers: Ann Ash 2.")
    assert "By year" not in told("How many papers are there?", {}, (OWLS,)).text


def test_where_a_paper_is_known_by_numbers_they_are_told() -> None:
    known = paper("dogs", "Dogs", "We study dogs.", arxiv_id="2209.14375", doi="10.1000/182")
    assert told("link to Dogs", {}, (known, *FOUR)).text.startswith(
        "“Dogs” can be read at https://arxiv.org/abs/2209.14375 (arXiv 2209.14375, doi 10.1000/182):"
    )


def test_a_topic_of_several_papers_is_summed_up_by_its_strands() -> None:
    small, large = (paper(size, f"{size} sparrows", "We study birds.") for size in ("Small", "Large"))
    found = asked("sparrows tldr", small, large, *FOUR)
    assert found and (found.intent, found.topic) == ("strands", "sparrows")


def test_a_section_of_a_paper_without_an_abstract_is_said_to_be_neither() -> None:
    bare = paper("dogs", "Dogs", url="https://example.org/dogs")
    reply = told("methods section of Dogs", {}, (bare, *FOUR))
    assert reply.text == "Dogs; the collection has no abstract of it. It can be read at https://example.org/dogs"
    assert told("limitations section of Debate", {}).text == "Debate (May 2021); the collection has no abstract of it."


def test_what_papers_use_or_show_is_asked_of_their_text() -> None:
    for text in (
        "show me which datasets are used in owls",
        "can you see which section of the brain stores facts in mice",
        "give me the number of prompts used in owls",
    ):
        found = understood(checked_question(text), records_of(FOUR)).of_records
        assert found is None or found.intent != "section", text


def test_years_long_ago_are_told_together_and_ties_of_authors_not_at_all() -> None:
    old = tuple(
        paper(str(year), f"Of {year}", published=date(year, 1, 1), authors=(f"A{year % 7}",))
        for year in range(1990, 2010)
    )
    text = told("How many papers are there?", {}, old).text
    assert " By year: until 1997 8, 1998 1, 1999 1," in text
    # Six have three papers: no five of them stand out.
    assert "Authors of the most" not in text


def test_an_authors_name_is_no_marker_and_no_quote() -> None:
    hostile = tuple(paper(name, name, published=date(2020, 1, 1), authors=("Ann [1] says “yes”",)) for name in "ab")
    assert "Ann (1) says ‘yes’ 2" in told("How many papers are there?", {}, hostile).text
