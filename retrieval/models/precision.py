"""Whether bfloat16 pays on this machine."""

from __future__ import annotations

from functools import cache

from retrieval.models.heavy_imports import heavy_imports


@cache
def bfloat16_pays() -> bool:
    """True where the processor or GPU computes in bfloat16 natively. Imports torch."""
    with heavy_imports():
        import torch

    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    native = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(supported is not None and supported() for supported in native)
