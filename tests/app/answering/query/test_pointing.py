"""A turn may call a paper by a few words of it, or by half its name."""

from __future__ import annotations

import pytest

from app.answering.collection.records import Records, records_of
from app.answering.query.conversation import read_conversation
from app.answering.query.pointing import called_in
from app.answering.query.understanding import understood
from app.answering.question import Turn, checked_question
from retrieval.types import Paper

SLEEPER = "Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training"
NASH = "Nash Learning from Human Feedback"
NEURONS = "Language models can explain neurons in language models"
CHINCHILLA = "Does Circuit Analysis Interpretability Scale? Evidence from Multiple Choice Capabilities in Chinchilla"
SKIN = "Evaluating AI systems under uncertain ground truth: a case study in dermatology"
MONAI = "Paper on MONAI, a software framework for AI in healthcare"
ASKED = "Does safety training remove backdoors?"


@pytest.fixture(scope="module")
def records(all_papers: tuple[Paper, ...]) -> Records:
    return records_of(all_papers, lambda term: {"皮肤": "skin"}.get(term, ""))


def said(*texts: str) -> tuple[Turn, ...]:
    return tuple(Turn("assistant" if place % 2 else "user", text) for place, text in enumerate(texts))


def read(records: Records, *texts: str) -> tuple[str, list[str]]:
    """How the last text reads alone, and the papers that it is about."""
    *earlier, last = texts
    asked = understood(checked_question(last, said(*earlier)), records)
    return asked.standalone, [paper.id for paper in asked.about]


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("the skin one, what was the problem there", "uncertain-ground-truth-dermatology"),
        ("the study on skin? no, the healthcare framework paper", "monai"),
        ("讲皮肤的那篇，有什么问题", "uncertain-ground-truth-dermatology"),
        ("the first one", None),
        ("the same paper", None),
        ("the zebra one", None),
    ],
)
def test_a_paper_spoken_of_is_called_by_a_few_words(records: Records, text: str, paper: str | None) -> None:
    papers = {one.id: one for one in records.papers}
    found = called_in(text, (papers["monai"], papers["uncertain-ground-truth-dermatology"]), records)
    assert (found and found.id) == paper


def test_a_word_of_its_title_counts_more_than_one_of_its_abstract(records: Records) -> None:
    papers = {one.id: one for one in records.papers}
    for order in (("softmax-linear-units", "explaining-neurons"), ("explaining-neurons", "softmax-linear-units")):
        found = called_in("the neurons one again", tuple(papers[name] for name in order), records)
        assert found is papers["explaining-neurons"]


def test_any_paper_is_called_by_half_its_name(records: Records) -> None:
    found = called_in("does the NIST paper say it", (), records)
    assert found is not None and found.id == "nist-ai-600-1-passages"
    assert called_in("does the skin paper say it", (), records) is None


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("sparrow", "sparrow"),
        ("and Nash?", "nash-learning"),
        ("and chinchilla?", "circuit-analysis-chinchilla"),
        # Words that are written in small letters are no names, and what many papers use names none.
        ("debate?", None),
        ("going to sleep", None),
        ("on GPT-4?", None),
        ("Google?", None),
    ],
)
def test_half_a_name(records: Records, text: str, paper: str | None) -> None:
    found = records.half_named(text)
    assert (found and found.id) == paper


def test_a_word_that_is_known_from_elsewhere_names_nothing(records: Records) -> None:
    assert records.half_named("and Nash?", {"nash"}) is None


def test_who_names_another_paper_by_half_asks_of_that(records: Records) -> None:
    before = (ASKED, f"{SLEEPER} says …")
    assert read(records, *before, "and Nash?") == (f"{NASH} and Nash?", ["nash-learning"])
    # What it points back to is kept.
    text = "does the NIST paper say anything about that"
    standalone, about = read(records, *before, text)
    assert standalone.startswith(ASKED) and standalone.endswith(text) and SLEEPER not in standalone
    assert about == ["nist-ai-600-1-passages"]


def test_one_of_the_papers_spoken_of_is_asked_about_alone(records: Records) -> None:
    before = ("anything medical in here", f"{MONAI} says … Read on in {SKIN}.")
    text = "the skin one, what was the problem there"
    assert read(records, *before, text) == (f"{SKIN} {text}", ["uncertain-ground-truth-dermatology"])
    # And it is the topic from then on, whatever else the answer named.
    conversation = read_conversation(said(*before, text, f"{MONAI} says … {SKIN} says …"), records)
    assert [paper.name for paper in conversation.topic.named] == [SKIN, MONAI]
    assert conversation.topic.asked == text


def test_a_paper_of_long_ago_can_be_called_again(records: Records) -> None:
    before = ("who explains neurons?", f"{NEURONS} says …", "does circuit analysis scale?", f"{CHINCHILLA} says …")
    text = "the neurons one again, is the code published"
    assert read(records, *before, text) == (f"{NEURONS} {text}", ["explaining-neurons"])


def test_a_paper_named_besides_others_is_asked_about_alone(records: Records) -> None:
    unlearning = "UnUnlearning: Unlearning is not sufficient for content regulation in advanced generative AI"
    before = (ASKED, f"{SLEEPER} says … Read on in {unlearning}.")
    text = "what does UnUnlearning say"
    assert read(records, *before, text) == (f"{unlearning} {text}", ["ununlearning"])
