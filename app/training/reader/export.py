"""Write the trained reader as one ONNX file of 8-bit weights."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Neither torch's exporter nor onnxruntime's quantizer has whole types.

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path

from app.answering.reading.reader import INPUTS
from app.training.reader.network import ReaderNetwork
from retrieval.files import replacing
from retrieval.models.heavy_imports import heavy_imports

with heavy_imports():
    import torch

OUTPUTS = ("sentences", "none", "claims")


def export_fp32(network: ReaderNetwork, target: Path) -> None:
    """The network as ONNX in fp32, batch, tokens and sentences of any number."""
    network = network.cpu().float().eval()
    ids, kinds, mask = (torch.ones((2, 12), dtype=torch.long) for _ in range(3))
    pool = torch.full((2, 3, 12), 1 / 12)
    axes = {name: {0: "batch", 1: "tokens"} for name in ("ids", "kinds", "mask")}
    axes |= {"pool": {0: "batch", 1: "sentences", 2: "tokens"}}
    axes |= {"sentences": {0: "batch", 1: "sentences"}, "none": {0: "batch"}, "claims": {0: "batch"}}
    # The exporter tells its steps and what of it will change one day.
    with replacing(target) as draft, warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (ids, kinds, mask, pool),
            str(draft),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def quantized(whole: Path, target: Path) -> int:
    """The model of `whole` with 8-bit weights, a scale for each channel; gives the number of bytes."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with replacing(target) as draft:
        quantize_dynamic(str(whole), str(draft), per_channel=True, weight_type=QuantType.QInt8)
    return target.stat().st_size
