"""Answers to questions over research papers, each sentence backed by a quote (docs/python.md).

    import paperbacked

    answerer = paperbacked.open_answerer()
    answer = answerer.ask("Is backdoor behavior removed by standard safety training techniques?")
    print(answer.answer)

What stands in `__all__` is what other programs may rely on; the rest of the code may change.
"""

# ruff: noqa: F405
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paperbacked.public import *  # noqa: F403

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "AnswerSentence",
    "Answerer",
    "Citation",
    "CorpusError",
    "Done",
    "Draft",
    "Event",
    "Failed",
    "Filters",
    "Followups",
    "IndexStoreError",
    "InputError",
    "ModelError",
    "Paper",
    "PaperbackedError",
    "Passage",
    "Quotes",
    "SentenceChecked",
    "Sources",
    "Status",
    "Token",
    "Turn",
    "__version__",
    "open_answerer",
    "open_retriever",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from paperbacked import public

    return getattr(public, name)


def __dir__() -> list[str]:
    return sorted(__all__)
