"""Attention by row, held against torch's own."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.model


def test_values_and_gradients_are_those_of_torch() -> None:
    import torch
    from torch.nn import functional

    from app.training.reader.attention import _attend

    torch.manual_seed(1)
    lengths = [7, 4, 1]
    mask = torch.tensor([[1] * length + [0] * (7 - length) for length in lengths])
    query, key, value = (torch.randn(3, 2, 7, 8, requires_grad=True) for _ in range(3))
    ours, _ = _attend(None, query, key, value, mask)
    kept = mask.bool()[:, None, None, :]
    theirs = functional.scaled_dot_product_attention(query, key, value, attn_mask=kept).transpose(1, 2)
    seen = mask[:, :, None, None]
    assert torch.allclose(ours * seen, theirs * seen, atol=1e-5)
    assert not (ours * (1 - seen)).any()
    weights = torch.randn(3, 7, 2, 8)

    def gradients(out: Any) -> Any:
        return torch.autograd.grad((out * seen * weights).pow(2).sum(), (query, key, value))

    for one, other in zip(gradients(ours), gradients(theirs), strict=True):
        assert torch.allclose(one, other, atol=1e-4)


def test_without_a_mask_every_token_counts() -> None:
    import torch
    from torch.nn import functional

    from app.training.reader.attention import _attend

    query, key, value = (torch.randn(2, 2, 5, 4) for _ in range(3))
    ours, _ = _attend(None, query, key, value, None, scaling=0.5)
    theirs = functional.scaled_dot_product_attention(query, key, value, scale=0.5).transpose(1, 2)
    assert torch.allclose(ours, theirs, atol=1e-5)
