"""Which sentences are quoted, and whether the papers answer at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.citation import Citation
from app.answering.evidence.selection import (
    EXPLAINED,
    LEAD_SENTENCES,
    MAX_SENTENCES,
    PAPERS_READ,
    READ_WHOLE_CHARS,
    asks_for_several,
    choose_quotes,
    leans,
    passages_to_read,
    relevant,
)
from retrieval.chunking import cut_passages, glosses, split_sentences
from retrieval.retriever import PaperRetriever
from retrieval.types import ExpansionQuery, Paper, Passage, Sentence, Span

WORDS = [
    "apple",
    "bridge",
    "candle",
    "dragon",
    "engine",
    "forest",
    "garden",
    "hammer",
    "island",
    "jungle",
    "kettle",
    "lantern",
    "mirror",
    "needle",
    "orange",
]


def paper(name: str, abstract: str, **fields: Any) -> Paper:
    usual: dict[str, Any] = {"language": "en"}
    return Paper(name, name.title(), abstract, **usual | fields)


def distinct(first: int, count: int) -> str:
    """Sentences that share no word."""
    return " ".join(
        f"{WORDS[n % 15].title()}{n} {WORDS[(n + 4) % 15]}{n} {WORDS[(n + 9) % 15]}{n}."
        for n in range(first, first + count)
    )


def weighed(
    scores: Mapping[str, Sequence[float]], papers: Sequence[Paper], question: str = "", fits: Sequence[float] = ()
) -> tuple[Citation, ...]:
    """The quotes chosen where each paper fits by 0.8, or by `fits`, and its sentences have these scores."""
    passages = [
        Passage(one, 0, len(one.abstract), score)
        for one, score in zip(papers, fits or [0.8] * len(papers), strict=True)
    ]
    sentences = []
    for one in papers:
        spans = split_sentences(one.abstract)
        for span, score, gloss in zip(spans, scores[one.id], glosses(one, spans), strict=True):
            sentences.append(Sentence(one, span.start, span.end, score, gloss))
    return choose_quotes(sentences, passages, question)


def told(quotes: Sequence[Citation]) -> list[str]:
    return [quote.quote for quote in quotes]


def test_the_best_sentence_is_quoted_verbatim() -> None:
    one = paper("a", "First thing. The second thing matters. Third word.")
    [quote] = weighed({"a": [0.1, 0.9, 0.1]}, [one])
    assert (quote.number, quote.quote, quote.score) == (1, "The second thing matters.", 0.9)
    assert one.abstract[quote.start : quote.end] == quote.quote


def test_neighbours_become_one_quote() -> None:
    one = paper("a", "Apple falls.  Bridge stands.\nCandle burns.")
    [quote] = weighed({"a": [0.8, 0.9, 0.1]}, [one])
    assert quote.quote == "Apple falls.  Bridge stands."
    assert quote.score == 0.9


def test_sentences_apart_are_two_quotes_in_reading_order() -> None:
    one = paper("a", "Apple falls. Bridge stands. Candle burns.")
    quotes = weighed({"a": [0.8, 0.1, 0.9]}, [one])
    assert told(quotes) == ["Apple falls.", "Candle burns."]
    assert [quote.number for quote in quotes] == [1, 2]


def test_three_sentences_of_the_best_paper_at_most() -> None:
    quotes = weighed({"a": [0.9] * 5}, [paper("a", distinct(0, 5))])
    assert sum(len(split_sentences(quote.quote)) for quote in quotes) == LEAD_SENTENCES == 3


def test_a_paper_that_clearly_leads_is_quoted_alone() -> None:
    papers = [paper(name, distinct(3 * n, 3)) for n, name in enumerate("abc")]
    scores = {one.id: [0.9, 0.1, 0.9] for one in papers}
    assert {quote.paper.id for quote in weighed(scores, papers, "Do models lie?", (0.8, 0.6, 0.6))} == {"a"}
    near = weighed(scores, papers, "Do models lie?", (0.8, 0.75, 0.6))
    assert [quote.paper.id for quote in near] == ["a", "a", "b"]


COMPARING = "Compare the approaches to lying."


def test_where_several_are_asked_for_four_are_quoted_and_no_more_than_six_sentences() -> None:
    papers = [paper(name, distinct(5 * n, 5)) for n, name in enumerate("abcde")]
    scores = {one.id: [0.9, 0.1, 0.9, 0.1, 0.9] for one in papers}
    quotes = weighed(scores, papers, COMPARING, (0.8, 0.6, 0.6, 0.6, 0.6))
    assert [quote.paper.id for quote in quotes] == ["a", "a", "b", "c", "d"]
    assert [quote.paper.id for quote in weighed(scores, papers, COMPARING, (0.8, 0.6, 0.5, 0.5, 0.5))] == [
        "a",
        "a",
        "b",
    ]


def test_there_is_no_more_room_than_for_six_sentences() -> None:
    pairs = [paper(name, f"{name}one stands. This {name}two falls.".replace(name, name.upper(), 1)) for name in "abcd"]
    quotes = weighed({one.id: [0.1, 0.9] for one in pairs}, pairs, COMPARING)
    assert [quote.paper.id for quote in quotes] == ["a", "b", "c"]
    assert sum(len(split_sentences(quote.quote)) for quote in quotes) == MAX_SENTENCES == 6


def test_another_paper_is_quoted_only_where_its_sentence_is_about_as_near() -> None:
    papers = [paper("a", distinct(0, 2)), paper("b", distinct(2, 2)), paper("c", distinct(4, 2))]
    quotes = weighed({"a": [0.9, 0.1], "b": [0.5, 0.1], "c": [0.8, 0.1]}, papers, COMPARING)
    assert [quote.paper.id for quote in quotes] == ["a", "c"]


def test_a_paper_that_the_question_names_is_quoted_alone() -> None:
    papers = [paper("leading model paper", distinct(0, 2)), paper("debate with weak judges", distinct(2, 2))]
    scores = {one.id: [0.9, 0.1] for one in papers}
    named = weighed(scores, papers, "What does Debate with Weak Judges say of lies?", (0.8, 0.5))
    assert [quote.paper.id for quote in named] == ["debate with weak judges"]
    both = weighed(scores, papers, "Compare Debate with Weak Judges to the Leading Model Paper on lies.", (0.8, 0.5))
    assert [quote.paper.id for quote in both] == ["debate with weak judges", "leading model paper"]
    others = weighed(scores, papers, "Which papers disagree with Debate with Weak Judges?", (0.8, 0.6))
    assert [quote.paper.id for quote in others] == ["debate with weak judges", "leading model paper"]


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Compare RLHF with DPO.", True),
        ("Which papers warn of sycophancy?", True),
        ("What methods are there for unlearning?", True),
        ("Who else found this?", True),
        ("What do the authors disagree on?", True),
        ("有哪些方法？", True),
        ("Do safety techniques remove a backdoor?", False),
        ("How was the listed data collected?", False),
        ("模型会撒谎吗？", False),
    ],
)
def test_what_asks_for_several(question: str, several: bool) -> None:
    assert asks_for_several(question) is several


@pytest.mark.parametrize("start", ["This shows", "These results show", "However, we find", "They lie", "因此"])
def test_a_sentence_that_leans_on_the_one_before_brings_it_along(start: str) -> None:
    one = paper("a", f"Apple falls fast. Bridge stands. {start} candle burns.")
    [quote] = weighed({"a": [0.1, 0.2, 0.9]}, [one])
    assert quote.quote == f"Bridge stands. {start} candle burns."


@pytest.mark.parametrize(
    ("sentence", "does"),
    [
        ("This paper shows a thing.", False),
        ("In this work we lie.", False),
        ("We lie.", False),
        ("Thistles grow.", False),
        ("It works.", True),
        ("For example, it lies.", True),
        ("这篇论文提出。", False),
        ("这表明。", True),
    ],
)
def test_what_leans(sentence: str, does: bool) -> None:
    assert leans(sentence) is does


def test_what_cannot_be_explained_within_bounds_is_left_out() -> None:
    one = paper("a", "Apple a. This bridge b. Candle c. They dragon d. Engine e. However forest f.")
    quotes = weighed({"a": [0.1, 0.9, 0.1, 0.7, 0.1, 0.8]}, [one])
    assert told(quotes) == ["Apple a. This bridge b.", "Engine e. However forest f."]


def asked(answers: str, one: Paper, **fields: Any) -> ExpansionQuery:
    start = one.abstract.index(answers)
    return ExpansionQuery(one.id, "q", "q", answers=(Span(start, start + len(answers)),), **fields)


def test_what_a_near_written_question_is_about_counts_for_more() -> None:
    one = paper("a", "Apple falls. Bridge stands. Candle burns.")
    sentences = [
        Sentence(one, span.start, span.end, score)
        for span, score in zip(split_sentences(one.abstract), (0.6, 0.5, 0.4), strict=True)
    ]
    written = [
        (asked("Candle burns.", one), 0.9),
        (asked("Candle burns.", one), 0.1),
        (asked("Apple falls.", one), 0.2),
    ]
    assert [sentence.score for sentence in relevant(sentences, written)] == pytest.approx([0.4, 0.5, 0.65])
    [quote] = choose_quotes(sentences, [Passage(one, 0, len(one.abstract), 0.8)], "", written)[-1:]
    assert quote.quote.endswith("Candle burns.") and quote.score == pytest.approx(0.65)
    other = [(asked("Candle burns.", paper("b", one.abstract)), 0.9)]
    assert relevant(sentences, other) == sentences


def test_abstracts_are_read_whole_unless_they_are_long(built: Any) -> None:
    short, long = paper("a", distinct(0, 9)), paper("b", "word. " * READ_WHOLE_CHARS)
    passages = [Passage(short, 0, 5, 0.9), Passage(long, 0, 5, 0.8), Passage(long, 6, 11, 0.8)]
    passages += [Passage(paper(name, "Words."), 0, 6, 0.5) for name in "cde"]
    read = passages_to_read(passages)
    assert [(one.paper.id, one.start, one.end) for one in read[:3]] == [
        ("a", 0, len(short.abstract)),
        ("b", 0, 5),
        ("b", 6, 11),
    ]
    assert len({one.paper.id for one in read}) == PAPERS_READ


def test_the_evidence_is_of_the_best_papers(retriever: PaperRetriever) -> None:
    query = "Do safety techniques remove a backdoor?"
    passages = retriever.passages(query)
    sentences = retriever.sentences(query, passages_to_read(passages))
    best = dict.fromkeys(passage.paper.id for passage in passages)
    assert list(dict.fromkeys(sentence.paper.id for sentence in sentences)) == list(best)[:PAPERS_READ]
    whole = {sentence.start for sentence in sentences if sentence.paper.id == "sleeper-agents"}
    abstract = next(passage.paper.abstract for passage in passages if passage.paper.id == "sleeper-agents")
    assert whole == {span.start for span in split_sentences(abstract)}


def test_the_best_paper_comes_first_and_its_quotes_in_reading_order() -> None:
    one, two = paper("a", distinct(0, 3)), paper("b", distinct(3, 3))
    passages = [Passage(one, 0, len(one.abstract), 0.78), Passage(two, 0, len(two.abstract), 0.8)]
    sentences = [
        Sentence(each, span.start, span.end, score)
        for each, scores in ((one, (0.99, 0.1, 0.1)), (two, (0.7, 0.1, 0.8)))
        for span, score in zip(split_sentences(each.abstract), scores, strict=True)
    ]
    quotes = choose_quotes(sentences, passages)
    assert [(quote.number, quote.paper.id) for quote in quotes] == [(1, "b"), (2, "b"), (3, "a")]
    assert quotes[0].start < quotes[1].start


def test_what_says_the_same_is_quoted_once() -> None:
    papers = [paper("a", "Models lie to their overseers often."), paper("b", "Often the models lie to overseers.")]
    assert told(weighed({"a": [0.9], "b": [0.89]}, papers)) == ["Models lie to their overseers often."]


def test_what_is_much_worse_is_not_quoted() -> None:
    near, far = paper("near", distinct(0, 3)), paper("far", distinct(3, 1))
    passages = [Passage(near, 0, len(near.abstract), 0.8), Passage(far, 0, len(far.abstract), 0.6)]
    spans = split_sentences(near.abstract)
    sentences = [Sentence(far, 0, len(far.abstract), 0.99)]
    sentences += [
        Sentence(near, span.start, span.end, score) for span, score in zip(spans, (0.9, 0.1, 0.5), strict=True)
    ]
    assert [(quote.paper.id, quote.start) for quote in choose_quotes(sentences, passages)] == [("near", 0)]


@pytest.mark.parametrize(
    "question", ["Can models lie?", "Can “models lie?”", "(Can models lie?)", "模型会撒谎吗？", "模型会“撒谎吗？”"]
)
def test_a_question_is_never_quoted(question: str) -> None:
    one = paper("a", f"Apple falls. {question} Bridge stands.")
    spans = split_sentences(one.abstract)
    sentences = [
        Sentence(one, span.start, span.end, 0.9 if "？" in text or "?" in text else 0.7)
        for span in spans
        for text in [one.abstract[span.start : span.end]]
    ]
    quotes = choose_quotes(sentences, [Passage(one, 0, len(one.abstract), 0.8)])
    assert told(quotes) == ["Apple falls.", "Bridge stands."]


def test_a_paper_without_abstract_is_never_quoted() -> None:
    empty = paper("empty", "")
    assert choose_quotes([], [Passage(empty, 0, 0, 1.0)]) == ()
    assert choose_quotes([Sentence(empty, 0, 0, 1.0)], [Passage(empty, 0, 0, 1.0)]) == ()
    other = paper("a", "Apple falls.")
    passages = [Passage(empty, 0, 0, 1.0), Passage(other, 0, 12, 0.5)]
    assert told(choose_quotes([Sentence(other, 0, 12, 0.5)], passages)) == ["Apple falls."]


def test_a_chinese_quote_has_its_english() -> None:
    chinese = paper(
        "a",
        "苹果掉下来。桥立着。蜡烛烧。",
        language="zh",
        translations={"en": "Apple falls. Bridge stands. Candle burns."},
    )
    [quote] = weighed({"a": [0.9, 0.88, 0.1]}, [chinese])
    assert (quote.quote, quote.gloss) == ("苹果掉下来。桥立着。", "Apple falls. Bridge stands.")
    [quote] = weighed({"a": [0.1, 0.1, 0.9]}, [chinese])
    assert (quote.quote, quote.gloss) == ("蜡烛烧。", "Candle burns.")


def test_nothing_to_choose_from() -> None:
    assert choose_quotes([], []) == ()


@given(st.data())
def test_whatever_the_scores(data: st.DataObject) -> None:
    papers = [
        paper(f"p{n}", distinct(10 * n, data.draw(st.integers(1, 8)))) for n in range(data.draw(st.integers(1, 6)))
    ]
    passages, sentences = [], []
    for one in papers:
        spans = split_sentences(one.abstract)
        for cut in cut_passages(spans, 60):
            passages.append(Passage(one, cut.start, cut.end, data.draw(st.floats(-1, 1))))
        sentences += [Sentence(one, span.start, span.end, data.draw(st.floats(-1, 1))) for span in spans]
    question = data.draw(st.sampled_from(["", COMPARING, "What of P1 and P2?"]))
    quotes = choose_quotes(sentences, passages, question)
    assert [quote.number for quote in quotes] == list(range(1, len(quotes) + 1))
    counts = Counter(quote.paper.id for quote in quotes)
    whole = {(one.id, span.start) for one in papers for span in split_sentences(one.abstract)}
    assert len(counts) <= PAPERS_READ
    lengths: Counter[str] = Counter()
    for quote in quotes:
        lengths[quote.paper.id] += len(split_sentences(quote.quote))
    assert sum(lengths.values()) <= MAX_SENTENCES
    assert all(count <= (1 if place else LEAD_SENTENCES) + EXPLAINED for place, count in enumerate(lengths.values()))
    assert list(dict.fromkeys(quote.paper.id for quote in quotes)) == list(counts)
    for quote in quotes:
        assert quote.quote == quote.paper.abstract[quote.start : quote.end] != ""
        assert (quote.paper.id, quote.start) in whole and quote.quote.endswith(".")
    for one, other in pairwise(quotes):
        assert one.paper.id != other.paper.id or one.end < other.start
