"""What asks for the meaning of a word is told by the sentence that gives it."""

from __future__ import annotations

import pytest

from app.answering.evidence.definition import (
    defines,
    defining_first,
    term_asked,
    terms_wanted,
    with_definitions,
    without_manner,
)
from app.answering.question import checked_question
from app.local_answerer import LocalAnswerer
from retrieval.types import Paper, Passage, Sentence


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What is RLHF?", "RLHF"),
        ("what are induction heads", "induction heads"),
        ("what means reward tampering", "reward tampering"),
        ("explain superposition", "superposition"),
        ("ok, what's a sparse autoencoder exactly?", "sparse autoencoder"),
        ("Can you explain constitutional AI to me in two sentences", "constitutional AI"),
        ('what is "reward hacking"', "reward hacking"),
        ("define scalable oversight please", "scalable oversight"),
        ("explain induction heads like i'm 12", "induction heads"),
        ("In one sentence, please: what is debate?", None),
        ("what is it?", None),
        ("what is the best way?", None),
        ("What is known about how people judge answers of language models?", None),
        ("Does debate work?", None),
        ("RLHF", "RLHF"),
        ("superposition??", "superposition"),
        ("induction heads", "induction heads"),
        ("privileged basis meaning", "privileged basis"),
        ("What does “sleeper agent” mean?", "sleeper agent"),
        ("what does RLAIF stand for", "RLAIF"),
        ("what does it mean", None),
        ("and constitutional AI?", "constitutional AI"),
        ("what about RAFT", "RAFT"),
        ("and in 2022?", None),
        ("and does it work", None),
        ("Do they work", None),
        ("sparse autoencoders on large language models", None),
        ("", None),
    ],
)
def test_the_term_that_is_asked_for(question: str, term: str | None) -> None:
    assert term_asked(question) == term


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("what the hell is a sleeper agent", ("sleeper agent",)),
        ("explain reward tampering to me like im reading it on the bus", ("reward tampering",)),
        (
            "Nobody at work can tell me what dictionary learning is. Every article assumes a degree.",
            ("dictionary learning",),
        ),
        ("i keep seeing 'path-specific objectives' everywhere, could you explain that", ("path-specific objectives",)),
        ("Hi, can somebody explain what a “sleeper agent” is to a committee of lawyers?", ("sleeper agent",)),
        # Another question is asked besides, or nothing that could be a name.
        ("what is RLHF? and who invented it?", ()),
        ("why is it so hard to say what an agent is used for", ()),
        ("can gpt4 explain neurons", ()),
        ("please tell me what it is", ()),
        ("what is " + "a b c d e f " * 400, ()),
    ],
)
def test_a_thing_that_is_wanted_explained_is_found_in_more_words(question: str, terms: tuple[str, ...]) -> None:
    assert terms_wanted(question) == terms


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("explain induction heads like i'm 12", "explain induction heads"),
        ("Does debate work? In one sentence please", "Does debate work?"),
        ("why do chatbots flatter, in plain English", "why do chatbots flatter"),
        ("please", "please"),
        ("in one sentence", "in one sentence"),
        ("Is pleasing people what models learn?", "Is pleasing people what models learn?"),
    ],
)
def test_how_an_answer_is_wanted_is_not_what_is_asked(question: str, asked: str) -> None:
    assert without_manner(question) == asked


@pytest.mark.parametrize(
    ("sentence", "term", "says"),
    [
        ("Feedback may teach models to flatter, a behaviour known as sycophancy.", "sycophancy", True),
        ("Reinforcement learning from human feedback (RLHF) is the canonical framework.", "RLHF", True),
        ("Circuit analysis is a promising technique.", "circuit analysis", True),
        ('"Induction heads" are attention heads that complete sequences.', "induction heads", True),
        ("We introduce a concept of ununlearning, where knowledge comes back.", "ununlearning", True),
        ("Our compiler, Tracr, generates models.", "Tracr", True),
        ("RL from AI Feedback (RLAIF), introduced in Bai et al., offers an alternative.", "RLAIF", True),
        ("We introduce direct-RLAIF, which is better.", "RLAIF", False),
        ("Constitutional AI offers an alternative.", "Constitutional AI", True),
        ("Pernicious reward-tampering, where a model rewrites its reward, is rare.", "reward tampering", True),
        ("We find inverse scaling in RL from human feedback (RLHF), where more makes it worse.", "RLHF", False),
        ("We train models with RLHF and test them.", "RLHF", False),
        ("Agents is what we study.", "gents", False),
        ("", "RLHF", False),
    ],
)
def test_a_sentence_that_says_what_it_is(sentence: str, term: str, says: bool) -> None:
    assert defines(sentence, term) is says


@pytest.mark.parametrize(
    ("sentence", "term", "says"),
    [
        ("Massif is a heap profiler.", "massif", True),
        ("6. Massif is a heap profiler.", "Massif", True),
        ("The Massif tool is a heap profiler.", "Massif", True),
        ("Memcheck is the default tool.", "Memcheck", True),
        ("The most popular of these tools is called Memcheck.", "Memcheck", True),
        ("Data races -- accessing memory without locking.", "data race", True),
        ("A data race is what happens when two threads write at once.", "data race", True),
        ("DER stands for Distinguished Encoding Rules.", "DER", True),
        ("Memcheck is not perfect.", "Memcheck", False),
        ("The requests are defined in memcheck.h.", "memcheck", False),
        ("der: DER data to decode.", "DER", False),
        ("This can be used to define a HMAC context struct.", "HMAC", False),
        ("Here massif is an option of the command.", "option", False),
    ],
)
def test_of_a_full_text_only_what_plainly_says_it(sentence: str, term: str, says: bool) -> None:
    assert defines(sentence, term, "text") is says


@pytest.mark.parametrize("told", ["is not perfect", "is still slow", "isn't ready", "is currently needed"])
def test_what_is_told_of_a_thing_is_not_what_it_is(told: str) -> None:
    assert not defines(f"Circuit analysis {told}.", "circuit analysis")


USES = Paper("uses", "Uses", "We train owls with RLHF.", "en")
TELLS = Paper("tells", "Tells", "Owls sleep. RLHF is a way to train owls.", "en")


def test_a_paper_that_says_it_is_read_first_and_its_sentence_counts_for_more() -> None:
    passages = [Passage(one, 0, len(one.abstract), score) for one, score in ((USES, 0.9), (TELLS, 0.4))]
    assert [passage.paper.id for passage in defining_first(passages, "RLHF")] == ["tells", "uses"]
    assert defining_first(passages, "debate") == passages
    read = [Sentence(USES, 0, 24, 0.6), Sentence(TELLS, 0, 11, 0.1), Sentence(TELLS, 12, 40, 0.2)]
    uses, sleeps, tells = with_definitions(read, "RLHF")
    assert (uses, sleeps) == tuple(read[:2]) and tells.score > uses.score


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is RLHF?", "RLHF"),
        ("what is sycophancy", "known as sycophancy"),
        ("explain constitutional AI", "list of rules or principles"),
        ("what is scalable oversight?", "the problem of supervising"),
        ("what is goal misgeneralization", "oal misgeneralization"),
    ],
)
def test_one_of_the_first_quotes_says_what_it_is(with_reader: LocalAnswerer, question: str, said: str) -> None:
    answer = with_reader.ask(checked_question(question))
    term = term_asked(question)
    assert answer.status == "answered" and term
    assert any(said in citation.quote for citation in answer.citations[:2]), answer.answer
    assert any(defines(citation.quote, term) for citation in answer.citations[:2]), answer.answer


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("什么是奖励篡改", "奖励篡改"),
        ("弱到强泛化是什么意思？", "弱到强泛化"),
        ("请解释一下可扩展监督", "可扩展监督"),
        ("RLHF是什么", "RLHF"),
        ("A和B的区别是什么", None),
        ("这是什么", None),
        ("什么是最大的问题", None),
    ],
)
def test_a_chinese_question_wants_a_definition(question: str, term: str | None) -> None:
    assert term_asked(question) == term
