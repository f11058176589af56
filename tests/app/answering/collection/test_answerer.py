"""Answers about the collection hold against its records: counts, dates, and a quote for every paper that has words."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.answering.answer import Answer
from app.answering.collection.answerer import CollectionAnswerer
from app.answering.collection.listing import LISTED, QUOTED
from app.answering.collection.one_paper import summary
from app.answering.collection.question import CollectionQuestion
from app.answering.events import Followups, Quotes, SentenceChecked, Sources, Token, name_of
from app.answering.models.scripted import ScriptedLLM
from app.answering.query.understanding import understood
from app.answering.question import Turn, checked_question
from app.answering.reply import Reply
from app.build import LocalAnswerer
from app.languages import ENGLISH, language_of
from app.languages.foreign_phrases import spoken
from app.languages.language import Language
from retrieval.types import Filters, Paper, Passage


def ask(answerer: LocalAnswerer, text: str, filters: Filters = Filters()) -> Answer:
    return answerer.ask(checked_question(text, filters=filters))


def cited(answer: Answer) -> list[str]:
    return [citation.paper.id for citation in answer.citations]


def test_what_an_organisation_published_on_a_topic_in_a_year(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "what did OpenAI publish on interpretability in 2023?")
    assert (answer.status, answer.mode, answer.confidence) == ("answered", "quotes", 1.0)
    assert cited(answer) == ["explaining-neurons"]
    assert answer.answer.startswith(
        "The collection has 1 paper by OpenAI about interpretability from 2023:\n\n"
        "Language models can explain neurons in language models (OpenAI, May 2023): “"
    )


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("how many papers are about unlearning?", 2),
        ("How many papers by OpenAI?", 11),
        ("How many papers did Anthropic publish in 2023?", 12),
        ("list the Chinese papers", 3),
        ("papers since 2024 by Anthropic", 4),
        ("papers by Deep Mind", 42),
    ],
)
def test_the_count_is_that_of_the_records(answerer: LocalAnswerer, question: str, count: int) -> None:
    answer = ask(answerer, question)
    assert answer.answer.startswith(f"The collection has {count} papers")
    assert len(answer.citations) == min(count, LISTED)
    assert len(answer.sources) == min(count, 10)
    assert f"{count - LISTED} more are not listed" in answer.answer or count <= LISTED


@pytest.mark.parametrize(
    ("question", "fact", "paper"),
    [
        ("Who wrote Sleeper Agents?", "is by Evan Hubinger, Carson Denison, ", "sleeper-agents"),
        ("who wrote Circuits Updates — May 2023?", "is by Anthropic:", "circuits-updates-may-2023"),
        ("where can I read RAFT?", "can be read at https://arxiv.org/abs/2304.06767", "raft"),
        ("when was Toy Models of Superposition published?", "is from September 2022", "toy-models-of-superposition"),
        ("where can I read Many-shot jailbreaking?", "can be read at https://", "many-shot-jailbreaking"),
    ],
)
def test_a_fact_of_a_paper_is_told_from_its_record(
    answerer: LocalAnswerer, question: str, fact: str, paper: str
) -> None:
    answer = ask(answerer, question)
    assert answer.status == "answered" and cited(answer) == [paper]
    assert answer.answer.startswith(f"“{answer.citations[0].paper.name}” {fact}")


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("tl;dr of Sleeper Agents", "sleeper-agents"),
        ("Summarise the many-shot jailbreaking paper", "many-shot-jailbreaking"),
        ("can you summarize “Nash Learning from Human Feedback” in one sentence please?", "nash-learning"),
        ("RAFT, in short", "raft"),
        ("interpretability dreams", "interpretability-dreams"),
        ("A hazard analysis framework for code synthesis", "hazard-analysis-code-models"),
        ("whats a sleeper agent", "sleeper-agents"),
        ("What is constitutional AI?", "constitutional-ai"),
        ("digital twins summary", "digital-twins"),
    ],
)
def test_a_paper_in_short_is_our_line_and_its_own_words(
    answerer: LocalAnswerer, all_papers: tuple[Paper, ...], question: str, paper: str
) -> None:
    answer = ask(answerer, question)
    (asked_for,) = [one for one in all_papers if one.id == paper]
    assert answer.status == "answered" and set(cited(answer)) == {paper}
    assert answer.answer.startswith(f"“{asked_for.name}” in short, in this project's words: {asked_for.summary[:-1]}")
    assert 1 <= len(answer.citations) <= 4
    assert all(f"“{citation.quote}” [{citation.number}]" in answer.answer for citation in answer.citations)
    assert "".join(sentence.text for sentence in answer.sentences).replace("\n", "") in answer.answer.replace("\n", "")


def test_what_is_no_title_is_not_summarised(answerer: LocalAnswerer) -> None:
    for question in ("What is superposition?", "Does debate work?", "summarise the whole collection", "reward models"):
        assert "in this project's words" not in ask(answerer, question).answer, question


def test_a_paper_of_ones_own_has_no_line_of_ours_and_perhaps_no_words(built_full: Any) -> None:
    owls = Paper("owls", "Owls", "Owls fly. We find that owls sleep by day. Mice run.", "en")
    text = told(built_full, CollectionQuestion("summary", paper=owls))
    assert text == "“Owls” in its own words:\n\n“Owls fly. We find that owls sleep by day.” [1]"
    bare = Paper("owls", "Owls", "", "en")
    assert "no abstract" in told(built_full, CollectionQuestion("summary", paper=bare))


@pytest.mark.parametrize(
    ("language", "names"),
    [
        (language_of("tl;dr"), ("Question: ", "Method: ", "Finding: ", "Limits: ")),
        (language_of("睡眠"), ("问题：", "方法：", "发现：", "局限：")),
        (spoken("de") or ENGLISH, ("Frage: ", "Methode: ", "Ergebnis: ", "Grenzen: ")),
    ],
)
def test_in_short_each_sentence_is_named_by_what_it_says(language: Language, names: tuple[str, ...]) -> None:
    said = (
        "In this paper we study whether owls can be counted at night.",
        "We build a camera that sees in the dark.",
        "We find that it counts twice as many owls.",
        "However, we were not able to count owls in fog.",
    )
    text = summary(Paper("owls", "Owls", " ".join(("Owls are birds.", *said)), "en"), "", language).text
    quotes = [f"{name}“{one}” [{number}]" for number, (name, one) in enumerate(zip(names, said, strict=True), 1)]
    assert text.split("\n\n")[1:] == quotes


def test_a_sentence_that_says_two_things_is_quoted_once(built_full: Any) -> None:
    both = Paper("owls", "Owls", "We build a camera, and we find that it counts owls. However, fog limits it.", "en")
    text = told(built_full, CollectionQuestion("summary", paper=both))
    assert text.count("We build a camera") == 1


def test_the_newest_of_an_organisation_also_with_its_name_before_the_word(answerer: LocalAnswerer) -> None:
    assert cited(ask(answerer, "newest anthropic paper")) == cited(ask(answerer, "the newest paper by Anthropic"))
    assert ask(answerer, "anything from 2024 on interpretability").answer.startswith("The collection has 3 papers")
    assert ask(answerer, "december 2023, what was published").answer.startswith("The collection has 6 papers")


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("papers from december 2023", "from December 2023"),
        ("papers from january 2022", "from January 2022"),
        ("papers from 2023", "from 2023"),
        ("papers from may 2024", "from May 2024"),
    ],
)
def test_a_heading_says_the_month_that_was_asked_for(answerer: LocalAnswerer, question: str, dates: str) -> None:
    heading = ask(answerer, question).answer.partition("\n")[0]
    assert f" {dates}" in heading and heading.count("20") == 1


def told(built: Any, question: CollectionQuestion) -> str:
    assert question.paper
    return CollectionAnswerer(built.retriever).answer(question, Filters(), ENGLISH).text


def test_what_a_record_lacks_is_said(built_full: Any) -> None:
    bare = Paper("owls", "Owls", "Owls fly.", "en")
    assert told(built_full, CollectionQuestion("where", paper=bare)).startswith("The record of “Owls” gives no link")
    assert "does not say by whom" in told(built_full, CollectionQuestion("who", paper=bare))


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (1, "“Owls” is by N1 (A Lab)"),
        (9, "“Owls” is by N1, N2, N3, N4, N5, N6, N7, N8, N9 (A Lab)"),
        (10, "“Owls” is by N1, N2, N3, N4, N5, N6, N7, N8, and 2 others (A Lab)"),
    ],
)
def test_of_many_authors_the_first_are_named(built_full: Any, count: int, names: str) -> None:
    authors = tuple(f"N{number + 1}" for number in range(count))
    paper = Paper("owls", "Owls", "Owls fly.", "en", organisation="A Lab", authors=authors)
    assert told(built_full, CollectionQuestion("who", paper=paper)).startswith(names)


def test_every_paper_is_cited_by_its_own_words(answerer: LocalAnswerer) -> None:
    by_id = {paper.id: paper for paper in answerer.papers}
    for question in ("papers by DeepMind", "papers about debate", "列出中文论文", "papers like RAFT", "newest paper?"):
        record = json.loads(json.dumps(ask(answerer, question).as_json()))
        assert record["citations"]
        numbers = [number for sentence in record["sentences"] for number in sentence["citations"]]
        assert numbers == [citation["number"] for citation in record["citations"]]
        assert numbers == list(range(1, len(numbers) + 1))
        for citation, sentence in zip(record["citations"], record["sentences"], strict=True):
            abstract = by_id[citation["paper"]["id"]].abstract
            assert citation["quote"] == abstract[citation["start"] : citation["end"]] != ""
            assert f"[{citation['number']}]" in sentence["text"]
            assert by_id[citation["paper"]["id"]].name in sentence["text"]
            assert (f"“{citation['quote']}”" in sentence["text"]) == (len(numbers) <= QUOTED)


def test_the_quote_is_the_sentence_nearest_to_the_topic(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "how many papers are about unlearning?")
    assert all("unlearning" in citation.quote.casefold() for citation in answer.citations)
    first, *_ = ask(answerer, "newest paper by DeepMind?").citations
    assert first.start == 0


def test_the_events_come_as_they_always_do(answerer: LocalAnswerer) -> None:
    events = list(answerer.stream(checked_question("papers since 2024 by Anthropic")))
    assert [name_of(event) for event in events] == [
        *("status", "sources", "quotes"),
        *(("token", "sentence") * 4),
        *("followups", "done"),
    ]
    answer = ask(answerer, "papers since 2024 by Anthropic")
    assert "".join(event.text for event in events if isinstance(event, Token)) == answer.answer
    assert [event.citations for event in events if isinstance(event, Quotes)] == [answer.citations]
    assert [event.passages for event in events if isinstance(event, Sources)] == [answer.sources]
    assert [event.sentence for event in events if isinstance(event, SentenceChecked)] == list(answer.sentences)
    assert [event.questions for event in events if isinstance(event, Followups)] == [answer.followups]


def test_a_language_model_is_not_asked(writing: Callable[..., LocalAnswerer]) -> None:
    llm = ScriptedLLM(replies=["Seven [1]."])
    answer = ask(writing(llm), "how many papers are about unlearning?")
    assert llm.asked == [] and answer.models.llm is None and len(answer.citations) == 2


def test_the_newest_and_the_oldest(answerer: LocalAnswerer) -> None:
    newest, oldest = ask(answerer, "newest paper by DeepMind?"), ask(answerer, "the oldest paper")
    assert cited(newest) == ["weak-llms-judging-strong-llms"]
    assert newest.answer.startswith("The newest paper by Google DeepMind is:\n\nOn scalable oversight")
    assert cited(oldest) == ["safe-deep-rl-3d"]
    days = [citation.paper.published for citation in ask(answerer, "the 3 newest papers").citations]
    assert days == [date(2024, 7, 24), date(2024, 7, 17), date(2024, 7, 5)]


def test_papers_like_one_leave_it_out(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "papers like “Towards Understanding Sycophancy in Language Models”")
    assert len(answer.citations) == 5 and "understanding-sycophancy" not in cited(answer)


def test_a_paper_without_an_abstract_is_listed_and_marked(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "papers on adversarial attacks in October 2022")
    [sentence] = answer.sentences
    assert "Hindering Adversarial Attacks with Implicit Neural Representations (Google DeepMind, October 2022)" in (
        sentence.text
    )
    assert "no abstract" in sentence.text
    assert (sentence.citations, sentence.support, answer.citations) == ((), "uncited", ())
    assert (answer.status, [passage.paper.id for passage in answer.sources]) == (
        "answered",
        ["implicit-neural-representations"],
    )


def test_the_readers_filters_count_too(answerer: LocalAnswerer) -> None:
    chosen = Filters(organisations=("Anthropic",), since=date(2023, 1, 1))
    assert ask(answerer, "papers about interpretability", chosen).answer.startswith(
        "The collection has 9 papers by Anthropic about interpretability since 2023"
    )
    answer = ask(answerer, "How many papers are there?", chosen)
    assert answer.answer.startswith("The collection has 16 papers by Anthropic since 2023")


def test_filters_that_contradict_the_question_are_said(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "newest paper by OpenAI", Filters(organisations=("Anthropic",)))
    assert answer.answer.startswith("Among the papers that your filters let through there is none by OpenAI.")
    assert (answer.status, answer.citations, answer.confidence) == ("abstained", (), 0.0)
    answer = ask(answerer, "papers by OpenAI since 2024", Filters(until=date(2023, 1, 1)))
    assert answer.answer.startswith(
        "Among the papers that your filters let through there is none by OpenAI since 2024."
    )
    assert answer.citations == ()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "What did OpenAI publish in 2019?",
            "The collection has no paper by OpenAI from 2019. What it has by OpenAI is from January 2022 to July 2024.",
        ),
        (
            "papers by Meta",
            "The collection has no paper by “Meta”. Its papers are by Google DeepMind, Anthropic, OpenAI, NIST.",
        ),
        ("list the German papers", "The collection has no paper in German."),
        (
            "papers about unlearning in 2022",
            "The collection has no paper about unlearning from 2022. What it has about unlearning is from June 2024.",
        ),
        ("OpenAI 2019年发表了什么？", "库中没有OpenAI的2019年的论文。库中OpenAI的论文发表于2022年1月至2024年7月。"),
    ],
)
def test_where_there_is_none_it_says_so_and_what_there_is(answerer: LocalAnswerer, question: str, text: str) -> None:
    answer = ask(answerer, question)
    assert (answer.status, answer.answer, answer.citations, answer.sentences) == ("abstained", text, (), ())


class Finding:
    """A retriever that finds the first papers of the collection with the scores it is given."""

    glossary = None

    def __init__(self, built: Any, *scores: float) -> None:
        self._built, self._scores = built, scores
        self.papers, self.words = built.collection, built.retriever.words
        self.sentences = built.retriever.sentences

    def passages(self, query: str, filters: Filters = Filters(), papers: int = 10, **_: Any) -> list[Passage]:
        admitted = (paper for paper in self._built.papers if filters.admit(paper))
        return [
            Passage(paper, 0, len(paper.abstract), score) for paper, score in zip(admitted, self._scores, strict=False)
        ]


def found(built: Any, question: str, *scores: float) -> Reply:
    retriever: Any = Finding(built, *scores)
    catalogue = CollectionAnswerer(retriever)
    asked = understood(checked_question(question), catalogue.records).of_records
    assert asked is not None
    return catalogue.answer(asked, Filters(), ENGLISH)


def test_the_closest_papers_are_those_nearest_to_the_date(answerer: LocalAnswerer) -> None:
    before, after = ask(answerer, "papers by OpenAI in 2019"), ask(answerer, "papers by OpenAI in 2031")
    assert before.sources[0].paper.id == "instructgpt" and after.sources[0].paper.id == "rule-based-rewards"


def test_a_topic_that_no_record_names_is_answered_by_what_is_near(built_full: Any) -> None:
    reply = found(built_full, "papers about quantum gravity by OpenAI", 0.5, 0.49, 0.29)
    assert reply.text.startswith("No record names quantum gravity; nearest by content:\n\n")
    assert reply.answered and len(reply.citations) == 2
    assert {citation.paper.organisation for citation in reply.citations} == {"OpenAI"}


@pytest.mark.parametrize("scores", [(), (0.1, 0.1)])
def test_where_nothing_is_near_a_topic_there_is_none(built_full: Any, scores: tuple[float, ...]) -> None:
    reply = found(built_full, "how many papers are about quantum gravity?", *scores)
    assert reply.text == "The collection has no paper about quantum gravity."
    assert (reply.answered, reply.citations, len(reply.passages)) == (False, (), len(scores))


def test_a_date_counted_from_the_newest_paper_is_said(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "papers from last year about deception")
    assert "from 2023 (counted from the newest paper, of July 2024):" in answer.answer
    assert cited(answer) == ["honesty-is-the-best-policy"]


def test_the_collection_as_a_whole(answerer: LocalAnswerer, all_papers: tuple[Paper, ...]) -> None:
    answer = ask(answerer, "How many papers are there?")
    assert f"The collection has {len(all_papers)} papers" in answer.answer
    assert "Google DeepMind 42, Anthropic 25, OpenAI 11, NIST 1" in answer.answer
    assert (answer.status, answer.citations, answer.sentences) == ("answered", (), ())


def test_in_chinese(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "2024年以来Anthropic发表了哪些论文？")
    assert answer.answer.startswith("库中有4篇Anthropic的2024年以来的论文，从新到旧：\n\nSycophancy to subterfuge")
    assert "（Anthropic，2024年6月），本项目的概括：语言模型" in answer.answer and "原文：“" in answer.answer
    assert len(answer.citations) == 4


def test_a_chinese_topic_is_looked_up_in_english(answerer: LocalAnswerer) -> None:
    # The hash answerer has no glossary; the topic's English words are found as they are.
    assert cited(ask(answerer, "有多少篇关于unlearning的论文？")) == ["ununlearning", "neurips-unlearning-competition"]


def test_a_fragment_goes_on_and_says_how_it_was_understood(answerer: LocalAnswerer) -> None:
    history = (Turn("user", "What did OpenAI publish in 2023?"), Turn("assistant", "The collection has 2 papers …"))
    answer = answerer.ask(checked_question("and in 2022?", history))
    assert answer.standalone_question == "What did OpenAI publish in 2023? and in 2022?"
    assert answer.answer.startswith("The collection has 5 papers by OpenAI from 2022")


@pytest.mark.parametrize(
    "topic", ["[1] [2]", "<script>alert(1)</script>", "“unlearning” [1]", "{scope} {0}", "unlearning % s {topic}"]
)
def test_a_hostile_topic_is_repeated_harmlessly(answerer: LocalAnswerer, topic: str) -> None:
    answer = ask(answerer, f"papers about {topic}")
    heading = answer.answer.split("\n")[0]
    assert not set("[]<>“”") & set(heading)


def test_a_very_long_question_is_answered_like_any_other(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, ("papers about (unlearning [ " * 80)[:2000])
    assert answer.status in ("answered", "abstained") and answer.answer
