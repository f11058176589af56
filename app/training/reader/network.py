"""The reader's network: the embedding model's layers, read crosswise, with a head for sentences and one for claims.

A sentence's tokens are averaged in the context of question and passage (as "late
chunking" does, but with the question in the same row), so that one pass over an
abstract judges all its sentences.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Torch's own types leave some of its arguments open.

from __future__ import annotations

from typing import Any

from app.training.reader.attention import register as row_by_row
from app.training.reader.examples import LABELS
from retrieval.models.embedding import TUNED_FILE, base_folder
from retrieval.models.heavy_imports import heavy_imports, model_loading
from retrieval.models.weight_delta import lay_over
from retrieval.shipped import shipped_file

with heavy_imports():
    import torch
    from torch import nn
    from transformers import AutoModel, AutoTokenizer

_FAR = 1e4
"""Takes the logit of a sentence that is not there so far down."""


class ReaderNetwork(nn.Module):
    """Rows of tokens in, judgements out; see `forward`."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        # Within the layers dropout would take two thirds of a step on a processor: it is drawn at both ends.
        with model_loading():
            self.trunk: Any = AutoModel.from_pretrained(
                str(base_folder()),
                attn_implementation="sdpa" if torch.cuda.is_available() else row_by_row(),
                attention_probs_dropout_prob=0.0,
                hidden_dropout_prob=0.0,
                local_files_only=True,
                trust_remote_code=False,
            )
        self.trunk.embeddings.dropout.p = dropout
        lay_over(self.trunk, shipped_file(TUNED_FILE))
        width = self.trunk.config.hidden_size
        self.sentence = _head(4 * width, width, 1, dropout)
        self.none = _head(4 * width, width, 1, dropout)
        self.claim = _head(4 * width, width, len(LABELS), dropout)

    def forward(
        self, ids: torch.Tensor, kinds: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Of a batch: each sentence's logit [batch, sentences], that of "none answers" [batch], the claims' [batch, 3].

        `ids`, `kinds` (0 for the question, 1 for the passage) and `mask` are [batch, tokens];
        `pool` [batch, sentences, tokens] has the weights with which tokens are averaged.
        """
        hidden = self.trunk(input_ids=ids, token_type_ids=kinds, attention_mask=mask).last_hidden_state
        question = _mean(hidden, (1 - kinds) * mask)
        passage = _mean(hidden, kinds * mask)
        sentences = pool.to(hidden.dtype) @ hidden
        scores = self.sentence(_compared(question.unsqueeze(1).expand_as(sentences), sentences)).squeeze(-1)
        # Whether any answers is asked of the sentences that look as if they did.
        there = pool.sum(-1)
        shares = torch.softmax(scores + (there - 1) * _FAR, dim=1).unsqueeze(1)
        none = self.none(_compared(question, (shares.to(hidden.dtype) @ sentences).squeeze(1))).squeeze(-1)
        return scores, none, self.claim(_compared(question, passage))


def _mean(hidden: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    weights = chosen.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1.0)


def _compared(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """Two vectors and how they agree, coordinate by coordinate.

    As the layers come from a model whose texts are near by their products (Reimers and
    Gurevych 2019), the head begins with that knowledge and need not learn it.
    """
    return torch.cat([one, other, one * other, (one - other).abs()], dim=-1)


def _head(inner: int, width: int, outer: int, dropout: float) -> nn.Module:
    return nn.Sequential(nn.Linear(inner, width), nn.GELU(), nn.Dropout(dropout), nn.Linear(width, outer))


def read_tokenizer() -> Any:
    """The base model's tokenizer."""
    with model_loading():
        return AutoTokenizer.from_pretrained(str(base_folder()), local_files_only=True, trust_remote_code=False)
