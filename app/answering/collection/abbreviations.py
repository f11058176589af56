"""What the field abbreviates, and how it writes it out."""

from __future__ import annotations

import re
from collections.abc import Callable

from retrieval.lexical.tokens import content_words

_WRITTEN_OUT = {
    "rlhf": "reinforcement learning from human feedback",
    "rlaif": "reinforcement learning from ai feedback",
    "sae": "sparse autoencoder",
    "saes": "sparse autoencoders",
    "mech interp": "mechanistic interpretability",
    "interp": "interpretability",
    "cai": "constitutional ai",
    "ood": "distribution shift",
    "icl": "in-context learning",
    "dpo": "direct preference optimization",
}
_LONGEST_FIRST = "|".join(sorted(_WRITTEN_OUT, key=len, reverse=True))
_SHORT = re.compile(rf"(?<![A-Za-z0-9-])(?:{_LONGEST_FIRST})(?![A-Za-z0-9-])", re.IGNORECASE)


def forms_of(term: str) -> tuple[str, ...]:
    """The folded term, and how the field writes it out where it is an abbreviation."""
    return tuple(dict.fromkeys((term, _WRITTEN_OUT.get(term.strip(), term))))


def written_out(text: str, unknown: Callable[[str], bool]) -> str:
    """The text with those abbreviations written out of which `unknown` says that their word is in no paper."""

    def full(match: re.Match[str]) -> str:
        words = content_words(match[0])
        return _WRITTEN_OUT[match[0].casefold()] if all(map(unknown, words)) else match[0]

    return _SHORT.sub(full, text)
