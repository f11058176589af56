"""Random models of two layers, saved as a hub model is: real weights that load at once and write nonsense."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

CONTEXT_TOKENS = 96

_SENTENCES = [
    "Adversarial training hides the backdoor instead of removing it.",
    "The largest models keep their backdoors through safety training.",
    "Evidence: [1] models fail. Question: do safety techniques work?",
    "system user assistant <think> </think> 安全性",
]
_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% if enable_thinking %}<think>{% endif %}{% endif %}"
)


def _save(folder: Path, model: Any, sentences: Iterable[str], vocabulary: int) -> Path:
    """A model with a byte-level tokenizer of these sentences and a chat template, as save_pretrained() leaves it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        sentences, trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=specials, initial_alphabet=alphabet)
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|im_end|>"
    )
    fast.chat_template = _TEMPLATE
    # A hub model's own wish to sample, which greedy decoding has to overrule.
    model.generation_config.do_sample = True
    model.generation_config.temperature = 1.5
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def save_llama(folder: Path) -> Path:
    """A Llama that takes few tokens."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=400,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=CONTEXT_TOKENS,
        bos_token_id=1,
        eos_token_id=None,  # so that only limits end an answer
        pad_token_id=0,
    )
    return _save(folder, LlamaForCausalLM(config), _SENTENCES, 400)


def save_qwen(folder: Path, texts: Iterable[str]) -> Path:
    """A Qwen3 with a tokenizer of those texts, and room for whole prompts."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(7)
    config = Qwen3Config(
        vocab_size=2000,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=16,
        max_position_embeddings=2048,
        eos_token_id=None,
        pad_token_id=0,
        tie_word_embeddings=True,
    )
    model = Qwen3ForCausalLM(config)
    # No special tokens and no single bytes, so that what it writes is text.
    model.generation_config.suppress_tokens = list(range(3 + 256))
    return _save(folder, model, texts, 2000)
