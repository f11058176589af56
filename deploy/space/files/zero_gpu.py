"""Has answers written on a ZeroGPU, where the Space has one.

A ZeroGPU is lent for one call at a time, to a fork of this program; here there is
none. So the models stay on the processor, and the fork moves its copy over.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

LENT_SECONDS = 30
"""What one answer may take of a visitor's daily share; it is asked for beforehand."""
_MODELS: list[Any] = []
"""The models that may be asked to write, where the fork finds them too."""


def lent_gpu() -> bool:
    """Have every model that is loaded from now on write on the lent GPU; False where there is none to lend.

    To be called before anything else imports torch.
    """
    if os.environ.get("SPACES_ZERO_GPU", "").lower() not in {"1", "t", "true"}:
        return False
    try:
        import spaces  # pyright: ignore[reportMissingImports]  A Space brings it.
    except ImportError:
        return False
    import torch

    from app.answering.models import transformers_chat

    # The package pretends that there is a GPU, thread by thread; its fork takes this back.
    torch.cuda.is_available = lambda: False
    write = spaces.GPU(duration=LENT_SECONDS)(written)
    load_weights = transformers_chat.load_weights

    def load_and_lend(*arguments: Any) -> Any:
        model = load_weights(*arguments)
        _MODELS.append(model)
        model.generate = _Lent(len(_MODELS) - 1, write)
        return model

    transformers_chat.load_weights = load_and_lend
    # The package waits for a Blocks.launch(), which a page that is mounted never calls.
    spaces.zero.startup()
    return True


class _Lent:
    """Stands in for a model's `generate`, as far as app.answering.models.transformers_generator uses it."""

    def __init__(self, number: int, write: Any) -> None:
        self._number = number
        self._write = write

    def __call__(self, *, input_ids: Any, max_new_tokens: int, streamer: Any, **options: Any) -> Any:
        import torch

        options.pop("attention_mask", None)  # of a single prompt, all ones
        ids = input_ids[0].tolist()
        streamer.put(input_ids)
        stream = self._write(self._number, ids, max_new_tokens, options)
        try:
            for tokens in stream:
                ids += tokens
                streamer.put(torch.tensor(tokens))
                streamer.check()  # raises where the reader has left
        finally:
            stream.close()
        return torch.tensor([ids])


def written(number: int, prompt_ids: list[int], max_new_tokens: int, options: dict[str, Any]) -> Iterator[list[int]]:
    """The tokens of one answer, a few at a time. Runs in the fork."""
    import torch

    model = _MODELS[number]
    if torch.cuda.is_available():
        model.to("cuda", torch.bfloat16)
    # They look after an answer that this copy of the program knows nothing of.
    for module in model.modules():
        module._forward_pre_hooks.clear()
    ids = torch.tensor([prompt_ids], device=model.device)
    tokens = _Tokens()

    def generate() -> None:
        failure: Exception | None = None
        try:
            type(model).generate(
                model,
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=max_new_tokens,
                streamer=tokens,
                **options,
            )
        except Exception as error:
            failure = error
        tokens.queue.put(failure)

    threading.Thread(target=generate, daemon=True).start()
    while isinstance(item := tokens.queue.get(), list):
        yield item
    if item is not None:
        raise item


class _Tokens:
    """transformers' streamer protocol, into a queue; the first call brings the prompt."""

    def __init__(self) -> None:
        self.queue: SimpleQueue[list[int] | Exception | None] = SimpleQueue()
        self._prompt_seen = False

    def put(self, tokens: Any) -> None:
        if self._prompt_seen:
            self.queue.put(tokens.reshape(-1).tolist())
        self._prompt_seen = True

    def end(self) -> None:
        """The thread that generates tells the end itself, also after a failure."""
