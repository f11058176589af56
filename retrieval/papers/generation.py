"""A collection as it answers from one switch-over to the next."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.facets import Facets


@dataclass(frozen=True, slots=True)
class Segment:
    """Vectors of the papers numbered `first` to `last`, which a store holds under one name and nobody changes."""

    name: str
    first: int
    last: int
    vectors: int


@dataclass(frozen=True, slots=True)
class Generation:
    """What a collection answers from.

    `made_with` is the hash of what vectors and passages depend on besides papers: embedding model, chunker, format.
    `corpus` is the hash of the papers. Of `documents` indexed by words so far, replaced ones among them, all together
    have `tokens`; `letters` is what is known of their letters (`retrieval.lexical.letters`).
    """

    number: int
    made_with: str
    segments: tuple[Segment, ...]
    papers: int
    corpus: str
    facets: Facets
    documents: int = 0
    tokens: int = 0
    letters: bytes = b""
