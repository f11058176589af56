"""The sentences of the papers found, each with the chance that it answers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from app.answering.reading.quotable import quotable
from app.answering.reading.reader import Excerpt, Reader
from retrieval.retriever import sentences_within
from retrieval.types import Passage, Sentence


def read_sentences(reader: Reader, question: str, passages: Sequence[Passage]) -> list[Sentence]:
    """The sentences of the passages, but of full texts only prose, each scored by the chance in [0, 1] that it answers.

    They are in reading order, passage by passage.

    `question` is in English, and so is what is read: where an abstract is in another
    language, its sentences' translations.
    """
    cut = [[sentence for sentence in sentences_within(passage) if quotable(sentence)] for passage in passages]
    excerpts = [
        Excerpt(passage.paper.name, tuple(sentence.gloss or sentence.text for sentence in own))
        for passage, own in zip(passages, cut, strict=True)
    ]
    readings = reader.read(question, excerpts)
    return [
        replace(sentence, score=chance_of(odds))
        for own, reading in zip(cut, readings, strict=True)
        for sentence, odds in zip(own, reading.sentences, strict=True)
    ]


def chance_of(odds: float) -> float:
    """The chance of which these are the log odds."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


def odds_of(chance: float) -> float:
    """The log odds of a chance."""
    bounded = min(1 - 1e-9, max(1e-9, chance))
    return math.log(bounded / (1 - bounded))
