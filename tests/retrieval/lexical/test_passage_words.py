"""The words of passages, counted in the text: as if every word of it had been stemmed and indexed."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexical.document import stems
from retrieval.lexical.passage_words import TextScores, _counted, text_scores
from retrieval.types import Span

SAID = (
    "owl owls hunting hunted hunt hunter covid-19 3.5% 3.5 19 study studies studied the of a AI ai Ünder 鲸 鱼 鲸鱼 é"
)
WORDS = st.sampled_from(SAID.split())
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)


@given(TEXTS, TEXTS)
def test_terms_are_counted_as_the_index_of_words_counts_them(text: str, query: str) -> None:
    wanted = frozenset(stems(query))
    assert _counted(text, wanted) == Counter(stem for stem in stems(text) if stem in wanted)


@given(st.text(max_size=200), st.text(max_size=40))
def test_scores_of_any_text_lie_between_nothing_and_all(text: str, query: str) -> None:
    passages = [Span(0, len(text) // 2), Span(len(text) // 2, len(text))]
    scores = text_scores(text, passages, dict.fromkeys(stems(query), 2.0))
    assert len(scores.passages) == 2
    assert all(0 <= one < 1 for one in (scores.words, *scores.passages))


def test_the_passage_with_the_rare_word_of_the_text_fits_best() -> None:
    text = "Owls hunt at night. Owls sleep by day. Owls hoard mice in winter."
    passages = [Span(0, 19), Span(20, 38), Span(39, len(text))]
    scores = text_scores(text, passages, {"owl": 1.0, "hoard": 1.0}).passages
    assert max(scores) == scores[2] > scores[0] > 0


def test_how_well_the_text_fits_goes_by_what_is_rare_in_the_collection() -> None:
    text, whole = "Owls hunt at night.", [Span(0, 19)]
    rare, common = (text_scores(text, whole, {"owl": weight}).words for weight in (6.0, 0.1))
    assert rare > 0.3 > 0.1 > common


@pytest.mark.parametrize(("text", "terms"), [("Owls hunt.", {}), ("", {"owl": 1.0}), ("Bats fly.", {"owl": 1.0})])
def test_where_nothing_is_said_there_is_no_score(text: str, terms: dict[str, float]) -> None:
    assert text_scores(text, [Span(0, len(text))], terms) == TextScores(0.0, (0.0,))


def test_a_text_without_passages_has_none() -> None:
    assert text_scores("Owls.", [], {"owl": 1.0}) == TextScores(0.0, ())
