"""Which rungs are measured: one more at a time up to what ships, then what was left out of it."""

from __future__ import annotations

from dataclasses import replace

from retrieval.retrieval_weights import Rungs

TRIAL_WEIGHT = 0.2
"""The weight with which a rung that does not ship is shown."""
_NAMES = {"questions": "written questions", "lexical": "BM25", "letters": "letters", "glossary": "glossary"}
_OF_THE_QUESTIONS = ("questions", "glossary")
"""Rungs that only collections with written questions, in our field, can have."""


def ladder(shipped: Rungs, *, written_questions: bool = True) -> dict[str, Rungs]:
    """Names to rungs, in the order in which they are shown; the shipped ones are always among them.

    Without `written_questions`, as on another collection, these and the
    glossary are left out of all rows; see `without_questions`.
    """
    if not written_questions:
        shipped = without_questions(shipped)
    names = [name for name in _NAMES if written_questions or name not in _OF_THE_QUESTIONS]
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


def without_questions(rungs: Rungs) -> Rungs:
    """What these rungs amount to where no questions were written."""
    return replace(rungs, questions=0.0, glossary=False)
