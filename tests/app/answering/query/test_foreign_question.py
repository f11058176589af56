"""A question in a language that is not read is asked in English by its terms, and answered in its language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.collection.records import records_of
from app.answering.query.foreign_question import ForeignQuestion, foreign_question
from app.answering.question import MAX_QUESTION_CHARS, Turn, checked_question
from app.languages.foreign import foreign_language
from app.languages.foreign_phrases import spoken, terms_read
from app.local_answerer import LocalAnswerer
from retrieval.lexical.terms import FILE, read_terms
from retrieval.readers.registry import read_papers
from retrieval.shipped import default_papers_file, shipped_file

RECORDS = records_of(read_papers(default_papers_file()))
TERMS = read_terms(shipped_file(FILE))


def read(text: str, *before: str) -> ForeignQuestion | None:
    history = tuple(Turn("user", asked) for asked in before)
    return foreign_question(checked_question(text, history), RECORDS, TERMS)


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Was ist Superposition", "What is superposition?"),
        ("Was ist eigentlich Belohnungshacking?", "What is reward hacking?"),
        ("c'est quoi l'injection de prompt", "What is prompt injection?"),
        ("¿Qué es el desaprendizaje?", "What is unlearning?"),
        ("qu'est-ce que la généralisation faible à fort ?", "What is weak-to-strong generalization?"),
        ("報酬ハッキングって何", "What is reward hacking?"),
        ("スーパーポジションとは", "What is superposition?"),
        ("보상 모델 과최적화란 무엇인가요?", "What is reward model overoptimization?"),
        ("Что такое скрытое знание?", "What is latent knowledge?"),
        ("¿Qué artículos hablan de recompensas?", "Which papers are about reward?"),
        ("Welche Arbeiten von OpenAI gibt es zu Belohnungsmodellen?", "Which papers by OpenAI are about reward model?"),
        ("プロンプトインジェクション対策の論文ある？", "Which papers are about prompt injection?"),
        ("quels articles de 2023 sur le débat", "Which papers from 2023 are about debate?"),
        ("Wie kann man ein Sprachmodell etwas vergessen lassen?", "how can language model unlearning"),
        ("warum schmeicheln Modelle", "why sycophancy models"),
        ("Was ist der Unterschied zwischen RLHF und RLAIF?", "difference between RLHF and RLAIF"),
    ],
)
def test_it_becomes_english(text: str, english: str) -> None:
    asked = read(text)
    assert asked and asked.question.text == english


@pytest.mark.parametrize("text", ["What is superposition?", "什么是奖励篡改", "RLHF", "was RLHF used for GPT-4?"])
def test_what_is_read_is_left_alone(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Wie koche ich ein Ei?",
        "Wie teuer ist ein Sprachmodell?",
        "Wie kann man Menschen helfen?",
        "vad är reward hacking",
    ],
)
def test_without_terms_the_question_stays_as_it_is(text: str) -> None:
    asked = read(text)
    assert asked and asked.question.text == text and not asked.terms


def test_what_was_asked_before_is_read_in_english_too() -> None:
    asked = read("Warum bleiben Hintertüren nach dem Training?", "Was sind Schläferagenten?")
    assert asked and asked.question.history[0].content == "What is sleeper agents?"


@given(st.text(max_size=200) | st.text(alphabet="was ist debatte qué es モデルとは 보상 論文ある", max_size=200))
def test_any_text_is_borne(text: str) -> None:
    asked = foreign_question(checked_question(f"{text}a"), RECORDS, TERMS)
    assert asked is None or len(asked.question.text) <= MAX_QUESTION_CHARS


@pytest.mark.parametrize("code", sorted(TERMS))
def test_every_language_with_terms_says_so_in_itself(code: str) -> None:
    assert foreign_language(terms_read(code, ("RLHF",))) == code
    language = spoken(code)
    assert language and language.code == code and len(language.phrases.months) == 12
    one, several = language.collection.topics.near
    assert "{scope}" in one and "{scope}" in several and "{count}" in several and "or close to it" not in one + several


LISTS = {
    "de": "Welche Arbeiten gibt es zu skalierbarer Aufsicht?",
    "fr": "Quels articles parlent de supervision scalable ?",
    "es": "¿Qué artículos hablan de supervisión escalable?",
    "pt": "Quais artigos falam de supervisão escalável?",
    "it": "Quali articoli trattano la supervisione scalabile?",
    "nl": "Welke artikelen zijn er over schaalbaar toezicht?",
    "ru": "Какие есть статьи про масштабируемый надзор?",
    "ja": "スケーラブルな監督に関する論文を教えて",
    "ko": "확장 가능한 감독에 대한 논문 있어?",
}


@pytest.mark.parametrize(("code", "text"), LISTS.items())
def test_it_is_answered_in_its_language(answerer: LocalAnswerer, code: str, text: str) -> None:
    answer = answerer.ask(checked_question(text))
    assert answer.question == text and answer.status == "partly"
    listed = {citation.paper.id for citation in answer.citations}
    assert listed >= {"weak-llms-judging-strong-llms", "scalable-oversight"}
    assert answer.answer.startswith(terms_read(code, ("scalable oversight",)))
    assert answer.sentences[0].text.startswith(terms_read(code, ("scalable oversight",)))


def test_what_is_found_only_comes_near(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("Warum überleben Schläferagenten das Sicherheitstraining?"))
    assert answer.status == "partly" and answer.citations[0].paper.id == "sleeper-agents"
    assert "Am nächsten kommt: Sleeper Agents" in answer.answer and "Januar 2024" in answer.answer


def test_what_no_paper_says_is_refused_in_its_language(answerer: LocalAnswerer) -> None:
    answer = answerer.ask(checked_question("Wie lange muss ein Ei kochen, und warum ist das so?"))
    assert answer.status == "abstained" and "Dazu habe ich in den Arbeiten nichts gefunden" in answer.answer
