"""What is indexed of a paper: all that is said of it as one text, and the terms of each field.

A paper is one document: name, summary, abstract and the questions written for it. Adding likely questions to a
document is doc2query's idea (Nogueira et al. 2019); here people of the project wrote them.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# The stemmer has no types of its own; what is used of it is said here.

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, cast

from retrieval.lead import lead_of
from retrieval.lexical.tokens import content_words, telling_words
from retrieval.types import Paper

Field = Literal["words", "record", "subject", "summary", "abstract", "half", "author", "family", "called", "named"]
MAX_TERM_CHARS = 100
"""What is longer is cut there, when it is indexed and when it is looked up."""
NAME_WORDS = 3
"""So many words of a title's beginning are looked up as one term."""
_KEPT = 2**16
"""Words whose stems are kept: nearly every word of a text is among the most frequent."""
_WORD = re.compile(r"[^\W_]+")
_SHORT_NAME = re.compile(r"[^:?!—]+")


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of one paper: its number, the paper, and the questions written for it."""

    number: int
    paper: Paper
    questions: Sequence[str] = ()


def paper_document(paper: Paper, questions: Sequence[str] = ()) -> str:
    """All that is said of a paper, as one text to look words up in."""
    english = paper.translations.get("en", "") if paper.language != "en" else ""
    return "\n".join(filter(None, (paper.name, paper.summary, paper.abstract, english, *questions)))


def stems(text: str) -> list[str]:
    """The telling words of a text by their Snowball stems, in their order: the terms of the field "words"."""
    return [stem_of(word) for word in telling_words(text)]


def distinct_stems(words: Iterable[str]) -> set[str]:
    """The stems of words that are looked at once, and so are not kept."""
    stem = _stemmer()
    return {stem(word)[:MAX_TERM_CHARS] for word in words}


def as_term(text: str) -> str:
    """The text as it is indexed as one term: cut, and without what UTF-8 cannot say."""
    return text[:MAX_TERM_CHARS].encode("utf-8", "replace").decode("utf-8")


def terms_of(document: Document) -> dict[Field, list[str]]:
    """The terms of each field of a document, those of "words" as often as they are said.

    "words" has the `stems` of its `paper_document`; those of a full text are added by `text_terms`. "abstract" has the
    words of what opens a paper that has a text alone.
    """
    paper = document.paper
    english = telling_words(paper.translations.get("en", ""))
    name, category = telling_words(paper.name), telling_words(paper.category or "")
    named, abstract = [*name, *telling_words(paper.summary)], telling_words(paper.abstract)
    asked = telling_words("\n".join(document.questions))
    opening = abstract if paper.abstract or not paper.text else telling_words(lead_of(paper).text)
    said = [*named, *abstract, *(english if paper.language != "en" else ()), *asked]
    half = _WORD.findall(f"{paper.name}\n{paper.id}\n{paper.organisation or ''}".casefold())
    return {
        "words": [stem_of(word) for word in said],
        "record": [_content_word(word) for word in {*named, *category}],
        "subject": [_content_word(word) for word in {*name, *category}],
        "summary": [_content_word(word) for word in set(named)],
        "abstract": [_content_word(word) for word in {*opening, *english}],
        "half": [word[:MAX_TERM_CHARS] for word in set(half)],
        "author": list(dict.fromkeys(as_term(author.casefold()) for author in paper.authors)),
        "family": list(dict.fromkeys(as_term(name) for author in paper.authors for name in _family_name(author))),
        "called": [as_term(called)] if (called := _called(paper.name)) else [],
        "named": list(dict.fromkeys(as_term(name) for name in _names(paper))),
    }


def text_terms(paper: Paper) -> list[str]:
    """The stems of what a paper's full text says, without what it cites, as often as they are said.

    By these a paper is found whose abstract lacks the words. Raises `CorpusError` where the text cannot be read.
    """
    if paper.text is None:
        return []
    full = paper.text.load()
    own = (section for section in full.sections if section.kind != "references")
    return [stem_of(word) for section in own for word in telling_words(full.text[section.start : section.end])]


def _family_name(author: str) -> list[str]:
    """The last word of an author's name, if it has any."""
    return author.casefold().split()[-1:]


def _called(name: str) -> str:
    return " ".join(content_words(name.partition(":")[0]))


def _names(paper: Paper) -> Iterator[str]:
    """How a paper's name begins, and what stands before its title's colon where that is shorter."""
    short = _SHORT_NAME.match(paper.title or "")
    for text in (paper.name, short[0] if short else ""):
        if words := _WORD.findall(text)[:NAME_WORDS]:
            yield " ".join(word.casefold() for word in words)


@lru_cache(maxsize=_KEPT)
def stem_of(word: str) -> str:
    """The Snowball stem of one word, which is a term of the field "words"."""
    return _stemmer()(word)[:MAX_TERM_CHARS]


@lru_cache(maxsize=_KEPT)
def _content_word(word: str) -> str:
    """One telling word as `content_words` has it."""
    return content_words(word)[0][:MAX_TERM_CHARS]


@cache
def _stemmer() -> Callable[[str], str]:
    import Stemmer

    return cast("Callable[[str], str]", Stemmer.Stemmer("english").stemWord)
