"""What is asked of a transformers model and its tokenizer, whose own classes leave most types open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch


class Tokenizer(Protocol):
    """A tokenizer with a chat template."""

    chat_template: str | None

    @property
    def all_special_tokens(self) -> Sequence[str]: ...

    def get_added_vocab(self) -> Mapping[str, int]: ...

    def apply_chat_template(
        self,
        conversation: list[dict[str, str]],
        /,
        *,
        tokenize: bool,
        add_generation_prompt: bool,
        enable_thinking: bool,
    ) -> str: ...

    def __call__(self, text: str, /, *, add_special_tokens: bool) -> Mapping[str, list[int]]: ...

    def decode(
        self, token_ids: list[int], /, *, skip_special_tokens: bool, clean_up_tokenization_spaces: bool
    ) -> str: ...


class CausalModel(Protocol):
    """A causal language model; its settings are objects with whatever its makers wrote into them."""

    @property
    def config(self) -> Any: ...

    @property
    def generation_config(self) -> Any: ...

    @property
    def device(self) -> torch.device: ...

    def num_parameters(self) -> int: ...

    def modules(self) -> Iterable[torch.nn.Module]: ...

    def named_parameters(self) -> Iterable[tuple[str, torch.nn.Parameter]]: ...

    def register_forward_pre_hook(self, hook: Any, /, *, with_kwargs: bool = False) -> Any: ...

    def register_forward_hook(self, hook: Any, /, *, with_kwargs: bool = False) -> Any: ...

    def generate(self, **options: Any) -> Any: ...

    def to(self, target: str | torch.dtype, /) -> Any: ...
