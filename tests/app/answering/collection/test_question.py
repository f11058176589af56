"""Questions about the collection are told from questions about what papers say."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.collection.question import MAX_CHARS, CollectionQuestion, going_on
from app.answering.collection.records import Records, records_of
from app.answering.query.conversation import read_conversation
from app.answering.query.understanding import understood
from app.answering.question import Turn, checked_question
from retrieval.questions.labelled import read_labelled_questions
from retrieval.shipped import default_questions_file
from retrieval.types import Filters, Paper

IN_2023 = {"since": date(2023, 1, 1), "until": date(2023, 12, 31)}
DEEPMIND = ("Google DeepMind",)


@pytest.fixture(scope="module")
def records(all_papers: tuple[Paper, ...]) -> Records:
    return records_of(all_papers)


def read(records: Records, *questions: str) -> CollectionQuestion | None:
    *earlier, last = questions
    conversation = read_conversation(tuple(Turn("user", question) for question in earlier), records)
    return going_on(last, conversation.of_records, records)


@pytest.mark.parametrize(
    ("question", "intent", "filters", "topic"),
    [
        ("what did OpenAI publish on interpretability in 2023?", "list",
         {"by": ("OpenAI",), **IN_2023}, "interpretability"),
        ("how many papers are about unlearning?", "count", {}, "unlearning"),
        ("How many papers did Google DeepMind publish in 2023?", "count", {"by": DEEPMIND, **IN_2023}, ""),
        ("How many papers does Anthropic have on superposition?", "count", {"by": ("Anthropic",)}, "superposition"),
        ("how many of the papers are by OpenAI?", "count", {"by": ("OpenAI",)}, ""),
        ("Number of papers on mechanistic interpretability?", "count", {}, "mechanistic interpretability"),
        ("newest paper by DeepMind?", "newest", {"by": DEEPMIND}, ""),
        ("What's the latest from OpenAI?", "newest", {"by": ("OpenAI",)}, ""),
        ("When was the newest paper published?", "newest", {}, ""),
        ("What are the most recent papers on red teaming?", "newest", {}, "red teaming"),
        ("what did Anthropic publish last?", "newest", {"by": ("Anthropic",)}, ""),
        ("the oldest paper in the collection", "oldest", {}, ""),
        ("list the Chinese papers", "list", {"in": ("zh",)}, ""),
        ("Which papers are in Chinese?", "list", {"in": ("zh",)}, ""),
        ("papers since 2024 by Anthropic", "list", {"by": ("Anthropic",), "since": date(2024, 1, 1)}, ""),
        ("Which papers did GDM publish between 2023 and 2023?", "list", {"by": DEEPMIND, **IN_2023}, ""),
        ("List all papers by OAI", "list", {"by": ("OpenAI",)}, ""),
        ("Give me a list of papers published by Anthropic before 2023", "list",
         {"by": ("Anthropic",), "until": date(2022, 12, 31)}, ""),
        ("show me unlearning papers", "list", {}, "unlearning"),
        ("interpretability papers from 2023", "list", IN_2023, "interpretability"),
        ("Are there any papers about reward hacking?", "list", {}, "reward hacking"),
        ("which papers discuss RLHF", "list", {}, "RLHF"),
        ("papers on hallucination pls", "list", {}, "hallucination"),
        ("papers about football", "list", {}, "football"),
        ("which papers discuss recall", "list", {}, "recall"),
        ("What was published in 2023?", "list", IN_2023, ""),
        ("there are papers by OpenAI in 2023?", "list", {"by": ("OpenAI",), **IN_2023}, ""),
        ("有多少篇关于遗忘学习的论文？", "count", {}, "遗忘学习"),
        ("关于可解释性的论文有哪些？", "list", {}, "可解释性"),
        ("OpenAI在2023年发表了哪些关于可解释性的论文？", "list", {"by": ("OpenAI",), **IN_2023}, "可解释性"),
        ("DeepMind最新的论文是什么？", "newest", {"by": DEEPMIND}, ""),
        ("2024年以来Anthropic发表了多少篇论文？", "count", {"by": ("Anthropic",), "since": date(2024, 1, 1)}, ""),
        ("列出中文论文", "list", {"in": ("zh",)}, ""),
        ("最早的论文是哪篇", "oldest", {}, ""),
        ("哪些论文讨论了奉承？", "list", {}, "奉承"),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_records(
    records: Records, question: str, intent: str, filters: dict[str, Any], topic: str
) -> None:
    asked = read(records, question)
    assert asked is not None
    expected = Filters(
        organisations=filters.get("by", ()),
        languages=filters.get("in", ()),
        since=filters.get("since"),
        until=filters.get("until"),
    )
    assert (asked.intent, asked.filters, asked.topic) == (intent, expected, topic)
    assert asked.said == question


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("newest paper by DeepMind?", 1),
        ("the 3 newest papers", 3),
        ("Show me the latest three papers from Anthropic", 3),
        ("recent papers on alignment", None),
        ("最新的论文", 1),
    ],
)
def test_how_many_are_wanted(records: Records, question: str, limit: int | None) -> None:
    asked = read(records, question)
    assert asked is not None and asked.limit == limit


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ('papers like "Sleeper Agents"', "sleeper-agents"),
        ("papers like Towards Monosemanticity: Decomposing Language Models", "towards-monosemanticity"),
        ("What else is similar to “Towards Understanding Sycophancy in Language Models”?", "understanding-sycophancy"),
        ("similar papers to RAFT", "raft"),
        ("和“Sleeper Agents”类似的论文", "sleeper-agents"),
    ],
)
def test_papers_like_one(records: Records, question: str, paper: str) -> None:
    asked = read(records, question)
    assert asked is not None and asked.paper is not None
    assert (asked.intent, asked.paper.id) == ("similar", paper)


@pytest.mark.parametrize(
    "question",
    ["How many papers are there?", "一共有多少篇论文？", "What is in this collection?", "what papers do you have?"],
)  # fmt: skip
def test_the_collection_as_a_whole(records: Records, question: str) -> None:
    asked = read(records, question)
    assert asked is not None and asked.intent == "overview"


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Papers by Geoffrey Hinton", "Geoffrey Hinton"),
        ("What did Meta publish in 2023?", "Meta"),
        ("How many papers were written by Yann LeCun?", "Yann LeCun"),
    ],
)
def test_a_name_that_is_no_organisation(records: Records, question: str, name: str) -> None:
    asked = read(records, question)
    assert asked is not None and asked.author == name


@pytest.mark.parametrize(
    ("questions", "intent", "filters", "topic"),
    [
        (("how many papers are about unlearning?", "and about debate?"), "count", Filters(), "debate"),
        (("What did OpenAI publish in 2023?", "and in 2022?"), "list",
         Filters(("OpenAI",), since=date(2022, 1, 1), until=date(2022, 12, 31)), ""),
        (("What did OpenAI publish in 2023?", "and in 2022?", "how many by Anthropic?"), "count",
         Filters(("Anthropic",), since=date(2022, 1, 1), until=date(2022, 12, 31)), ""),
        (("papers on debate by DeepMind", "only since 2024"), "list",
         Filters(DEEPMIND, since=date(2024, 1, 1)), "debate"),
        (("list the Chinese papers", "only about risks"), "list", Filters(languages=("zh",)), "risks"),
        (("newest paper by DeepMind?", "And by OpenAI?"), "newest", Filters(("OpenAI",)), ""),
        (("OpenAI 2023年发表了什么？", "那2022年呢？"), "list",
         Filters(("OpenAI",), since=date(2022, 1, 1), until=date(2022, 12, 31)), ""),
    ],
)  # fmt: skip
def test_a_fragment_changes_the_question_before(
    records: Records, questions: tuple[str, ...], intent: str, filters: Filters, topic: str
) -> None:
    asked = read(records, *questions)
    assert asked is not None
    assert (asked.intent, asked.filters, asked.topic) == (intent, filters, topic)
    assert asked.said == " ".join(questions)


@pytest.mark.parametrize(
    "questions",
    [
        ("Do models lie?", "and in 2022?"),
        ("newest paper by DeepMind?", "what does it find?"),
        ("papers on debate", "why?"),
        ("papers on debate", "Do judges fall for lies?", "and in 2022?"),
        ("Which paper trains a huge autoencoder on GPT-4?",),
        ("Which papers show that RLHF fails?",),
        ("compare the OpenAI papers on oversight",),
        ("What does OpenAI say about interpretability?",),
        ("What do the papers say about deception?",),
        ("Which works treat tuning as a contest, and how are they linked?",),
        ("Is there a paper on making it harder to fool a system?",),
        ("what did DeepMind find in 2023?",),
        ("papers",),
        ("papers about how models deceive their overseers",),
        ("list the gardening papers",),
        (f"list{' all' * 100} papers by OpenAI",),
        ("",),
    ],
)
def test_what_papers_say_is_no_question_of_the_records(records: Records, questions: tuple[str, ...]) -> None:
    assert read(records, *questions) is None


def test_an_organisation_is_called_by_part_of_its_name() -> None:
    labs = ("Redwood Research", "Google", "Google DeepMind")
    records = records_of([Paper(lab, "Owls", "Owls fly.", "en", organisation=lab) for lab in labs])
    for text, names in (
        ("papers by Redwood", labs[:1]),
        ("papers by google", labs[1:]),
        ("papers by deepmind", labs[2:]),
    ):
        asked = read(records, text)
        assert asked is not None and (set(asked.filters.organisations), asked.author) == (set(names), "")
    asked = read(records, "papers by Research")
    assert asked is not None and asked.author == "Research"


OF_A_RECORD = {"Who wrote the Circuits Updates of May 2023?"}
"""Written as one that abstracts do not answer; the record names the organisation."""


@pytest.mark.parametrize("file", ["train.jsonl", "dev.jsonl"])
def test_no_written_question_is_misread(records: Records, file: str) -> None:
    questions = read_labelled_questions(default_questions_file(file))
    misread = [q.text for q in questions if q.text not in OF_A_RECORD and read(records, *q.asked_before, q.text)]
    assert len(questions) > 200 and misread == []


PIECES = (
    *("in", "total", "the", "papers", "on", "about", "by", "and", "how", "many", "what", "did", "openai", "2023"),
    *(
        "since",
        "-",
        "from",
        "论文",
        "关于",
        "最新",
        "的",
        "[",
        "]",
        "'",
        '"',
        "‹o›",
        "like",
        "similar",
        "to",
        ",",
        "newest",
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_text_can_be_asked(records: Records, words: list[str]) -> None:
    read(records, " ".join(words[::-1]), " ".join(words))


@pytest.mark.parametrize(
    "piece",
    ["in total ", "papers on ", "the ", "2023 - ", "关于", "的", "similar to ", "what is there ", "[", "'", "of "],
)
def test_no_text_is_slow_to_read(records: Records, piece: str) -> None:
    text = (piece * MAX_CHARS)[:MAX_CHARS]
    began = time.perf_counter()
    for question in (text, f"{text[:-4]} zzz", f"papers about {text}"[:MAX_CHARS]):
        read(records, question, question)
    assert time.perf_counter() - began < 3


def test_a_long_question_is_about_what_papers_say(records: Records) -> None:
    question = checked_question(f"papers about {'unlearning ' * 150}").text
    assert len(question) > MAX_CHARS and read(records, question) is None


def test_without_papers_there_are_no_records() -> None:
    assert read(records_of(()), "newest paper?") is None


FACTS = [
    ("Who wrote Sleeper Agents?", "who", "sleeper-agents"),
    ("who made constitutional AI", "who", "constitutional-ai"),
    ("which lab is behind the sleeper agents paper", "who", "sleeper-agents"),
    ("Which lab did the work on toy models of superposition?", "who", "toy-models-of-superposition"),
    ("when was Toy Models of Superposition published?", "when", "toy-models-of-superposition"),
    ("How old is the scaling laws for reward model overoptimization paper?", "when", "reward-model-overoptimization"),
    ("where can I read Many-shot jailbreaking?", "where", "many-shot-jailbreaking"),
    ("Sleeper Agents是哪个实验室的？", "who", "sleeper-agents"),
    ("can you explain the sleeper agents paper to me?", "summary", "sleeper-agents"),
    ("explain that many-shot jailbreaking paper", "summary", "many-shot-jailbreaking"),
    ("sparrow deepmind", "summary", "sparrow"),
    ("raft paper reward-ranked year?", "when", "raft"),
    ("generalised prefrence optimisation link", "where", "generalized-preference-optimization"),
    ("honestey best polcy date", "when", "honesty-is-the-best-policy"),
    ("nist", "summary", "nist-ai-600-1-passages"),
    ("openai weak to strong", "summary", "weak-to-strong-generalization"),
    ("link to the many shot jailbrake paper pls", "where", "many-shot-jailbreaking"),
    (
        "Two sentences on Holistic Safety and Responsibilty Evaluations, no jargon.",
        "summary",
        "holistic-safety-evaluations",
    ),
]


@pytest.mark.parametrize(("question", "fact", "paper"), FACTS)
def test_a_fact_is_asked_of_one_paper(records: Records, question: str, fact: str, paper: str) -> None:
    asked = read(records, question)
    assert asked is not None and asked.paper is not None
    assert (asked.intent, asked.paper.id) == (fact, paper)


@pytest.mark.parametrize(
    ("question", "facts", "paper"),
    [
        ("Full author list for Sleeper Agents plus a link I can cite", ("who", "where"), "sleeper-agents"),
        ("tracr repo link + license + authors", ("where", "who"), "tracr"),
        (
            "authors, year and doi of the many-shot jailbreaking paper",
            ("who", "when", "where"),
            "many-shot-jailbreaking",
        ),
        (
            'First author and affiliations for "Model evaluation for extreme risks", plus the date it appeared.',
            ("who", "when"),
            "extreme-risks-evaluation",
        ),
        ("Sleeper Agents论文的作者和链接", ("who", "where"), "sleeper-agents"),
        ("Who are the authors and what is the link of Sleeper Agents?", ("who", "where"), "sleeper-agents"),
    ],
)
def test_several_facts_of_one_paper_are_asked_at_once(
    all_papers: tuple[Paper, ...], question: str, facts: tuple[str, ...], paper: str
) -> None:
    read = understood(checked_question(question), records_of(all_papers))
    asked = read.of_records
    assert asked is not None and asked.paper is not None and read.several is None
    assert ((asked.intent, *asked.also), asked.paper.id) == (facts, paper)


def test_a_lab_by_its_name_alone_wants_its_papers(records: Records) -> None:
    asked = read(records, "deepmind?")
    assert asked is not None and (asked.intent, asked.filters.organisations) == ("list", DEEPMIND)


def test_a_lab_that_did_not_write_it_names_no_paper(records: Records) -> None:
    asked = read(records, "sparrow openai")
    assert asked is None or asked.paper is None


@pytest.mark.parametrize("question", ["how many paper is here", "How many papers are here?"])
def test_how_many_there_are_is_asked_in_broken_english_too(records: Records, question: str) -> None:
    asked = read(records, question)
    assert asked is not None and asked.intent == "overview"


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("Which titles were issued by Google DeepMind in December 2023?", date(2023, 12, 1), date(2023, 12, 31)),
        (
            "All documents by DeepMind published between October 2023 and March 2024, in chronological order if "
            "you'd be so kind",
            date(2023, 10, 1),
            date(2024, 3, 31),
        ),
    ],
)
def test_a_librarian_asks_for_titles_too(records: Records, question: str, since: date, until: date) -> None:
    asked = read(records, question)
    assert asked is not None
    assert (asked.intent, asked.filters) == ("list", Filters(organisations=DEEPMIND, since=since, until=until))


def test_themes_of_the_holdings_are_an_overview(records: Records) -> None:
    asked = read(records, "I make a guide. Could you outline the main themes covered in the holdings?")
    assert asked is not None and asked.intent == "overview"


def test_a_list_may_have_a_remark_behind_it(records: Records) -> None:
    plain = read(records, "Which papers deal with unlearning")
    assert plain is not None
    for remark in (", if any?", ", with date and organisation, so that I can put them in an annex."):
        asked = read(records, f"Which papers deal with unlearning{remark}")
        assert asked is not None and (asked.intent, asked.topic) == (plain.intent, plain.topic)


@pytest.mark.parametrize(
    "question", ["what year was the best", "link and authors", "do authors link dates to Sleeper Agents?"]
)
def test_words_for_facts_alone_ask_for_none(records: Records, question: str) -> None:
    asked = read(records, question)
    assert asked is None or not asked.also


def test_where_several_papers_treat_it_all_are_listed(records: Records) -> None:
    asked = read(records, "what year did the debate paper come out?")
    assert asked is not None and (asked.intent, asked.topic) == ("list", "debate")


@pytest.mark.parametrize(
    "question",
    [
        # A term is nobody's because a title begins with it.
        "who invented RLHF?",
        "Who proposed using AI debate?",
        "who won the world cup",
        "when did they stop training the model?",
        "who did the red teaming of GPT-4?",
        "who did the labelers agree with?",
        "when was the moon landing published",
    ],
)
def test_who_and_when_may_ask_what_papers_say(records: Records, question: str) -> None:
    assert read(records, question) is None


def test_whether_any_of_that_is_peer_reviewed_is_asked_of_the_papers_spoken_of(records: Records) -> None:
    named = records.papers[:2]
    for text, papers in (
        ("is any of that peer reviewed", (named[0].id, named[1].id)),
        ("are your sources peer reviewed", ()),
    ):
        asked = going_on(text, None, records, named)
        assert asked is not None and asked.tallies[0].filters.papers == papers
    asked = going_on("is any of that peer reviewed", None, records)
    assert asked is not None and asked.tallies[0].filters.papers == ()


def test_it_is_the_paper_that_the_answer_before_named(records: Records) -> None:
    history = (
        Turn("user", "Does safety training remove a backdoor?"),
        Turn("assistant", "Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training says: “…” [1]"),
    )
    named = read_conversation(history, records).topic.named
    for question, fact in (
        ("who wrote that?", "who"),
        ("when was it published?", "when"),
        ("link to the paper", "where"),
    ):
        asked = going_on(question, None, records, named)
        assert asked is not None and asked.paper is not None
        assert (asked.intent, asked.paper.id) == (fact, "sleeper-agents")
    assert going_on("who wrote that?", None, records) is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("哪些论文讲越狱", "越狱"),
        ("有没有讲提示注入的论文", "提示注入"),
        ("讲欺骗的论文有哪些", "欺骗"),
        ("哪些论文研究奖励模型", "奖励模型"),
        ("有什么论文介绍了叠加", "叠加"),
    ],
)
def test_chinese_lists_name_their_topic_by_any_verb(records: Records, text: str, topic: str) -> None:
    asked = read(records, text)
    assert asked and (asked.intent, asked.topic) == ("list", topic)


@pytest.mark.parametrize("text", ["这篇论文讲了什么", "讲讲越狱", "模型讲真话吗", "论文讲了什么"])
def test_what_a_chinese_paper_says_is_no_list(records: Records, text: str) -> None:
    assert read(records, text) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("give me the bibtex", "bibtex"),
        ("and the bibtex?", "bibtex"),
        ("can i have the bibtex", "bibtex"),
        ("the bibtex please", "bibtex"),
        ("summarize it for me", "summary"),
        ("summarise that paper for me", "summary"),
    ],
)
def test_what_is_asked_of_the_paper_spoken_of(
    all_papers: tuple[Paper, ...], records: Records, text: str, intent: str
) -> None:
    spoken_of = next(paper for paper in all_papers if paper.id == "sleeper-agents")
    asked = going_on(text, None, records, [spoken_of])
    assert asked is not None
    assert (asked.intent, asked.paper) == (intent, spoken_of)


@pytest.mark.parametrize(
    "text",
    ["who made GPT-4?", "How old is GPT-4?", "who developed Claude", "when did GPT-4 come out", "RLHF in a nutshell"],
)
def test_what_papers_work_with_is_no_paper_that_is_asked_about(all_papers: tuple[Paper, ...], text: str) -> None:
    asked = going_on(text, None, records_of(all_papers))
    assert asked is None or (asked.paper is None and asked.intent != "strands")


def test_a_thing_that_is_called_one_of_a_papers_title_is_that_paper(all_papers: tuple[Paper, ...]) -> None:
    for text in ("who did the 2+2=5 thing", "when was sparrow published", "link to the instruction hierarchy paper"):
        asked = going_on(text, None, records_of(all_papers))
        assert asked and asked.paper, text
