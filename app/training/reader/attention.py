"""Attention for training on a processor: one row at a time, whose scores stay in the cache.

Torch's fused kernel takes half of a step there, nearly all of it on the way back; with a
row's scores in the cache the way back takes a third of that.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Torch's own types leave some of its arguments open.

from __future__ import annotations

from typing import Any

from retrieval.models.heavy_imports import heavy_imports

with heavy_imports():
    import torch
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import flash_attention_mask

ROW_BY_ROW = "row_by_row"


class _RowByRow(torch.autograd.Function):
    """softmax(q k' * scaling) v over each row's first `lengths` tokens; what is past them gives and gets nothing."""

    @staticmethod
    def forward(ctx: Any, query: Any, key: Any, value: Any, scaling: float, lengths: list[int]) -> torch.Tensor:
        query, key, value = (query * scaling).contiguous(), key.contiguous(), value.contiguous()
        out = torch.zeros_like(query)
        shares: list[torch.Tensor] = []
        for at, length in enumerate(lengths):
            scores = query[at, :, :length] @ key[at, :, :length].transpose(1, 2)
            shares.append(torch.softmax(scores, dim=-1).to(query.dtype))
            out[at, :, :length] = shares[-1] @ value[at, :, :length]
        ctx.save_for_backward(query, key, value, *shares)
        ctx.scaling, ctx.lengths = scaling, lengths
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        query, key, value, *shares = ctx.saved_tensors
        to_query, to_key, to_value = (torch.zeros_like(one) for one in (query, key, value))
        for at, (length, share) in enumerate(zip(ctx.lengths, shares, strict=True)):
            grad = grads[0][at, :, :length]
            to_value[at, :, :length] = share.transpose(1, 2) @ grad
            of_share = grad @ value[at, :, :length].transpose(1, 2)
            # What autograd itself calls.
            of_scores = torch.ops.aten._softmax_backward_data(of_share, share, -1, share.dtype)
            to_query[at, :, :length] = of_scores @ key[at, :, :length]
            to_key[at, :, :length] = of_scores.transpose(1, 2) @ query[at, :, :length]
        return to_query * ctx.scaling, to_key, to_value, None, None


def _attend(
    module: Any, query: Any, key: Any, value: Any, attention_mask: Any, scaling: float | None = None, **_: Any
) -> tuple[torch.Tensor, None]:
    """As transformers calls it: all [batch, heads, tokens, width]; the mask is the rows' own, [batch, tokens]."""
    lengths = [query.shape[2]] * len(query) if attention_mask is None else attention_mask.sum(1).tolist()
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    out = _RowByRow.apply(query, key, value, scale, [int(length) for length in lengths])
    return out.transpose(1, 2).contiguous(), None


def register() -> str:
    """Make it known to transformers, and say by what name."""
    AttentionInterface.register(ROW_BY_ROW, _attend)
    AttentionMaskInterface.register(ROW_BY_ROW, flash_attention_mask)
    return ROW_BY_ROW
