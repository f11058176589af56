"""Which sentences are quoted, and whether the papers answer at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.answering.abstention import FEATURES, MODEL_FILE, Answerability, features, read_answerability
from app.answering.events import Citation
from app.answering.evidence import LEAD_QUOTES, MAX_PAPERS, OTHER_QUOTES, choose_quotes
from retrieval.chunking import cut_passages, glosses, split_sentences
from retrieval.corpus import shipped_file
from retrieval.errors import ModelError
from retrieval.types import Paper, Passage, Sentence

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


def paper(name: str, abstract: str, **fields: object) -> Paper:
    return Paper(name, name.title(), abstract, **({"language": "en"} | fields))  # type: ignore[arg-type]


def distinct(first: int, count: int) -> str:
    """Sentences that share no word."""
    return " ".join(
        f"{WORDS[n % 15].title()}{n} {WORDS[(n + 4) % 15]}{n} {WORDS[(n + 9) % 15]}{n}."
        for n in range(first, first + count)
    )


def weighed(scores: dict[str, Sequence[float]], papers: Sequence[Paper]) -> tuple[Citation, ...]:
    """The quotes chosen where each paper is one passage of score 0.8 and its sentences have these scores."""
    passages = [Passage(one, 0, len(one.abstract), 0.8) for one in papers]
    sentences = []
    for one in papers:
        spans = split_sentences(one.abstract)
        for span, score, gloss in zip(spans, scores[one.id], glosses(one, spans), strict=True):
            sentences.append(Sentence(one, span.start, span.end, score, gloss))
    return choose_quotes(sentences, passages)


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
    assert sum(len(split_sentences(quote.quote)) for quote in quotes) == LEAD_QUOTES


def test_three_papers_at_most_and_one_sentence_of_each_other_one() -> None:
    papers = [paper(name, distinct(3 * n, 3)) for n, name in enumerate("abcde")]
    quotes = weighed({one.id: [0.9, 0.1, 0.9] for one in papers}, papers)
    assert [quote.paper.id for quote in quotes] == ["a", "a", "b", "c"]


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
    quotes = choose_quotes(sentences, passages)
    assert [quote.number for quote in quotes] == list(range(1, len(quotes) + 1))
    counts = Counter(quote.paper.id for quote in quotes)
    whole = {(one.id, span.start) for one in papers for span in split_sentences(one.abstract)}
    assert len(counts) <= MAX_PAPERS
    lengths: Counter[str] = Counter()
    for quote in quotes:
        lengths[quote.paper.id] += len(split_sentences(quote.quote))
    assert all(count <= (OTHER_QUOTES if place else LEAD_QUOTES) for place, count in enumerate(lengths.values()))
    assert list(dict.fromkeys(quote.paper.id for quote in quotes)) == list(counts)
    for quote in quotes:
        assert quote.quote == quote.paper.abstract[quote.start : quote.end] != ""
        assert (quote.paper.id, quote.start) in whole and quote.quote.endswith(".")
    for one, other in pairwise(quotes):
        assert one.paper.id != other.paper.id or one.end < other.start


def found(score: float, **rungs: float) -> Passage:
    return Passage(paper("a", "Apple falls."), 0, 12, score, rungs)


def scored(*scores: float) -> list[Sentence]:
    return [Sentence(paper("a", "Apple falls."), 0, 12, score) for score in scores]


def test_the_features_are_the_best_of_each() -> None:
    others = [Passage(paper(f"p{n}", "x"), 0, 1, 0.5 - n / 10, {"passage": 0.1, "words": 0.9}) for n in range(5)]
    given = features(scored(0.2, 0.7), [found(0.8, passage=0.6, question=0.5, letters=0.3), *others])
    assert dict(zip(FEATURES, given, strict=True)) == pytest.approx(
        {"score": 0.8, "lead": 0.6, "passage": 0.6, "question": 0.5, "words": 0.9, "letters": 0.3, "sentence": 0.7}
    )


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1))
def test_confidence_is_a_chance(score: float, passage: float, words: float) -> None:
    model = Answerability((50.0,) * len(FEATURES), -10.0, 0.5)
    assert 0 <= model.confidence(scored(score), [found(score, passage=passage, words=words)]) <= 1


def test_the_shipped_model_trusts_what_fits_more_than_what_does_not() -> None:
    model = read_answerability(shipped_file(MODEL_FILE))
    near = model.confidence(scored(0.8), [found(0.7, passage=0.7, question=0.8, words=0.6, letters=0.5)])
    far = model.confidence(scored(0.2), [found(0.15, passage=0.2, question=0.2, words=0.1, letters=0.1)])
    assert near > model.answer_from > far


def test_nothing_found_is_no_confidence() -> None:
    assert read_answerability(shipped_file(MODEL_FILE)).confidence([], []) == 0


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"features": ["a"], "weights": [1], "bias": 0, "answer_from": 0}'])
def test_a_broken_model_file_is_one_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "answerability.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be used: reinstall"):
        read_answerability(file)
