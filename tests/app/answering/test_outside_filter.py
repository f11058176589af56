"""An answer that the filters hide is named, where the same question to all papers has it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.answering.answer import REFUSAL, Answer
from app.answering.collection.records import records_of
from app.answering.events import Done, Sources, Token
from app.answering.models.scripted import ScriptedLLM
from app.answering.outside_filter import named_outside
from app.answering.question import Turn, checked_question
from app.local_answerer import LocalAnswerer
from retrieval.types import Filters, Paper

BACKDOOR = "Do safety techniques remove a backdoor that was trained in?"
OPENAI, EARLY = Filters(organisations=("OpenAI",)), Filters(until=date(2021, 12, 31))
NAMED = "Anthropic's Sleeper Agents: Training Deceptive LLMs that Persist Through Safety Training (January 2024)"
SAYS_SO = f"Outside your filter, {NAMED} answers this."
TWO = "Who wrote Sleeper Agents and who wrote Weak-to-strong generalization?"


def ask(answerer: LocalAnswerer, text: str, filters: Filters, history: tuple[Turn, ...] = ()) -> Answer:
    """The answer, which its events have told, too, and of which no quote is of a paper that the filters hide."""
    events = list(answerer.stream(checked_question(text, history, filters, answerer.facets)))
    last = events[-1]
    assert isinstance(last, Done)
    if last.answer.mode == "quotes":
        assert "".join(event.text for event in events if isinstance(event, Token)) == last.answer.answer
    assert all(filters.admit(found.paper) for found in last.answer.citations)
    return last.answer


def told(answer: Answer) -> str | None:
    """The sentence, which stands in the answer once, and is no sentence that a quote would have to support."""
    if answer.outside_filter is None:
        assert "Outside your filter" not in answer.answer and "Without your filter" not in answer.answer
        return None
    text = answer.outside_filter.text
    assert answer.answer.count(text) == 1 and all(text not in sentence.text for sentence in answer.sentences)
    return text


@pytest.mark.parametrize("filters", [EARLY, Filters(languages=("zh",)), Filters(since=date(2090, 1, 1))], ids=str)
def test_a_refusal_names_the_paper_that_the_filter_hides(answerer: LocalAnswerer, filters: Filters) -> None:
    answer = ask(answerer, BACKDOOR, filters)
    assert answer.status == "abstained" and told(answer) == SAYS_SO
    assert answer.answer.split("\n\n")[0] == f"{REFUSAL} {SAYS_SO}"
    record = answer.as_json()["outside_filter"]
    assert record and record["paper"] and record["paper"]["id"] == "sleeper-agents"
    assert record["quote"] == record["paper"]["abstract"][record["start"] : record["end"]] != ""
    whole = ask(answerer, BACKDOOR, Filters())
    assert (whole.status, whole.citations[0].quote) == ("answered", record["quote"])


def test_nothing_is_told_where_no_paper_answers_or_the_filter_hides_nothing(answerer: LocalAnswerer) -> None:
    assert told(ask(answerer, "How long should I boil an egg?", OPENAI)) is None
    assert told(ask(answerer, BACKDOOR, Filters(organisations=("Anthropic",)))) is None
    assert told(ask(answerer, BACKDOOR, Filters())) is None
    assert told(ask(answerer, "hello", OPENAI)) is None
    assert ask(answerer, BACKDOOR, Filters()).as_json()["outside_filter"] is None


def test_all_papers_are_searched_only_where_the_filter_left_no_answer_and_before_anything_is_told(
    answerer: LocalAnswerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[bool] = []
    retriever = type(answerer.retriever)
    passages = retriever.passages

    def counted(self: object, query: str, filters: Filters = Filters(), *args: object, **more: object) -> object:
        searched.append(filters.is_empty)
        return passages(self, query, filters, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(retriever, "passages", counted)
    for filters, wanted in ((Filters(organisations=("Anthropic",)), [False]), (EARLY, [False, True])):
        searched.clear()
        for event in answerer.stream(checked_question(BACKDOOR, filters=filters)):
            assert not isinstance(event, Sources) or searched == wanted
        assert searched == wanted


def test_a_paper_that_is_asked_about_and_left_out_is_not_told_of(answerer: LocalAnswerer) -> None:
    for text in ("tl;dr of Sleeper Agents", "who wrote Sleeper Agents?", "bibtex of Sleeper Agents", "Sleeper Agents"):
        answer = ask(answerer, text, OPENAI)
        assert answer.status == "abstained" and answer.citations == answer.sources == ()
        assert answer.answer.startswith("Your filter leaves out the paper that you ask about.")
        assert "backdoor" not in answer.answer and "Hubinger" not in answer.answer
    assert told(ask(answerer, "tl;dr of Sleeper Agents", OPENAI)) == SAYS_SO
    assert ask(answerer, "tl;dr of Sleeper Agents", Filters(organisations=("Anthropic",))).status == "answered"


def test_a_refusal_tells_nothing_of_a_paper_that_is_named_and_left_out(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "Does the Sleeper Agents paper say how long to boil an egg?", EARLY)
    assert answer.status == "abstained" and "in short" not in answer.answer
    assert "Sleeper Agents" not in answer.answer.replace(told(answer) or "", "")


def test_what_no_one_paper_answers_is_said_of_the_collection(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "How many papers does Anthropic have?", OPENAI)
    assert told(answer) == "Without your filter, the collection answers this."
    record = answer.as_json()["outside_filter"]
    assert record and record["paper"] is record["quote"] is record["start"] is None
    assert told(ask(answerer, "What is the newest paper by Anthropic?", OPENAI)) != told(answer)


def test_of_several_questions_the_paper_that_answers_the_rest_is_named(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, TWO, OPENAI)
    assert (answer.status, [part.status for part in answer.parts]) == ("partly", ["abstained", "answered"])
    assert told(answer) == f"Outside your filter, {NAMED} answers the rest."
    assert answer.answer.endswith(f"\n\n{told(answer)}")
    assert told(ask(answerer, TWO, Filters(organisations=("OpenAI", "Anthropic")))) is None


def test_a_chinese_question_is_told_in_chinese(answerer: LocalAnswerer) -> None:
    answer = ask(answerer, "《Sleeper Agents》是谁写的？", OPENAI)
    assert answer.outside_filter and "Anthropic 的 Sleeper Agents" in answer.outside_filter.text
    assert answer.answer == f"您的筛选条件排除了您所问的论文。{answer.outside_filter.text}"


def test_no_language_model_is_asked_for_it(writing: Callable[..., LocalAnswerer]) -> None:
    llm = ScriptedLLM(replies=["Do safety techniques remove a backdoor that was trained in?", "Never said."])
    history = (Turn("user", BACKDOOR), Turn("assistant", "It depends."))
    answer = ask(writing(llm), "Why?", EARLY, history)
    # Once, to say the question so that it stands alone.
    assert len(llm.asked) == 1 and told(answer) == SAYS_SO


def test_what_a_question_names_is_held_against_its_filters(all_papers: tuple[Paper, ...]) -> None:
    records = records_of(all_papers)
    named = named_outside("Does Anthropic's Sleeper Agents say what OpenAI says?", OPENAI, records)
    assert (named.papers, named.organisations) == ({"sleeper-agents"}, {"Anthropic"})
    assert not named_outside("What does OpenAI say about weak-to-strong generalization?", OPENAI, records)
    assert named_outside("tell me about sleeper agents", EARLY, records).papers == {"sleeper-agents"}
    assert not named_outside("What does Anthropic say?", Filters(languages=("en",)), records)


@pytest.mark.model
def test_a_side_of_a_comparison_that_the_filter_hides_is_not_quoted(with_reader: LocalAnswerer) -> None:
    rest = f"Outside your filter, {NAMED} answers the rest."
    for text, says in (
        ("sparrow vs instructgpt", "Without your filter, the collection answers this."),
        # Of which no paper says how they compare: partly is all that it comes to without the filter, too.
        ("Sleeper Agents vs InstructGPT", rest),
    ):
        answer = ask(with_reader, text, OPENAI)
        assert [row.citation is None for row in answer.table] == [True, False]
        assert answer.status == "partly" and told(answer) == says


@pytest.mark.model
def test_with_the_reader_that_ships(with_reader: LocalAnswerer) -> None:
    near = ask(with_reader, BACKDOOR, OPENAI)
    assert near.status == "partly" and near.citations and told(near) == SAYS_SO
    assert near.answer.endswith(f"\n\n{SAYS_SO}")
    chinese = ask(with_reader, "安全训练能去除后门吗？", OPENAI)
    assert chinese.outside_filter and chinese.outside_filter.text.startswith("在您的筛选范围之外，Anthropic 的")
    for text in ("What does Anthropic say about backdoors?", "What does Sleeper Agents say about training?"):
        assert told(ask(with_reader, text, OPENAI)) == SAYS_SO
    # What the question names answers it, also where another paper does.
    overseen = told(ask(with_reader, "How does DeepMind supervise models that are smarter than us?", OPENAI))
    assert overseen and overseen.startswith("Outside your filter, Google DeepMind's On scalable oversight")
    named = ask(with_reader, "what does anthropic say about sparse autoencoders?", OPENAI)
    assert named.status == "answered" and "Outside your filter, Anthropic's Mapping the Mind" in (told(named) or "")
    for text in ("Can a weaker model supervise a stronger one?", "How long should I boil an egg?"):
        assert told(ask(with_reader, text, OPENAI)) is None
