"""Weights in 8 bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from retrieval.models.eight_bit import in_eight_bits

FINITE = st.floats(-1e3, 1e3, width=32)


@given(arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=FINITE))
def test_a_linear_layer_is_within_half_a_step_of_what_it_was(weight: np.ndarray) -> None:
    parts = in_eight_bits({"layer.weight": weight})
    whole, scale, zero = (parts[f"layer.weight_{end}"] for end in ("quantized", "scale", "zero_point"))
    assert whole.dtype == np.int8 and np.abs(whole.astype(int)).max() <= 63
    assert whole.shape == weight.T.shape and not zero.any() and scale.shape == (len(weight),)
    assert np.abs(whole * scale - weight.T).max() <= scale.max() * 0.501


@given(arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=FINITE))
def test_a_table_is_within_a_step_of_what_it_was(weight: np.ndarray) -> None:
    parts = in_eight_bits({"embeddings.weight": weight})
    whole, scale, zero = (parts[f"embeddings.weight_{end}"] for end in ("quantized", "scale", "zero_point"))
    assert whole.dtype == np.uint8 and whole.shape == weight.shape
    assert np.abs((whole.astype(float) - float(zero)) * scale - weight).max() <= float(scale) * 1.01


def test_each_output_has_a_scale_of_its_own() -> None:
    parts = in_eight_bits({"layer.weight": np.array([[1000.0, -500.0], [0.001, 0.0005]], dtype=np.float32)})
    assert parts["layer.weight_quantized"].tolist() == [[63, 63], [-32, 32]]
    assert parts["layer.weight_scale"] == pytest.approx([1000 / 63, 0.001 / 63])


def test_vectors_stay_as_they_are() -> None:
    bias = np.array([1.5, -2.0], dtype=np.float32)
    assert in_eight_bits({"layer.bias": bias}) == {"layer.bias": bias}
