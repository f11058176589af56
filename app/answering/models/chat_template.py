"""A prompt's messages as one text, written by the model's own chat template."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answering.models.protocols import Tokenizer
from retrieval.errors import ModelError, one_line

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}
# Some tokenizers also list plain words and runs of spaces among their added tokens; those stay as they are.
_MARK_STARTS = frozenset("<[{|\uff5c\u2581")


def render_chat(tokenizer: Tokenizer, messages: Sequence[tuple[str, str]], name: str) -> str:
    """The (role, text) messages, ready for the answer to begin; `name` is the model's, for what goes wrong.

    Raises `ModelError` for a role that is not system, human or ai, and where the
    tokenizer has no chat template or the template refuses.
    """
    turns: list[dict[str, str]] = []
    for role, text in messages:
        if role not in _ROLES:
            raise ModelError(f"A {role} message cannot be given to {name}: use system, human and AI messages.")
        turns.append({"role": _ROLES[role], "content": _without_control_tokens(tokenizer, text)})
    if not tokenizer.chat_template:
        raise ModelError(f"The model {name} has no chat template: choose an instruct or chat model.")
    try:
        return tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True, enable_thinking=False)
    except Exception as error:  # templates are programs of the model's makers and may raise anything
        raise ModelError(
            f"The chat template of {name} refuses this ({one_line(error)}): choose another model."
        ) from error


def _without_control_tokens(tokenizer: Tokenizer, text: str) -> str:
    # A paper or a question must not be able to end its own turn and speak as the system.
    tokens = {*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()}
    marks = sorted((token for token in tokens if len(token) > 2 and token[0] in _MARK_STARTS), key=len, reverse=True)
    if not marks:
        return text
    return re.sub("|".join(map(re.escape, marks)), lambda found: f"{found[0][0]} {found[0][1:]}", text)
