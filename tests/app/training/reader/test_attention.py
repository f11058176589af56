"""Attention by row, held against torch's own."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.model


def test_values_and_gradients_are_those_of_torch() -> None:
    import torch
    from torch.nn import functional

    from app.training.reader.attention import _attend

    torch.manual_seed(1)
    lengths = [7, 4, 1]
    mask = torch.tensor([[1] * length + [0] * (7 - length) for length in lengths])
    given = [torch.randn(3, 2, 7, 8, requires_grad=True) for _ in range(3)]
    ours, _ = _attend(None, *given, mask)
    kept = mask.bool()[:, None, None, :]
    theirs = functional.scaled_dot_product_attention(*given, attn_mask=kept).transpose(1, 2)
    seen = mask[:, :, None, None]
    assert torch.allclose(ours * seen, theirs * seen, atol=1e-5)
    assert not (ours * (1 - seen)).any()
    weights = torch.randn(3, 7, 2, 8)
    for out in (ours, theirs):
        (out * seen * weights).pow(2).sum().backward(retain_graph=True)
        grads = [one.grad.clone() for one in given if one.grad is not None]
        for one in given:
            one.grad = None
        if out is ours:
            own = grads
    assert all(torch.allclose(one, other, atol=1e-4) for one, other in zip(own, grads, strict=True))


def test_without_a_mask_every_token_counts() -> None:
    import torch
    from torch.nn import functional

    from app.training.reader.attention import _attend

    given = [torch.randn(2, 2, 5, 4) for _ in range(3)]
    ours, _ = _attend(None, *given, None, scaling=0.5)
    theirs = functional.scaled_dot_product_attention(*given, scale=0.5).transpose(1, 2)
    assert torch.allclose(ours, theirs, atol=1e-5)
