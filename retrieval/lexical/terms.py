"""The field's terms in languages that are not read, by which a question in one of them is searched in English.

A file has a row for each term and a column for each language. After a semicolon stand further English words that a
term is searched by. A form may be of several words; one whose letters
end in `*` stands for every word that begins so, as languages bend theirs. Accents and capitals do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from retrieval.errors import CorpusError
from retrieval.json_lines import numbered_lines

Kind = Literal["term", "word", "or", "defines", "papers", "asks"]
"""A term of the field, a word that questions are made of, "or", and what asks what a thing is, or which papers
there are."""
FILE = "terms.tsv"
MAX_ROWS = 2_000
MAX_FORMS = 60
"""Forms of one term in one language."""
MAX_FORM_CHARS = 80
MAX_READ_CHARS = 2_000
MAX_FOUND = 40
STEM = 2
"""A form is kept by so many letters of its beginning."""
_KINDS: tuple[str, ...] = get_args(Kind)
_WITHOUT_SPACES = ("ja", "ko")
"""Languages whose terms are looked for letter by letter: they set no spaces, or set them as they like."""
_WORD = re.compile(r"[^\W_]+(?:[-.]\d+)*")
_WORD_OR_SIGN = re.compile(r"[a-z0-9]+(?:[.'-][a-z0-9]+)*|[^\W_]|\W")


@dataclass(frozen=True, slots=True)
class Found:
    """A term that stands in a text: its English name, and from which of the text's words up to which.

    `further` are English words that it is searched by as well. Without a `kind` it is a word of the text itself
    that no term has.
    """

    english: str
    kind: Kind | None
    start: int
    end: int
    further: str = ""


@dataclass(frozen=True, slots=True)
class _Term:
    english: str
    further: str
    kind: Kind


class Terms:
    """The terms of one language."""

    def __init__(self, code: str, forms: Mapping[str, _Term]) -> None:
        self._by_letters = code in _WITHOUT_SPACES
        self._whole = {form: term for form, term in forms.items() if self._by_letters}
        self._longest = max(map(len, self._whole), default=0)
        by_stem: dict[str, list[tuple[tuple[str, ...], _Term]]] = defaultdict(list)
        for form, term in forms.items() if not self._by_letters else ():
            by_stem[form.split()[0].rstrip("*")[:STEM]].append((tuple(form.split()), term))
        # The longest form says the most: most words first, then most letters.
        self._by_stem = {
            stem: sorted(own, key=lambda one: (-len(one[0]), -sum(map(len, one[0])))) for stem, own in by_stem.items()
        }

    def found_in(self, text: str) -> tuple[Found, ...]:
        """The terms of a text in its order, and the words between them; at most `MAX_FOUND`."""
        found = self._letters(text) if self._by_letters else self._words(text)
        return tuple(one for _, one in zip(range(MAX_FOUND), found, strict=False))

    def _words(self, text: str) -> Iterator[Found]:
        written = _WORD.findall(text[:MAX_READ_CHARS])
        words = [folded(word) for word in written]
        at = 0
        while at < len(words):
            form, term = next(
                (own for own in self._by_stem.get(words[at][:STEM], ()) if _stands(own[0], words, at)), ((), None)
            )
            end = at + max(1, len(form))
            yield _found(term, written[at], at, end)
            at = end

    def _letters(self, text: str) -> Iterator[Found]:
        # Spaces count between words in Latin letters alone.
        pieces = _WORD_OR_SIGN.findall(unicodedata.normalize("NFKC", text[:MAX_READ_CHARS]).casefold())
        letters = [piece for piece in pieces if not piece.isspace()]
        at = 0
        while at < len(letters):
            term, length = self._longest_at(letters, at)
            if term or _WORD.match(letters[at]):
                yield _found(term, letters[at], at, at + length)
            at += length

    def _longest_at(self, letters: Sequence[str], at: int) -> tuple[_Term | None, int]:
        """The longest term that begins there and how many pieces of the text it takes."""
        best: tuple[_Term | None, int] = (None, 1)
        said = ""
        for length, piece in enumerate(letters[at : at + self._longest], start=1):
            said += piece
            if len(said) > self._longest:
                break
            if term := self._whole.get(said):
                best = (term, length)
        return best


def _found(term: _Term | None, word: str, start: int, end: int) -> Found:
    return Found(term.english, term.kind, start, end, term.further) if term else Found(word, None, start, end)


def folded(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _stands(form: Sequence[str], words: Sequence[str], at: int) -> bool:
    there = words[at : at + len(form)]
    return len(there) == len(form) and all(
        word.startswith(own[:-1]) if own.endswith("*") else word == own for own, word in zip(form, there, strict=True)
    )


@cache
def read_terms(path: Path) -> Mapping[str, Terms]:
    """The terms of a file by the codes of their languages. Raises `CorpusError` at a bad line."""
    codes: list[str] = []
    forms: dict[str, dict[str, _Term]] = {}
    for number, line in numbered_lines(path, what="terms", kind=CorpusError):
        cells = [cell.strip() for cell in line.split("\t")]
        if not codes:
            codes = cells[2:]
            forms = {code: {} for code in codes}
            continue
        english, kind, *columns = [*cells, *[""] * (len(codes) + 2 - len(cells))]
        if not english or number > MAX_ROWS or len(columns) != len(codes):
            raise CorpusError(f"{path}, line {number}: not a term in English, its kind and its forms; mend the line.")
        name, _, further = map(str.strip, english.partition(";"))
        term = _Term(name, further, _kind(path, number, kind))
        for code, cell in zip(codes, columns, strict=True):
            for form in _forms(path, number, cell):
                forms[code].setdefault(form, term)
    return MappingProxyType({code: Terms(code, own) for code, own in forms.items()})


def _forms(path: Path, number: int, cell: str) -> list[str]:
    forms = [form.strip() for form in cell.split(",") if form.strip()]
    if len(forms) > MAX_FORMS or any(len(form) > MAX_FORM_CHARS or _is_too_short(form) for form in forms):
        raise CorpusError(f"{path}, line {number}: too many forms, or one too long or too short; mend the line.")
    return forms


def _is_too_short(form: str) -> bool:
    """Whether a form has no letters, or stands for every word that begins with one letter."""
    return any(len(word) <= STEM and word.endswith("*") for word in form.split())


def _kind(path: Path, number: int, kind: str) -> Kind:
    for known in get_args(Kind):
        if kind == known:
            return known
    raise CorpusError(f"{path}, line {number}: the kind {kind[:20]!r} is none of {', '.join(_KINDS)}; mend the line.")
