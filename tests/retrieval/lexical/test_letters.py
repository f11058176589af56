"""Letter n-gram scores, held against sklearn's, whose they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.lexical.letters import LetterIndex

DOCUMENTS = (
    "Backdoors persist through safety training, and training hides them.",
    "Sparse autoencoders find features that a person can read.",
    "模型会撒谎。 Debate between two models helps a weak judge.",
    "a",
    "",
)
INDEX = LetterIndex(DOCUMENTS)


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
        "SPARSE",
        "  spaces \t and\nlines ",
    ],
)
def test_scores_are_those_of_sklearn(query: str, reference: Callable[[str], np.ndarray]) -> None:
    np.testing.assert_allclose(INDEX.scores(query), reference(query), atol=1e-9)


@given(st.text(max_size=200))
def test_any_text_has_scores_within_bounds(query: str) -> None:
    scores = INDEX.scores(query)
    assert scores.shape == (len(DOCUMENTS),)
    assert ((scores >= 0) & (scores <= 1 + 1e-9)).all()


def test_of_no_documents_there_are_no_scores() -> None:
    assert LetterIndex(()).scores("anything").shape == (0,)
