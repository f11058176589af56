"""Write the trained reader as one ONNX file of 8-bit weights."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Neither torch's exporter nor onnxruntime's quantizer has whole types.

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path

import numpy as np

from app.answering.reading.reader import INPUTS
from app.training.reader.network import ReaderNetwork
from retrieval.errors import ModelError
from retrieval.files import replacing
from retrieval.models.heavy_imports import heavy_imports
from retrieval.models.onnx_session import OnnxSession

with heavy_imports():
    import torch

OUTPUTS = ("sentences", "none", "claims")
FAITHFUL = 1e-3
"""How far the exported network's logits may be from the trained one's."""


def export_fp32(network: ReaderNetwork, target: Path) -> None:
    """The network as ONNX in fp32, batch, tokens and sentences of any number.

    Raises `ModelError` where the file says otherwise than the network.
    """
    network = network.cpu().float().eval()
    # How a training attends cannot be exported.
    network.trunk.set_attn_implementation("sdpa")
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
    _held_against(network, target)


def export(network: ReaderNetwork, target: Path, work: Path) -> int:
    """The network as one ONNX file of 8-bit weights; gives the number of bytes. `work` holds the whole one meanwhile.

    Raises `ModelError` where the file says otherwise than the network.
    """
    whole = work / "whole.onnx"
    export_fp32(network, whole)
    return quantized(whole, target)


def _held_against(network: ReaderNetwork, file: Path) -> None:
    """Read rows of another form than those of the export: whatever it left out or fixed shows in them."""
    draw = np.random.default_rng(14)
    session = OnnxSession(file, INPUTS)
    for rows, tokens, sentences in ((1, 40, 1), (3, 23, 5)):
        given = {
            "ids": draw.integers(1000, 20_000, (rows, tokens)),
            "kinds": np.repeat(np.arange(tokens)[None] > tokens // 3, rows, axis=0).astype(np.int64),
            "mask": (np.arange(tokens)[None] < tokens - np.arange(rows)[:, None]).astype(np.int64),
            "pool": draw.random((rows, sentences, tokens), dtype=np.float32) / tokens,
        }
        with torch.no_grad():
            expected = network(*(torch.from_numpy(given[name]) for name in INPUTS))
        [told] = session.run([given])
        if any(np.abs(one - other.numpy()).max() > FAITHFUL for one, other in zip(told, expected, strict=True)):
            raise ModelError("The exported reader says otherwise than the trained one: report it; the run is kept.")


def quantized(whole: Path, target: Path) -> int:
    """The model of `whole` with 8-bit weights, a scale for each channel; gives the number of bytes."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with replacing(target) as draft:
        quantize_dynamic(str(whole), str(draft), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    return target.stat().st_size
