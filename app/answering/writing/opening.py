"""What is said before the first quote, where that is more than that the paper says it."""

from __future__ import annotations

from app.answering.evidence.evidence import Evidence
from app.answering.evidence.figures import lacks_figure
from app.languages.phrases import AnswerPhrases


def opening_of(question: str, evidence: Evidence, words: AnswerPhrases) -> str:
    """That the papers deny the question, or only come near; empty where they answer it."""
    if evidence.corrects:
        return words.otherwise
    if evidence.status != "partly":
        return ""
    nearest = evidence.quotes[0]
    own = [one for one in evidence.read if one.paper.id == nearest.paper.id]
    said = [nearest.quote, *(one.paper.abstract[one.start : one.end] for one in own)]
    return words.no_figure if all(lacks_figure(question, sentence) for sentence in said) else words.nearest
