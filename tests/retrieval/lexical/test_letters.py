"""Letter n-gram scores, held against sklearn's, whose they are."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import CorpusError
from retrieval.lexical.letters import BUCKETS, SAMPLE, LetterRarity, cosines

DOCUMENTS = (
    "Backdoors persist through safety training, and training hides them.",
    "Sparse autoencoders find features that a person can read.",
    "模型会撒谎。 Debate between two models helps a weak judge.",
    "a",
    "",
)
RARITY = LetterRarity.of(DOCUMENTS)
HASHED = [1605, 178191, 196952, 366497, 575565, 599255, 756794, 898523, 933135, 992623]
"""The n-grams of \"Owls 模\"."""


def scores(query: str) -> list[float]:
    return cosines(RARITY.weights(query), [RARITY.weights(document) for document in DOCUMENTS])


@pytest.fixture(scope="module")
def reference() -> Callable[[str], np.ndarray]:
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    # So many places that no two n-grams fall into one.
    places: dict[str, Any] = {"n_features": 2**22, "norm": None, "alternate_sign": False}
    counts = cast("Any", HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), **places))
    weights = cast("Any", TfidfTransformer(sublinear_tf=True))
    documents = weights.fit_transform(counts.transform(DOCUMENTS))
    return lambda query: (weights.transform(counts.transform([query])) @ documents.T).toarray().ravel()


@pytest.mark.parametrize(
    "query",
    [
        *DOCUMENTS,
        "bakcdoors persits",
        "autoencoder",
        "xyzzy plugh",
        "模型",
        "a b c",
        "ab abc abcd",
        "SPARSE",
        "  spaces \t and\u3000\nlines ",
    ],
)
def test_scores_are_those_of_sklearn(query: str, reference: Callable[[str], np.ndarray]) -> None:
    np.testing.assert_allclose(scores(query), reference(query), atol=1e-6)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("bakcdoors persits", 0), ("sprase autoenocders", 1), ("debat betwen modles", 2)],
)
def test_typing_errors_are_survived(typed: str, meant: int) -> None:
    assert int(np.argmax(scores(typed))) == meant


@given(st.text(max_size=200) | st.text(alphabet=st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF), max_size=9))
def test_any_text_has_scores_within_bounds(query: str) -> None:
    found = scores(query)
    assert len(found) == len(DOCUMENTS) and all(0 <= one <= 1 for one in found)


@given(st.text(max_size=100))
def test_a_text_is_nearest_to_itself(text: str) -> None:
    weights = RARITY.weights(text)
    assert cosines(weights, [weights]) == pytest.approx([1.0 if text.split() else 0.0], abs=1e-5)


def test_of_no_documents_there_are_no_scores() -> None:
    assert cosines(RARITY.weights("anything"), []) == []


def test_what_is_rare_in_the_sample_counts_more() -> None:
    common = LetterRarity.of(["alpha beta", *["alpha gamma"] * 20])
    query = common.weights("alpha beta")
    alpha, beta = cosines(query, [common.weights("alpha"), common.weights("beta")])
    assert alpha < beta


def test_the_sample_grows_until_it_is_full() -> None:
    texts = [f"word{number} and another{number % 7}" for number in range(SAMPLE + 10)]
    grown = LetterRarity.of(texts[:5]).with_more(texts[5:40]).with_more(texts[40:])
    assert grown.documents == SAMPLE
    assert grown.to_bytes() == LetterRarity.of(texts[:SAMPLE]).to_bytes()
    assert grown.with_more(["more"]) is grown
    assert LetterRarity.of(texts[:5]).to_bytes() != LetterRarity.of(texts[:6]).to_bytes()


def test_growing_leaves_what_was_as_it_was() -> None:
    before = RARITY.to_bytes()
    RARITY.with_more(["backdoors again"])
    assert RARITY.to_bytes() == before


def test_it_is_the_same_when_it_comes_back() -> None:
    kept = RARITY.to_bytes()
    again = LetterRarity.from_bytes(kept)
    assert len(kept) < 20_000
    assert again.documents == len(DOCUMENTS)
    one, other = again.weights("backdoors"), RARITY.weights("backdoors")
    assert (one.buckets == other.buckets).all() and (one.weights == other.weights).all()


def test_every_process_hashes_alike() -> None:
    # What a collection has kept would be worth nothing otherwise.
    assert LetterRarity.of(()).weights("Owls 模").buckets.tolist() == HASHED


def _kept(documents: int, having: np.ndarray) -> bytes:
    return b"letters1" + documents.to_bytes(4, "little") + zlib.compress(having.astype("<u2").tobytes())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"letters1",
        RARITY.to_bytes()[:-1],
        b"letters9" + RARITY.to_bytes()[8:],
        _kept(3, np.zeros(BUCKETS - 1)),
        _kept(3, np.zeros(BUCKETS + 1)),
        _kept(SAMPLE + 1, np.zeros(BUCKETS)),
        _kept(3, np.full(BUCKETS, 4)),
    ],
    ids=["empty", "head", "cut", "format", "short", "long", "documents", "counts"],
)
def test_bytes_that_are_none_are_said_to_be(data: bytes) -> None:
    with pytest.raises(CorpusError, match="ingest its papers again"):
        LetterRarity.from_bytes(data)


@given(st.binary(max_size=40))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    for one in (data, RARITY.to_bytes()[:12] + data):
        with pytest.raises(CorpusError):
            LetterRarity.from_bytes(one)
