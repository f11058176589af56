"""Which weights are measured: one more at a time up to what ships, then what was left out of it."""

from __future__ import annotations

from dataclasses import replace

from retrieval.retrieval_weights import RetrievalWeights

TRIAL_WEIGHT = 0.2
"""The weight with which a signal that does not ship is shown."""
_NAMES = {"questions": "written questions", "lexical": "BM25", "letters": "letters", "glossary": "glossary"}
_OF_THE_QUESTIONS = ("questions", "glossary")
"""Signals that only collections with written questions, in our field, can have."""


def ablation(shipped: RetrievalWeights, *, expansion_queries: bool = True) -> dict[str, RetrievalWeights]:
    """Names to weights, in the order in which they are shown; the shipped ones are always among them.

    Without `expansion_queries`, as on another collection, these and the
    glossary are left out of all rows; see `without_expansion`.
    """
    if not expansion_queries:
        shipped = without_expansion(shipped)
    names = [name for name in _NAMES if expansion_queries or name not in _OF_THE_QUESTIONS]
    bare = replace(shipped, dense=shipped.dense or 1.0, questions=0.0, lexical=0.0, letters=0.0, glossary=False)
    rows = {"BM25 alone": replace(bare, dense=0.0, lexical=1.0), "dense alone": bare}
    reached = bare
    for name in names:
        if value := getattr(shipped, name):
            reached = replace(reached, **{name: value})
            rows[f"+ {_NAMES[name]}"] = reached
    if shipped not in rows.values():
        rows["as shipped"] = shipped
    for name in names:
        if not getattr(shipped, name):
            trial = True if isinstance(getattr(shipped, name), bool) else TRIAL_WEIGHT
            rows[f"shipped and {_NAMES[name]}"] = replace(shipped, **{name: trial})
    return rows


def without_expansion(weights: RetrievalWeights) -> RetrievalWeights:
    """What these weights amount to where no questions were written."""
    return replace(weights, questions=0.0, glossary=False)
