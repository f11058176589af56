"""Put a question and the sentences of a passage into the one row of tokens that the reader reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MAX_TOKENS = 384
"""A row's length, everything included; of a longer passage the sentences that fit."""
MAX_QUESTION_TOKENS = 96
MAX_TITLE_TOKENS = 40
MAX_SENTENCE_TOKENS = 160

Tokenize = Callable[[str], Sequence[int]]
"""A text's token ids, without the special ones."""


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """What stands at the beginning of a row and after each of its parts."""

    cls: int
    sep: int


@dataclass(frozen=True, slots=True)
class PackedRow:
    """`[CLS] question [SEP] title [SEP] sentence sentence … [SEP]` as token ids.

    `second` is the place from which on tokens are of the passage; `spans` are the places
    of each sentence's tokens, as (start, end); a sentence that did not fit has none.
    """

    ids: tuple[int, ...]
    second: int
    spans: tuple[tuple[int, int], ...]


def packed(
    question: Sequence[int], title: Sequence[int], sentences: Sequence[Sequence[int]], special: SpecialTokens
) -> PackedRow:
    """The row of these parts' token ids: each is cut to its limit, and sentences past `MAX_TOKENS` are left out.

    Of a long question the end is kept: what was asked before stands before it.
    """
    ids = [special.cls, *question[-MAX_QUESTION_TOKENS:], special.sep]
    second = len(ids)
    if title:
        ids += [*title[:MAX_TITLE_TOKENS], special.sep]
    spans: list[tuple[int, int]] = []
    for sentence in sentences:
        cut = sentence[:MAX_SENTENCE_TOKENS]
        # The first always fits, as all limits together are below that of the row.
        if len(ids) + len(cut) + 1 > MAX_TOKENS:
            break
        spans.append((len(ids), len(ids) + len(cut)))
        ids += cut
    ids.append(special.sep)
    return PackedRow(tuple(ids), second, tuple(spans))
