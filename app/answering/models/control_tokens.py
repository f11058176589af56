"""Take from outside text what a language model could take for more than text.

Papers, questions and histories reach a model inside a prompt of ours. Nothing in
them may end its turn and begin another, pass for a numbered quote, or hide.
"""

from __future__ import annotations

import re
import unicodedata

# What chat templates write around turns: <|im_start|>, [INST], <<SYS>>, <start_of_turn>, </s>, <think>, …
_TURN_MARKS = re.compile(
    r"<(?=[|｜])|(?<=[|｜])>"
    r"|<(?=/?\s*(?:s|bos|eos|pad|unk|mask|think|thinking|system|user|human|assistant|tool|tool_call|tool_response)\s*>)"
    r"|<(?=/?\s*(?:start|end)_of_\w{1,20}\s*>)"
    r"|<(?=/?<\s*/?\s*SYS\s*>)|<(?=/?\s*SYS\s*>)"
    r"|\[(?=/?\s*(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\s*\])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\[【]\s*(?:[^\W\d]{1,12}\s*)?\d[\d\s,;–-]{0,40}[\]】]")
_HIDDEN = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})


def escape_control_tokens(text: str) -> str:
    """The text on one line, for use in a prompt: no turn marks, no numbers in square brackets, nothing invisible.

    Only signs are lost; the words stay, and so does every figure.
    """
    seen = "".join(_visible(character) for character in text)
    seen = _NUMBER.sub(lambda found: f"{{{found[0][1:-1]}}}", seen)
    return " ".join(_TURN_MARKS.sub(" ", seen).split())


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _HIDDEN else character
