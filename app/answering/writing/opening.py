"""What is said before the first quote, where that is more than that the paper says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.answering.answer import Direct
from app.answering.citation import Citation
from app.answering.evidence.evidence import Evidence
from app.answering.evidence.figures import lacks_figure
from app.answering.evidence.verdicts import without_verdict
from app.answering.writing.quotes import described
from app.languages import any_of
from app.languages.phrases import AnswerPhrases

_ASKS_SOURCE = any_of(lambda language: language.evidence.asks_source, re.IGNORECASE)


def opening_of(question: str, evidence: Evidence, words: AnswerPhrases) -> str:
    """That the papers deny the question, or only come near; empty where they answer it."""
    if evidence.corrects:
        return words.otherwise
    if evidence.status != "partly":
        return ""
    nearest = evidence.quotes[0]
    own = [one for one in evidence.read if one.paper.id == nearest.paper.id]
    said = [nearest.quote, *(one.text for one in own)]
    return words.no_figure if all(lacks_figure(question, sentence) for sentence in said) else words.nearest


def with_source(direct: Direct, question: str, quotes: Sequence[Citation], words: AnswerPhrases) -> Direct:
    """The line, with its paper named in front where the question wants to know where it is said, and it says not."""
    papers = {quote.paper.id: quote.paper for quote in quotes if quote.number in direct.citations}
    if len(papers) != 1 or not _ASKS_SOURCE.search(question):
        return direct
    [paper] = papers.values()
    if paper.name.casefold() in direct.text.casefold():
        return direct
    text = words.that_is_in.format(paper=described(paper, words)) + without_verdict(direct.text)
    return replace(direct, text=text, verdict=None)
