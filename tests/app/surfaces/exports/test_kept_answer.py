"""An answer kept outside the server: opened again as it was, never with a quote that no paper has."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.answer import Answer, AnswerModels, AnswerSentence, Direct, OutsideFilter, Timings
from app.answering.citation import Citation
from app.answering.question import checked_question
from app.build import LocalAnswerer
from app.notices.notice import Notice, languages, said, templates, together
from app.surfaces.exports.kept_answer import MAX_CITATIONS, answer_from_kept, kept
from app.surfaces.exports.kept_values import MAX_TEXT_CHARS
from app.surfaces.page.kept_conversation import exchanges_from_kept
from retrieval.errors import CorpusError, InputError
from retrieval.full_text import FullText, text_at_hand
from retrieval.types import Paper, Passage
from tests.support.full_texts import full_text

SLEEPER = Paper("sleeper", "Sleeper Agents", "Backdoors persist. Training does not remove them.", "en")
CHINESE = Paper(
    "zh", None, "我们研究语言模型。", "zh", label="Models", translations={"en": "We study language models."}
)
PAPERS = {paper.id: paper for paper in (SLEEPER, CHINESE)}
ANSWER = Answer(
    id="a1",
    question="Do they stay?",
    standalone_question="Do backdoors stay?",
    status="answered",
    mode="generated",
    answer="They persist. [1] Training leaves them. [1][2] Models are studied. [3]",
    confidence=0.9123,
    sentences=(
        AnswerSentence("They persist. [1]", (1,), "supported", 0.9),
        AnswerSentence("Training leaves them. [1][2]", (1, 2), "supported", 0.8),
        AnswerSentence("Models are studied. [3]", (3,), "supported", 0.7),
    ),
    citations=(
        Citation(1, SLEEPER, 0, 18, 0.61),
        Citation(2, SLEEPER, 19, 49, 0.5),
        Citation(3, CHINESE, 0, 9, 0.4, "We study language models."),
    ),
    sources=(Passage(SLEEPER, 0, 49, 0.61), Passage(CHINESE, 0, 9, 0.4)),
    followups=("What else?",),
    timings=Timings(total_ms=84.2, first_token_ms=None),
    models=AnswerModels(embedding="tiny", llm=None, corpus="abc"),
    note="A note.",
    direct=Direct("Backdoors stay.", "project", (1, 2)),
    outside_filter=OutsideFilter("Outside your filter, Models answers this.", Citation(1, CHINESE, 0, 9, 0.4)),
)
COUNTED = replace(ANSWER, note=Notice("left_out", count=2))


def record(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(kept(ANSWER)) | changes


def sent(answer: Answer) -> Any:
    """As it comes back from a browser."""
    return json.loads(json.dumps(kept(answer)))


def test_an_answer_opens_as_it_was() -> None:
    assert answer_from_kept(sent(ANSWER), PAPERS.get) == ANSWER


def test_a_kept_answer_holds_no_text_of_the_papers() -> None:
    words = json.dumps(replace(ANSWER, answer="").as_json())
    assert "Backdoors persist." in words
    assert "Backdoors persist." not in json.dumps(kept(replace(ANSWER, answer="")))


@pytest.mark.parametrize(
    "question", ["Do backdoors survive training?", "大型语言模型有哪些风险？", "boil an egg", "hello"]
)
def test_real_answers_open_as_they_were(answerer: LocalAnswerer, question: str) -> None:
    answer = answerer.ask(checked_question(question))
    opened = answer_from_kept(sent(answer), answerer.paper)
    assert opened.as_json() == answer.as_json()


_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_scores = st.integers(-10_000, 10_000).map(lambda score: score / 10_000)
_shares = st.integers(0, 10_000).map(lambda score: score / 10_000)


@st.composite
def _answers(draw: st.DrawFn) -> Answer:
    spans = st.tuples(st.integers(0, 48), st.integers(1, 49)).map(lambda span: (span[0], min(49, sum(span))))
    numbers = draw(st.lists(st.integers(1, 99), unique=True, max_size=4))
    citations = tuple(Citation(number, SLEEPER, *draw(spans), draw(_scores)) for number in numbers)
    cited = st.lists(st.sampled_from(numbers), unique=True).map(tuple) if numbers else st.just(())
    sentences = tuple(
        AnswerSentence(
            draw(_words), own, draw(st.sampled_from(["supported", "unsupported"])) if own else "uncited", score
        )
        for own, score in draw(st.lists(st.tuples(cited, _shares), max_size=3))
    )
    return Answer(
        *(draw(_words), draw(_words), draw(_words)),
        draw(st.sampled_from(["answered", "abstained"])),
        draw(st.sampled_from(["quotes", "generated"])),
        draw(_words),
        draw(_shares),
        sentences,
        citations,
        tuple(
            Passage(paper, 0, draw(st.integers(0, 9)), draw(_scores))
            for paper in draw(st.permutations([*PAPERS.values()]))
        ),
        tuple(draw(st.lists(_words, max_size=3))),
        draw(st.builds(Timings, *[st.none() | st.floats(0, 1e6)] * 4)),
        draw(st.builds(AnswerModels, *[st.none() | _words] * 5)),
        draw(st.none() | _words),
    )


@given(_answers())
def test_every_answer_opens_as_it_was(answer: Answer) -> None:
    assert answer_from_kept(sent(answer), PAPERS.get) == answer


# ---- what a forged record cannot do


def test_a_quote_comes_from_the_abstract_and_from_nowhere_else() -> None:
    forged = record()
    forged["citations"][0] |= {"quote": "Backdoors are harmless.", "paper": "sleeper", "abstract": "Lies."}
    forged["citations"][2]["gloss"] = "We love language models."
    opened = answer_from_kept(forged, PAPERS.get)
    assert opened.citations[0].quote == "Backdoors persist."
    assert opened.citations[2].gloss is None


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ((), None, "an object"),
        (("version",), 2, "version"),
        (("id",), 7, "text"),
        (("question",), None, "text"),
        (("question",), "a\ud800", "readable"),
        (("answer",), "x" * (MAX_TEXT_CHARS + 1), "longer than 20,000"),
        (("status",), "true", "answered or partly or abstained"),
        (("mode",), [], "quotes or generated"),
        (("confidence",), float("nan"), "between"),
        (("confidence",), 10**400, "between"),
        (("confidence",), True, "a number"),
        (("citations",), {}, "a list"),
        (("citations",), [{}] * (MAX_CITATIONS + 1), "more than 50"),
        (("citations", 0), 1, "an object"),
        (("citations", 1, "number"), 1, "twice"),
        (("citations", 1, "number"), 0, "between"),
        (("citations", 1, "number"), 2.0, "whole"),
        (("citations", 1, "start"), -1, "between"),
        (("citations", 1, "start"), 49, "outside the abstract"),
        (("citations", 1, "end"), 50, "outside the abstract"),
        (("citations", 1, "end"), 3, "before it begins"),
        (("citations", 1, "paper"), ["sleeper"], "text"),
        (("citations", 1, "score"), "0.5", "a number"),
        (("citations", 1, "check"), 3, "text"),
        (("sentences", 0, "citations"), [4], "not there"),
        (("sentences", 0, "citations"), [True], "not there"),
        (("sentences", 0, "citations"), [[]], "not there"),
        (("sentences", 0, "citations"), [], "cannot be supported"),
        (("sentences", 0, "support"), "proven", "supported or contradicted or unsupported"),
        (("sources", 0, "end"), 10**9, "between"),
        (("followups",), [None], "text"),
        (("timings", "total_ms"), "fast", "a number"),
        (("models",), {"llm": 3}, "text"),
        (("models",), {str(n): None for n in range(21)}, "more than 20"),
        (("note",), 3, "text"),
        (("outside_filter",), [], "an object"),
        (("outside_filter", "text"), 3, "text"),
        (("outside_filter", "quote"), 3, "an object"),
        (("outside_filter", "quote", "start"), -1, "between"),
        (("notes", 0, "params", "count"), 10**400, "between"),
        (("notes", 0, "params", "count"), float("inf"), "between"),
        (("notes", 0, "params", "count"), float("nan"), "between"),
        (("notes", 0, "params", "count"), True, "text"),
    ],
)
def test_a_record_of_another_form_is_refused_in_a_sentence(path: tuple[Any, ...], value: Any, reason: str) -> None:
    forged: Any = copy.deepcopy(kept(COUNTED))
    forged["citations"][1].pop("check")
    whole = [forged]
    at: Any = whole
    for step in (0, *path)[:-1]:
        at = at[step]
    at[(0, *path)[-1]] = value
    with pytest.raises(InputError, match=r"^The kept answer cannot be opened: .*" + reason + r".*\.$"):
        answer_from_kept(whole[0], PAPERS.get)


_HUGE = (10**400, -(10**400), float("inf"), float("-inf"), float("nan"), 1e308, 1e9)


@pytest.mark.parametrize("code", [*templates("en"), "several", "of_another_version", None, 7, ["left_out"]])
def test_a_note_of_any_code_is_told_in_every_language_or_refused(code: Any) -> None:
    names = ("count", "name", "number", "reason", "limit", "since", "until", "size", "memory", "speed")
    for value in (*_HUGE, 0, -1, 2.5, "", "2", "{count.__class__}"):
        forged = record(notes=[{"code": code, "params": dict.fromkeys(names, value)}])
        try:
            note = answer_from_kept(forged, PAPERS.get).note or ""
        except InputError:
            assert value in _HUGE
            continue
        assert all(isinstance(said(note, language), str) for language in languages())
        if not isinstance(code, str) or code not in templates("en"):
            assert note == "A note."


def test_a_note_of_a_code_and_of_words_keeps_both_and_their_languages() -> None:
    mixed = together("A plugin's own words.", Notice("left_out", count=2))
    opened = answer_from_kept(sent(replace(ANSWER, note=mixed)), PAPERS.get)
    assert opened.note == mixed
    assert said(opened.note or "", "zh") == f"A plugin's own words. {Notice('left_out', count=2).said('zh')}"


def test_a_conversation_with_a_note_that_cannot_be_told_opens_without_that_turn(answerer: LocalAnswerer) -> None:
    good = kept(answerer.ask(checked_question("Do backdoors survive training?")))
    huge = good | {"notes": [{"code": "needs_nothing", "params": {"memory": 10**400, "speed": 1}}]}
    opened, lost = exchanges_from_kept([{"answer": huge}, {"answer": good}], answerer.paper)
    assert lost == 1 and [exchange.question for exchange in opened] == [good["question"]]


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(_HUGE)
    | st.floats()
    | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(_json, st.data())
def test_a_hostile_record_is_opened_or_refused_and_nothing_else(value: Any, data: st.DataObject) -> None:
    forged: Any = copy.deepcopy(kept(COUNTED))
    at: Any = forged
    while True:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not (isinstance(at[key], dict | list) and at[key] and data.draw(st.booleans())):
            break
        at = at[key]
    at[key] = value
    for hostile in (forged, value):
        try:
            opened = answer_from_kept(hostile, PAPERS.get)
        except InputError:
            continue
        json.dumps(opened.as_json(), allow_nan=False).encode()
        assert all(quote.quote and quote.quote in quote.paper.abstract for quote in opened.citations)


# ---- the collection has changed since


def test_an_answer_whose_paper_is_gone_opens_and_says_so() -> None:
    opened = answer_from_kept(record(), {"sleeper": SLEEPER}.get)
    assert opened.answer == ANSWER.answer
    assert [citation.number for citation in opened.citations] == [1, 2]
    assert [source.paper.id for source in opened.sources] == ["sleeper"]
    assert [sentence.support for sentence in opened.sentences] == ["supported", "supported", "uncited"]
    assert opened.note and opened.note.startswith("A note. One of its papers is no longer in the collection")
    again = answer_from_kept(kept(opened), {"sleeper": SLEEPER}.get)
    assert again == opened  # the note is not said twice


def test_the_direct_line_goes_with_a_quote_that_says_it() -> None:
    gone = {name: paper for name, paper in PAPERS.items() if name != SLEEPER.id}
    assert answer_from_kept(sent(ANSWER), gone.get).direct is None
    with pytest.raises(InputError):
        answer_from_kept(record(direct={"text": "x", "by": "project", "citations": [9]}), PAPERS.get)


def test_what_is_outside_the_filter_goes_with_the_quote_that_answers() -> None:
    changed = {**PAPERS, "zh": replace(CHINESE, abstract="我们研究别的模型。")}
    assert answer_from_kept(record(), changed.get).outside_filter is None
    assert answer_from_kept(record(), {"sleeper": SLEEPER}.get).outside_filter is None
    unnamed = replace(ANSWER, outside_filter=OutsideFilter("Without your filter, the collection answers this."))
    assert answer_from_kept(sent(unnamed), {"sleeper": SLEEPER}.get).outside_filter == unnamed.outside_filter


def test_a_quote_whose_words_have_changed_is_left_out() -> None:
    rewritten = replace(SLEEPER, abstract="Backdoors persist. Training does remove them, we find.")
    opened = answer_from_kept(record(), (PAPERS | {"sleeper": rewritten}).get)
    assert [citation.number for citation in opened.citations] == [1, 3]
    assert [sentence.support for sentence in opened.sentences] == ["supported", "unsupported", "supported"]
    assert opened.sentences[1].citations == (1,)
    assert "One of its papers is no longer" in (opened.note or "")


def test_an_abstract_that_became_shorter_keeps_its_paper_among_the_sources() -> None:
    shorter = replace(SLEEPER, abstract="Backdoors persist.")
    opened = answer_from_kept(record(), (PAPERS | {"sleeper": shorter}).get)
    assert [citation.number for citation in opened.citations] == [1, 3]
    assert opened.sources[0].text == "Backdoors persist."


def gone() -> FullText:
    raise CorpusError("It is gone.")


def test_a_quote_of_a_text_that_cannot_be_read_any_more_is_left_out() -> None:
    text = full_text(("", "Backdoors stay for years. Nobody finds them.", "body"))
    paper = replace(SLEEPER, text=text_at_hand(text))
    cited = replace(
        ANSWER,
        citations=(ANSWER.citations[0], Citation(2, paper, 0, 25, 0.5, part="text"), ANSWER.citations[2]),
        sources=(Passage(paper, 0, 25, 0.6, part="text"),),
    )
    assert answer_from_kept(sent(cited), (PAPERS | {"sleeper": paper}).get).citations[1].part == "text"
    unread = replace(paper, text=replace(text_at_hand(text), load=gone))
    opened = answer_from_kept(sent(cited), (PAPERS | {"sleeper": unread}).get)
    assert [citation.number for citation in opened.citations] == [1, 3]
    assert (opened.sources[0].part, opened.sources[0].text) == ("abstract", SLEEPER.abstract)
    assert "One of its papers is no longer" in (opened.note or "")


def test_a_forged_record_cannot_quote_a_whole_book() -> None:
    book = replace(SLEEPER, text=text_at_hand(full_text(("", "Owls sleep." * 10_000, "body"))))
    forged = record()
    forged["citations"][0] |= {"part": "text", "start": 0, "end": 100_000, "check": None}
    with pytest.raises(InputError, match="too long"):
        answer_from_kept(forged, (PAPERS | {"sleeper": book}).get)


def test_two_papers_gone_are_counted() -> None:
    opened = answer_from_kept(record(note=None), lambda name: None)
    assert opened.citations == opened.sources == ()
    assert (opened.note or "").startswith("2 of its papers are no longer")
