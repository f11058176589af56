"""The answering chain over all 94 papers with the hash embedder, which knows words, not meaning; tiny real models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from app.answering.chain import LanguageModel
from app.answering.citation import Citation
from app.answering.models.scripted import ScriptedLLM
from app.build import LocalAnswerer
from retrieval.types import Paper

CONTEXT_TOKENS = 96


@pytest.fixture(scope="session")
def answerer(built_full: Any) -> LocalAnswerer:
    """An answerer in quotes mode; shared, so never change it."""
    return LocalAnswerer(built_full.retriever, LanguageModel)


@pytest.fixture
def writing(built_full: Any) -> Callable[..., LocalAnswerer]:
    """`writing(ScriptedLLM(…))`: an answerer whose language model says what it is told to."""

    def made(llm: ScriptedLLM) -> LocalAnswerer:
        return LocalAnswerer(built_full.retriever, lambda: LanguageModel(llm, "scripted"))

    return made


@pytest.fixture
def cite() -> Callable[..., Citation]:
    """`cite(1, "Words.")`: a citation of a paper whose abstract is these words."""

    def made(number: int, quote: str, title: str | None = None, gloss: str | None = None) -> Citation:
        paper = Paper(f"p{number}", title, quote, "en", label=f"Paper {number}")
        return Citation(number, paper, 0, len(quote), 0.9, gloss)

    return made


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


def _save_tiny(folder: Path, model: Any, sentences: Iterable[str], vocabulary: int) -> Path:
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


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random two-layer Llama that takes few tokens."""
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
    folder = tmp_path_factory.mktemp("llm") / "tiny-llama"
    return _save_tiny(folder, LlamaForCausalLM(config), _SENTENCES, 400)


@pytest.fixture(scope="session")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory, all_papers: tuple[Paper, ...]) -> Path:
    """A random two-layer Qwen3 with a tokenizer of the corpus, and room for whole prompts."""
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
    folder = tmp_path_factory.mktemp("llm") / "tiny-qwen3"
    model = Qwen3ForCausalLM(config)
    # No special tokens and no single bytes, so that what it writes is text.
    model.generation_config.suppress_tokens = list(range(3 + 256))
    return _save_tiny(folder, model, (paper.abstract for paper in all_papers), 2000)
