"""The exported reader is the trained one."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.errors import ModelError

pytestmark = pytest.mark.model


def test_an_export_that_says_otherwise_is_refused(tmp_path: Path) -> None:
    """As one does that leaves out what cannot be written as ONNX."""
    import torch

    from app.training.reader.export import export_fp32
    from app.training.reader.network import ReaderNetwork

    class Forgetful(ReaderNetwork):
        def forward(
            self, ids: torch.Tensor, kinds: torch.Tensor, mask: torch.Tensor, pool: torch.Tensor
        ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            sentences, none, claims = super().forward(ids, kinds, mask, pool)
            return sentences if torch.onnx.is_in_onnx_export() else sentences + 1, none, claims

    network = ReaderNetwork(0.0)
    export_fp32(network, tmp_path / "whole.onnx")
    assert (tmp_path / "whole.onnx").stat().st_size > 80_000_000
    with pytest.raises(ModelError, match="says otherwise than the trained one"):
        export_fp32(Forgetful(0.0), tmp_path / "other.onnx")
