"""Whether words can be the title of a section: prose, and no piece of code, of a table or of a list."""

from __future__ import annotations

import re

_LABEL = re.compile(r"\(?\w{1,2}[.)]\s")
_BULLET = re.compile(r"[•◦▪▸❖‣●○■□*–—-]\s")
_CODE = re.compile(r"[{}\\|;]|->|::|==|=[\"']|</?\w|\w>|\*\w|\w \* ?\w")
_IDENTIFIER = re.compile(r"\w*_\w+|\w+\((?!s\))")
"""A name of a program's, or a call: "BZ_IO_ERROR", "main(void)"; "method(s)" is none."""
_WORD = re.compile(r"[^\W_][\w'’&/.+-]*")
_EDGES = " \t,.:()[]*†‡§“”\"'‘’?!"


def reads_as_title(text: str) -> bool:
    """Whether a line without a number, or in capitals alone, reads as the title of a section.

    >>> reads_as_title("Effects of sleep on memory"), reads_as_title("int main(void)")
    (True, False)
    """
    text = _LABEL.sub("", text.strip(), count=1)
    if _BULLET.match(text) or _CODE.search(text) or text.count(")") > text.count("("):
        return False
    tokens = text.split()
    named = [bool(_IDENTIFIER.search(token)) for token in tokens]
    words = [token for token, is_name in zip(tokens, named, strict=True) if not is_name and _is_word(token)]
    if not words or len(words) <= sum(named) or named[0]:
        return False
    first = tokens[0].strip(_EDGES)
    return not (first.isascii() and first.isalpha() and first.islower())


def _is_word(token: str) -> bool:
    bare = token.strip(_EDGES)
    letters = sum(sign.isalpha() for sign in bare)
    return bool(_WORD.fullmatch(bare)) and letters >= (2 if bare.isascii() else 1)
