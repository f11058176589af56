"""Weights in 8 bits, as ONNX Runtime's dynamic quantisation has them; made when a model is loaded.

Linear layers have one scale for each output (Jacob et al. 2018, arXiv 1712.05877, per
channel), tables of embeddings one scale and a zero point for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

VERSION = "8-1"
"""Changes with what is made of the same weights."""
QUANTIZED, SCALE, ZERO_POINT = "_quantized", "_scale", "_zero_point"
"""What the names of the tensors that stand for a weight in the graph end with, after its own name."""
_LIMIT = 63
"""Seven of the eight bits: processors without VNNI add products of two in 16 bits, which would overflow."""
_LEVELS = 255
_TABLES = "embeddings."


def in_eight_bits(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The tensors (float32) with their matrices in 8 bits, each as three tensors; vectors stay as they are."""
    return dict(one for name, weight in weights.items() for one in _quantized(name, weight))


def _quantized(name: str, weight: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    if weight.ndim != 2:
        yield name, weight
        return
    parts = _table(weight) if _TABLES in name else _linear(weight)
    yield from zip((name + QUANTIZED, name + SCALE, name + ZERO_POINT), parts, strict=True)


def _linear(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A weight [outputs, inputs] as int8 [inputs, outputs], with the outputs' scales and zeros."""
    scale = np.maximum(np.abs(weight).max(axis=1), np.finfo(np.float32).tiny) / _LIMIT
    whole = np.clip(np.rint(weight / scale[:, None]), -_LIMIT, _LIMIT).astype(np.int8)
    return np.ascontiguousarray(whole.T), scale.astype(np.float32), np.zeros(len(scale), dtype=np.int8)


def _table(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A table of vectors as uint8, with its scale and what stands for zero."""
    least, most = min(0.0, float(weight.min())), max(0.0, float(weight.max()))
    scale = max((most - least) / _LEVELS, float(np.finfo(np.float32).tiny))
    zero = round(-least / scale)
    whole = np.clip(np.rint(weight / scale) + zero, 0, _LEVELS).astype(np.uint8)
    return whole, np.array(scale, dtype=np.float32), np.array(zero, dtype=np.uint8)
