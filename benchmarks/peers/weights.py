"""The base weights that every peer gets: all-MiniLM-L6-v2 as sentence-transformers has it, and as an ONNX file."""

# pyright: reportUnknownMemberType=false
# Neither torch's exporter nor transformers has whole types.

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

from retrieval.models.embedding import base_folder

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
ONNX_FILE = "model.onnx"
MOST_TOKENS = 256


def onnx_weights(folder: Path) -> Path:
    """A folder with the base model's graph in fp32 and its tokenizer, made there unless it is there.

    Raises `ModelError` where the base weights are not the ones they should be.
    """
    source = base_folder()
    if not (folder / ONNX_FILE).is_file():
        folder.mkdir(parents=True, exist_ok=True)
        for file in source.glob("*.json"):
            shutil.copy(file, folder)
        # It reads as much as the same model does elsewhere.
        said = folder / "tokenizer_config.json"
        told = json.loads(said.read_text(encoding="utf-8")) | {"model_max_length": MOST_TOKENS}
        said.write_text(json.dumps(told), encoding="utf-8")
        _export(source, folder / ONNX_FILE)
    return folder


def _export(source: Path, target: Path) -> None:
    import torch
    from transformers import AutoModel

    class Tokens(torch.nn.Module):
        """BERT alone: whoever loads the graph takes the mean of its tokens' vectors."""

        def __init__(self) -> None:
            super().__init__()
            self.trunk: Any = AutoModel.from_pretrained(str(source), attn_implementation="sdpa")

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
            return self.trunk(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state

    ids = torch.ones((2, 9), dtype=torch.long)
    draft = target.with_suffix(".draft")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Tokens().eval(),
            (ids, ids, torch.zeros_like(ids)),
            str(draft),
            input_names=list(INPUTS),
            output_names=["last_hidden_state"],
            dynamic_axes={name: {0: "texts", 1: "tokens"} for name in (*INPUTS, "last_hidden_state")},
            opset_version=17,
            dynamo=False,
        )
    draft.replace(target)
